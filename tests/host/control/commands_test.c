/*
 * commands_test.c ECXS SOURCES: a line of the console reaches whoever it is
 * for (control.h), in every form of address.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <semaphore.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "workshop.h"

#include "control.h"
#include "ec_fc.h"
#include "ec_thread_pool.h"
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
		{ "\v\fshow\v\fkeys\v", "two: <show> <keys>" },
		{ "show \"keys\"of\"a\"", "two: <show> <keys> <of\"a\">" },
		{ "show \"a \\\"b\\\\\"", "one: <show> <a \"b\\>" },
		{ "xml show keys", "<answer>\n  <ok>true</ok>\n  <text>two: "
		  "&lt;show&gt; &lt;keys&gt; xml</text>\n</answer>\n" },
		{ "xml", "three: <xml>" },
		{ "older form here", "one 3 here" },
		{ "", "" },
		{ "show \"unclosed", "A quote is not closed, or there are too "
		  "many words\n" },
		{ "shows", "Unknown command 'shows' (\"help\" lists them)\n" },
		{ "Pair three x", "Unknown command 'Pair three'; there are: "
		  "pair one, pair two\n" },
		{ "pair", "Unknown command 'pair'; there are: pair one, pair "
		  "two\n" },
	};

	(void)state;
	ec_control_register_command2("show", one, echo);
	ec_control_register_command2("pair two", one, echo);
	ec_control_register_command2("pair one", one, echo);
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
		{ "xml alpha:two stats", "<answer>\n  <ok>true</ok>\n"
		  "  <text>'stats' xml=1</text>\n</answer>\n" },
		{ "alpha:one", "'' xml=0" },
		{ "alpha:one stats \t", "'stats' xml=0" },
		{ "solo flush keycache", "'flush keycache' xml=0" },
		{ "beta flush", "'flush' xml=0" }, /* the only instance */
		{ "alpha stats",
		  "No instance 'alpha'; there are: alpha:one, alpha:two\n" },
		{ "alpha:six stats",
		  "No instance 'alpha:six'; there are: alpha:one, alpha:two\n" },
		{ "trace beta word", "beta:b heard word" },
	};
	const char *help;

	(void)state;
	assert_true(workshop_load("alpha \"one\" { }\nalpha \"two\" { }\n"
	    "solo { }\nbeta \"b\" { }\n"));
	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++)
		assert_string_equal(workshop_command(rows[i].line),
		    rows[i].answer);
	/* which help lists once, though its line is the process's */
	ec_control_register_help("trace beta", "hears a word", NULL);
	help = strstr(workshop_command("help"), "\n  trace beta");
	assert_non_null(help);
	assert_int_equal(strncmp(help, "\n  trace beta               hears a "
	    "word\n", 41), 0);
	assert_null(strstr(help + 1, "\n  trace beta"));
	/* what a configuration registered goes with it */
	assert_true(workshop_reload("solo { }\n"));
	assert_null(strstr(workshop_command("help"), "trace beta"));
	assert_string_equal(workshop_command("trace beta word"),
	    "Unknown command 'trace beta'; there are: trace client, trace "
	    "list, trace recipient, trace show, trace stop\n");
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
	assert_non_null(strstr(workshop_command("help module"),
	    "module list: modules in use\n"));
	assert_string_equal(workshop_command("help nothing"),
	    "There is no command 'nothing'\n");
	host_close();
}

static void
what_modules_answer_is_helped_with_by_registration_alone(void **state)
{
	string answer;

	(void)state;
	assert_true(workshop_load("alpha \"one\" { }\nsolo { }\n"));
	assert_non_null(strstr(workshop_command("help"),
	    "  alpha:INSTANCE say part  what a part says\n"));
	assert_non_null(strstr(workshop_command("help"),
	    "  solo say part            what a part says\n"));
	assert_null(strstr(workshop_command("help"), "beta"));
	assert_string_equal(workshop_command("help alpha:one say"),
	    "alpha:INSTANCE say part: what a part says\nsay part NAME\n");
	assert_string_equal(workshop_command("help solo"),
	    "solo say part: what a part says\nsay part NAME\n");
	(void)string_init_type(&answer, 1, STRING_TYPE_ECSTRING);
	assert_int_equal(commands_run("alpha:one break", NULL, &answer),
	    EC_RUN_COMMAND_FAILED);
	assert_string_equal(answer.buffer, "broken");
	(void)string_destroy(&answer);
	host_close();
}

static void
a_line_can_be_completed(void **state)
{
	static const struct {
		const char *line, *answer;
	} rows[] = {
		{ "complete mod", "module\n" },
		{ "complete MODULE", "module\n" },
		{ "complete module ", "hooks\nlist\n" },
		{ "complete module  h", "hooks\n" },
		{ "complete \vmodule\v\f\v\vh", "hooks\n" },
		{ "complete module list ", "" },
		{ "complete json module h", "hooks\n" },
		{ "complete help module l", "list\n" },
		{ "complete al", "alpha:one\n\"alpha:t \\\"w\"\n" },
		{ "complete \"al", "\"alpha:one\"\n\"alpha:t \\\"w\"\n" },
		{ "complete alpha:one s", "say\n" },
		{ "complete alpha:one say ", "part\n" },
		{ "complete so", "solo\n" },
		{ "complete solo say p", "part\n" },
		{ "complete beta:b ", "" }, /* not in use */
		{ "complete config get alp", "alpha\nalpha_wide\n" },
		{ "complete config get alpha on", "one\n" },
		{ "complete config get alpha \"t", "\"t \\\"w\"\n" },
		{ "complete config set alpha one lev", "level\n" },
		{ "complete config set alpha one part x wo", "word\n" },
		{ "complete config set alpha one enabled ", "false\ntrue\n" },
		{ "complete config set nothing here ", "" },
		{ "complete cache list h", "hit-rate\nhits\n" },
		{ "complete memory core:str", "core:string\n" },
		{ "complete dns_cache lookup a.test A", "A\nAAAA\n" },
		{ "complete no such command", "" },
	};

	(void)state;
	assert_true(workshop_load("alpha \"one\" { part \"x\" { } }\n"
	    "alpha \"t \\\"w\" { }\nsolo { }\n"));
	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		const char *answer = workshop_command(rows[i].line);

		if (strcmp(answer, rows[i].answer) != 0)
			print_error("%s\n", rows[i].line);
		assert_string_equal(answer, rows[i].answer);
	}
	assert_string_equal(workshop_command("json complete module "),
	    "{\n  \"candidates\": [\n    \"hooks\",\n    \"list\"\n  ]\n}\n");
	host_close();
}

static void
an_answer_is_data_when_it_is_asked_for(void **state)
{
	static const struct {
		const char *line, *holds;
	} rows[] = {
		{ "json module list", "\"instance_name\": \"o<e\"" },
		{ "xml module list",
		  "<modules>\n  <modules>\n    <item>\n"
		  "      <scope_name>alpha</scope_name>\n"
		  "      <instance_name>o&lt;e</instance_name>\n" },
		{ "json module hooks", "\"name\": \"core_" },
		{ "json help module list", "\"command\": \"module list\"" },
		{ "json version", "\"product\": \"mailseal\"" },
		{ "json sysinfo", "\"build_date\": " },
		{ "json paniclog", "\"level\": \"critical\"" },
		{ "json memory core:string",
		  "\"memory_type\": \"core:string\"" },
		{ "xml memory", "<memory_type>core:string</memory_type>" },
		{ "json threads stats", "\"name\": \"IO\"" },
		{ "json threads io queue", "\"waiting\": 0" },
		{ "json cache list", "\"caches\": []" },
		{ "json summary", "\"ReceivedMessages\": 0" },
		{ "json summary reset", "\"statistics cleared\"" },
		{ "json dns_cache stats", "\"hit_rate\": 0.0" },
		{ "json reopen logs", "\"reopened\": true" },
		{ "json reopen logs", "\"text\": \"Logs reopened\\n\"" },
		{ "json signing_stats reset", "\"reset\": true" },
		{ "json debugging mode", "\"debugging\": true" },
		{ "xml debugging mode", "<debugging>false</debugging>" },
		{ "json dns_cache lookup a.test TXT",
		  "No module of this configuration asks the DNS" },
		{ "json write config", "\\nalpha \\\"o<e\\\" {\\n" },
		{ "xml write config", "<configuration>\n  <ok>true</ok>\n"
		  "  <text>Module_Path = (\n" },
		{ "xml write config", "\nalpha &quot;o&lt;e&quot; {\n" },
		{ "json metrics", "\"name\": \"mailseal_build_info\"" },
		{ "json metrics", "\"labels\": {\n            \"result\": "
		  "\"failed\"\n          },\n          \"value\": 0.0" },
		{ "xml metrics", "<result>failed</result>" },
		/* what is no name of an element */
		{ "xml config show Control_Listener", "<_1_b>c</_1_b>\n" },
	};

	(void)state;
	assert_true(workshop_load("alpha \"o<e\" { }\nControl_Listener { "
	    "AuthorizationParameters = [ \"1 b\" = c ] }\n"));
	log_line(DCRITICAL, "no utf-8: \xff");
	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		const char *answer = workshop_command(rows[i].line);

		if (strstr(answer, rows[i].holds) == NULL)
			print_error("%s: %s\n", rows[i].line, answer);
		assert_non_null(strstr(answer, rows[i].holds));
	}
	host_close();
}

/* What others write when they are asked for a form. */
static int
write_closure(command_construct *cc, void *closure)
{
	(void)stringprintf(&cc->response, "%s", (const char *)closure);
	return cc->argc == 1;
}

#define DEEP_8 "<a><a><a><a><a><a><a><a>"
#define DEEP_64 DEEP_8 DEEP_8 DEEP_8 DEEP_8 DEEP_8 DEEP_8 DEEP_8 DEEP_8

static void
whoever_asks_for_data_gets_it_whatever_a_command_writes(void **state)
{
	static const struct {
		const char *writes;
		const char *line; /* "say", and a word more for a failure */
		const char *answer;
	} rows[] = {
		/* data of its own stays as it is */
		{ "{\"a\": 1}", "json say", "{\"a\": 1}" },
		{ "[1]", "json say no", "[1]" },
		{ "<a b=\"&lt;\" c='x'><d/>&amp;\xc3\xa9</a >\n", "xml say",
		  "<a b=\"&lt;\" c='x'><d/>&amp;\xc3\xa9</a >\n" },
		{ "<a/>", "xml say no", "<a/>" },
		/* elements without a root get one */
		{ "<a>1</a>\n<b>2</b>\n", "xml say", "<answer>\n"
		  "  <ok>true</ok>\n<a>1</a>\n<b>2</b>\n</answer>\n" },
		{ "<a/><b/>", "xml say no", "<error>\n  <ok>false</ok>\n"
		  "<a/><b/>\n</error>\n" },
		/* all else is text */
		{ "", "json say", "{\"ok\": true, \"text\": \"\"}\n" },
		{ "a\"b\n\xff", "json say no",
		  "{\"ok\": false, \"text\": \"a\\\"b\\n?\"}\n" },
		{ "{\"a\": ", "json say",
		  "{\"ok\": true, \"text\": \"{\\\"a\\\": \"}\n" },
		{ "7", "json say", "{\"ok\": true, \"text\": \"7\"}\n" },
#define XML_TEXT(text) "<answer>\n  <ok>true</ok>\n  <text>" text \
	"</text>\n</answer>\n"
		{ "", "xml say", XML_TEXT("") },
		{ "a & b\n", "xml say", XML_TEXT("a &amp; b\n") },
		{ "x<a/>", "xml say", XML_TEXT("x&lt;a/&gt;") },
		{ "<a>", "xml say", XML_TEXT("&lt;a&gt;") },
		{ "</a>", "xml say", XML_TEXT("&lt;/a&gt;") },
		{ "<a><b></a></b>", "xml say",
		  XML_TEXT("&lt;a&gt;&lt;b&gt;&lt;/a&gt;&lt;/b&gt;") },
		{ "<a>&no;</a>", "xml say",
		  XML_TEXT("&lt;a&gt;&amp;no;&lt;/a&gt;") },
		{ "<a b='' b=''/>", "xml say",
		  XML_TEXT("&lt;a b='' b=''/&gt;") },
		{ "<a b=<>", "xml say", XML_TEXT("&lt;a b=&lt;&gt;") },
		{ "<a>]]></a>", "xml say",
		  XML_TEXT("&lt;a&gt;]]&gt;&lt;/a&gt;") },
		{ "<1/>", "xml say", XML_TEXT("&lt;1/&gt;") },
		{ "<a>\xff\x01</a>", "xml say",
		  XML_TEXT("&lt;a&gt;??&lt;/a&gt;") },
		{ "\xef\xbf\xbf\r", "xml say", XML_TEXT("??") },
		{ "no", "xml say no", "<error>\n  <ok>false</ok>\n"
		  "  <text>no</text>\n</error>\n" },
		/* no command, no words, no line */
		{ "", "xml nothing", "<error>\n  <ok>false</ok>\n  <text>"
		  "Unknown command 'nothing' (&quot;help&quot; lists them)\n"
		  "</text>\n</error>\n" },
		{ "", " JSON ", "{\"ok\": false, \"text\": \"Unknown command "
		  "'JSON' (\\\"help\\\" lists them)\\n\"}\n" },
		{ "", "json say \"", "{\"ok\": false, \"text\": \"A quote is "
		  "not closed, or there are too many words\\n\"}\n" },
		{ "", "jsonsay", "Unknown command 'jsonsay' (\"help\" lists "
		  "them)\n" },
	};
	const char *answer;

	(void)state;
	assert_true(workshop_load(""));
	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		ec_control_register_command2("say",
		    (void *)(uintptr_t)rows[i].writes, write_closure);
		answer = workshop_command(rows[i].line);
		if (strcmp(answer, rows[i].answer) != 0)
			print_error("'%s' to '%s'\n", rows[i].writes,
			    rows[i].line);
		assert_string_equal(answer, rows[i].answer);
	}
	/* nested as deeply as can be, and deeper: memory is bounded */
	ec_control_register_command2("say", (void *)(uintptr_t)DEEP_64,
	    write_closure);
	assert_non_null(strstr(workshop_command("xml say"), "&lt;a&gt;"));
	ec_control_register_command2("say", (void *)(uintptr_t)DEEP_64 DEEP_8,
	    write_closure);
	assert_non_null(strstr(workshop_command("xml say"), "&lt;a&gt;"));
	host_close();
}

static sem_t gate, done;

static void
wait_at_the_gate(ec_async_job *job, void *closure)
{
	(void)job;
	(void)closure;
	assert_int_equal(sem_wait(&gate), 0);
}

#define CPU_THREADS 4

static void
pools_and_their_queues_are_shown(void **state)
{
	ec_async_job jobs[CPU_THREADS + 2] = { 0 };
	const char *answer;
	string row;

	(void)state;
	assert_true(workshop_load(""));
	assert_int_equal(sem_init(&gate, 0, 0), 0);
	assert_int_equal(sem_init(&done, 0, 0), 0);
	for (int i = 0; i < CPU_THREADS + 2; i++) {
		jobs[i].job_class = ECTP_CLASS_CPU;
		jobs[i].worker = wait_at_the_gate;
		jobs[i].completion = ECTP_COMPLETE_SEMAPHORE;
		jobs[i].r.sema = &done;
		assert_int_equal(ec_queue_async_job(&jobs[i]), 1);
	}
	/* until all threads have one: what is left waits */
	do {
		answer = workshop_command("threads cpu queue");
	} while (strstr(answer, "\n2 jobs\n") == NULL);
	assert_ptr_equal(strstr(answer, "Jobs in the CPU pool\n  "), answer);
	(void)string_init_type(&row, 64, STRING_TYPE_ECSTRING);
	(void)stringprintf(&row, "commands_test.c:%d\n", jobs[5].line);
	assert_non_null(strstr(answer, row.buffer));
	(void)string_destroy(&row);
	assert_non_null(strstr(workshop_command("json threads stats"),
	    "\"busy_threads\": 4"));
	for (int i = 0; i < CPU_THREADS + 2; i++)
		assert_int_equal(sem_post(&gate), 0);
	for (int i = 0; i < CPU_THREADS + 2; i++)
		assert_int_equal(sem_wait(&done), 0);
	assert_string_equal(workshop_command("threads cpu queue"),
	    "Jobs in the CPU pool\n0 jobs\n");
	answer = workshop_command("threads stats");
	assert_ptr_equal(strstr(answer, "CPU thread pool: concurrency 4\n"
	    "               Total invocations: 6\n"
	    "    Observed average concurrency: "), answer);
	assert_non_null(strstr(answer, "\n          Thread pool saturation: "));
	assert_non_null(strstr(answer,
	    "\n   Average wallclock time per op: "));
	assert_non_null(strstr(answer, "ms\n            Current thread count: "));
	assert_non_null(strstr(answer, "\n  [inactive threads]\n"
	    "            Current thread count: "));
	host_close();
}

static void
debugging_mode_says_what_a_command_took(void **state)
{
	(void)state;
	assert_true(workshop_load(""));
	assert_int_equal(strncmp(workshop_command("debugging mode"),
	    "I am Ten Ninjas\n", 16), 0);
	assert_non_null(strstr(workshop_command("pid"), "\n# "));
	assert_null(strstr(workshop_command("json pid"), "# "));
	assert_string_equal(workshop_command("debugging mode"),
	    "I am Ten Ninjas\n");
	assert_null(strstr(workshop_command("pid"), "# "));
	host_close();
}

static void
caches_and_logs_can_be_looked_at(void **state)
{
	char name[] = "test_cache";
	ec_fc_t *cache = ec_fc_create(name, 16, 60, NULL);
	const char *answer;

	(void)state;
	assert_true(workshop_load(""));
	assert_null(ec_fc_load(cache, "k", 1));
	assert_string_equal(workshop_command("cache list"),
	    " test_cache\n\n 1 caches listed.\n");
	/* between these two the rate, which depends on the clock */
	answer = workshop_command("cache stat test_cache");
	assert_ptr_equal(strstr(answer, "Name          : test_cache\n"
	    "Capacity      : 16\nEntries       : 0\n"
	    "Utilization   :   0.00%\nQuery Rate    : "), answer);
	assert_non_null(strstr(answer, " q/s\nLoads         : 1\n"
	    "  Hits        : 0\n  Misses      : 1\n  Pending     : 0\n"
	    "Stores        : 0\nInvalidations : 0\n  Forced      : 0\n"
	    "  Expired     : 0\n  Capacity    : 0\nHit Rate      :   0.00%\n"
	    "Workload (R/W): 100.00%\n  Reads       : 1\n"
	    "  Writes      : 0\n"));
	assert_string_equal(workshop_command("cache list entries workload"),
	    "         0 100.00% test_cache\n\n 1 caches listed.\n");
	assert_string_equal(workshop_command("cache list summary"),
	    "CAPACITY    ENTRIES     USED    HT/TL   RD/WR CACHE\n"
	    "16            0        0.00%    0.00% 100.00% test_cache\n\n"
	    "  1 caches listed.\n");
	assert_string_equal(workshop_command("cache list hitratio xxx"),
	    "Valid attributes are [capacity,entries,utilization,loads,stores,"
	    "hits,misses,\n forced,expired,lru,hit-rate,workload,query-rate]"
	    "\n");
	assert_string_equal(workshop_command("cache stats test_cache"),
	    "cache name                      lookups %                  "
	    "deletions %\n"
	    "                       elts  hit miss pend  total  inserts man "
	    "ttl lru  total\n"
	    "---------------------- ----- -------------------- -------- "
	    "------------------\n\n"
	    "test_cache                0   0 100   0        1        0   0   0 "
	    "  0        0\n");
	assert_string_equal(workshop_command("cache stat none"),
	    "There is no cache 'none' (\"cache list\" names them)\n");
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
		cmocka_unit_test(
		    what_modules_answer_is_helped_with_by_registration_alone),
		cmocka_unit_test(a_line_can_be_completed),
		cmocka_unit_test(an_answer_is_data_when_it_is_asked_for),
		cmocka_unit_test(
		    whoever_asks_for_data_gets_it_whatever_a_command_writes),
		cmocka_unit_test(pools_and_their_queues_are_shown),
		cmocka_unit_test(debugging_mode_says_what_a_command_took),
		cmocka_unit_test(caches_and_logs_can_be_looked_at),
	};
	struct log_targets silence = { 0 };

	if (argc != 3)
		return 64;
	(void)log_open(&silence);
	arguments = argv;
	return cmocka_run_group_tests(tests, build_all, remove_all);
}
