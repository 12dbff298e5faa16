/*
 * ledger_test.c: nothing that was counted is lost, whatever the number of
 * threads, and a stranger's domains do not take memory without end.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "host/stats/ledger.h"

#include <pthread.h>

#define THREADS 8
#define COUNTS 20000
#define DOMAINS 97

static const struct ec_signing_tally one_signed = {
	.processed = 1, .signed_ok = 1, .nanoseconds = 1000,
};
static const struct ec_signing_tally one_failed = {
	.processed = 1, .failed = 2, .nanoseconds = 10,
};

struct seen {
	size_t pairs;
	struct ledger_sums sums[LEDGER_KINDS], others;
	uint64_t of_domain; /* whose name is ... */
	const char *domain; /* ... this */
};

static void
see(void *closure, int binding, const char *domain,
    const struct ledger_sums *sums)
{
	struct seen *seen = closure;

	(void)binding;
	seen->pairs++;
	for (int kind = 0; kind < LEDGER_KINDS; kind++)
		ledger_sums_add(&seen->sums[kind], &sums[kind]);
	if (strcmp(domain, LEDGER_OTHERS) == 0)
		ledger_sums_add(&seen->others, &sums[EC_SIGNING_DKIM]);
	if (seen->domain != NULL && strcmp(domain, seen->domain) == 0)
		seen->of_domain += sums[EC_SIGNING_DKIM].processed;
}

static void *
count(void *closure)
{
	struct ledger *ledger = closure;
	char domain[32];

	for (int i = 0; i < COUNTS; i++) {
		(void)snprintf(domain, sizeof(domain), "d%d.test", i % DOMAINS);
		ledger_count_all(ledger, EC_SIGNING_DKIM, &one_signed);
		ledger_count_binding(ledger, i % 3, EC_SIGNING_DKIM,
		    &one_signed);
		ledger_count_domain(ledger, i % 3, domain, EC_SIGNING_DKIM,
		    &one_signed);
	}
	return NULL;
}

static void
threads_that_count_together_lose_nothing(void **state)
{
	struct ledger *ledger = ledger_new();
	struct ledger_sums sums[LEDGER_KINDS];
	struct seen seen = { .domain = "d5.test" };
	pthread_t threads[THREADS];
	uint64_t in_bindings = 0;

	(void)state;
	for (size_t i = 0; i < THREADS; i++)
		assert_int_equal(pthread_create(&threads[i], NULL, count,
		    ledger), 0);
	for (size_t i = 0; i < THREADS; i++)
		(void)pthread_join(threads[i], NULL);
	ledger_all(ledger, sums);
	assert_int_equal(sums[EC_SIGNING_DKIM].processed, THREADS * COUNTS);
	assert_int_equal(sums[EC_SIGNING_DKIM].nanoseconds,
	    (uint64_t)THREADS * COUNTS * 1000);
	assert_int_equal(sums[EC_SIGNING_DOMAINKEYS].processed, 0);
	for (int i = 0; i < 3; i++) {
		ledger_binding(ledger, i, sums);
		in_bindings += sums[EC_SIGNING_DKIM].signed_ok;
	}
	assert_int_equal(in_bindings, THREADS * COUNTS);
	ledger_each(ledger, see, &seen);
	/* 97 and 3 have no common divisor: every pair occurs, once in the list */
	assert_int_equal(seen.pairs, 3 * DOMAINS);
	assert_int_equal(seen.sums[EC_SIGNING_DKIM].processed,
	    THREADS * COUNTS);
	ledger_free(&ledger);
}

static void
kinds_and_the_case_of_domains(void **state)
{
	struct ledger *ledger = ledger_new();
	struct seen seen = { .domain = "a.test" };

	(void)state;
	ledger_count_domain(ledger, 0, "A.Test", EC_SIGNING_DKIM, &one_signed);
	ledger_count_domain(ledger, 0, "a.test", EC_SIGNING_DKIM, &one_failed);
	ledger_count_domain(ledger, 0, "a.test", EC_SIGNING_DOMAINKEYS,
	    &one_failed);
	ledger_count_domain(ledger, 0, "a.test", 7, &one_failed); /* no kind */
	ledger_each(ledger, see, &seen);
	assert_int_equal(seen.pairs, 1);
	assert_int_equal(seen.of_domain, 2);
	assert_int_equal(seen.sums[EC_SIGNING_DKIM].failed, 2);
	assert_int_equal(seen.sums[EC_SIGNING_DOMAINKEYS].failed, 2);
	assert_int_equal(seen.sums[EC_SIGNING_DOMAINKEYS].signed_ok, 0);
	ledger_free(&ledger);
}

static void
count_domains(struct ledger *ledger, int binding, unsigned from, unsigned to)
{
	char domain[32];

	for (unsigned i = from; i < to; i++) {
		(void)snprintf(domain, sizeof(domain), "d%u.test", i);
		ledger_count_domain(ledger, binding, domain, EC_SIGNING_DKIM,
		    &one_signed);
	}
}

static void
a_hundred_thousand_domains_have_places_and_what_is_beyond_is_one(void **state)
{
	struct ledger *ledger = ledger_new();
	struct seen seen = { 0 };

	(void)state;
	count_domains(ledger, 0, 0, 100000);
	ledger_each(ledger, see, &seen);
	assert_int_equal(seen.pairs, 100000);
	assert_int_equal(seen.others.processed, 0);
	count_domains(ledger, 0, 100000, LEDGER_PAIRS);
	count_domains(ledger, 1, 0, 500);
	count_domains(ledger, 0, LEDGER_PAIRS, LEDGER_PAIRS + 300);
	count_domains(ledger, 0, 7, 8); /* has its place */
	seen = (struct seen){ .domain = "d7.test" };
	ledger_each(ledger, see, &seen);
	assert_int_equal(seen.pairs, LEDGER_PAIRS + 2);
	assert_int_equal(seen.others.processed, 800);
	assert_int_equal(seen.of_domain, 2);
	assert_int_equal(seen.sums[EC_SIGNING_DKIM].processed,
	    LEDGER_PAIRS + 801);
	ledger_free(&ledger);
}

/* With a place for each and a random seed the longest is below ten; two dozen is
 * what chance will not come to. */
static void
counting_among_a_hundred_thousand_domains_is_no_search(void **state)
{
	struct ledger *ledger = ledger_new();

	(void)state;
	assert_int_equal(ledger_longest_search(ledger), 0);
	count_domains(ledger, 0, 0, 100000);
	assert_in_range(ledger_longest_search(ledger), 1, 24);
	ledger_free(&ledger);
}

static void
bindings_beyond_the_last_are_one(void **state)
{
	struct ledger *ledger = ledger_new();
	struct ledger_sums sums[LEDGER_KINDS];

	(void)state;
	ledger_count_binding(ledger, LEDGER_BINDINGS, EC_SIGNING_DKIM,
	    &one_signed);
	ledger_count_binding(ledger, 1 << 30, EC_SIGNING_DKIM, &one_signed);
	ledger_count_binding(ledger, -1, EC_SIGNING_DKIM, &one_signed);
	ledger_binding(ledger, LEDGER_BINDINGS + 5, sums);
	assert_int_equal(sums[EC_SIGNING_DKIM].signed_ok, 3);
	ledger_free(&ledger);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(threads_that_count_together_lose_nothing),
		cmocka_unit_test(kinds_and_the_case_of_domains),
		cmocka_unit_test(
		    a_hundred_thousand_domains_have_places_and_what_is_beyond_is_one),
		cmocka_unit_test(
		    counting_among_a_hundred_thousand_domains_is_no_search),
		cmocka_unit_test(bindings_beyond_the_last_are_one),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
