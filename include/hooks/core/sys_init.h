/*
 * core_sys_init: the first configuration is in use; the process is about to
 * take work.
 */
#ifndef HOOKS_CORE_SYS_INIT_H
#define HOOKS_CORE_SYS_INIT_H

#include "module-hooks.h"

EC_DECLARE_VOID_HOOK_NOARGS(core, sys_init)

#endif
