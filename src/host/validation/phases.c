/*
 * phases.c: a row for each phase: its hook, and how one provider is called.
 *
 * The loop is our own and not that of the hook's macro, because a provider that
 * is not ready is called again, and those before it are not.
 */
#include "host/validation/phases.h"

#include "debug_tools.h"
#include "hooks/core/final_validation.h"
#include "hooks/core/msg_each_rcpt.h"
#include "hooks/core/post_validate_data_spool_each_rcpt_v1.h"
#include "hooks/core/post_validate_set_binding.h"
#include "hooks/core/validate_accept.h"
#include "hooks/core/validate_auth.h"
#include "hooks/core/validate_connect.h"
#include "hooks/core/validate_data.h"
#include "hooks/core/validate_data_spool.h"
#include "hooks/core/validate_data_spool_each_rcpt.h"
#include "hooks/core/validate_ehlo.h"
#include "hooks/core/validate_end.h"
#include "hooks/core/validate_mailfrom.h"
#include "hooks/core/validate_rcptto.h"
#include "hooks/core/validate_rcptto_list.h"
#include "hooks/core/validate_set_binding.h"
#include "hooks/validate/connect.h"
#include "hooks/validate/data_spool_each_rcpt.h"
#include "host/generation.h"
#include "module.h"
#include "validate.h"

#include <stdatomic.h>
#include <stdbool.h>
#include <stdio.h>
#include <string.h>
#include <time.h>

#define FIRST_WAIT_MS 5
#define LONGEST_WAIT_MS 500
#define BYPASS_BYTES 160 /* "__bypass_" and a module's name */

static _Atomic(unsigned) patience_ms = VALIDATE_AGAIN_MS;

void
phase_set_patience(unsigned milliseconds)
{
	atomic_store(&patience_ms, milliseconds);
}

/* A function that calls one provider of a hook; int hooks give its result. */
#define PROVIDER(scope, name) \
	__extension__ (ec_hook_##scope##_##name##_func_t *)hook->hook
#define INT_CALL(scope, name, ...)                                            \
	static int                                                            \
	call_one_##scope##_##name(const struct __ec_hook *hook,               \
	    const struct phase_call *c)                                       \
	{                                                                     \
		ec_hook_##scope##_##name##_func_t *f = PROVIDER(scope, name); \
                                                                              \
		return f(hook->closure, __VA_ARGS__);                         \
	}
#define VOID_CALL(scope, name, ...)                                           \
	static int                                                            \
	call_one_##scope##_##name(const struct __ec_hook *hook,               \
	    const struct phase_call *c)                                       \
	{                                                                     \
		ec_hook_##scope##_##name##_func_t *f = PROVIDER(scope, name); \
                                                                              \
		f(hook->closure, __VA_ARGS__);                                \
		return VALIDATE_CONT;                                         \
	}

INT_CALL(core, validate_accept, c->ac, c->ctx)
INT_CALL(validate, connect, c->ac, c->ctx)
VOID_CALL(core, validate_connect, c->ac, c->ctx)
INT_CALL(core, validate_auth, c->ctx, c->auth, c->auth_status)
INT_CALL(core, validate_ehlo, c->line, c->ac, c->ctx)
INT_CALL(core, validate_mailfrom, c->line, c->ac, c->ctx)
INT_CALL(core, validate_rcptto, c->msg, c->line, c->ac, c->ctx)
INT_CALL(core, validate_rcptto_list, c->msg, c->ac, c->ctx)
INT_CALL(core, validate_rcptto_list_final, c->msg, c->ac, c->ctx)
INT_CALL(core, validate_data, c->msg, c->ac, c->ctx)
INT_CALL(core, validate_data_spool, c->msg, c->ac, c->ctx)
VOID_CALL(core, pre_msg_each_rcpt, c->msg, c->ac, c->ctx)
INT_CALL(validate, data_spool_each_rcpt, c->msg, c->ac, c->ctx)
VOID_CALL(core, validate_data_spool_each_rcpt, c->msg, c->ac, c->ctx)
VOID_CALL(core, post_validate_data_spool_each_rcpt_v1, c->msg, c->ac, c->ctx)
VOID_CALL(core, post_msg_each_rcpt, c->msg, c->ac, c->ctx)
INT_CALL(core, validate_set_binding, c->msg)
VOID_CALL(core, post_validate_set_binding, c->msg)
INT_CALL(core, final_validation2, c->msg, c->ac, c->ctx)
VOID_CALL(core, final_validation, c->msg, c->ac, c->ctx)
INT_CALL(core, post_final_validation, c->msg, c->ac, c->ctx)
VOID_CALL(core, validate_message_end, c->msg, c->ac, c->ctx)
VOID_CALL(core, validate_dealloc, c->ac, c->ctx)

enum manner { /* what a provider's result means */
	MANNER_VALIDATE, /* CONT, DONE, AGAIN */
	MANNER_AT_ONCE, /* the same, but AGAIN is not allowed */
	MANNER_HOOK, /* EC_HOOK_CONT, DONE, RETRY */
	MANNER_NONE, /* void, or ignored */
};

struct phase_row {
	const char *name;
	struct __ec_hook_head *(*head)(void);
	int (*call)(const struct __ec_hook *hook, const struct phase_call *c);
	enum manner manner;
	int state; /* MC_STATE_* for validate_context.last_state */
};

#define ROW(scope, hook, manner_, state_)                                     \
	{                                                                     \
		.name = #scope "_" #hook,                                     \
		.head = ec__hook_##scope##_##hook##_head,                     \
		.call = call_one_##scope##_##hook,                            \
		.manner = manner_, .state = state_,                           \
	}

static const struct phase_row rows[PHASE_COUNT] = {
	[PHASE_ACCEPT] = ROW(core, validate_accept, MANNER_VALIDATE,
	    MC_STATE_START),
	[PHASE_CONNECT] = ROW(validate, connect, MANNER_VALIDATE,
	    MC_STATE_START_RESPONSE),
	[PHASE_AFTER_CONNECT] = ROW(core, validate_connect, MANNER_NONE,
	    MC_STATE_START_RESPONSE),
	[PHASE_AUTH] = ROW(core, validate_auth, MANNER_VALIDATE,
	    MC_STATE_EHLO_RESPONSE),
	[PHASE_EHLO] = ROW(core, validate_ehlo, MANNER_VALIDATE,
	    MC_STATE_EHLO),
	[PHASE_MAILFROM] = ROW(core, validate_mailfrom, MANNER_VALIDATE,
	    MC_STATE_MAILFROM),
	[PHASE_RCPTTO] = ROW(core, validate_rcptto, MANNER_VALIDATE,
	    MC_STATE_RCPTTO),
	[PHASE_RCPTTO_LIST] = ROW(core, validate_rcptto_list,
	    MANNER_VALIDATE, MC_STATE_RCPTTO_LIST_RESPONSE),
	[PHASE_RCPTTO_LIST_FINAL] = ROW(core, validate_rcptto_list_final,
	    MANNER_VALIDATE, MC_STATE_RCPTTO_LIST_FINAL_RESPONSE),
	[PHASE_DATA] = ROW(core, validate_data, MANNER_VALIDATE,
	    MC_STATE_DATA),
	[PHASE_DATA_SPOOL] = ROW(core, validate_data_spool, MANNER_VALIDATE,
	    MC_STATE_BODY),
	[PHASE_PRE_EACH_RCPT] = ROW(core, pre_msg_each_rcpt, MANNER_NONE,
	    MC_STATE_BODY_RESPONSE),
	[PHASE_EACH_RCPT] = ROW(validate, data_spool_each_rcpt,
	    MANNER_VALIDATE, MC_STATE_BODY_RESPONSE),
	[PHASE_AFTER_EACH_RCPT] = ROW(core, validate_data_spool_each_rcpt,
	    MANNER_NONE, MC_STATE_BODY_RESPONSE),
	[PHASE_POST_EACH_RCPT] = ROW(core,
	    post_validate_data_spool_each_rcpt_v1, MANNER_NONE,
	    MC_STATE_BODY_RESPONSE),
	[PHASE_LAST_EACH_RCPT] = ROW(core, post_msg_each_rcpt, MANNER_NONE,
	    MC_STATE_BODY_RESPONSE),
	[PHASE_SET_BINDING] = ROW(core, validate_set_binding, MANNER_AT_ONCE,
	    MC_STATE_ASYNC_BODY_RESPONSE),
	[PHASE_POST_SET_BINDING] = ROW(core, post_validate_set_binding,
	    MANNER_NONE, MC_STATE_ASYNC_BODY_RESPONSE),
	[PHASE_FINAL2] = ROW(core, final_validation2, MANNER_HOOK,
	    MC_STATE_ASYNC_BODY_RESPONSE),
	[PHASE_FINAL] = ROW(core, final_validation, MANNER_NONE,
	    MC_STATE_ASYNC_BODY_RESPONSE),
	[PHASE_POST_FINAL] = ROW(core, post_final_validation, MANNER_NONE,
	    MC_STATE_ASYNC_BODY_RESPONSE),
	[PHASE_MESSAGE_END] = ROW(core, validate_message_end, MANNER_NONE,
	    MC_STATE_OK),
	[PHASE_DEALLOC] = ROW(core, validate_dealloc, MANNER_NONE,
	    MC_STATE_OK),
};

static const char *
owner_name(const struct __ec_hook *hook)
{
	return hook->owner == NULL ? "?" : ec_module_scope_name(hook->owner);
}

static bool
is_bypassed(const struct __ec_hook *hook, validate_context *ctx)
{
	char key[BYPASS_BYTES];
	const char *value;

	(void)snprintf(key, sizeof(key), "__bypass_%s", owner_name(hook));
	return validate_context_exists_and_get(ctx, VCTX_CONN, key, &value) &&
	    strcasecmp(value, "true") == 0;
}

static bool
is_skipped(const struct __ec_hook *hook, validate_context *ctx)
{
	return hook->owner != NULL &&
	    (ec_module_is_enabled(hook->owner) == 0 ||
	    is_bypassed(hook, ctx));
}

/* Whoever was called once must hear of the end, though it be switched off in
 * between. */
static bool
is_end(enum phase phase)
{
	return phase == PHASE_MESSAGE_END || phase == PHASE_DEALLOC;
}

static uint64_t
now_ms(void)
{
	struct timespec now;

	(void)clock_gettime(CLOCK_MONOTONIC, &now);
	return (uint64_t)now.tv_sec * 1000 + (uint64_t)now.tv_nsec / 1000000;
}

static void
wait_ms(unsigned ms)
{
	struct timespec wait = {
		.tv_sec = ms / 1000, .tv_nsec = (long)(ms % 1000) * 1000000
	};

	(void)nanosleep(&wait, NULL);
}

/* Call one provider until it says something other than AGAIN. */
static int
call_until_ready(const struct phase_row *row, const struct __ec_hook *hook,
    const struct phase_call *c)
{
	int result = row->call(hook, c);
	unsigned wait = FIRST_WAIT_MS;
	uint64_t start;

	if (row->manner != MANNER_VALIDATE || result != VALIDATE_AGAIN)
		return result;
	start = now_ms();
	c->ctx->old_phase = 1;
	while (result == VALIDATE_AGAIN &&
	    now_ms() - start < atomic_load(&patience_ms)) {
		wait_ms(wait);
		wait = wait * 2 < LONGEST_WAIT_MS ? wait * 2 : LONGEST_WAIT_MS;
		result = row->call(hook, c);
	}
	c->ctx->old_phase = 0;
	return result;
}

static void
complain(const struct phase_row *row, const struct __ec_hook *hook,
    const char *what, int result)
{
	(void)ec_debug_printf(DERROR, DSMTP, "%s: module '%s' %s (%d)",
	    row->name, owner_name(hook), what, result);
}

/* Is the phase over with this result? */
static bool
ends_phase(const struct phase_row *row, const struct __ec_hook *hook,
    int result, enum phase_result *phase_r)
{
	if (row->manner == MANNER_NONE || result == VALIDATE_CONT)
		return false;
	if (row->manner == MANNER_HOOK && (result == EC_HOOK_DONE ||
	    result == EC_HOOK_RETRY)) {
		*phase_r = result == EC_HOOK_DONE ? PHASE_REJECTED :
		    PHASE_DEFERRED;
		return true;
	}
	if (result == VALIDATE_DONE)
		return true;
	if (row->manner == MANNER_VALIDATE && result == VALIDATE_AGAIN) {
		complain(row, hook, "was not ready in time", result);
		*phase_r = PHASE_NOT_READY;
		return true;
	}
	complain(row, hook, "gave a result that this hook does not have",
	    result);
	return false;
}

enum phase_result
phase_run(enum phase phase, const struct phase_call *call)
{
	const struct phase_row *row = &rows[phase];
	enum phase_result result = PHASE_OVER;
	ec_ptr_array *hooks = module_get_hook_array_from_transaction(
	    &call->generation->header, row->head());

	call->ctx->last_state = (unsigned)row->state & 0xff;
	for (int i = 0; hooks != NULL && i < hooks->size; i++) {
		const struct __ec_hook *hook = hooks->items[i];

		if (!is_end(phase) && is_skipped(hook, call->ctx))
			continue;
		if (ends_phase(row, hook, call_until_ready(row, hook, call),
		    &result))
			break;
	}
	return result;
}
