/*
 * core_log_rejection: a command or message was refused.
 *
 * `phase` is one of MC_STATE_*.  A provider that reads `args` copies them
 * first (va_copy): the next one gets the same.
 */
#ifndef HOOKS_CORE_LOG_REJECTION_H
#define HOOKS_CORE_LOG_REJECTION_H

#include "module-hooks.h"

EC_DECLARE_VOID_HOOK(core, log_rejection,
    (void *, struct timeval *, accept_construct *, validate_context *, int,
	const char *, va_list),
    (struct timeval *now, accept_construct *ac, validate_context *ctx,
	int phase, const char *format, va_list args),
    (EC_HOOK_CLOSURE, now, ac, ctx, phase, format, args))

#endif
