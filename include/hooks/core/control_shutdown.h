/*
 * core_control_shutdown: the process is about to end.
 */
#ifndef HOOKS_CORE_CONTROL_SHUTDOWN_H
#define HOOKS_CORE_CONTROL_SHUTDOWN_H

#include "module-hooks.h"

EC_DECLARE_VOID_HOOK_NOARGS(core, control_shutdown)

#endif
