/*
 * core_control_shutdown_ex: as control_shutdown.h, with how and from where.
 */
#ifndef HOOKS_CORE_CONTROL_SHUTDOWN_EX_H
#define HOOKS_CORE_CONTROL_SHUTDOWN_EX_H

#include "module-hooks.h"

EC_DECLARE_VOID_HOOK(core, control_shutdown_ex,
    (void *, int, int, const char *, int),
    (int die, int ret, const char *file, int lineno),
    (EC_HOOK_CLOSURE, die, ret, file, lineno))

#endif
