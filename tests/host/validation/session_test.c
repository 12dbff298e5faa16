/*
 * session_test.c: phases in their order, what each result does, and what the
 * mail server hears.
 */
#include "fixture.h"

#include "ec_config.h"
#include "host/message/message.h"

#include <signal.h>
#include <sys/resource.h>
#include <unistd.h>

static bool
is_at(const struct scene *scene, const char *module, const char *hook)
{
	return strcmp(scene->module, module) == 0 &&
	    strcmp(scene->hook, hook) == 0;
}

static bool
was_called(const char *module, const char *hook)
{
	char line[128];

	(void)snprintf(line, sizeof(line), "%s %s\n", module, hook);
	return strstr(calls, line) != NULL;
}

static void
phases_come_in_their_order_and_modules_in_theirs(void **state)
{
	struct session *s = new_session();
	static const char *const rcpts[] = { "t@b.test", "u@c.test", NULL };

	(void)state;
	assert_action(tell_all(s, rcpts), SESSION_ACCEPT);
	session_free(&s);
#define BOTH(hook) "one " hook "\ntwo " hook "\n"
	assert_string_equal(calls, BOTH("core_validate_accept")
	    BOTH("validate_connect") BOTH("core_validate_connect")
	    BOTH("core_validate_ehlo") BOTH("core_validate_mailfrom")
	    BOTH("core_validate_rcptto") BOTH("core_validate_rcptto")
	    BOTH("core_validate_rcptto_list")
	    BOTH("core_validate_rcptto_list_final")
	    BOTH("core_validate_data") BOTH("core_validate_data_spool")
	    BOTH("core_pre_msg_each_rcpt")
	    BOTH("validate_data_spool_each_rcpt")
	    BOTH("core_validate_data_spool_each_rcpt")
	    BOTH("core_post_validate_data_spool_each_rcpt_v1")
	    BOTH("core_post_msg_each_rcpt")
	    BOTH("core_pre_msg_each_rcpt")
	    BOTH("validate_data_spool_each_rcpt")
	    BOTH("core_validate_data_spool_each_rcpt")
	    BOTH("core_post_validate_data_spool_each_rcpt_v1")
	    BOTH("core_post_msg_each_rcpt")
	    BOTH("core_validate_set_binding")
	    BOTH("core_final_validation2") BOTH("core_final_validation")
	    BOTH("core_post_final_validation")
	    BOTH("core_validate_message_end") BOTH("core_validate_dealloc"));
}

static const char *done_at;

static int
say_done(const struct scene *scene)
{
	return is_at(scene, "one", done_at) ? VALIDATE_DONE : VALIDATE_CONT;
}

static void
done_ends_its_phase_and_no_other(void **state)
{
	static const char *const hooks[] = {
		"core_validate_accept", "validate_connect",
		"core_validate_ehlo", "core_validate_mailfrom",
		"core_validate_rcptto", "core_validate_rcptto_list",
		"core_validate_rcptto_list_final", "core_validate_data",
		"core_validate_data_spool", "validate_data_spool_each_rcpt",
		"core_validate_set_binding",
	};

	(void)state;
	act = say_done;
	for (size_t i = 0; i < COUNT(hooks); i++) {
		struct session *s = new_session();

		done_at = hooks[i];
		calls[0] = '\0';
		assert_action(tell_all(s, one_rcpt), SESSION_ACCEPT);
		assert_true(was_called("one", hooks[i]));
		assert_false(was_called("two", hooks[i]));
		assert_true(was_called("two", "core_validate_connect"));
		assert_true(was_called("two",
		    "core_validate_data_spool_each_rcpt"));
		assert_true(was_called("two", "core_final_validation"));
		session_free(&s);
	}
}

static int again_left;

static int
say_again(const struct scene *scene)
{
	if (is_at(scene, "one", "core_validate_data") && again_left > 0) {
		again_left--;
		return VALIDATE_AGAIN;
	}
	return VALIDATE_CONT;
}

static void
again_calls_the_same_provider_until_it_is_ready(void **state)
{
	struct session *s = new_session();

	(void)state;
	act = say_again;
	again_left = 2;
	assert_action(tell_all(s, one_rcpt), SESSION_ACCEPT);
	assert_non_null(strstr(calls, "one core_validate_data\n"
	    "one core_validate_data\none core_validate_data\n"
	    "two core_validate_data\n"));
	session_free(&s);
}

static void
again_without_end_defers_the_message(void **state)
{
	struct session *s = new_session();
	unsigned long errors = log_count(DERROR);

	(void)state;
	act = say_again;
	again_left = 1000000;
	phase_set_patience(0);
	assert_reply(tell_all(s, one_rcpt),
	    "451 4.3.0 internal error, try again later");
	assert_false(was_called("two", "core_validate_data"));
	assert_false(was_called("one", "core_final_validation"));
	assert_true(log_count(DERROR) > errors);
	phase_set_patience(VALIDATE_AGAIN_MS);
	session_free(&s);
}

static int
strange_results(const struct scene *scene)
{
	if (strcmp(scene->hook, "core_validate_set_binding") == 0)
		return VALIDATE_AGAIN; /* not allowed there */
	if (strcmp(scene->hook, "core_validate_data") == 0)
		return 77;
	if (strcmp(scene->hook, "core_post_final_validation") == 0)
		return VALIDATE_DONE; /* ignored */
	return VALIDATE_CONT;
}

static void
results_that_a_hook_does_not_have_are_logged_and_pass(void **state)
{
	struct session *s = new_session();
	unsigned long errors = log_count(DERROR);

	(void)state;
	act = strange_results;
	assert_action(tell_all(s, one_rcpt), SESSION_ACCEPT);
	assert_int_equal(log_count(DERROR) - errors, 4);
	assert_true(was_called("two", "core_post_final_validation"));
	session_free(&s);
}

/* codes */

static const char *code_at;
static int code;
static const char *note;

static int
set_code(const struct scene *scene)
{
	if (is_at(scene, "one", code_at) && scene->ctx != NULL)
		(void)validate_context_set_code(scene->ctx, code, note);
	return VALIDATE_CONT;
}

static void
a_code_refuses_the_message_and_ends_its_way(void **state)
{
	static const struct {
		const char *hook, *not_called;
	} rows[] = {
		{ "core_validate_data", "core_validate_data_spool" },
		{ "core_validate_data_spool",
		  "validate_data_spool_each_rcpt" },
		{ "validate_data_spool_each_rcpt",
		  "core_validate_set_binding" },
		{ "core_validate_data_spool_each_rcpt",
		  "core_validate_set_binding" },
		{ "core_final_validation2", "core_final_validation" },
		{ "core_final_validation", "none" },
	};

	(void)state;
	act = set_code;
	code = 550;
	note = "5.7.1 no thanks";
	for (size_t i = 0; i < COUNT(rows); i++) {
		struct session *s = new_session();

		code_at = rows[i].hook;
		calls[0] = '\0';
		assert_reply(tell_all(s, one_rcpt), "550 5.7.1 no thanks");
		/* the phase itself goes on */
		assert_true(was_called("two", rows[i].hook));
		assert_false(was_called("one", rows[i].not_called));
		/* the session does, too */
		assert_action(session_mail(s, "f@a.test", NULL),
		    SESSION_ACCEPT);
		session_free(&s);
	}
}

/* The client hears of it when it is told the verdict, so the rest comes in and
 * is not looked at. */
static void
a_code_for_the_list_of_recipients_refuses_the_message(void **state)
{
	static const char *const hooks[] = {
		"core_validate_rcptto_list", "core_validate_rcptto_list_final"
	};

	(void)state;
	act = set_code;
	code = 452;
	note = "4.5.3 too many recipients";
	for (size_t i = 0; i < COUNT(hooks); i++) {
		struct session *s = new_session();

		code_at = hooks[i];
		calls[0] = '\0';
		(void)session_mail(s, "f@a.test", NULL);
		assert_action(session_rcpt(s, "t@b.test", NULL),
		    SESSION_ACCEPT);
		assert_reply(session_header(s, SPAN("A: b")),
		    "452 4.5.3 too many recipients");
		assert_reply(session_body(s, SPAN("body\r\n")),
		    "452 4.5.3 too many recipients");
		assert_reply(session_end_of_message(s),
		    "452 4.5.3 too many recipients");
		assert_false(was_called("one", "core_validate_data"));
		assert_action(session_mail(s, "f@a.test", NULL),
		    SESSION_ACCEPT);
		assert_action(session_rcpt(s, "t@b.test", NULL),
		    SESSION_ACCEPT);
		session_free(&s);
	}
}

static int
change_list(const struct scene *scene)
{
	if (is_at(scene, "one", "core_validate_rcptto_list")) {
		assert_int_equal(ec_message_rcpt_count(scene->msg), 1);
		assert_int_equal(validate_context_add_rcpt(scene->ctx,
		    "new@c.test", 1), 1);
	}
	if (is_at(scene, "two", "core_validate_data"))
		assert_string_equal(ec_message_rcpt(scene->msg, 1),
		    "new@c.test");
	return VALIDATE_CONT;
}

static void
the_list_of_recipients_can_be_changed_before_the_data(void **state)
{
	struct session *s = new_session();

	(void)state;
	act = change_list;
	assert_action(tell_all(s, one_rcpt), SESSION_ACCEPT);
	assert_true(was_called("two", "core_validate_data"));
	session_free(&s);
}

static unsigned
count_calls(const char *line)
{
	unsigned n = 0;

	for (const char *at = calls; (at = strstr(at, line)) != NULL; n++)
		at += strlen(line);
	return n;
}

static void
ends_are_told_once_whatever_happens(void **state)
{
	struct session *s = new_session();

	(void)state;
	act = set_code;
	code_at = "core_validate_data";
	code = 550;
	note = "5.7.1 no";
	(void)tell_all(s, one_rcpt); /* refused, and the verdict known */
	assert_int_equal(count_calls("one core_validate_message_end\n"), 1);
	(void)session_mail(s, "f@a.test", NULL);
	assert_int_equal(count_calls("one core_validate_message_end\n"), 1);
	session_abort(s); /* taken off */
	assert_int_equal(count_calls("one core_validate_message_end\n"), 2);
	session_set_variable(s, "__bypass_one", "true");
	(void)session_mail(s, "f@a.test", NULL);
	session_free(&s); /* cut off, and bypassed */
	assert_int_equal(count_calls("one core_validate_message_end\n"), 3);
	assert_int_equal(count_calls("one core_validate_dealloc\n"), 1);
	code_at = "core_validate_accept";
	s = new_session();
	assert_action(session_connect(s), SESSION_REJECT);
	session_free(&s);
	assert_int_equal(count_calls("one core_validate_dealloc\n"), 2);
}

static void
replies_are_one_clean_line_with_a_status(void **state)
{
	static const struct {
		int code;
		const char *note, *wanted; /* NULL: accepted */
	} rows[] = {
		{ 550, "5.7.1 text", "550 5.7.1 text" },
		{ 550, "550 5.1.1 text", "550 5.1.1 text" },
		{ 0, "554 5.6.0 number in the text",
		  "554 5.6.0 number in the text" },
		{ 550, "just text", "550 5.7.1 just text" },
		{ 450, NULL, "450 4.7.1 try again later" },
		{ 550, "", "550 5.7.1 refused by policy" },
		{ 451, "5.7.1 wrong class", "451 4.7.1 5.7.1 wrong class" },
		{ 550, "5.7.1\r\n250 ok", "550 5.7.1 5.7.1??250 ok" },
		{ 550, "5.7.1 tab\there \xc3\xa9",
		  "550 5.7.1 tab?here ??" },
		{ 550, "5.70000.1 long", "550 5.7.1 5.70000.1 long" },
		{ 250, "fine", NULL },
		{ 354, "go on", NULL },
		{ 199, "none", NULL },
		{ 600, "none", NULL },
	};

	(void)state;
	act = set_code;
	code_at = "core_validate_data";
	for (size_t i = 0; i < COUNT(rows); i++) {
		struct session *s = new_session();
		const struct session_verdict *verdict;

		code = rows[i].code;
		note = rows[i].note;
		verdict = tell_all(s, one_rcpt);
		if (rows[i].wanted != NULL)
			assert_reply(verdict, rows[i].wanted);
		else
			assert_action(verdict, SESSION_ACCEPT);
		session_free(&s);
	}
}

static void
a_refusal_at_connect_answers_everything(void **state)
{
	static const char *const hooks[] = {
		"core_validate_accept", "validate_connect",
		"core_validate_connect",
	};

	(void)state;
	act = set_code;
	code = 554;
	note = "5.7.1 go away";
	for (size_t i = 0; i < COUNT(hooks); i++) {
		struct session *s = new_session();

		code_at = hooks[i];
		calls[0] = '\0';
		assert_reply(session_connect(s), "554 5.7.1 go away");
		assert_reply(session_helo(s, "EHLO", "c"),
		    "554 5.7.1 go away");
		assert_reply(session_mail(s, "f@a.test", NULL),
		    "554 5.7.1 go away");
		assert_null(session_message(s));
		assert_false(was_called("one", "core_validate_ehlo"));
		session_free(&s);
	}
}

static void
a_refused_command_leaves_the_rest_as_it_was(void **state)
{
	struct session *s = new_session();

	(void)state;
	act = set_code;
	code = 450;
	note = "4.2.0 not now";
	code_at = "none";
	assert_action(session_connect(s), SESSION_ACCEPT);
	code_at = "core_validate_ehlo";
	assert_reply(session_helo(s, "HELO", "x"), "450 4.2.0 not now");
	code_at = "core_validate_mailfrom";
	assert_reply(session_mail(s, "f@a.test", NULL), "450 4.2.0 not now");
	assert_null(session_message(s));
	assert_int_equal(session_generation(s), 0);
	code_at = "none";
	assert_action(session_mail(s, "f@a.test", NULL), SESSION_ACCEPT);
	code_at = "core_validate_rcptto";
	assert_reply(session_rcpt(s, "t@b.test", NULL), "450 4.2.0 not now");
	assert_int_equal(ec_message_rcpt_count(session_message(s)), 0);
	code_at = "none";
	assert_action(session_rcpt(s, "t@b.test", NULL), SESSION_ACCEPT);
	assert_action(tell_message(s, ""), SESSION_ACCEPT);
	session_free(&s);
}

static int final2_result;

static int
say_final2(const struct scene *scene)
{
	return is_at(scene, "one", "core_final_validation2") ? final2_result :
	    VALIDATE_CONT;
}

static void
final_validation2_rejects_and_defers(void **state)
{
	static const struct {
		int result;
		const char *wanted;
	} rows[] = {
		{ EC_HOOK_DONE, "550 5.7.1 refused by policy" },
		{ EC_HOOK_RETRY, "451 4.7.1 try again later" },
	};

	(void)state;
	act = say_final2;
	for (size_t i = 0; i < COUNT(rows); i++) {
		struct session *s = new_session();

		final2_result = rows[i].result;
		calls[0] = '\0';
		assert_reply(tell_all(s, one_rcpt), rows[i].wanted);
		assert_false(was_called("two", "core_final_validation2"));
		assert_false(was_called("one", "core_final_validation"));
		assert_false(was_called("one",
		    "core_post_final_validation"));
		session_free(&s);
	}
}

static int
hang_up(const struct scene *scene)
{
	if (is_at(scene, "one", "core_validate_rcptto")) {
		scene->ctx->disconnect = 1;
		scene->ctx->tcost.tv_sec = 1000000;
	}
	return VALIDATE_CONT;
}

static void
disconnect_and_delay_reach_the_front_end_once(void **state)
{
	struct session *s = new_session();
	const struct session_verdict *verdict;

	(void)state;
	act = hang_up;
	assert_action(session_connect(s), SESSION_ACCEPT);
	assert_action(session_mail(s, "f@a.test", NULL), SESSION_ACCEPT);
	verdict = session_rcpt(s, "t@b.test", NULL);
	assert_reply(verdict, "421 4.7.0 closing the connection");
	assert_true(verdict->disconnect);
	assert_int_equal(verdict->delay_ms, SESSION_DELAY_MS);
	verdict = session_mail(s, "f@a.test", NULL);
	assert_action(verdict, SESSION_ACCEPT);
	assert_false(verdict->disconnect);
	assert_int_equal(verdict->delay_ms, 0);
	session_free(&s);
}

/* contexts */

static int
look_at_mailfrom(const struct scene *scene)
{
	validate_context *ctx = scene->ctx;

	if (is_at(scene, "one", "core_validate_rcptto")) {
		message_construct *mc = NULL;

		assert_int_equal(validate_context_find_message_construct(ctx,
		    &mc), 1);
		assert_ptr_equal(mc, accept_construct_get_message_construct(
		    scene->ac));
		assert_ptr_equal(mc->message, scene->msg);
		assert_ptr_equal(ec_bag_get(ctx->bag, "ec_message"),
		    scene->msg);
		assert_string_equal(scene->line->buffer, "RCPT TO:<t@b.test>");
		assert_string_equal(mc->peer_address, "192.0.2.1");
		assert_int_equal(validate_context_can_modify_rcpts(ctx), 0);
		validate_context_set(ctx, VCTX_MESS, "mine", "1");
		assert_string_equal(ec_message_context_get(scene->msg,
		    ECMESS_CTX_MESS, "mine"), "1");
	}
	return VALIDATE_CONT;
}

static void
assert_variable(struct session *s, int which, const char *key,
    const char *wanted)
{
	const char *came = ec_message_context_get(session_message(s), which,
	    key);

	if (strcmp(came, wanted) != 0)
		fail_msg("%s: \"%s\" came, \"%s\" wanted", key, came, wanted);
}

static void
variables_tell_of_connection_and_message(void **state)
{
	struct session *s = new_session();

	(void)state;
	act = look_at_mailfrom;
	assert_action(session_connect(s), SESSION_ACCEPT);
	assert_action(session_helo(s, "EHLO", "c.test"), SESSION_ACCEPT);
	assert_action(session_auth(s, "joe", "PLAIN", EC_AUTH_OK),
	    SESSION_ACCEPT);
	assert_action(session_mail(s, "<f@a.test>", "SIZE=9"), SESSION_ACCEPT);
	assert_action(session_rcpt(s, "<t@b.test>", NULL), SESSION_ACCEPT);
	assert_variable(s, 0, "ehlo_string", "EHLO c.test");
	assert_variable(s, 0, "ehlo_domain", "c.test");
	assert_variable(s, 0, "auth_user", "joe");
	assert_variable(s, 0, "auth_name", "PLAIN");
	assert_variable(s, 0, "auth_status", "pass");
	assert_variable(s, 0, "can_relay", "true");
	assert_variable(s, 0, "pathway", "default");
	assert_variable(s, 0, "connection_message_count", "1");
	assert_variable(s, 0, "message_rcpt_count", "1");
	assert_variable(s, 1, "mailfrom_string", "MAIL FROM:<f@a.test> SIZE=9");
	assert_variable(s, 1, "mailfrom_localpart", "f");
	assert_variable(s, 1, "mailfrom_domain", "a.test");
	assert_variable(s, 1, "rcptto_string", "RCPT TO:<t@b.test>");
	assert_variable(s, 1, "rcptto_domain", "b.test");
	assert_variable(s, 1, "rfc2822_date_missing", "");
	assert_variable(s, 1, "mine", "1");
	assert_action(tell_message(s, ""), SESSION_ACCEPT);
	assert_variable(s, 1, "rfc2822_date_missing", "true");
	/* the next message: other variables, the same connection */
	assert_action(session_mail(s, "", NULL), SESSION_ACCEPT);
	assert_variable(s, 1, "mine", "");
	assert_variable(s, 1, "mailfrom_string", "MAIL FROM:<>");
	assert_variable(s, 1, "mailfrom_domain", "");
	assert_variable(s, 0, "auth_user", "joe");
	assert_variable(s, 0, "connection_message_count", "2");
	assert_variable(s, 0, "connection_rcpt_count", "1");
	assert_variable(s, 0, "message_rcpt_count", "0");
	session_free(&s);
}

static void
a_failed_login_may_not_relay(void **state)
{
	struct session *s = new_session();

	(void)state;
	assert_action(session_auth(s, "joe", "LOGIN", EC_AUTH_FAIL),
	    SESSION_ACCEPT);
	assert_action(session_mail(s, "", NULL), SESSION_ACCEPT);
	assert_variable(s, 0, "auth_status", "fail");
	assert_variable(s, 0, "can_relay", "");
	session_free(&s);
}

static void
a_bypassed_or_disabled_module_is_left_out(void **state)
{
	struct session *s = new_session();

	(void)state;
	session_set_variable(s, "__bypass_one", "TRUE");
	assert_action(tell_all(s, one_rcpt), SESSION_ACCEPT);
	/* but of ends, which may mean something to who was not left out
	 * before */
	assert_int_equal(count_calls("one "), 1);
	assert_true(was_called("one", "core_validate_message_end"));
	assert_true(was_called("two", "core_final_validation"));
	session_set_variable(s, "__bypass_one", "false");
	calls[0] = '\0';
	two.loaded.data.enabled = 0;
	assert_action(session_mail(s, "", NULL), SESSION_ACCEPT);
	assert_string_equal(calls, "one core_validate_mailfrom\n");
	session_free(&s);
}

/* recipients */

static int
edit_rcpts(const struct scene *scene)
{
	validate_context *ctx = scene->ctx;
	char *addr;

	if (!is_at(scene, "one", "core_validate_data_spool"))
		return VALIDATE_CONT;
	assert_int_equal(validate_context_can_modify_rcpts(ctx), 1);
	assert_int_equal(validate_context_add_rcpt(ctx, "new@c.test", 1), 2);
	assert_int_equal(validate_context_add_rcpt(ctx, "<new@c.test>", 1),
	    -1);
	assert_int_equal(validate_context_add_rcpt(ctx, "new@c.test", 0), 2);
	assert_int_equal(validate_context_add_rcpt(ctx, "b a@d", 1), -1);
	assert_int_equal(validate_context_remove_rcpt(ctx, "u@b.test"), 1);
	assert_int_equal(validate_context_remove_rcpt(ctx, "u@b.test"), -1);
	assert_int_equal(validate_context_iterate_rcpt(ctx, 0, &addr), 1);
	assert_string_equal(addr, "t@b.test");
	assert_int_equal(validate_context_iterate_rcpt(ctx, 1, &addr), -1);
	assert_string_equal(addr, "new@c.test");
	assert_int_equal(validate_context_iterate_rcpt(ctx, 2, &addr), -1);
	assert_null(addr);
	return VALIDATE_CONT;
}

static void
recipients_change_until_data_spool(void **state)
{
	struct session *s = new_session();
	static const char *const rcpts[] = { "t@b.test", "u@b.test", NULL };
	const struct session_verdict *verdict;

	(void)state;
	act = edit_rcpts;
	verdict = tell_all(s, rcpts);
	assert_action(verdict, SESSION_ACCEPT);
	assert_int_equal(verdict->edits.count, 2);
	assert_int_equal(verdict->edits.steps[0].type, EDIT_RCPT_DELETE);
	assert_string_equal(verdict->edits.steps[0].address, "u@b.test");
	assert_int_equal(verdict->edits.steps[1].type, EDIT_RCPT_ADD);
	assert_string_equal(verdict->edits.steps[1].address, "new@c.test");
	session_free(&s);
}

static int
per_rcpt(const struct scene *scene)
{
	string rcpt;

	if (!is_at(scene, "one", "validate_data_spool_each_rcpt"))
		return VALIDATE_CONT;
	assert_int_equal(validate_context_can_modify_rcpts(scene->ctx), 0);
	(void)string_init_type(&rcpt, 8, STRING_TYPE_ECSTRING);
	assert_int_equal(ec_message_get_envelope2(scene->msg, EC_MSG_ENV_TO |
	    EC_MSG_ENV_COMPLETE, &rcpt, NULL, NULL), 1);
	if (strcmp(rcpt.buffer, "drop@b.test") == 0)
		ec_message_discard(scene->msg, NULL);
	if (strcmp(rcpt.buffer, "move@b.test") == 0)
		(void)ec_message_set_rcptto(scene->msg, "moved@c.test", -1, 0);
	(void)string_destroy(&rcpt);
	return VALIDATE_CONT;
}

static void
per_recipient_hooks_drop_and_move_that_recipient(void **state)
{
	struct session *s = new_session();
	static const char *const rcpts[] = {
		"drop@b.test", "t@b.test", "move@b.test", NULL
	};
	static const char *const all_dropped[] = { "drop@b.test", NULL };
	const struct session_verdict *verdict;

	(void)state;
	act = per_rcpt;
	verdict = tell_all(s, rcpts);
	assert_action(verdict, SESSION_ACCEPT);
	assert_int_equal(verdict->edits.count, 3);
	assert_string_equal(verdict->edits.steps[0].address, "drop@b.test");
	assert_string_equal(verdict->edits.steps[1].address, "move@b.test");
	assert_string_equal(verdict->edits.steps[2].address, "moved@c.test");
	session_free(&s);
	s = new_session();
	calls[0] = '\0';
	assert_action(tell_all(s, all_dropped), SESSION_DISCARD);
	assert_false(was_called("one", "core_final_validation"));
	session_free(&s);
}

static void
the_same_recipient_twice_is_one(void **state)
{
	struct session *s = new_session();
	static const char *const rcpts[] = { "t@b.test", "<t@B.test>", NULL };

	(void)state;
	assert_action(tell_all(s, rcpts), SESSION_ACCEPT);
	assert_int_equal(ec_message_rcpt_count(session_message(s)), 1);
	session_free(&s);
}

static enum message_fate wanted_fate;

static int
decide_fate(const struct scene *scene)
{
	if (is_at(scene, "two", "core_validate_data_spool")) {
		if (wanted_fate == MESSAGE_DISCARD)
			ec_message_discard(scene->msg, "unwanted");
		else
			ec_message_quarantine(scene->msg, NULL);
	}
	if (is_at(scene, "one", "core_final_validation"))
		rfc2822_prepend_header(ec_message_get_headers(
		    ec_message_get_first_part(scene->msg, 1), 0),
		    rfc2822_new_header("X", "signed"));
	return VALIDATE_CONT;
}

static void
discarded_mail_is_not_signed_and_held_mail_is(void **state)
{
	struct session *s = new_session();
	const struct session_verdict *verdict;

	(void)state;
	act = decide_fate;
	wanted_fate = MESSAGE_DISCARD;
	verdict = tell_all(s, one_rcpt);
	assert_action(verdict, SESSION_DISCARD);
	assert_string_equal(verdict->reason, "unwanted");
	assert_int_equal(verdict->edits.count, 0);
	session_free(&s);
	s = new_session();
	wanted_fate = MESSAGE_QUARANTINE;
	verdict = tell_all(s, one_rcpt);
	assert_action(verdict, SESSION_QUARANTINE);
	assert_string_equal(verdict->reason, "held by policy");
	assert_int_equal(verdict->edits.count, 1);
	session_free(&s);
}

/* bindings */

static int new_slot;
static const char *slot_at;

static int
change_binding(const struct scene *scene)
{
	if (is_at(scene, "one", slot_at))
		ec_message_change_binding_slot(scene->msg, new_slot);
	return VALIDATE_CONT;
}

static void
post_set_binding_runs_only_when_the_binding_changed(void **state)
{
	static const struct {
		const char *hook;
		int slot;
		bool set_binding, post;
	} rows[] = {
		{ "core_validate_set_binding", 5, true, true },
		{ "core_validate_set_binding", 0, true, false },
		{ "core_validate_data", 5, false, false },
	};

	(void)state;
	act = change_binding;
	for (size_t i = 0; i < COUNT(rows); i++) {
		struct session *s = new_session();

		slot_at = rows[i].hook;
		new_slot = rows[i].slot;
		calls[0] = '\0';
		assert_action(tell_all(s, one_rcpt), SESSION_ACCEPT);
		assert_int_equal(was_called("two",
		    "core_validate_set_binding"), rows[i].set_binding);
		assert_int_equal(was_called("two",
		    "core_post_validate_set_binding"), rows[i].post);
		session_free(&s);
	}
}

/* order of events, limits, trouble */

static void
events_out_of_order_are_refused_and_change_nothing(void **state)
{
	struct session *s = new_session();

	(void)state;
	assert_reply(session_rcpt(s, "t@b.test", NULL),
	    "503 5.5.1 out of order");
	assert_reply(session_header(s, SPAN("A: b")),
	    "503 5.5.1 out of order");
	assert_reply(session_body(s, SPAN("x")), "503 5.5.1 out of order");
	assert_reply(session_end_of_message(s), "503 5.5.1 out of order");
	session_abort(s);
	assert_action(session_mail(s, "f@a.test", NULL), SESSION_ACCEPT);
	assert_action(session_header(s, SPAN("A: b")), SESSION_ACCEPT);
	assert_reply(session_rcpt(s, "t@b.test", NULL),
	    "503 5.5.1 out of order");
	/* a message without empty line and body */
	assert_action(session_end_of_message(s), SESSION_ACCEPT);
	assert_reply(session_body(s, SPAN("x")), "503 5.5.1 out of order");
	assert_int_equal(ec_message_header_count(session_message(s)), 1);
	session_free(&s);
	session_free(&s); /* nothing there */
}

static void
a_connection_that_just_ends_is_fine_at_every_point(void **state)
{
	(void)state;
	for (int events = 0; events < 6; events++) {
		struct session *s = new_session();

		if (events > 0)
			(void)session_connect(s);
		if (events > 1)
			(void)session_mail(s, "f@a.test", NULL);
		if (events > 2)
			(void)session_header(s, SPAN("A: b"));
		if (events > 3)
			(void)session_end_of_header(s);
		if (events > 4)
			(void)session_body(s, SPAN("x"));
		session_free(&s);
	}
}

static void
addresses_that_break_commands_are_refused(void **state)
{
	struct session *s = new_session();

	(void)state;
	assert_reply(session_mail(s, "a b@c", NULL),
	    "501 5.1.7 bad sender address syntax");
	assert_null(session_message(s));
	assert_action(session_mail(s, "f@a.test", NULL), SESSION_ACCEPT);
	assert_reply(session_rcpt(s, "<>", NULL),
	    "501 5.1.3 bad recipient address syntax");
	assert_reply(session_rcpt(s, "<a\r\n@b>", NULL),
	    "501 5.1.3 bad recipient address syntax");
	assert_action(session_rcpt(s, "t@b.test", NULL), SESSION_ACCEPT);
	session_free(&s);
}

static void
a_header_past_its_limit_refuses_the_message(void **state)
{
	struct session *s = new_session();
	char *field = malloc(MESSAGE_HEADER_BYTES);

	(void)state;
	assert_non_null(field);
	memset(field, 'x', MESSAGE_HEADER_BYTES);
	assert_action(session_mail(s, "f@a.test", NULL), SESSION_ACCEPT);
	assert_reply(session_header(s, span_of(field, MESSAGE_HEADER_BYTES)),
	    "552 5.3.4 header too large");
	assert_reply(session_header(s, SPAN("A: b")),
	    "552 5.3.4 header too large");
	assert_reply(session_end_of_message(s), "552 5.3.4 header too large");
	assert_false(was_called("one", "core_validate_data"));
	assert_action(session_mail(s, "f@a.test", NULL), SESSION_ACCEPT);
	session_free(&s);
	free(field);
}

/* A limit on the size of files stands for a disk that is full. */
static void
a_disk_that_takes_no_more_defers_the_message(void **state)
{
	struct session *s = new_session();
	unsigned long errors = log_count(DERROR);
	size_t size = 1500000;
	char *body = calloc(1, size);
	struct rlimit before, limit;

	(void)state;
	assert_non_null(body);
	(void)signal(SIGXFSZ, SIG_IGN);
	assert_int_equal(getrlimit(RLIMIT_FSIZE, &before), 0);
	assert_action(session_mail(s, "f@a.test", NULL), SESSION_ACCEPT);
	assert_action(session_end_of_header(s), SESSION_ACCEPT);
	limit = before;
	limit.rlim_cur = 1000;
	assert_int_equal(setrlimit(RLIMIT_FSIZE, &limit), 0);
	(void)session_body(s, span_of(body, size));
	assert_reply(session_end_of_message(s),
	    "451 4.3.0 internal error, try again later");
	assert_int_equal(setrlimit(RLIMIT_FSIZE, &before), 0);
	assert_int_equal(log_count(DERROR) - errors, 1);
	assert_false(was_called("one", "core_validate_data"));
	session_free(&s);
	free(body);
}

static int
look_at_log(const struct scene *scene)
{
	if (is_at(scene, "one", "core_validate_data")) {
		assert_string_equal(log_message(), "4VxQueue");
		assert_ptr_equal(scene->ctx->transaction,
		    &generation_pinned()->header);
	}
	return VALIDATE_CONT;
}

static void
log_lines_of_a_message_carry_its_queue_id(void **state)
{
	struct session *s = new_session();

	(void)state;
	act = look_at_log;
	assert_action(session_mail(s, "f@a.test", NULL), SESSION_ACCEPT);
	session_set_id(s, "4VxQueue");
	assert_action(tell_message(s, ""), SESSION_ACCEPT);
	assert_null(log_message());
	assert_null(generation_pinned());
	session_free(&s);
}

static void
without_a_configuration_everything_is_deferred(void **state)
{
	struct session *s = new_session();

	(void)state;
	generation_commit(NULL);
	assert_reply(session_connect(s), "451 4.3.0 not configured");
	assert_reply(session_mail(s, "f@a.test", NULL),
	    "451 4.3.0 not configured");
	session_free(&s);
}

/* Logging modules hear of both outcomes. */

static char logged[512];

static void
on_rejection(void *self, struct timeval *now, accept_construct *ac,
    validate_context *ctx, int phase, const char *format, va_list args)
{
	size_t n;
	va_list copy;

	(void)self;
	(void)ac;
	(void)ctx;
	assert_true(now->tv_sec > 0);
	n = (size_t)snprintf(logged, sizeof(logged), "%d: ", phase);
	va_copy(copy, args);
	(void)vsnprintf(logged + n, sizeof(logged) - n, format, copy);
	va_end(copy);
}

static void
on_reception(void *self, accept_construct *ac, ec_message *msg,
    struct timeval *now, const char *text, int len)
{
	(void)self;
	(void)ac;
	(void)now;
	assert_int_equal(strlen(text), len);
	(void)snprintf(logged, sizeof(logged), "received %d fields",
	    ec_message_header_count(msg));
}

static void
logging_modules_hear_of_refusals_and_receptions(void **state)
{
	struct generation *generation = generation_new();
	struct hooks_registration registration = {
		.into = generation->hooks, .owner = &one.infra
	};
	struct session *s = new_session();

	(void)state;
	hooks_begin(&registration);
	register_core_log_rejection_hook_last(on_rejection, NULL);
	register_core_log_reception_v1_hook_last(on_reception, NULL);
	register_core_validate_data_hook_last(on_data, &one.infra);
	hooks_end(&registration);
	generation_commit(generation);
	assert_action(tell_all(s, one_rcpt), SESSION_ACCEPT);
	assert_string_equal(logged, "received 2 fields");
	act = set_code;
	code_at = "core_validate_data";
	code = 550;
	note = "no";
	(void)session_mail(s, "f@a.test", NULL);
	assert_reply(tell_message(s, ""), "550 5.7.1 no");
	assert_string_equal(logged, "8: 550 5.7.1 no");
	session_free(&s);
}

#define IN_FIXTURE(test) cmocka_unit_test_setup_teardown(test, begin, end)

int
main(void)
{
	const struct CMUnitTest tests[] = {
		IN_FIXTURE(phases_come_in_their_order_and_modules_in_theirs),
		IN_FIXTURE(done_ends_its_phase_and_no_other),
		IN_FIXTURE(again_calls_the_same_provider_until_it_is_ready),
		IN_FIXTURE(again_without_end_defers_the_message),
		IN_FIXTURE(
		    results_that_a_hook_does_not_have_are_logged_and_pass),
		IN_FIXTURE(a_code_refuses_the_message_and_ends_its_way),
		IN_FIXTURE(
		    a_code_for_the_list_of_recipients_refuses_the_message),
		IN_FIXTURE(
		    the_list_of_recipients_can_be_changed_before_the_data),
		IN_FIXTURE(ends_are_told_once_whatever_happens),
		IN_FIXTURE(replies_are_one_clean_line_with_a_status),
		IN_FIXTURE(a_refusal_at_connect_answers_everything),
		IN_FIXTURE(a_refused_command_leaves_the_rest_as_it_was),
		IN_FIXTURE(final_validation2_rejects_and_defers),
		IN_FIXTURE(disconnect_and_delay_reach_the_front_end_once),
		IN_FIXTURE(variables_tell_of_connection_and_message),
		IN_FIXTURE(a_failed_login_may_not_relay),
		IN_FIXTURE(a_bypassed_or_disabled_module_is_left_out),
		IN_FIXTURE(recipients_change_until_data_spool),
		IN_FIXTURE(per_recipient_hooks_drop_and_move_that_recipient),
		IN_FIXTURE(the_same_recipient_twice_is_one),
		IN_FIXTURE(discarded_mail_is_not_signed_and_held_mail_is),
		IN_FIXTURE(
		    post_set_binding_runs_only_when_the_binding_changed),
		IN_FIXTURE(events_out_of_order_are_refused_and_change_nothing),
		IN_FIXTURE(
		    a_connection_that_just_ends_is_fine_at_every_point),
		IN_FIXTURE(addresses_that_break_commands_are_refused),
		IN_FIXTURE(a_header_past_its_limit_refuses_the_message),
		IN_FIXTURE(a_disk_that_takes_no_more_defers_the_message),
		IN_FIXTURE(log_lines_of_a_message_carry_its_queue_id),
		IN_FIXTURE(without_a_configuration_everything_is_deferred),
		IN_FIXTURE(logging_modules_hear_of_refusals_and_receptions),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
