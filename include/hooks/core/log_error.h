/*
 * core_log_error: a line goes to the paniclog.
 *
 * A provider that reads `arg` copies it first (va_copy), and logs nothing
 * itself.
 */
#ifndef HOOKS_CORE_LOG_ERROR_H
#define HOOKS_CORE_LOG_ERROR_H

#include "module-hooks.h"

EC_DECLARE_VOID_HOOK(core, log_error,
    (void *, struct timeval *, int, const char *, va_list),
    (struct timeval *now, int level, const char *format, va_list arg),
    (EC_HOOK_CLOSURE, now, level, format, arg))

#endif
