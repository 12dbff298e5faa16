/*
 * commands_test.c ECXS SOURCES: a line of the console reaches whoever it is
 * for (control.h), in every form of address.
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

#include "control.h"
#include "ec_fc.h"
#include "host/control/commands.h"
#include "host/host.h"
#include "host/log/log.h"

static int
echo(command_construct *cc, void *closure)
{
	(void)stringprintf(&cc->response, "%s:", (const char *)closure);
	for (int i = 0; i < cc->argc; i++)
		(void)stringprintf(&cc->response, " <%s>", cc->argv[i]);
	(void)stringprintf(&cc->response, "%s%s", cc->xml ? " xml" : "",
	    ec_control_get_command_construct() == cc ? "" : " not current");
	return 1;
}

static void
old_form(string *response, int argc, const char **argv, void *closure)
{
	(void)stringprintf(response, "%s %d %s", (const char *)closure, argc,
	    argv[argc - 1]);
}

static int
refuse(command_construct *cc, void *closure)
{
	(void)closure;
	(void)stringprintf(&cc->response, "cannot");
	return 0;
}

static char one[] = "one", two[] = "two", three[] = "three";

static void
the_longest_prefix_gets_the_line(void **state)
{
	static const struct {
		const char *line, *answer;
	} rows[] = {
		{ "show", "one: <show>" },
		{ "SHOW queue", "one: <SHOW> <queue>" },
		{ "show keys", "two: <show> <keys>" },
		{ "  show   keys  of a.test ",
		  "two: <show> <keys> <of> <a.test>" },
		{ "show \"keys\" \"a b\"", "two: <show> <keys> <a b>" },
		{ "show \"a \\\"b\\\\\"", "one: <show> <a \"b\\>" },
		{ "xml show keys", "two: <show> <keys> xml" },
		{ "xml", "three: <xml>" },
		{ "older form here", "one 3 here" },
		{ "", "" },
		{ "show \"unclosed", "A quote is not closed, or there are too "
		  "many words\n" },
		{ "shows", "Unknown command 'shows' (\"help\" lists them)\n" },
	};

	(void)state;
	ec_control_register_command2("show", one, echo);
	ec_control_register_command2("  show  keys ", one, echo);
	ec_control_register_command2("show keys", two, echo); /* replaces */
	ec_control_register_command2("xml", three, echo);
	ec_control_register_command("older form", one, old_form);
	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++)
		assert_string_equal(workshop_command(rows[i].line),
		    rows[i].answer);
}

static void
a_command_that_fails_says_so_in_its_status(void **state)
{
	string answer;

	(void)state;
	ec_control_register_command2("refuse", NULL, refuse);
	(void)string_init_type(&answer, 1, STRING_TYPE_ECSTRING);
	assert_int_equal(commands_run("refuse", NULL, &answer),
	    EC_RUN_COMMAND_FAILED);
	assert_string_equal(answer.buffer, "cannot");
	assert_int_equal(commands_run("show", NULL, &answer),
	    EC_RUN_COMMAND_COMPLETED);
	assert_int_equal(commands_run("nothing like it", NULL, &answer),
	    EC_RUN_COMMAND_FAILED);
	(void)string_destroy(&answer);
}

static void
a_module_is_addressed_with_and_without_instance(void **state)
{
	static const struct {
		const char *line, *answer;
	} rows[] = {
		{ "alpha:one stats now", "'stats now' xml=0" },
		{ "ALPHA:one  stats", "'stats' xml=0" },
		{ "xml alpha:two stats", "'stats' xml=1" },
		{ "alpha:one", "'' xml=0" },
		{ "solo flush keycache", "'flush keycache' xml=0" },
		{ "beta flush", "'flush' xml=0" }, /* the only instance */
		{ "alpha stats",
		  "No instance 'alpha'; there are: alpha:one, alpha:two\n" },
		{ "alpha:six stats",
		  "No instance 'alpha:six'; there are: alpha:one, alpha:two\n" },
		{ "trace beta word", "beta:b heard word" },
	};

	(void)state;
	assert_true(workshop_load("alpha \"one\" { }\nalpha \"two\" { }\n"
	    "solo { }\nbeta \"b\" { }\n"));
	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++)
		assert_string_equal(workshop_command(rows[i].line),
		    rows[i].answer);
	/* what a configuration registered goes with it */
	assert_true(workshop_reload("solo { }\n"));
	assert_string_equal(workshop_command("trace beta word"),
	    "Unknown command 'trace' (\"help\" lists them)\n");
	host_close();
	assert_string_equal(workshop_command("solo stats"),
	    "Unknown command 'solo' (\"help\" lists them)\n");
}

static void
module_list_has_the_published_layout(void **state)
{
	(void)state;
	assert_true(workshop_load("solo { enabled = false }\n"
	    "alpha \"one\" { }\n"));
	assert_string_equal(workshop_command("module list"),
	    "Module: solo\n  Scope_Name: solo\n  Enabled: disabled\n"
	    "  API: Singleton\n  Name: tracer.c\n"
	    "  Description: tells the test\n"
	    "Module: alpha:one\n  Scope_Name: alpha\n  Instance_Name: one\n"
	    "  Enabled: enabled\n  API: Generic\n  Name: tracer.c\n"
	    "  Description: tells the test\n");
	assert_non_null(strstr(workshop_command("module hooks"),
	    "tracer_called\n\tvoid(string*)\n"));
	host_close();
}

static void
help_lists_commands_and_tells_of_one(void **state)
{
	const char *answer;

	(void)state;
	assert_true(workshop_load(""));
	ec_control_register_command2("greet", one, echo);
	ec_control_register_help("greet", "says hello", "greet NAME");
	answer = workshop_command("help");
	assert_non_null(strstr(answer, "  greet                    says hello\n"));
	assert_non_null(strstr(answer, "  module list "));
	assert_string_equal(workshop_command("help greet"),
	    "greet: says hello\ngreet NAME\n");
	assert_string_equal(workshop_command("help nothing"),
	    "There is no command 'nothing'\n");
	host_close();
}

static void
caches_and_logs_can_be_looked_at(void **state)
{
	char name[] = "test_cache";
	ec_fc_t *cache = ec_fc_create(name, 16, 60, NULL);

	(void)state;
	assert_true(workshop_load(""));
	assert_null(ec_fc_load(cache, "k", 1));
	assert_string_equal(workshop_command("cache list"),
	    "  test_cache\n 1 caches listed.\n");
	assert_string_equal(workshop_command("cache stat test_cache"),
	    "Name          : test_cache\nCapacity      : 16\n"
	    "Entries       : 0\nUtilization   : 0.00%\n"
	    "Loads         : 1 (Hits: 0, Misses: 1)\nStores        : 0\n"
	    "Invalidations : 0 (Forced: 0, Expired: 0, Capacity: 0)\n"
	    "Hit Rate      : 0.00%\n");
	assert_string_equal(workshop_command("cache stat none"),
	    "There is no cache 'none'\n");
	log_line(DCRITICAL, "something broke");
	assert_non_null(strstr(workshop_command("paniclog"),
	    "[critical] something broke\n"));
	assert_non_null(strstr(workshop_command("memory core:string"),
	    "core:string"));
	assert_string_equal(workshop_command("reopen logs"),
	    "Logs reopened\n");
	ec_fc_delref(cache);
	host_close();
}

static char **arguments; /* of main; cmocka's setup takes none */

static int
build_all(void **state)
{
	(void)state;
	workshop_open(arguments[1], arguments[2]);
	workshop_build("alpha", "tracer.c", "-DNAME=alpha");
	workshop_build("beta", "tracer.c", "-DNAME=beta");
	workshop_build("solo", "tracer.c", "-DNAME=solo -DSINGLETON");
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
		cmocka_unit_test(the_longest_prefix_gets_the_line),
		cmocka_unit_test(a_command_that_fails_says_so_in_its_status),
		cmocka_unit_test(a_module_is_addressed_with_and_without_instance),
		cmocka_unit_test(module_list_has_the_published_layout),
		cmocka_unit_test(help_lists_commands_and_tells_of_one),
		cmocka_unit_test(caches_and_logs_can_be_looked_at),
	};
	struct log_targets silence = { 0 };

	if (argc != 3)
		return 64;
	(void)log_open(&silence);
	arguments = argv;
	return cmocka_run_group_tests(tests, build_all, remove_all);
}
