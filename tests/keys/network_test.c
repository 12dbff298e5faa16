/*
 * network_test.c: the resolver over the network, against a server on loopback
 * that does all that a sound one never does.  network_nsd_test.c has a sound
 * one.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "keys/resolver.h"

#include <dirent.h>
#include <pthread.h>
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

#include "asking.h"
#include "dns_server.h"

static size_t
count_descriptors(void)
{
	DIR *folder = opendir("/proc/self/fd");
	size_t n = 0;

	assert_non_null(folder);
	while (readdir(folder) != NULL)
		n++;
	closedir(folder);
	return n;
}

/*
 * Servers that do not do their part.
 */
static void
takes_what_a_server_says_for_what_it_is(void **state)
{
	static const struct {
		const char *name;
		enum puppet_mood mood;
		enum seal_dns dns;
		enum seal_reason reason;
	} rows[] = {
		{ "an answer", PUPPET_ANSWERS, SEAL_DNS_ANSWERED,
		    SEAL_WHY_KEY_REVOKED },
		{ "NXDOMAIN", PUPPET_DENIES, SEAL_DNS_ANSWERED,
		    SEAL_WHY_KEY_NOT_FOUND },
		{ "SERVFAIL", PUPPET_SERVFAIL, SEAL_DNS_FAILED, 0 },
		{ "REFUSED", PUPPET_REFUSED, SEAL_DNS_FAILED, 0 },
		{ "broken data", PUPPET_BROKEN, SEAL_DNS_ANSWERED,
		    SEAL_WHY_KEY_NOT_FOUND },
	};
	struct resolver_options options;
	struct resolver *resolver;
	struct puppet *puppet;

	(void)state;
	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		print_message("# %s\n", rows[i].name);
		puppet = puppet_start(rows[i].mood);
		resolver_options_init(&options);
		options.query_timeout = options.message_timeout = 60000;
		resolver = start_resolver(&options, puppet_address(puppet));
		assert_answer(ask(resolver, "s._domainkey.a.test"),
		    rows[i].dns, rows[i].reason);
		resolver_free(&resolver);
		puppet_stop(&puppet);
	}
}

static void
gives_a_silent_server_its_time_and_no_more(void **state)
{
	static const struct {
		const char *name;
		unsigned query, message; /* milliseconds */
	} rows[] = {
		{ "the name's time", 100, 60000 },
		{ "the message's time", 60000, 100 },
	};
	static const char *const names[] = {
		"a._domainkey.a.test", "b._domainkey.a.test",
	};
	struct resolver_options options;
	struct resolver_lookup *lookup;
	struct resolver *resolver;
	struct seal_answer answers[2];
	struct puppet *puppet;
	int64_t began;

	(void)state;
	for (size_t i = 0; i < 2; i++) {
		print_message("# %s\n", rows[i].name);
		puppet = puppet_start(PUPPET_SILENT);
		resolver_options_init(&options);
		options.query_timeout = rows[i].query;
		options.message_timeout = rows[i].message;
		resolver = start_resolver(&options, puppet_address(puppet));
		began = cache_clock_monotonic(NULL);
		assert_int_equal(resolver_start(resolver, names, 2, &lookup),
		    0);
		resolver_wait(lookup, answers);
		/* half of what the other limit would take */
		assert_true(cache_clock_monotonic(NULL) - began < 30000);
		for (size_t k = 0; k < 2; k++)
			assert_answer(answers[k], SEAL_DNS_TIMEOUT, 0);
		resolver_lookup_free(&lookup);
		assert_int_equal(stats_of(resolver).size, 0);
		resolver_free(&resolver);
		puppet_stop(&puppet);
	}
}

/* What a message gave up waiting for is there for the next. */
static void
a_late_answer_serves_those_who_come_after(void **state)
{
	struct resolver_options options;
	struct resolver *resolver;
	struct puppet *puppet;

	(void)state;
	puppet = puppet_start(PUPPET_SILENT);
	resolver_options_init(&options);
	options.query_timeout = 60000;
	options.message_timeout = 50;
	resolver = start_resolver(&options, puppet_address(puppet));
	assert_answer(ask(resolver, "s._domainkey.a.test"), SEAL_DNS_TIMEOUT,
	    0);
	puppet_set_mood(puppet, PUPPET_ANSWERS);
	while (stats_of(resolver).size == 0)
		usleep(1000);
	assert_answer(ask(resolver, "s._domainkey.a.test"), SEAL_DNS_ANSWERED,
	    SEAL_WHY_KEY_REVOKED);
	assert_int_equal(stats_of(resolver).loads, 1);
	resolver_free(&resolver);
	puppet_stop(&puppet);
}

static void
asks_again_after_a_time_out(void **state)
{
	struct resolver_options options;
	struct resolver *resolver;
	struct puppet *puppet;
	struct seal_answer answer;

	(void)state;
	puppet = puppet_start(PUPPET_SILENT);
	resolver_options_init(&options);
	options.query_timeout = 50;
	resolver = start_resolver(&options, puppet_address(puppet));
	assert_answer(ask(resolver, "s._domainkey.a.test"), SEAL_DNS_TIMEOUT,
	    0);
	puppet_set_mood(puppet, PUPPET_ANSWERS);
	/* the late answer to the first query may be in time for no one */
	do {
		answer = ask(resolver, "s._domainkey.a.test");
	} while (answer.dns == SEAL_DNS_TIMEOUT);
	assert_answer(answer, SEAL_DNS_ANSWERED, SEAL_WHY_KEY_REVOKED);
	resolver_free(&resolver);
	puppet_stop(&puppet);
}

static void
frees_with_queries_under_way_and_leaves_no_descriptor(void **state)
{
	static const char *const names[] = {
		"a._domainkey.a.test", "b._domainkey.a.test",
		"c._domainkey.a.test",
	};
	struct resolver_options options;
	struct resolver_lookup *waited, *dropped, *late;
	struct resolver *resolver;
	struct seal_answer answers[3];
	struct puppet *puppet = puppet_start(PUPPET_SILENT);
	size_t before = 0;

	(void)state;
	for (int i = 0; i < 4; i++) {
		/* the first round opens what libraries keep for good */
		if (i == 1)
			before = count_descriptors();
		resolver_options_init(&options);
		resolver = start_resolver(&options, puppet_address(puppet));
		assert_int_equal(resolver_start(resolver, names, 3, &waited),
		    0);
		assert_int_equal(resolver_start(resolver, names, 3, &dropped),
		    0);
		assert_int_equal(resolver_start(resolver, names, 2, &late), 0);
		resolver_lookup_free(&dropped);
		if (i % 2 != 0)
			usleep(10000); /* with the query sent, and not yet */
		resolver_free(&resolver);
		resolver_wait(waited, answers);
		for (size_t k = 0; k < 3; k++)
			assert_answer(answers[k], SEAL_DNS_FAILED, 0);
		resolver_lookup_free(&waited);
		resolver_lookup_free(&late);
	}
	assert_int_equal(count_descriptors(), before);
	puppet_stop(&puppet);
}

static void
a_flush_reaches_libunbounds_own_cache(void **state)
{
	struct resolver_options options;
	struct resolver *resolver;
	struct puppet *puppet = puppet_start(PUPPET_DENIES);

	(void)state;
	resolver_options_init(&options);
	options.query_timeout = options.message_timeout = 60000;
	resolver = start_resolver(&options, puppet_address(puppet));
	assert_answer(ask(resolver, "s._domainkey.a.test"), SEAL_DNS_ANSWERED,
	    SEAL_WHY_KEY_NOT_FOUND);
	puppet_set_mood(puppet, PUPPET_ANSWERS);
	assert_answer(ask(resolver, "s._domainkey.a.test"), SEAL_DNS_ANSWERED,
	    SEAL_WHY_KEY_NOT_FOUND);
	assert_int_equal(resolver_flush(resolver), 1);
	assert_answer(ask(resolver, "s._domainkey.a.test"), SEAL_DNS_ANSWERED,
	    SEAL_WHY_KEY_REVOKED);
	resolver_free(&resolver);
	puppet_stop(&puppet);
}

static void
a_flush_does_not_lose_queries_under_way(void **state)
{
	static const char *const name = "s._domainkey.a.test";
	struct resolver_options options;
	struct resolver_lookup *lookup;
	struct resolver *resolver;
	struct seal_answer answer;
	struct puppet *puppet = puppet_start(PUPPET_SILENT);

	(void)state;
	resolver_options_init(&options);
	options.query_timeout = options.message_timeout = 60000;
	resolver = start_resolver(&options, puppet_address(puppet));
	assert_int_equal(resolver_start(resolver, &name, 1, &lookup), 0);
	while (puppet_count(puppet) == 0)
		usleep(1000);
	resolver_flush(resolver);
	puppet_set_mood(puppet, PUPPET_ANSWERS);
	resolver_wait(lookup, &answer);
	resolver_lookup_free(&lookup);
	assert_answer(answer, SEAL_DNS_ANSWERED, SEAL_WHY_KEY_REVOKED);
	resolver_free(&resolver);
	puppet_stop(&puppet);
}

/*
 * Threads.
 */
#define THREADS 16


static void *
ask_one(void *context)
{
	static const char *const name = "s._domainkey.a.test";
	struct resolver *resolver = context;
	struct resolver_lookup *lookup;
	struct seal_answer answer;
	bool good;

	if (resolver_start(resolver, &name, 1, &lookup) != 0)
		return resolver;
	resolver_wait(lookup, &answer);
	resolver_lookup_free(&lookup);
	good = answer.dns == SEAL_DNS_ANSWERED && answer.record != NULL;
	seal_record_unref(&answer.record);
	return good ? NULL : resolver;
}

static void
many_threads_share_one_query_for_one_name(void **state)
{
	struct resolver_options options;
	struct resolver *resolver;
	struct puppet *puppet = puppet_start(PUPPET_SILENT);
	pthread_t threads[THREADS];
	void *complaint;

	(void)state;
	resolver_options_init(&options);
	options.query_timeout = options.message_timeout = 60000;
	resolver = start_resolver(&options, puppet_address(puppet));
	for (size_t i = 0; i < THREADS; i++)
		assert_int_equal(pthread_create(&threads[i], NULL, ask_one,
		    resolver), 0);
	while (stats_of(resolver).misses < THREADS)
		usleep(1000);
	puppet_set_mood(puppet, PUPPET_ANSWERS);
	for (size_t i = 0; i < THREADS; i++) {
		assert_int_equal(pthread_join(threads[i], &complaint), 0);
		assert_null(complaint);
	}
	assert_int_equal(stats_of(resolver).loads, 1);
	resolver_free(&resolver);
	puppet_stop(&puppet);
}

static void *
ask_many(void *context)
{
	struct resolver *resolver = context;
	const char *names[RESOLVER_MAX_NAMES];
	char texts[RESOLVER_MAX_NAMES][64];
	struct resolver_lookup *lookup;
	struct seal_answer answers[RESOLVER_MAX_NAMES];
	void *complaint = NULL;

	for (int round = 0; round < 10; round++) {
		for (int i = 0; i < RESOLVER_MAX_NAMES; i++) {
			snprintf(texts[i], sizeof(texts[i]),
			    "s%d._domainkey.d%d.test", i, round);
			names[i] = texts[i];
		}
		if (resolver_start(resolver, names, RESOLVER_MAX_NAMES,
		    &lookup) != 0)
			return resolver;
		resolver_wait(lookup, answers);
		resolver_lookup_free(&lookup);
		for (int i = 0; i < RESOLVER_MAX_NAMES; i++) {
			if (answers[i].record == NULL)
				complaint = resolver;
			seal_record_unref(&answers[i].record);
		}
	}
	return complaint;
}

static void
many_threads_ask_for_many_names(void **state)
{
	struct resolver_options options;
	struct resolver *resolver;
	struct puppet *puppet = puppet_start(PUPPET_ANSWERS);
	pthread_t threads[THREADS];
	void *complaint;

	(void)state;
	resolver_options_init(&options);
	options.query_timeout = options.message_timeout = 60000;
	resolver = start_resolver(&options, puppet_address(puppet));
	for (size_t i = 0; i < THREADS; i++)
		assert_int_equal(pthread_create(&threads[i], NULL, ask_many,
		    resolver), 0);
	for (size_t i = 0; i < THREADS; i++) {
		assert_int_equal(pthread_join(threads[i], &complaint), 0);
		assert_null(complaint);
	}
	assert_int_equal(stats_of(resolver).loads, 100);
	resolver_free(&resolver);
	puppet_stop(&puppet);
}

static void
refuses_a_trust_anchor_that_is_none(void **state)
{
	static const char *const address = "127.0.0.1";
	char path[FOLDER_PATH_BYTES];
	struct resolver_options options;
	struct resolver *resolver;
	struct folder folder;
	struct why why;

	(void)state;
	folder_make(&folder);
	folder_write(&folder, "anchor", SPAN("signed.test. IN DNSKEY what\n"),
	    0644);
	resolver_options_init(&options);
	options.forwarders = &address;
	options.n_forwarders = 1;
	options.trust_anchor = folder_file(&folder, "anchor", path);
	assert_int_equal(resolver_new(&options, &resolver, &why),
	    RESOLVER_E_DNS);
	assert_null(resolver);
	assert_non_null(strstr(why.text, path));
	folder_remove(&folder);
}

int
main(void)
{
	static const struct CMUnitTest tests[] = {
		cmocka_unit_test(takes_what_a_server_says_for_what_it_is),
		cmocka_unit_test(gives_a_silent_server_its_time_and_no_more),
		cmocka_unit_test(a_late_answer_serves_those_who_come_after),
		cmocka_unit_test(asks_again_after_a_time_out),
		cmocka_unit_test(
		    frees_with_queries_under_way_and_leaves_no_descriptor),
		cmocka_unit_test(a_flush_reaches_libunbounds_own_cache),
		cmocka_unit_test(a_flush_does_not_lose_queries_under_way),
		cmocka_unit_test(many_threads_share_one_query_for_one_name),
		cmocka_unit_test(many_threads_ask_for_many_names),
		cmocka_unit_test(refuses_a_trust_anchor_that_is_none),
	};

	return cmocka_run_group_tests_name("network", tests, NULL, NULL);
}
