/*
 * fixture.h: a configuration whose two modules, "one" and "two", provide for
 * every phase, note that they were called, and do what a test tells them.
 */
#ifndef TESTS_VALIDATION_FIXTURE_H
#define TESTS_VALIDATION_FIXTURE_H

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>

#include <cmocka.h>

#include "base/buffer.h"
#include "hooks/core/final_validation.h"
#include "hooks/core/log_reception_v1.h"
#include "hooks/core/log_rejection.h"
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
#include "host/hooks/hooks.h"
#include "host/loader/loaded.h"
#include "host/log/log.h"
#include "host/validation/phases.h"
#include "host/validation/session.h"
#include "validate_module.h"

#define COUNT(rows) (sizeof(rows) / sizeof((rows)[0]))
#define UNUSED __attribute__((unused))

/* A module as the loader would make it. */
struct fake_module {
	struct loaded loaded;
	generic_module_infrastructure infra;
};

static struct fake_module one, two;
static char name_one[] = "one", name_two[] = "two";
static char calls[8192]; /* "one core_validate_data\n" ... */

/* What the providers see. */
struct scene {
	const char *module, *hook;
	ec_message *msg;
	accept_construct *ac;
	validate_context *ctx;
	string *line;
	struct ec_auth_info *auth;
	int auth_status;
};
/* What a test wants done: the result of the provider, for void hooks unused.
 * NULL: VALIDATE_CONT. */
static int (*act)(const struct scene *scene);

static int
called(void *closure, struct scene scene)
{
	size_t n = strlen(calls);

	scene.module = ec_module_scope_name(closure);
	(void)snprintf(calls + n, sizeof(calls) - n, "%s %s\n", scene.module,
	    scene.hook);
	return act != NULL ? act(&scene) : VALIDATE_CONT;
}

#define SEEN(...) called(self, (struct scene){ __VA_ARGS__ })

static int
on_accept(void *self, accept_construct *ac, validate_context *ctx)
{
	return SEEN(.hook = "core_validate_accept", .ac = ac, .ctx = ctx);
}

static int
on_connect(void *self, accept_construct *ac, validate_context *ctx)
{
	return SEEN(.hook = "validate_connect", .ac = ac, .ctx = ctx);
}

static void
after_connect(void *self, accept_construct *ac, validate_context *ctx)
{
	(void)SEEN(.hook = "core_validate_connect", .ac = ac, .ctx = ctx);
}

static int
on_auth(void *self, validate_context *ctx, struct ec_auth_info *auth,
    int status)
{
	return SEEN(.hook = "core_validate_auth", .ctx = ctx, .auth = auth,
	    .auth_status = status);
}

#define LINE_HOOK(name)                                                       \
	static int                                                            \
	on_##name(void *self, string *line, accept_construct *ac,             \
	    validate_context *ctx)                                            \
	{                                                                     \
		return SEEN(.hook = "core_validate_" #name, .line = line,     \
		    .ac = ac, .ctx = ctx);                                    \
	}
LINE_HOOK(ehlo)
LINE_HOOK(mailfrom)

static int
on_rcptto(void *self, ec_message *msg, string *line, accept_construct *ac,
    validate_context *ctx)
{
	return SEEN(.hook = "core_validate_rcptto", .msg = msg, .line = line,
	    .ac = ac, .ctx = ctx);
}

#define INT_HOOK(function, hook_name)                                         \
	static int                                                            \
	function(void *self, ec_message *msg, accept_construct *ac,           \
	    validate_context *ctx)                                            \
	{                                                                     \
		return SEEN(.hook = hook_name, .msg = msg, .ac = ac,          \
		    .ctx = ctx);                                              \
	}
#define VOID_HOOK(function, hook_name)                                        \
	static void                                                           \
	function(void *self, ec_message *msg, accept_construct *ac,           \
	    validate_context *ctx)                                            \
	{                                                                     \
		(void)SEEN(.hook = hook_name, .msg = msg, .ac = ac,           \
		    .ctx = ctx);                                              \
	}
INT_HOOK(on_rcptto_list, "core_validate_rcptto_list")
INT_HOOK(on_rcptto_list_final, "core_validate_rcptto_list_final")
INT_HOOK(on_data, "core_validate_data")
INT_HOOK(on_data_spool, "core_validate_data_spool")
VOID_HOOK(before_each_rcpt, "core_pre_msg_each_rcpt")
INT_HOOK(on_each_rcpt, "validate_data_spool_each_rcpt")
VOID_HOOK(after_each_rcpt, "core_validate_data_spool_each_rcpt")
VOID_HOOK(post_each_rcpt, "core_post_validate_data_spool_each_rcpt_v1")
VOID_HOOK(last_each_rcpt, "core_post_msg_each_rcpt")
INT_HOOK(on_final2, "core_final_validation2")
VOID_HOOK(on_final, "core_final_validation")
INT_HOOK(post_final, "core_post_final_validation")
VOID_HOOK(on_message_end, "core_validate_message_end")

static void
on_dealloc(void *self, accept_construct *ac, validate_context *ctx)
{
	(void)SEEN(.hook = "core_validate_dealloc", .ac = ac, .ctx = ctx);
}

static int
on_set_binding(void *self, ec_message *msg)
{
	return SEEN(.hook = "core_validate_set_binding", .msg = msg);
}

static void
post_set_binding(void *self, ec_message *msg)
{
	(void)SEEN(.hook = "core_post_validate_set_binding", .msg = msg);
}

static void
register_all(struct fake_module *module, struct generation *generation)
{
	struct hooks_registration registration = {
		.into = generation->hooks,
		.owner = &module->infra,
	};
	void *self = &module->infra;

	hooks_begin(&registration);
	register_core_validate_accept_hook_last(on_accept, self);
	register_validate_connect_hook_last(on_connect, self);
	register_core_validate_connect_hook_last(after_connect, self);
	register_core_validate_auth_hook_last(on_auth, self);
	register_core_validate_ehlo_hook_last(on_ehlo, self);
	register_core_validate_mailfrom_hook_last(on_mailfrom, self);
	register_core_validate_rcptto_hook_last(on_rcptto, self);
	register_core_validate_rcptto_list_hook_last(on_rcptto_list, self);
	register_core_validate_rcptto_list_final_hook_last(
	    on_rcptto_list_final, self);
	register_core_validate_data_hook_last(on_data, self);
	register_core_validate_data_spool_hook_last(on_data_spool, self);
	register_core_pre_msg_each_rcpt_hook_last(before_each_rcpt, self);
	register_validate_data_spool_each_rcpt_hook_last(on_each_rcpt, self);
	register_core_validate_data_spool_each_rcpt_hook_last(after_each_rcpt,
	    self);
	register_core_post_validate_data_spool_each_rcpt_v1_hook_last(
	    post_each_rcpt, self);
	register_core_post_msg_each_rcpt_hook_last(last_each_rcpt, self);
	register_core_validate_set_binding_hook_last(on_set_binding, self);
	register_core_post_validate_set_binding_hook_last(post_set_binding,
	    self);
	register_core_final_validation2_hook_last(on_final2, self);
	register_core_final_validation_hook_last(on_final, self);
	register_core_post_final_validation_hook_last(post_final, self);
	register_core_validate_message_end_hook_last(on_message_end, self);
	register_core_validate_dealloc_hook_last(on_dealloc, self);
	hooks_end(&registration);
}

static void
fake_module_init(struct fake_module *module, char *name)
{
	memset(module, 0, sizeof(*module));
	module->loaded.name = name;
	module->loaded.data.module = &module->loaded;
	module->loaded.data.debug_level = DERROR;
	module->loaded.data.enabled = 1;
	module->infra.shared._inst = &module->loaded.data;
}

static UNUSED int
begin(void **state)
{
	struct generation *generation = generation_new();

	(void)state;
	calls[0] = '\0';
	act = NULL;
	fake_module_init(&one, name_one);
	fake_module_init(&two, name_two);
	register_all(&one, generation);
	register_all(&two, generation);
	generation_commit(generation);
	return 0;
}

static UNUSED int
end(void **state)
{
	(void)state;
	generation_commit(NULL);
	return 0;
}

/* A session from 192.0.2.1:1000. */
static UNUSED struct session *
new_session(void)
{
	struct session_client client = { 0 };

	client.address.sin.sin_family = AF_INET;
	client.address.sin.sin_port = htons(1000);
	client.address.sin.sin_addr.s_addr = htonl(0xc0000201);
	return session_new(&client);
}

static UNUSED void
assert_action(const struct session_verdict *verdict,
    enum session_action action)
{
	if (verdict->action != action)
		fail_msg("action %d came, %d wanted (%d %s %s)",
		    (int)verdict->action, (int)action, verdict->reply.code,
		    verdict->reply.status, verdict->reply.text);
}

static UNUSED void
assert_reply(const struct session_verdict *verdict, const char *wanted)
{
	char line[600];

	(void)snprintf(line, sizeof(line), "%d %s %s", verdict->reply.code,
	    verdict->reply.status, verdict->reply.text);
	assert_string_equal(line, wanted);
	assert_action(verdict, verdict->reply.code < 500 ? SESSION_TEMPFAIL :
	    SESSION_REJECT);
}

static UNUSED const struct session_verdict *
tell_message(struct session *s, const char *body)
{
	assert_action(session_header(s, SPAN("From: f@a.test")),
	    SESSION_ACCEPT);
	assert_action(session_header(s, SPAN("Subject:  s")), SESSION_ACCEPT);
	assert_action(session_end_of_header(s), SESSION_ACCEPT);
	assert_action(session_body(s, span_of_text(body)), SESSION_ACCEPT);
	return session_end_of_message(s);
}

/* A whole connection with one message to each recipient; the last verdict. */
static UNUSED const struct session_verdict *
tell_all(struct session *s, const char *const *rcpts)
{
	assert_action(session_connect(s), SESSION_ACCEPT);
	assert_action(session_helo(s, "EHLO", "c.test"), SESSION_ACCEPT);
	assert_action(session_mail(s, "<f@a.test>", "SIZE=9"), SESSION_ACCEPT);
	for (; *rcpts != NULL; rcpts++)
		assert_action(session_rcpt(s, *rcpts, NULL), SESSION_ACCEPT);
	return tell_message(s, "body\r\n");
}

static const char *const one_rcpt[] = { "t@b.test", NULL };

#endif
