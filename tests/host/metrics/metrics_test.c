/*
 * metrics_test.c: what is counted through ec_metrics.h comes out whole, in the
 * text of OpenMetrics 1.0.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "host/metrics/metrics.h"

#include <pthread.h>

#define THREADS 6
#define COUNTS 50000

static char *
text(enum metrics_form form)
{
	string out;
	char *copy;

	(void)string_init_type(&out, 1, STRING_TYPE_ECSTRING);
	metrics_write(form, &out);
	copy = strdup(out.buffer);
	(void)string_destroy(&out);
	return copy;
}

static void
assert_line(enum metrics_form form, const char *line)
{
	char *whole = text(form), *at = strstr(whole, line);

	if (at == NULL || (at != whole && at[-1] != '\n') ||
	    at[strlen(line)] != '\n')
		fail_msg("no line \"%s\" in:\n%s", line, whole);
	free(whole);
}

static int counter, histogram;

static void *
count(void *closure)
{
	(void)closure;
	for (int i = 0; i < COUNTS; i++) {
		ec_metric_add(counter, 2);
		ec_metric_observe(histogram, 300000);
	}
	return NULL;
}

static void
threads_lose_nothing(void **state)
{
	pthread_t threads[THREADS];
	char line[128];

	(void)state;
	counter = ec_metric_counter("apples", "Apples.", "kind=\"red\"");
	histogram = ec_metric_histogram("ripening_seconds", "Ripening.");
	for (size_t i = 0; i < THREADS; i++)
		assert_int_equal(pthread_create(&threads[i], NULL, count,
		    NULL), 0);
	for (size_t i = 0; i < THREADS; i++)
		(void)pthread_join(threads[i], NULL);
	(void)snprintf(line, sizeof(line),
	    "mailseal_apples_total{kind=\"red\"} %d", 2 * THREADS * COUNTS);
	assert_line(METRICS_OPENMETRICS, line);
	(void)snprintf(line, sizeof(line),
	    "mailseal_ripening_seconds_bucket{le=\"0.0005\"} %d",
	    THREADS * COUNTS);
	assert_line(METRICS_OPENMETRICS, line);
	assert_line(METRICS_OPENMETRICS,
	    "mailseal_ripening_seconds_bucket{le=\"0.00025\"} 0");
	(void)snprintf(line, sizeof(line), "mailseal_ripening_seconds_sum %d",
	    THREADS * COUNTS * 3 / 10000);
	assert_line(METRICS_OPENMETRICS, line);
}

static void
a_name_and_its_labels_are_one_counter(void **state)
{
	int plain = ec_metric_counter("pears", "Pears.", NULL);

	(void)state;
	assert_true(plain >= 0);
	assert_int_equal(ec_metric_counter("pears", "Pears.", NULL), plain);
	assert_int_not_equal(ec_metric_counter("pears", "Pears.",
	    "kind=\"green\""), plain);
	ec_metric_add(plain, 7);
	ec_metric_add(-1, 7);
	ec_metric_observe(-1, 7);
	assert_line(METRICS_OPENMETRICS, "mailseal_pears_total 7");
	assert_line(METRICS_OPENMETRICS, "# TYPE mailseal_pears counter");
	assert_line(METRICS_PROMETHEUS, "# TYPE mailseal_pears_total counter");
	assert_line(METRICS_OPENMETRICS, "# EOF");
}

static void
bounds_of_a_histogram_hold_what_is_equal_to_them(void **state)
{
	int times = ec_metric_histogram("walk_seconds", "Walks.");

	(void)state;
	ec_metric_observe(times, 0);
	ec_metric_observe(times, 1000000000); /* one second */
	ec_metric_observe(times, UINT64_C(60) * 1000000000);
	assert_line(METRICS_OPENMETRICS,
	    "mailseal_walk_seconds_bucket{le=\"0.5\"} 1");
	assert_line(METRICS_OPENMETRICS,
	    "mailseal_walk_seconds_bucket{le=\"1.0\"} 2");
	assert_line(METRICS_OPENMETRICS,
	    "mailseal_walk_seconds_bucket{le=\"10.0\"} 2");
	assert_line(METRICS_OPENMETRICS,
	    "mailseal_walk_seconds_bucket{le=\"+Inf\"} 3");
	assert_line(METRICS_OPENMETRICS, "mailseal_walk_seconds_count 3");
	assert_line(METRICS_OPENMETRICS, "mailseal_walk_seconds_sum 61");
}

static void
when_there_is_no_room_a_module_learns_it(void **state)
{
	char label[32];
	int metric = 0;

	(void)state;
	for (int i = 0; metric >= 0 && i <= METRICS_CELLS; i++) {
		(void)snprintf(label, sizeof(label), "i=\"%d\"", i);
		metric = ec_metric_counter("many", "Many.", label);
	}
	assert_int_equal(metric, -1);
	assert_int_equal(ec_metric_histogram("late_seconds", "Late."), -1);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(threads_lose_nothing),
		cmocka_unit_test(a_name_and_its_labels_are_one_counter),
		cmocka_unit_test(
		    bounds_of_a_histogram_hold_what_is_equal_to_them),
		cmocka_unit_test(when_there_is_no_room_a_module_learns_it),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
