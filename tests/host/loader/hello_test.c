/*
 * hello_test.c ECXS EXAMPLE: the sample module of docs/module-sdk.md does what
 * its page says, message by message.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "workshop.h"

#include "host/host.h"
#include "host/log/log.h"
#include "host/validation/session.h"

/* The greeting that a message gets, or "" when it gets none. */
static const char *
greeting(const char *from, const char *to)
{
	static char text[256];
	struct session_client client = { 0 };
	const struct session_verdict *verdict;
	struct session *session = session_new(&client);

	text[0] = '\0';
	(void)session_connect(session);
	(void)session_mail(session, from, NULL);
	(void)session_rcpt(session, to, NULL);
	(void)session_header(session, SPAN("From: ann@a.test"));
	(void)session_end_of_header(session);
	(void)session_body(session, SPAN("Hello\r\n"));
	verdict = session_end_of_message(session);
	assert_int_equal(verdict->action, SESSION_ACCEPT);
	for (size_t i = 0; i < verdict->edits.count; i++) {
		const struct edit *edit = &verdict->edits.steps[i];

		assert_int_equal(edit->type, EDIT_FIELD_INSERT);
		assert_int_equal(edit->index, 0);
		assert_true(span_eq(edit->name, SPAN("X-Greeting")));
		(void)snprintf(text, sizeof(text), "%.*s",
		    (int)edit->value.n, (const char *)edit->value.p);
	}
	if (text[0] != '\0')
		assert_string_equal(ec_message_context_get(
		    session_message(session), ECMESS_CTX_MESS, "hello_text"),
		    text[0] == ' ' ? text + 1 : text);
	session_free(&session);
	return text[0] == ' ' ? text + 1 : text;
}

static void
greets_as_options_and_scopes_say(void **state)
{
	(void)state;
	assert_true(workshop_load("hello_module \"one\" {\n"
	    " text = \"good morning\"\n"
	    " guest \"a.test\" { text = \"welcome back\" }\n"
	    "}\n"
	    "domain \"quiet.test\" { hello = false }\n"));
	assert_string_equal(greeting("x@b.test", "y@c.test"), "good morning");
	assert_string_equal(greeting("x@a.test", "y@c.test"), "welcome back");
	assert_string_equal(greeting("x@a.test", "y@quiet.test"), "");
	assert_string_equal(greeting("", "y@c.test"), "good morning");
	assert_string_equal(workshop_command("hello_module:one stats"),
	    "greeted = 3\n");
	assert_string_equal(workshop_command("hello_module stats"),
	    "greeted = 3\n");
	assert_string_equal(workshop_command("xml hello_module:one stats"),
	    "<greeted>3</greeted>\n");
	assert_string_equal(workshop_command("hello_module:one reset"),
	    "counters reset\n");
	assert_string_equal(workshop_command("hello_module:one stats"),
	    "greeted = 0\n");
	host_close();
}

static void
its_option_alone_loads_it(void **state)
{
	(void)state;
	assert_true(workshop_load("hello = true\n"));
	assert_string_equal(greeting("x@b.test", "y@c.test"), "hello, world");
	assert_string_equal(workshop_command("hello_module stats"),
	    "greeted = 1\n");
	host_close();
}

static void
an_empty_text_is_refused_in_its_words(void **state)
{
	(void)state;
	assert_false(workshop_load("hello_module \"one\" { text = \"\" }\n"));
	assert_non_null(strstr(workshop_errors(), "option 'text' is empty"));
}

static char **arguments; /* of main; cmocka's setup takes none */

static int
build_all(void **state)
{
	(void)state;
	workshop_open(arguments[1], arguments[2]);
	workshop_build("hello_module", "hello_module.c", "");
	return 0;
}

static int
remove_all(void **state)
{
	(void)state;
	workshop_close();
	return 0;
}

int
main(int argc, char **argv)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(greets_as_options_and_scopes_say),
		cmocka_unit_test(its_option_alone_loads_it),
		cmocka_unit_test(an_empty_text_is_refused_in_its_words),
	};
	struct log_targets silence = { 0 };

	if (argc != 3)
		return 64;
	(void)log_open(&silence);
	arguments = argv;
	return cmocka_run_group_tests(tests, build_all, remove_all);
}
