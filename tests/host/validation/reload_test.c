/*
 * reload_test.c: eight threads bring messages while the configuration is
 * replaced again and again.  Every message finishes on the configuration that
 * it began with.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>

#include <cmocka.h>

#include "hooks/core/final_validation.h"
#include "hooks/core/validate_data.h"
#include "hooks/core/validate_mailfrom.h"
#include "host/generation.h"
#include "host/hooks/hooks.h"
#include "host/host.h"
#include "host/validation/session.h"

#include <pthread.h>
#include <sched.h>
#include <stdatomic.h>

#define THREADS 8
#define MESSAGES 150 /* each; enough to meet every reload in between */
#define RELOADS 300

/* What a generation's providers know. */
struct mark {
	long generation;
};

static struct mark marks[RELOADS + 1];
static _Atomic long seen[RELOADS + 1]; /* messages that began with it */
static _Atomic int wrong;

static void
check(void *closure, validate_context *ctx, const char *generation)
{
	const struct mark *mark = closure;

	if (ctx->transaction->generation != mark->generation ||
	    (generation != NULL && atol(generation) != mark->generation))
		atomic_fetch_add(&wrong, 1);
}

static int
at_mailfrom(void *closure, string *line, accept_construct *ac,
    validate_context *ctx)
{
	const struct mark *mark = closure;
	char text[32];

	(void)line;
	(void)ac;
	check(closure, ctx, NULL);
	(void)snprintf(text, sizeof(text), "%ld", mark->generation);
	validate_context_set(ctx, VCTX_MESS, "began", text);
	return VALIDATE_CONT;
}

static int
at_data(void *closure, ec_message *msg, accept_construct *ac,
    validate_context *ctx)
{
	(void)ac;
	check(closure, ctx, ec_message_context_get(msg, ECMESS_CTX_MESS,
	    "began"));
	return VALIDATE_CONT;
}

static void
at_final(void *closure, ec_message *msg, accept_construct *ac,
    validate_context *ctx)
{
	(void)at_data(closure, msg, ac, ctx);
	rfc2822_prepend_header(ec_message_get_headers(
	    ec_message_get_first_part(msg, 1), 0),
	    rfc2822_new_header("X-Began", ec_message_context_get(msg,
	    ECMESS_CTX_MESS, "began")));
	ec_message_part_touch(ec_message_get_first_part(msg, 1),
	    EC_MSG_HDR_ADD);
}

static void
commit(size_t number)
{
	struct generation *generation = generation_new();
	struct hooks_registration registration = { .into = generation->hooks };
	struct mark *mark = &marks[number];

	if (number == 0)
		mark->generation = generation->header.generation;
	assert_int_equal(mark->generation, generation->header.generation);
	hooks_begin(&registration);
	register_core_validate_mailfrom_hook_last(at_mailfrom, mark);
	register_core_validate_data_hook_last(at_data, mark);
	register_core_final_validation_hook_last(at_final, mark);
	hooks_end(&registration);
	generation_commit(generation);
}

/* The one field that was added tells the generation, and there is just one. */
static void
check_edits(const struct session_verdict *verdict, uint64_t generation)
{
	const struct edit *edit = verdict->edits.steps;
	char wanted[32];
	int n = snprintf(wanted, sizeof(wanted), " %llu",
	    (unsigned long long)generation);

	if (verdict->action != SESSION_ACCEPT || verdict->edits.count != 1 ||
	    !span_eq(edit->value, span_of(wanted, (size_t)n)))
		atomic_fetch_add(&wrong, 1);
}

static void
bring_message(struct session *s)
{
	uint64_t began;

	(void)session_mail(s, "f@a.test", NULL);
	began = session_generation(s);
	(void)session_rcpt(s, "t@b.test", NULL);
	(void)session_header(s, SPAN("From: f@a.test"));
	sched_yield();
	(void)session_end_of_header(s);
	(void)session_body(s, SPAN("body\r\n"));
	check_edits(session_end_of_message(s), began);
	if (session_generation(s) != began)
		atomic_fetch_add(&wrong, 1);
	for (size_t i = 0; i <= RELOADS; i++) {
		if ((uint64_t)marks[i].generation == began)
			atomic_fetch_add(&seen[i], 1);
	}
}

static void *
bring_messages(void *arg)
{
	struct session_client client = { 0 };
	struct session *s = session_new(&client);

	(void)arg;
	(void)session_connect(s);
	for (int i = 0; i < MESSAGES; i++) {
		bring_message(s);
		if (i % 7 == 0)
			session_abort(s);
	}
	session_free(&s);
	return NULL;
}

static void
every_message_finishes_on_the_configuration_it_began_with(void **state)
{
	pthread_t threads[THREADS];
	long total = 0;

	(void)state;
	/* numbers are known before any message looks for them */
	commit(0);
	for (size_t i = 1; i <= RELOADS; i++)
		marks[i].generation = marks[0].generation + (long)i;
	for (size_t i = 0; i < THREADS; i++)
		assert_int_equal(pthread_create(&threads[i], NULL,
		    bring_messages, NULL), 0);
	for (size_t i = 1; i <= RELOADS; i++) {
		commit(i);
		sched_yield();
	}
	for (size_t i = 0; i < THREADS; i++)
		assert_int_equal(pthread_join(threads[i], NULL), 0);
	generation_commit(NULL);
	assert_int_equal(atomic_load(&wrong), 0);
	for (size_t i = 0; i <= RELOADS; i++)
		total += atomic_load(&seen[i]);
	assert_int_equal(total, THREADS * MESSAGES);
}

static ECDict
variables_of(struct session *s)
{
	return session_message(s)->vctx_conn;
}

/* The same with configurations that are read from text: the options that hold
 * for a connection belong to one of them. */
static void *
connect_again_and_again(void *arg)
{
	struct session_client client = { 0 };

	(void)arg;
	client.address.sin.sin_family = AF_INET;
	client.address.sin.sin_addr.s_addr = htonl(0x0a010203);
	for (int i = 0; i < MESSAGES; i++) {
		struct session *s = session_new(&client);
		const char *a = "", *b = "";

		(void)session_connect(s);
		(void)session_mail(s, "f@a.test", NULL);
		(void)dict_key_exists_and_fetch(variables_of(s), "a", &a);
		(void)dict_key_exists_and_fetch(variables_of(s), "b", &b);
		if (a[0] == '\0' || strcmp(a, b) != 0 ||
		    !dict_key_exists(variables_of(s), "can_relay"))
			atomic_fetch_add(&wrong, 1);
		(void)session_end_of_header(s);
		(void)session_end_of_message(s);
		session_free(&s);
	}
	return NULL;
}

static struct host_source
source_of(char *text, size_t room, int number)
{
	int n = snprintf(text, room, "Relay_Hosts = ( 10.0.0.0/8 )\n"
	    "Milter_Listener { Peer \"10.1.0.0/16\" {\n"
	    "Context = [ a = \"%d\" b = \"%d\" ] } }\n", number, number);

	return (struct host_source){ .text = span_of(text, (size_t)n) };
}

static void
options_of_one_connection_come_from_one_configuration(void **state)
{
	pthread_t threads[THREADS];
	struct config_errors errors = { 0 };
	char text[256];
	struct host_start start = {
		.source = source_of(text, sizeof(text), 0)
	};

	(void)state;
	assert_int_equal(host_open(&start, &errors), 0);
	for (size_t i = 0; i < THREADS; i++)
		assert_int_equal(pthread_create(&threads[i], NULL,
		    connect_again_and_again, NULL), 0);
	for (int i = 1; i <= 40; i++) {
		struct host_source source = source_of(text, sizeof(text), i);

		assert_int_equal(host_reload(&source, &errors), 0);
	}
	for (size_t i = 0; i < THREADS; i++)
		assert_int_equal(pthread_join(threads[i], NULL), 0);
	host_close();
	errors_deinit(&errors);
	assert_int_equal(atomic_load(&wrong), 0);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(
		    every_message_finishes_on_the_configuration_it_began_with),
		cmocka_unit_test(
		    options_of_one_connection_come_from_one_configuration),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
