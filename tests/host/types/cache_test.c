/*
 * cache_test.c: a cache gives what was stored, as long as it may, and ends
 * every entry exactly once, whatever threads do (ec_fc.h).
 */
#include <pthread.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdatomic.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "ec_fc.h"
#include "host/types/clock.h"

struct item {
	ec_fc_entry_t entry;
	int number;
};

static atomic_int alive;

static void
item_end(ec_fc_entry_t *entry)
{
	free(entry);
	atomic_fetch_sub(&alive, 1);
}

static void
put(ec_fc_t *cache, int number)
{
	struct item *item = calloc(1, sizeof(*item));

	ec_fc_entry_reset(&item->entry);
	ec_fc_entry_addref(&item->entry);
	item->number = number;
	atomic_fetch_add(&alive, 1);
	assert_int_equal(ec_fc_store(cache, &item->entry, &number,
	    sizeof(number)), 0);
	ec_fc_entry_delref(&item->entry);
}

/* The number in the cache, or -1. */
static int
get(ec_fc_t *cache, int number)
{
	struct item *item = (struct item *)ec_fc_load(cache, &number,
	    sizeof(number));
	int ret = item != NULL ? item->number : -1;

	if (item != NULL)
		ec_fc_entry_delref(&item->entry);
	return ret;
}

static ec_fc_t *
cache_named(const char *name, size_t n, unsigned expire)
{
	char copy[64];

	(void)snprintf(copy, sizeof(copy), "%s", name);
	return ec_fc_create(copy, n, expire, item_end);
}

static void
gives_what_was_stored(void **state)
{
	ec_fc_t *cache = cache_named("plain", 8, EC_FC_EXPIRE_NEVER);
	struct ec_fc_stat st;

	(void)state;
	put(cache, 1);
	put(cache, 2);
	put(cache, 2);
	assert_int_equal(get(cache, 1), 1);
	assert_int_equal(get(cache, 2), 2);
	assert_int_equal(get(cache, 3), -1);
	ec_fc_stat(cache, &st);
	assert_string_equal(st.name, "plain");
	assert_int_equal(st.entries, 2);
	assert_int_equal(st.loads, 3);
	assert_int_equal(st.hits, 2);
	assert_int_equal(st.misses, 1);
	assert_int_equal(st.stores, 3);
	assert_int_equal(atomic_load(&alive), 2);
	ec_fc_delref(cache);
	assert_int_equal(atomic_load(&alive), 0);
}

static void
lets_the_longest_unused_go_when_full(void **state)
{
	ec_fc_t *cache = cache_named("full", 4, EC_FC_EXPIRE_NEVER);
	struct ec_fc_stat st;

	(void)state;
	for (int i = 0; i < 4; i++)
		put(cache, i);
	assert_int_equal(get(cache, 0), 0);
	put(cache, 4);
	assert_int_equal(get(cache, 1), -1);
	assert_int_equal(get(cache, 0), 0);
	assert_int_equal(get(cache, 4), 4);
	ec_fc_stat(cache, &st);
	assert_int_equal(st.capacity, 4);
	assert_int_equal(st.entries, 4);
	assert_int_equal(st.displaced, 1);
	assert_int_equal(ec_fc_set_capacity(cache, 2), 0);
	ec_fc_stat(cache, &st);
	assert_int_equal(st.entries, 2);
	ec_fc_delref(cache);
	assert_int_equal(atomic_load(&alive), 0);
}

static void
forgets_entries_when_their_time_is_over(void **state)
{
	ec_fc_t *cache = cache_named("times", 8, 60);
	struct ec_fc_stat st;

	(void)state;
	put(cache, 1);
	clock_advance(30);
	put(cache, 2);
	assert_int_equal(get(cache, 1), 1);
	clock_advance(31);
	assert_int_equal(get(cache, 1), -1);
	assert_int_equal(get(cache, 2), 2);
	clock_advance(60);
	assert_int_equal(get(cache, 2), -1);
	ec_fc_stat(cache, &st);
	assert_int_equal(st.expired, 2);
	ec_fc_delref(cache);
}

static void
an_entry_outlives_its_place_in_the_cache(void **state)
{
	ec_fc_t *cache = cache_named("outlive", 8, EC_FC_EXPIRE_NEVER);
	int key = 7;
	struct item *held;

	(void)state;
	put(cache, 7);
	held = (struct item *)ec_fc_load(cache, &key, sizeof(key));
	assert_int_equal(ec_fc_invalidate_key(cache, &key, sizeof(key)), 0);
	assert_int_equal(ec_fc_invalidate_key(cache, &key, sizeof(key)), -1);
	assert_int_equal(get(cache, 7), -1);
	assert_int_equal(held->number, 7);
	ec_fc_entry_delref(&held->entry);
	assert_int_equal(atomic_load(&alive), 0);
	put(cache, 7);
	held = (struct item *)ec_fc_load(cache, &key, sizeof(key));
	assert_int_equal(ec_fc_invalidate(&held->entry), 0);
	assert_int_equal(atomic_load(&alive), 0);
	ec_fc_delref(cache);
}

static void
purging_tells_how_many_there_were(void **state)
{
	ec_fc_t *cache = cache_named("purge", 4096, EC_FC_EXPIRE_NEVER);

	(void)state;
	for (int i = 0; i < 1000; i++)
		put(cache, i);
	assert_int_equal(ec_fc_purge(cache), 1000);
	assert_int_equal(ec_fc_purge(cache), 0);
	assert_int_equal(atomic_load(&alive), 0);
	ec_fc_delref(cache);
}

static int
count_one(void *closure, ec_fc_t *cache)
{
	(void)cache;
	++*(int *)closure;
	return 0;
}

static void
is_found_by_name_while_it_lives(void **state)
{
	ec_fc_t *cache = cache_named("found", 8, 10);
	ec_fc_t *again = ec_fc_caches_find("found");
	int count = 0;

	(void)state;
	assert_ptr_equal(again, cache);
	(void)ec_fc_caches_each(count_one, &count);
	assert_int_equal(count, 1);
	ec_fc_delref(again);
	ec_fc_delref(cache);
	assert_null(ec_fc_caches_find("found"));
}

enum { THREADS = 4, ROUNDS = 20000, KEYS = 300 };

static void *
work(void *closure)
{
	ec_fc_t *cache = closure;
	unsigned seed = (unsigned)(uintptr_t)&seed;

	for (int i = 0; i < ROUNDS; i++) {
		int key = rand_r(&seed) % KEYS;
		int seen = get(cache, key);

		if (seen != -1 && seen != key)
			return closure;
		if (seen == -1)
			put(cache, key);
		if (i % 997 == 0)
			(void)ec_fc_purge(cache);
		else if (i % 13 == 0)
			(void)ec_fc_invalidate_key(cache, &key, sizeof(key));
	}
	return NULL;
}

static void
threads_get_whole_entries_and_none_is_lost(void **state)
{
	static const size_t sizes[] = { 128, 1024 };

	(void)state;
	for (size_t s = 0; s < 2; s++) {
		ec_fc_t *cache = cache_named("threads", sizes[s],
		    EC_FC_EXPIRE_NEVER);
		pthread_t threads[THREADS];

		for (int t = 0; t < THREADS; t++)
			assert_int_equal(pthread_create(&threads[t], NULL, work,
			    cache), 0);
		for (int t = 0; t < THREADS; t++) {
			void *wrong;

			assert_int_equal(pthread_join(threads[t], &wrong), 0);
			assert_null(wrong);
		}
		ec_fc_destroy(cache);
		assert_int_equal(atomic_load(&alive), 0);
	}
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(gives_what_was_stored),
		cmocka_unit_test(lets_the_longest_unused_go_when_full),
		cmocka_unit_test(forgets_entries_when_their_time_is_over),
		cmocka_unit_test(an_entry_outlives_its_place_in_the_cache),
		cmocka_unit_test(purging_tells_how_many_there_were),
		cmocka_unit_test(is_found_by_name_while_it_lives),
		cmocka_unit_test(threads_get_whole_entries_and_none_is_lost),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
