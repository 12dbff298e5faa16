/*
 * signing_test.c: "signing_stats" as it is documented (layouts, Signing_Stats,
 * reset), counted through the header that modules use.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "ec_config.h"
#include "ec_message.h"
#include "host/control/commands.h"
#include "host/host.h"
#include "host/message/message.h"
#include "host/stats/signing.h"

#include <jansson.h>
#include <pthread.h>
#include <stdatomic.h>

static char *answer;

static const char *
command(const char *line)
{
	string out;

	(void)string_init_type(&out, 1, STRING_TYPE_ECSTRING);
	assert_int_equal(commands_run(line, NULL, &out),
	    EC_RUN_COMMAND_COMPLETED);
	free(answer);
	answer = strdup(out.buffer);
	(void)string_destroy(&out);
	return answer;
}

static void
load(const char *text, bool again)
{
	struct host_start start = { .source = {
		.text = span_of_text(text), .text_name = "test.conf",
	} };
	struct config_errors errors = { 0 };

	assert_int_equal(again ? host_reload(&start.source, &errors) :
	    host_open(&start, &errors), 0);
	errors_deinit(&errors);
}

static ec_message *
message_to(const char *binding, const char *const *rcpts)
{
	ec_message *msg = message_begin(&message_storage_default, NULL, NULL);

	assert_int_equal(message_came_from(msg, "from@sender.test"), 0);
	for (; *rcpts != NULL; rcpts++)
		assert_int_equal(message_came_to(msg, *rcpts), 0);
	ec_message_change_binding_slot(msg,
	    config_get_binding_id_from_name(binding));
	return msg;
}

static void
count(const char *binding, const char *const *rcpts, int kind,
    struct ec_signing_tally tally)
{
	ec_message *msg = message_to(binding, rcpts);

	ec_signing_stats_add(msg, kind, &tally);
	ec_message_free(msg);
}

#define TO(...) (const char *const[]){ __VA_ARGS__, NULL }

#define SIGNED ((struct ec_signing_tally){ .processed = 1, .signed_ok = 1, \
	.nanoseconds = 1234560 })
#define FAILED ((struct ec_signing_tally){ .processed = 1, .failed = 1, \
	.nanoseconds = 40 })

#define DOCUMENTED_ZERO \
	"        DomainKeys\n" \
	"                AccumulatedSigningTime    0.0000\n" \
	"                TotalMessagesSigned            0\n" \
	"                FailedSigningAttempts          0\n" \
	"                TotalMessagesProcessed         0\n"

static void
the_layout_is_the_documented_one(void **state)
{
	(void)state;
	load("Binding \"b1\" { }\n", false);
	count("default", TO("x@one.test"), EC_SIGNING_DKIM, SIGNED);
	count("b1", TO("x@Two.test", "y@one.test", "z@one.test"),
	    EC_SIGNING_DKIM, SIGNED);
	count("b1", TO("x@one.test"), EC_SIGNING_DKIM, FAILED);
	assert_string_equal(command("signing_stats"),
	    "Signing Statistics\n"
	    "\n"
	    "Global\n"
	    DOCUMENTED_ZERO
	    "        DKIM\n"
	    "                AccumulatedSigningTime    0.0025\n"
	    "                TotalMessagesSigned            2\n"
	    "                FailedSigningAttempts          1\n"
	    "                TotalMessagesProcessed         3\n"
	    "Per Domain\n"
	    "        DomainName  one.test\n"
	    DOCUMENTED_ZERO
	    "        DKIM\n"
	    "                AccumulatedSigningTime    0.0025\n"
	    "                TotalMessagesSigned            2\n"
	    "                FailedSigningAttempts          1\n"
	    "                TotalMessagesProcessed         3\n"
	    "        DomainName  two.test\n"
	    DOCUMENTED_ZERO
	    "        DKIM\n"
	    "                AccumulatedSigningTime    0.0012\n"
	    "                TotalMessagesSigned            1\n"
	    "                FailedSigningAttempts          0\n"
	    "                TotalMessagesProcessed         1\n"
	    "Per Binding\n"
	    "        binding_name b1\n"
	    DOCUMENTED_ZERO
	    "        DKIM\n"
	    "                AccumulatedSigningTime    0.0012\n"
	    "                TotalMessagesSigned            1\n"
	    "                FailedSigningAttempts          1\n"
	    "                TotalMessagesProcessed         2\n"
	    "        Per Binding Per Domain\n"
	    "        DomainName one.test\n"
	    DOCUMENTED_ZERO
	    "        DKIM\n"
	    "                AccumulatedSigningTime    0.0012\n"
	    "                TotalMessagesSigned            1\n"
	    "                FailedSigningAttempts          1\n"
	    "                TotalMessagesProcessed         2\n"
	    "        DomainName two.test\n"
	    DOCUMENTED_ZERO
	    "        DKIM\n"
	    "                AccumulatedSigningTime    0.0012\n"
	    "                TotalMessagesSigned            1\n"
	    "                FailedSigningAttempts          0\n"
	    "                TotalMessagesProcessed         1\n"
	    "        binding_name default\n"
	    DOCUMENTED_ZERO
	    "        DKIM\n"
	    "                AccumulatedSigningTime    0.0012\n"
	    "                TotalMessagesSigned            1\n"
	    "                FailedSigningAttempts          0\n"
	    "                TotalMessagesProcessed         1\n"
	    "        Per Binding Per Domain\n"
	    "        DomainName one.test\n"
	    DOCUMENTED_ZERO
	    "        DKIM\n"
	    "                AccumulatedSigningTime    0.0012\n"
	    "                TotalMessagesSigned            1\n"
	    "                FailedSigningAttempts          0\n"
	    "                TotalMessagesProcessed         1\n");
	host_close();
}

static void
a_reset_clears_everything(void **state)
{
	(void)state;
	load("Binding \"b1\" { }\n", false);
	count("b1", TO("x@one.test"), EC_SIGNING_DOMAINKEYS, SIGNED);
	assert_string_equal(command("signing_stats reset"),
	    "Signing Statistics are reset\n");
	assert_string_equal(command("signing_stats"),
	    "Signing Statistics\n"
	    "\n"
	    "Global\n"
	    DOCUMENTED_ZERO
	    "        DKIM\n"
	    "                AccumulatedSigningTime    0.0000\n"
	    "                TotalMessagesSigned            0\n"
	    "                FailedSigningAttempts          0\n"
	    "                TotalMessagesProcessed         0\n"
	    "Per Domain\n"
	    "Per Binding\n");
	host_close();
}

static void
the_option_says_what_is_counted(void **state)
{
	static const struct {
		const char *conf;
		int all, domains;
	} rows[] = {
		{ "Signing_Stats = \"all\"\n", 1, 1 },
		{ "Signing_Stats = \"global\"\n", 1, 0 },
		{ "Signing_Stats = \"off\"\n", 0, 0 },
		{ "", 1, 1 },
	};
	struct signing_view view;

	(void)state;
	load("", false);
	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		load(rows[i].conf, true);
		(void)command("signing_stats reset");
		count("default", TO("x@one.test"), EC_SIGNING_DKIM, SIGNED);
		signing_view_init(&view);
		if ((int)view.all[EC_SIGNING_DKIM].signed_ok != rows[i].all ||
		    (int)view.domains_n != rows[i].domains ||
		    (int)view.bindings_n != rows[i].domains)
			fail_msg("%s: %d messages, %zu domains", rows[i].conf,
			    (int)view.all[EC_SIGNING_DKIM].signed_ok,
			    view.domains_n);
		signing_view_deinit(&view);
	}
	(void)command("signing_stats reset");
	host_close();
}

static void
a_binding_that_is_gone_is_not_shown_and_comes_back_with_its_totals(
    void **state)
{
	struct ledger_sums earlier[LEDGER_KINDS] = {
		[EC_SIGNING_DKIM] = { 0, 41, 0, 41 },
	};
	struct signing_view view;

	(void)state;
	load("", false);
	signing_restore("b1", earlier);
	signing_restore(NULL, earlier);
	signing_view_init(&view);
	assert_int_equal(view.all[EC_SIGNING_DKIM].signed_ok, 41);
	assert_int_equal(view.bindings_n, 0);
	signing_view_deinit(&view);
	load("Binding \"b1\" { }\n", true);
	count("b1", TO("x@one.test"), EC_SIGNING_DKIM, SIGNED);
	signing_view_init(&view);
	assert_int_equal(view.bindings_n, 1);
	assert_string_equal(view.bindings[0].binding, "b1");
	assert_int_equal(view.bindings[0].sums[EC_SIGNING_DKIM].signed_ok, 42);
	assert_int_equal(view.all[EC_SIGNING_DKIM].signed_ok, 42);
	signing_view_deinit(&view);
	(void)command("signing_stats reset");
	host_close();
}

static void
policy_may_say_where_a_message_goes(void **state)
{
	struct ec_signing_tally tally = SIGNED;
	struct signing_view view;
	ec_message *msg;

	(void)state;
	load("", false);
	msg = message_to("default", TO("x@one.test", "x@two.test"));
	assert_int_equal(ec_message_set_routing_domain(msg, "Route.test"), 1);
	ec_signing_stats_add(msg, EC_SIGNING_DKIM, &tally);
	ec_message_free(msg);
	signing_view_init(&view);
	assert_int_equal(view.domains_n, 1);
	assert_string_equal(view.domains[0].domain, "route.test");
	signing_view_deinit(&view);
	(void)command("signing_stats reset");
	host_close();
}

static json_int_t
number(const json_t *root, const char *group, const char *name)
{
	return json_integer_value(json_object_get(json_object_get(root, group),
	    name));
}

static void
programs_read_json_and_xml(void **state)
{
	json_t *root, *global, *row;

	(void)state;
	load("", false);
	count("default", TO("x@one.test"), EC_SIGNING_DKIM, SIGNED);
	root = json_loads(command("json signing_stats"), 0, NULL);
	assert_non_null(root);
	global = json_object_get(root, "global");
	assert_int_equal(number(global, "DKIM", "TotalMessagesSigned"), 1);
	assert_int_equal(number(global, "DomainKeys",
	    "TotalMessagesProcessed"), 0);
	row = json_array_get(json_object_get(root, "per_binding_per_domain"),
	    0);
	assert_string_equal(json_string_value(json_object_get(row, "domain")),
	    "one.test");
	assert_string_equal(json_string_value(json_object_get(row,
	    "binding")), "default");
	json_decref(root);
	assert_non_null(strstr(command("xml signing_stats"),
	    "<per_domain domain=\"one.test\">"));
	(void)command("signing_stats reset");
	host_close();
}

static atomic_bool is_over;

static void *
count_on(void *closure)
{
	ec_message *msg = message_to("default", TO("x@one.test"));
	struct ec_signing_tally tally = SIGNED;

	(void)closure;
	while (!atomic_load(&is_over))
		ec_signing_stats_add(msg, EC_SIGNING_DKIM, &tally);
	ec_message_free(msg);
	return NULL;
}

static void
counting_goes_on_while_statistics_are_shown_and_reset(void **state)
{
	pthread_t threads[4];
	string out;

	(void)state;
	load("", false);
	for (size_t i = 0; i < 4; i++)
		assert_int_equal(pthread_create(&threads[i], NULL, count_on,
		    NULL), 0);
	for (int i = 0; i < 50; i++) {
		(void)string_init_type(&out, 1, STRING_TYPE_ECSTRING);
		signing_write_text(&out);
		assert_non_null(strstr(out.buffer, "Per Binding\n"));
		(void)string_destroy(&out);
		signing_reset();
	}
	atomic_store(&is_over, true);
	for (size_t i = 0; i < 4; i++)
		(void)pthread_join(threads[i], NULL);
	signing_reset();
	host_close();
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(the_layout_is_the_documented_one),
		cmocka_unit_test(a_reset_clears_everything),
		cmocka_unit_test(the_option_says_what_is_counted),
		cmocka_unit_test(
		    a_binding_that_is_gone_is_not_shown_and_comes_back_with_its_totals),
		cmocka_unit_test(policy_may_say_where_a_message_goes),
		cmocka_unit_test(programs_read_json_and_xml),
		cmocka_unit_test(
		    counting_goes_on_while_statistics_are_shown_and_reset),
	};
	int ret = cmocka_run_group_tests(tests, NULL, NULL);

	free(answer);
	return ret;
}
