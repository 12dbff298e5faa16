/*
 * report.c: refusals and receptions, for the log and for logging modules.
 */
#include "host/validation/report.h"

#include "debug_tools.h"
#include "hooks/core/log_reception_v1.h"
#include "hooks/core/log_rejection.h"
#include "host/generation.h"

#include <stdarg.h>

static ec_config_header *
transaction(const struct generation *generation)
{
	return (ec_config_header *)(uintptr_t)&generation->header;
}

static void
tell_modules(const struct generation *generation, accept_construct *ac,
    validate_context *ctx, const char *format, ...) EC_PRINTF_LIKE(4, 5);
static void
tell_modules(const struct generation *generation, accept_construct *ac,
    validate_context *ctx, const char *format, ...)
{
	struct timeval now;
	va_list args;

	(void)gettimeofday(&now, NULL);
	va_start(args, format);
	call_core_log_rejection_hook_txn(transaction(generation), &now, ac,
	    ctx, (int)ctx->last_state, format, args);
	va_end(args);
}

void
report_refusal(const struct generation *generation, accept_construct *ac,
    validate_context *ctx, const struct reply *reply)
{
	(void)ec_debug_printf(DINFO, DSMTP, "refused: %d %s %s", reply->code,
	    reply->status, reply->text);
	if (has_core_log_rejection_hook_txn(transaction(generation)))
		tell_modules(generation, ac, ctx, "%d %s %s", reply->code,
		    reply->status, reply->text);
}

void
report_reception(const struct generation *generation, accept_construct *ac,
    ec_message *msg)
{
	struct timeval now;

	if (!has_core_log_reception_v1_hook_txn(transaction(generation)))
		return;
	(void)gettimeofday(&now, NULL);
	call_core_log_reception_v1_hook_txn(transaction(generation), ac, msg,
	    &now, "", 0);
}
