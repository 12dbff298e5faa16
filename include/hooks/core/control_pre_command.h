/*
 * core_control_pre_command: before a console command runs.
 *
 * 1 means that `response` is the answer and the command does not run.
 */
#ifndef HOOKS_CORE_CONTROL_PRE_COMMAND_H
#define HOOKS_CORE_CONTROL_PRE_COMMAND_H

#include "module-hooks.h"

EC_DECLARE_HOOK(core, int, control_pre_command,
    (void *, command_construct *, string *),
    (command_construct *cc, string *response),
    (EC_HOOK_CLOSURE, cc, response),
    if (EC_HOOK_RETVAL != 0) EC_HOOK_RETURN(EC_HOOK_RETVAL))

#endif
