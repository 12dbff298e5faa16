/*
 * keeper_test.c: when totals are saved, and that a file that cannot be used is
 * told of once and harms nothing (MasterDB_File, Permastore_Interval).
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
#include "host/config/config.h"
#include "host/generation.h"
#include "host/host.h"
#include "host/log/log.h"
#include "host/message/message.h"
#include "host/stats/keeper.h"
#include "host/stats/permastore.h"
#include "host/stats/signing.h"

#include <sys/stat.h>
#include <time.h>
#include <unistd.h>

#define PATIENCE 1000 /* hundredths of a second */

static char folder[] = "/tmp/keeper-test.XXXXXX", path[64];

static void
open_with(const char *options)
{
	char text[512];
	struct host_start start = { .source.text_name = "test.conf" };
	struct config_errors errors = { 0 };
	struct generation *generation;

	(void)snprintf(text, sizeof(text), "MasterDB_File = \"%s\"\n%s", path,
	    options);
	start.source.text = span_of_text(text);
	assert_int_equal(host_open(&start, &errors), 0);
	errors_deinit(&errors);
	generation = generation_current();
	keeper_open(generation->config);
	generation_unref(generation);
}

/* As the process ends; the next one begins with what is in the file. */
static void
close_all(void)
{
	keeper_close();
	host_close();
	signing_reset();
}

static void
count_for(const char *binding, unsigned n)
{
	const struct ec_signing_tally tally = { .processed = n,
	    .signed_ok = n };
	ec_message *msg = message_begin(&message_storage_default, NULL, NULL);

	assert_int_equal(message_came_from(msg, "a@a.test"), 0);
	assert_int_equal(message_came_to(msg, "b@b.test"), 0);
	ec_message_change_binding_slot(msg,
	    config_get_binding_id_from_name(binding));
	ec_signing_stats_add(msg, EC_SIGNING_DKIM, &tally);
	ec_message_free(msg);
}

static void
count(unsigned n)
{
	count_for("default", n);
}

static void
take_all(void *closure, const char *name, const struct ledger_sums *sums)
{
	if (name == NULL)
		*(uint64_t *)closure = sums[EC_SIGNING_DKIM].signed_ok;
}

static uint64_t
saved(void)
{
	struct buffer why = { 0 };
	uint64_t n = UINT64_MAX;

	(void)permastore_load(path, take_all, &n, &why);
	buffer_deinit(&why);
	return n;
}

static uint64_t
shown(void)
{
	struct signing_view view;
	uint64_t n;

	signing_view_init(&view);
	n = view.all[EC_SIGNING_DKIM].signed_ok;
	signing_view_deinit(&view);
	return n;
}

/* Until the file says so, or patience ends. */
static void
wait_for_saved(uint64_t n)
{
	const struct timespec pause = { 0, 10000000 };

	for (int i = 0; i < PATIENCE && saved() != n; i++)
		(void)nanosleep(&pause, NULL);
	assert_int_equal(saved(), n);
}

static int
begin(void **state)
{
	(void)state;
	(void)unlink(path);
	return 0;
}

static void
the_end_saves_and_the_start_goes_on_from_there(void **state)
{
	(void)state;
	open_with("Permastore_Interval = 0\n");
	count(3);
	close_all();
	assert_int_equal(saved(), 3);
	open_with("Permastore_Interval = 0\n");
	assert_int_equal(shown(), 3);
	count(4);
	close_all();
	assert_int_equal(saved(), 7);
}

static void
totals_are_saved_every_so_many_seconds(void **state)
{
	(void)state;
	open_with("Permastore_Interval = 1\n");
	count(2);
	wait_for_saved(2);
	close_all();
}

static void
a_reset_reaches_the_file_at_once(void **state)
{
	(void)state;
	open_with("");
	count(5);
	close_all();
	open_with(""); /* the interval is five minutes */
	signing_reset();
	keeper_was_reset();
	wait_for_saved(0);
	close_all();
}

static void
a_broken_file_is_told_of_once_and_at_the_end_and_left_alone(void **state)
{
	unsigned long errors = log_count(DERROR);
	FILE *file = fopen(path, "w");

	(void)state;
	assert_non_null(file);
	(void)fprintf(file, "%1000s", "not a database");
	(void)fclose(file);
	open_with("");
	assert_int_equal(log_count(DERROR), errors + 1);
	count(1);
	assert_int_equal(shown(), 1);
	assert_int_equal(log_count(DERROR), errors + 1);
	close_all();
	/* the last word: what was counted is lost */
	assert_int_equal(log_count(DERROR), errors + 2);
	assert_int_equal(saved(), UINT64_MAX);
}

static uint64_t
shown_of(const char *binding)
{
	struct signing_view view;
	uint64_t n = UINT64_MAX;

	signing_view_init(&view);
	for (size_t i = 0; i < view.bindings_n; i++) {
		if (strcmp(view.bindings[i].binding, binding) == 0)
			n = view.bindings[i].sums[EC_SIGNING_DKIM].signed_ok;
	}
	signing_view_deinit(&view);
	return n;
}

static void
a_binding_that_is_gone_is_not_shown_and_comes_back_with_its_totals(
    void **state)
{
	(void)state;
	open_with("Binding \"b1\" { }\n");
	count_for("b1", 3);
	count(1);
	close_all();
	open_with("");
	assert_int_equal(shown(), 4);
	assert_int_equal(shown_of("b1"), UINT64_MAX);
	assert_int_equal(shown_of("default"), 1);
	count(1);
	close_all();
	open_with("Binding \"b1\" { }\n");
	assert_int_equal(shown_of("b1"), 3);
	assert_int_equal(shown_of("default"), 2);
	close_all();
}

/* As two daemons with one file, the other being this descriptor. */
static void
a_file_of_another_process_is_left_to_it_and_nothing_is_lost(void **state)
{
	unsigned long errors = log_count(DERROR);
	struct buffer why = { 0 };
	int other = -1;

	(void)state;
	open_with("");
	count(2);
	close_all();
	assert_int_equal(permastore_hold(path, true, &other, &why), 0);
	open_with("Permastore_Interval = 1\n");
	assert_int_equal(log_count(DERROR), errors + 1);
	count(3);
	assert_int_equal(shown(), 3);
	assert_int_equal(saved(), 2);
	permastore_release(&other);
	wait_for_saved(5);
	assert_int_equal(shown(), 5);
	assert_int_equal(log_count(DERROR), errors + 1);
	close_all();
	buffer_deinit(&why);
}

static void
where_the_usual_folder_is_missing_nothing_is_kept_and_that_is_said(
    void **state)
{
	struct host_start start = { .source = {
		.text = SPAN("Signing_Stats = \"all\"\n"),
		.text_name = "test.conf",
	} };
	struct config_errors errors = { 0 };
	unsigned long notices = log_count(DNOTICE);
	struct generation *generation;

	(void)state;
	if (access("/var/log/ecelerity", F_OK) == 0)
		skip();
	assert_int_equal(host_open(&start, &errors), 0);
	errors_deinit(&errors);
	generation = generation_current();
	keeper_open(generation->config);
	generation_unref(generation);
	assert_int_equal(log_count(DNOTICE), notices + 1);
	close_all();
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup(
		    the_end_saves_and_the_start_goes_on_from_there, begin),
		cmocka_unit_test_setup(totals_are_saved_every_so_many_seconds,
		    begin),
		cmocka_unit_test_setup(a_reset_reaches_the_file_at_once,
		    begin),
		cmocka_unit_test_setup(
		    a_broken_file_is_told_of_once_and_at_the_end_and_left_alone, begin),
		cmocka_unit_test_setup(
		    a_binding_that_is_gone_is_not_shown_and_comes_back_with_its_totals,
		    begin),
		cmocka_unit_test_setup(
		    a_file_of_another_process_is_left_to_it_and_nothing_is_lost,
		    begin),
		cmocka_unit_test_setup(
		    where_the_usual_folder_is_missing_nothing_is_kept_and_that_is_said,
		    begin),
	};
	int ret;

	if (mkdtemp(folder) == NULL)
		return 1;
	(void)snprintf(path, sizeof(path), "%s/ecdb", folder);
	ret = cmocka_run_group_tests(tests, NULL, NULL);
	(void)unlink(path);
	(void)rmdir(folder);
	return ret;
}
