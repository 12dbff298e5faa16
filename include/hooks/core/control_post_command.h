/*
 * core_control_post_command: after a console command ran.
 */
#ifndef HOOKS_CORE_CONTROL_POST_COMMAND_H
#define HOOKS_CORE_CONTROL_POST_COMMAND_H

#include "module-hooks.h"

EC_DECLARE_VOID_HOOK(core, control_post_command,
    (void *, command_construct *, string *),
    (command_construct *cc, string *response),
    (EC_HOOK_CLOSURE, cc, response))

#endif
