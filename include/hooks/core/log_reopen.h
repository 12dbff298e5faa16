/*
 * core_log_reopen: log files are to be opened again, after rotation.
 */
#ifndef HOOKS_CORE_LOG_REOPEN_H
#define HOOKS_CORE_LOG_REOPEN_H

#include "module-hooks.h"

EC_DECLARE_VOID_HOOK_NOARGS(core, log_reopen)

#endif
