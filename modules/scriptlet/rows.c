/*
 * rows.c: for each callout a provider of its hook, which puts what it was
 * called with into one shape, and a row.
 */
#include "scriptlet/rows.h"

#include "hooks/core/ec_message_enqueue.h"
#include "hooks/core/final_validation.h"
#include "hooks/core/log_attempt_v1.h"
#include "hooks/core/log_delivery_v1.h"
#include "hooks/core/log_permanent_failure_v1.h"
#include "hooks/core/log_reception_v1.h"
#include "hooks/core/log_rejection.h"
#include "hooks/core/log_reopen.h"
#include "hooks/core/log_transient_failure_v1.h"
#include "hooks/core/msg_each_rcpt.h"
#include "hooks/core/post_config_commit.h"
#include "hooks/core/post_validate_data_spool_each_rcpt_v1.h"
#include "hooks/core/post_validate_set_binding.h"
#include "hooks/core/pre_mailq_message_requeue.h"
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
#include "hooks/msg_gen/msg_generator.h"
#include "hooks/validate/connect.h"
#include "hooks/validate/data_spool_each_rcpt.h"
#include "scriptlet/callouts.h"

#include <stdio.h>
#include <string.h>

/* providers: provide_... is called by the hook, register_... puts it there */

#define GIVES(scope, name, callout, params, ...)                         \
	static int provide_##scope##_##name params                       \
	{                                                                \
		return callouts_run(closure, callout,                    \
		    &(struct callout_args){ __VA_ARGS__ });              \
	}                                                                \
	static void register_##callout(void *closure)                    \
	{                                                                \
		register_##scope##_##name##_hook_last(                   \
		    provide_##scope##_##name, closure);                  \
	}
#define GIVES_NOTHING(scope, name, callout, params, ...)                 \
	static void provide_##scope##_##name params                      \
	{                                                                \
		(void)callouts_run(closure, callout,                     \
		    &(struct callout_args){ __VA_ARGS__ });              \
	}                                                                \
	static void register_##callout(void *closure)                    \
	{                                                                \
		register_##scope##_##name##_hook_last(                   \
		    provide_##scope##_##name, closure);                  \
	}

#define CONNECTION (void *closure, accept_construct *ac, \
	validate_context *vctx)
#define COMMAND (void *closure, string *str, accept_construct *ac, \
	validate_context *vctx)
#define MESSAGE (void *closure, ec_message *msg, accept_construct *ac, \
	validate_context *vctx)
#define MESSAGE_ALONE (void *closure, ec_message *msg)
#define DELIVERY (void *closure, ec_message *msg, domain_record *dr, \
	struct timeval *now, const char *note, int note_len)
#define OF_CONNECTION .ac = ac, .vctx = vctx
#define OF_COMMAND .line = str, .ac = ac, .vctx = vctx
#define OF_MESSAGE .msg = msg, .ac = ac, .vctx = vctx

GIVES(core, validate_accept, CALLOUT_ACCEPT, CONNECTION, OF_CONNECTION)
GIVES(validate, connect, CALLOUT_CONNECT, CONNECTION, OF_CONNECTION)
GIVES_NOTHING(core, validate_connect, CALLOUT_AFTER_CONNECT, CONNECTION,
    OF_CONNECTION)
GIVES(core, validate_auth, CALLOUT_AUTH, (void *closure,
    validate_context *vctx, struct ec_auth_info *auth, int status),
    .vctx = vctx, .auth = auth, .number = status)
GIVES(core, validate_ehlo, CALLOUT_EHLO, COMMAND, OF_COMMAND)
GIVES(core, validate_mailfrom, CALLOUT_MAILFROM, COMMAND, OF_COMMAND)
GIVES(core, validate_rcptto, CALLOUT_RCPTTO, (void *closure, ec_message *msg,
    string *str, accept_construct *ac, validate_context *vctx),
    .msg = msg, OF_COMMAND)
GIVES(core, validate_rcptto_list, CALLOUT_RCPTTO_LIST, MESSAGE, OF_MESSAGE)
GIVES(core, validate_rcptto_list_final, CALLOUT_RCPTTO_LIST_FINAL, MESSAGE,
    OF_MESSAGE)
GIVES(core, validate_data, CALLOUT_DATA, MESSAGE, OF_MESSAGE)
GIVES(core, validate_data_spool, CALLOUT_DATA_SPOOL, MESSAGE, OF_MESSAGE)
GIVES_NOTHING(core, pre_msg_each_rcpt, CALLOUT_PRE_EACH_RCPT, MESSAGE,
    OF_MESSAGE)
GIVES(validate, data_spool_each_rcpt, CALLOUT_EACH_RCPT, MESSAGE, OF_MESSAGE)
GIVES_NOTHING(core, validate_data_spool_each_rcpt, CALLOUT_AFTER_EACH_RCPT,
    MESSAGE, OF_MESSAGE)
GIVES_NOTHING(core, post_validate_data_spool_each_rcpt_v1,
    CALLOUT_LATER_EACH_RCPT, MESSAGE, OF_MESSAGE)
GIVES_NOTHING(core, post_msg_each_rcpt, CALLOUT_POST_EACH_RCPT, MESSAGE,
    OF_MESSAGE)
GIVES(core, validate_set_binding, CALLOUT_SET_BINDING, MESSAGE_ALONE,
    .msg = msg)
GIVES_NOTHING(core, post_validate_set_binding, CALLOUT_POST_SET_BINDING,
    MESSAGE_ALONE, .msg = msg)
GIVES(core, final_validation2, CALLOUT_FINAL2, MESSAGE, OF_MESSAGE)
GIVES_NOTHING(core, final_validation, CALLOUT_FINAL, MESSAGE, OF_MESSAGE)
GIVES(core, post_final_validation, CALLOUT_POST_FINAL, MESSAGE, OF_MESSAGE)
GIVES_NOTHING(msg_gen, data_spool, CALLOUT_MSG_GEN, MESSAGE_ALONE,
    .msg = msg)
GIVES(core, ec_message_enqueue, CALLOUT_ENQUEUE, (void *closure,
    ec_message *msg, struct timeval *now), .msg = msg, .now = now)
GIVES_NOTHING(core, pre_mailq_message_requeue, CALLOUT_REQUEUE, (void *closure,
    ec_message *msg, struct timeval *now), .msg = msg, .now = now)
GIVES_NOTHING(core, log_reception_v1, CALLOUT_LOG_RECEPTION, (void *closure,
    accept_construct *ac, ec_message *msg, struct timeval *now,
    const char *note, int note_len), .ac = ac, .msg = msg, .now = now,
    .note = note, .note_len = note_len)
GIVES_NOTHING(core, log_reopen, CALLOUT_LOG_REOPEN, (void *closure),
    .number = 0)
GIVES_NOTHING(core, post_config_commit, CALLOUT_COMMIT, (void *closure),
    .number = 0)

#define DELIVERED(name, callout)                                         \
	static void provide_core_##name DELIVERY                         \
	{                                                                \
		(void)dr;                                                \
		(void)callouts_run(closure, callout,                     \
		    &(struct callout_args){ .msg = msg, .now = now,      \
		    .note = note, .note_len = note_len });               \
	}                                                                \
	static void register_##callout(void *closure)                    \
	{                                                                \
		register_core_##name##_hook_last(provide_core_##name,    \
		    closure);                                            \
	}

DELIVERED(log_attempt_v1, CALLOUT_LOG_ATTEMPT)
DELIVERED(log_delivery_v1, CALLOUT_LOG_DELIVERY)
DELIVERED(log_transient_failure_v1, CALLOUT_LOG_TRANSIENT)
DELIVERED(log_permanent_failure_v1, CALLOUT_LOG_PERMANENT)

static void
provide_core_log_rejection(void *closure, struct timeval *now,
    accept_construct *ac, validate_context *ctx, int phase, const char *format,
    va_list args)
{
	char text[1024];
	va_list again;

	va_copy(again, args);
	(void)vsnprintf(text, sizeof(text), format, again);
	va_end(again);
	(void)callouts_run(closure, CALLOUT_LOG_REJECTION,
	    &(struct callout_args){ .now = now, .ac = ac, .vctx = ctx,
	    .number = phase, .note = text, .note_len = (int)strlen(text) });
}

static void
register_CALLOUT_LOG_REJECTION(void *closure)
{
	register_core_log_rejection_hook_last(provide_core_log_rejection,
	    closure);
}

/* rows */

#define ROW(callout, name_, hook_, args_, kind_) \
	[callout] = { name_, hook_, args_, kind_, register_##callout }

const struct row callout_rows[CALLOUT_COUNT] = {
	ROW(CALLOUT_ACCEPT, "core_validate_accept", NULL, "av",
	    KIND_VALIDATE),
	ROW(CALLOUT_CONNECT, "validate_connect", NULL, "av", KIND_VALIDATE),
	ROW(CALLOUT_AFTER_CONNECT, "core_validate_connect", NULL, "av",
	    KIND_NONE),
	ROW(CALLOUT_AUTH, "validate_auth", "core_validate_auth", "vui",
	    KIND_VALIDATE),
	ROW(CALLOUT_EHLO, "validate_ehlo", "core_validate_ehlo", "lav",
	    KIND_VALIDATE),
	ROW(CALLOUT_MAILFROM, "validate_mailfrom", "core_validate_mailfrom",
	    "lav", KIND_VALIDATE),
	ROW(CALLOUT_RCPTTO, "validate_rcptto", "core_validate_rcptto", "mlav",
	    KIND_VALIDATE),
	ROW(CALLOUT_RCPTTO_LIST, "validate_rcptto_list",
	    "core_validate_rcptto_list", "Lv", KIND_VALIDATE),
	ROW(CALLOUT_RCPTTO_LIST_FINAL, "validate_rcptto_list_final",
	    "core_validate_rcptto_list_final", "Lv", KIND_VALIDATE),
	ROW(CALLOUT_DATA, "validate_data", "core_validate_data", "mav",
	    KIND_VALIDATE),
	ROW(CALLOUT_DATA_SPOOL, "validate_data_spool",
	    "core_validate_data_spool", "mav", KIND_VALIDATE),
	ROW(CALLOUT_PRE_EACH_RCPT, "core_pre_msg_each_rcpt", NULL, "mav",
	    KIND_NONE),
	ROW(CALLOUT_EACH_RCPT, "validate_data_spool_each_rcpt", NULL, "mav",
	    KIND_VALIDATE),
	ROW(CALLOUT_AFTER_EACH_RCPT, "core_validate_data_spool_each_rcpt",
	    NULL, "mav", KIND_NONE),
	ROW(CALLOUT_LATER_EACH_RCPT,
	    "core_post_validate_data_spool_each_rcpt_v1", NULL, "mav",
	    KIND_NONE),
	ROW(CALLOUT_POST_EACH_RCPT, "core_post_msg_each_rcpt", NULL, "mav",
	    KIND_NONE),
	ROW(CALLOUT_SET_BINDING, "validate_set_binding",
	    "core_validate_set_binding", "m", KIND_VALIDATE),
	ROW(CALLOUT_POST_SET_BINDING, "core_post_validate_set_binding", NULL,
	    "m", KIND_NONE),
	ROW(CALLOUT_FINAL2, "core_final_validation2", NULL, "mav", KIND_HOOK),
	ROW(CALLOUT_FINAL, "core_final_validation", NULL, "mav", KIND_NONE),
	ROW(CALLOUT_POST_FINAL, "core_post_final_validation", NULL, "mav",
	    KIND_NONE),
	/* provided for in any case, see callouts.c */
	[CALLOUT_DEALLOC] = { "validate_dealloc", "core_validate_dealloc", "",
	    KIND_NONE, NULL },
	ROW(CALLOUT_MSG_GEN, "msg_gen_data_spool", NULL, "m", KIND_NONE),
	ROW(CALLOUT_ENQUEUE, "core_ec_message_enqueue", NULL, "mt", KIND_HOOK),
	ROW(CALLOUT_LOG_RECEPTION, "core_log_reception_v1", NULL, "amtnN",
	    KIND_NONE),
	ROW(CALLOUT_LOG_REJECTION, "core_log_rejection", NULL, "tavin",
	    KIND_NONE),
	ROW(CALLOUT_LOG_ATTEMPT, "core_log_attempt_v1", NULL, "mdtnN",
	    KIND_NONE),
	ROW(CALLOUT_LOG_DELIVERY, "core_log_delivery_v1", NULL, "mdtnN",
	    KIND_NONE),
	ROW(CALLOUT_LOG_TRANSIENT, "core_log_transient_failure_v1", NULL,
	    "mdtnN", KIND_NONE),
	ROW(CALLOUT_LOG_PERMANENT, "core_log_permanent_failure_v1", NULL,
	    "mdtnN", KIND_NONE),
	ROW(CALLOUT_LOG_REOPEN, "core_log_reopen", NULL, "", KIND_NONE),
	ROW(CALLOUT_REQUEUE, "core_pre_mailq_message_requeue", NULL, "mt",
	    KIND_NONE),
	ROW(CALLOUT_COMMIT, "core_post_config_commit", NULL, "", KIND_NONE),
	[CALLOUT_INIT] = { "init", NULL, "", KIND_NONE, NULL },
	[CALLOUT_DEINIT] = { "deinit", NULL, "", KIND_NONE, NULL },
};
