/*
 * cache_test.c: lifetimes by a clock of our own, the order of leaving, and
 * one load for many threads.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "keys/cache.h"

#include <pthread.h>
#include <stdatomic.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

/*
 * Values that know how many of them live: none may, at the end of a test.
 */
static atomic_int living;

struct thing {
	atomic_int refs;
	int number;
};

static struct thing *
thing_new(int number)
{
	struct thing *thing = malloc(sizeof(*thing));

	assert_non_null(thing);
	atomic_init(&thing->refs, 1);
	thing->number = number;
	atomic_fetch_add(&living, 1);
	return thing;
}

static void *
thing_ref(void *value)
{
	struct thing *thing = value;

	atomic_fetch_add(&thing->refs, 1);
	return thing;
}

static void
thing_unref(void *value)
{
	struct thing *thing = value;

	if (atomic_fetch_sub(&thing->refs, 1) != 1)
		return;
	free(thing);
	atomic_fetch_sub(&living, 1);
}

struct fixture {
	struct cache *cache;
	int64_t now; /* milliseconds */
	/* what the loader brings */
	int number;
	bool negative;
	int64_t max_lifetime;
	int code;
	int loads;
};

static int64_t
fixture_clock(void *context)
{
	const struct fixture *f = context;

	return f->now;
}

static int
fixture_loader(void *context, const char *name, struct cache_load *load_r)
{
	struct fixture *f = context;

	(void)name;
	f->loads++;
	if (f->code != 0)
		return f->code;
	load_r->value = thing_new(f->number);
	load_r->negative = f->negative;
	load_r->max_lifetime = f->max_lifetime;
	return 0;
}

static void
begin(struct fixture *f, size_t size, size_t shards)
{
	struct cache_options options;

	*f = (struct fixture){
		.now = 1000000,
		.max_lifetime = CACHE_NO_MAX_LIFETIME,
	};
	cache_options_init(&options);
	options.size = size;
	options.shards = shards;
	options.positive_lifetime = 300;
	options.negative_lifetime = 3600;
	options.clock = fixture_clock;
	options.clock_context = f;
	options.ref = thing_ref;
	options.unref = thing_unref;
	assert_int_equal(cache_new(&options, &f->cache), 0);
}

static void
end(struct fixture *f)
{
	cache_free(&f->cache);
	assert_null(f->cache);
	assert_int_equal(atomic_load(&living), 0);
}

/* Get name; returns whether it had to be loaded. */
static bool
loads(struct fixture *f, const char *name)
{
	int before = f->loads;
	void *value;

	assert_int_equal(cache_get(f->cache, name, fixture_loader, f, &value),
	    0);
	thing_unref(value);
	return f->loads != before;
}

static void
keeps_a_value_for_its_lifetime_and_no_longer(void **state)
{
	static const struct {
		const char *name;
		bool negative;
		int64_t max_lifetime; /* seconds */
		int64_t kept; /* seconds */
	} rows[] = {
		{ "positive", false, CACHE_NO_MAX_LIFETIME, 300 },
		{ "negative", true, CACHE_NO_MAX_LIFETIME, 3600 },
		{ "positive, shortened", false, 60, 60 },
		{ "negative, shortened", true, 1, 1 },
		{ "cannot be lengthened", false, 86400, 300 },
		{ "not at all", false, 0, 0 },
		{ "less than not at all", true, -5, 0 },
	};
	struct fixture f;

	(void)state;
	begin(&f, 10, 1);
	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		print_message("# %s\n", rows[i].name);
		f.negative = rows[i].negative;
		f.max_lifetime = rows[i].max_lifetime;
		assert_true(loads(&f, rows[i].name));
		if (rows[i].kept > 0) {
			f.now += rows[i].kept * 1000 - 1;
			assert_false(loads(&f, rows[i].name));
			f.now += 1;
		}
		assert_true(loads(&f, rows[i].name));
	}
	end(&f);
}

static void
gives_back_what_was_loaded_for_that_name(void **state)
{
	char name[32];
	struct fixture f;
	void *value;

	(void)state;
	begin(&f, 500, 0);
	for (int round = 0; round < 2; round++) {
		for (f.number = 0; f.number < 500; f.number++) {
			snprintf(name, sizeof(name), "n%d", f.number);
			assert_int_equal(cache_get(f.cache, name,
			    fixture_loader, &f, &value), 0);
			assert_int_equal(((struct thing *)value)->number,
			    f.number);
			thing_unref(value);
		}
	}
	assert_int_equal(f.loads, 500);
	end(&f);
}

static void
lets_the_least_recently_used_leave_first(void **state)
{
	struct cache_stats stats;
	struct fixture f;

	(void)state;
	begin(&f, 3, 1);
	loads(&f, "a");
	loads(&f, "b");
	loads(&f, "c");
	assert_false(loads(&f, "a")); /* now b is the oldest */
	assert_true(loads(&f, "d"));
	assert_false(loads(&f, "a"));
	assert_false(loads(&f, "c"));
	assert_false(loads(&f, "d"));
	assert_true(loads(&f, "b")); /* and a leaves */
	assert_false(loads(&f, "c"));
	assert_true(loads(&f, "a"));
	cache_stats(f.cache, &stats);
	assert_int_equal(stats.evictions, 3);
	assert_int_equal(stats.size, 3);
	end(&f);
}

static void
never_holds_more_than_its_size_over_all_shards(void **state)
{
	static const struct {
		size_t size, shards;
	} rows[] = {
		{ 1, 1 }, { 1, 16 }, { 5, 16 }, { 64, 16 }, { 300, 0 },
		{ 2048, 64 },
	};
	struct cache_stats stats;
	struct fixture f;
	char name[32];

	(void)state;
	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		begin(&f, rows[i].size, rows[i].shards);
		for (size_t n = 0; n < rows[i].size; n++) {
			snprintf(name, sizeof(name), "%zu", n);
			loads(&f, name);
		}
		/* all find room: one shard may be fuller than another */
		cache_stats(f.cache, &stats);
		assert_int_equal(stats.evictions, 0);
		assert_int_equal(stats.size, rows[i].size);
		for (size_t n = 0; n < 3 * rows[i].size; n++) {
			snprintf(name, sizeof(name), "more %zu", n);
			loads(&f, name);
			cache_stats(f.cache, &stats);
			assert_int_equal(stats.size, rows[i].size);
		}
		assert_int_equal(atomic_load(&living), rows[i].size);
		end(&f);
	}
}

static void
counts_hits_misses_loads_and_negative_hits(void **state)
{
	struct cache_stats stats;
	struct fixture f;

	(void)state;
	begin(&f, 10, 1);
	loads(&f, "good");
	loads(&f, "good");
	loads(&f, "good");
	f.negative = true;
	loads(&f, "bad");
	loads(&f, "bad");
	cache_stats(f.cache, &stats);
	assert_int_equal(stats.hits, 2);
	assert_int_equal(stats.negative_hits, 1);
	assert_int_equal(stats.misses, 2);
	assert_int_equal(stats.loads, 2);
	assert_int_equal(stats.evictions, 0);
	assert_int_equal(stats.size, 2);
	end(&f);
}

static void
passes_a_failing_loaders_code_on_and_forgets_it(void **state)
{
	struct cache_stats stats;
	struct fixture f;
	void *value = &f;

	(void)state;
	begin(&f, 10, 1);
	f.code = -77;
	assert_int_equal(cache_get(f.cache, "a", fixture_loader, &f, &value),
	    -77);
	assert_null(value);
	cache_stats(f.cache, &stats);
	assert_int_equal(stats.size, 0);
	f.code = 0;
	assert_true(loads(&f, "a"));
	end(&f);
}

static void
flush_forgets_all_and_says_how_many(void **state)
{
	struct fixture f;
	char name[32];

	(void)state;
	begin(&f, 100, 16);
	assert_int_equal(cache_flush(f.cache), 0);
	for (int i = 0; i < 42; i++) {
		snprintf(name, sizeof(name), "%d", i);
		f.negative = i % 2 != 0;
		loads(&f, name);
	}
	assert_int_equal(cache_flush(f.cache), 42);
	assert_int_equal(cache_flush(f.cache), 0);
	assert_int_equal(atomic_load(&living), 0);
	assert_true(loads(&f, "1"));
	end(&f);
}

static void
a_load_that_a_flush_overtook_reaches_its_waiters_only(void **state)
{
	struct cache_flight *leader, *follower, *next;
	struct cache_load load = {
		.max_lifetime = CACHE_NO_MAX_LIFETIME,
	};
	struct fixture f;
	void *value;

	(void)state;
	begin(&f, 10, 1);
	assert_int_equal(cache_begin(f.cache, "a", &value, &leader),
	    CACHE_LEAD);
	assert_int_equal(cache_begin(f.cache, "a", &value, &follower),
	    CACHE_FOLLOW);
	assert_int_equal(cache_flush(f.cache), 0);
	/* what is asked for now must be read anew */
	assert_int_equal(cache_begin(f.cache, "a", &value, &next),
	    CACHE_LEAD);
	load.value = thing_new(1);
	cache_land(leader, 0, &load);
	load.value = thing_new(2);
	cache_land(next, 0, &load);
	assert_int_equal(cache_flight_wait(follower, CACHE_NO_DEADLINE,
	    &value), 0);
	assert_int_equal(((struct thing *)value)->number, 1);
	thing_unref(value);
	cache_flight_unref(&leader);
	cache_flight_unref(&follower);
	cache_flight_unref(&next);
	assert_int_equal(cache_begin(f.cache, "a", &value, &next), CACHE_HIT);
	assert_int_equal(((struct thing *)value)->number, 2);
	thing_unref(value);
	end(&f);
}

static void
waiting_ends_at_the_deadline_and_the_value_still_lands(void **state)
{
	struct cache_load load = {
		.max_lifetime = CACHE_NO_MAX_LIFETIME,
	};
	struct cache_flight *flight;
	struct fixture f;
	void *value;

	(void)state;
	begin(&f, 10, 1);
	assert_int_equal(cache_begin(f.cache, "slow", &value, &flight),
	    CACHE_LEAD);
	assert_int_equal(cache_flight_wait(flight,
	    cache_clock_monotonic(NULL) + 1, &value), CACHE_TIMED_OUT);
	assert_null(value);
	load.value = thing_new(3);
	cache_land(flight, 0, &load);
	/* landed: the deadline does not matter any more */
	assert_int_equal(cache_flight_wait(flight, 0, &value), 0);
	thing_unref(value);
	assert_false(loads(&f, "slow"));

	/* and a flight may be looked at when the cache is gone */
	cache_free(&f.cache);
	assert_int_equal(cache_flight_wait(flight, 0, &value), 0);
	assert_int_equal(((struct thing *)value)->number, 3);
	thing_unref(value);
	cache_flight_unref(&flight);
	cache_flight_unref(&flight);
	end(&f);
}

/*
 * Threads.
 */
#define THREADS 16

struct crowd {
	struct cache *cache;
	atomic_int loads;
	int code; /* of the loader */
};

/* Does not return before all threads have missed. */
static int
crowd_loader(void *context, const char *name, struct cache_load *load_r)
{
	struct crowd *crowd = context;
	struct cache_stats stats;

	(void)name;
	atomic_fetch_add(&crowd->loads, 1);
	do {
		usleep(500);
		cache_stats(crowd->cache, &stats);
	} while (stats.misses < THREADS);
	if (crowd->code == 0)
		load_r->value = thing_new(7);
	return crowd->code;
}

/* cmocka's asserts are for the main thread: the others tell what is wrong. */
static void *
complain(const char *what)
{
	static char not_null;

	print_message("# %s\n", what);
	return &not_null;
}

/* Returns NULL when all is as it should be. */
static void *
crowd_member(void *context)
{
	struct crowd *crowd = context;
	void *value;
	int ret = cache_get(crowd->cache, "same", crowd_loader, crowd, &value);

	if (ret != crowd->code)
		return complain("another code");
	if (ret == 0 && ((struct thing *)value)->number != 7)
		return complain("another value");
	if (ret == 0)
		thing_unref(value);
	return NULL;
}

static void
run_threads(void *(*run)(void *context), void *context)
{
	pthread_t threads[THREADS];
	void *complaint;

	for (size_t i = 0; i < THREADS; i++)
		assert_int_equal(pthread_create(&threads[i], NULL, run,
		    context), 0);
	for (size_t i = 0; i < THREADS; i++) {
		assert_int_equal(pthread_join(threads[i], &complaint), 0);
		assert_null(complaint);
	}
}

static void
one_of_many_threads_loads_for_all(void **state)
{
	static const int codes[] = { 0, -9 };
	struct cache_options options;
	struct cache_stats stats;
	struct crowd crowd;

	(void)state;
	for (size_t i = 0; i < 2; i++) {
		cache_options_init(&options);
		options.ref = thing_ref;
		options.unref = thing_unref;
		crowd.code = codes[i];
		atomic_init(&crowd.loads, 0);
		assert_int_equal(cache_new(&options, &crowd.cache), 0);
		run_threads(crowd_member, &crowd);
		assert_int_equal(atomic_load(&crowd.loads), 1);
		cache_stats(crowd.cache, &stats);
		assert_int_equal(stats.loads, 1);
		assert_int_equal(stats.misses, THREADS);
		cache_free(&crowd.cache);
	}
	assert_int_equal(atomic_load(&living), 0);
}

static int
market_loader(void *context, const char *name, struct cache_load *load_r)
{
	(void)context;
	load_r->value = thing_new(atoi(name));
	load_r->negative = *name == '3';
	if (*name == '7')
		load_r->max_lifetime = 0;
	return 0;
}

/* Get many names, flush now and then. */
static void *
market_visitor(void *context)
{
	struct cache *cache = context;
	unsigned seed = (unsigned)(uintptr_t)&seed;
	char name[32];
	void *value;

	for (int i = 0; i < 2000; i++) {
		seed = seed * 1103515245u + 12345u;
		int number = (int)(seed >> 16) % 200;

		snprintf(name, sizeof(name), "%d", number);
		if (cache_get(cache, name, market_loader, NULL, &value) != 0)
			return complain("no value");
		if (((struct thing *)value)->number != number)
			return complain("a value of another name");
		thing_unref(value);
		if (i % 500 == 499)
			cache_flush(cache);
	}
	return NULL;
}

static void
many_threads_get_their_own_values_while_others_leave(void **state)
{
	static const size_t shards[] = { 1, 16 };
	struct cache_options options;
	struct cache_stats stats;
	struct cache *cache;

	(void)state;
	for (size_t i = 0; i < 2; i++) {
		cache_options_init(&options);
		options.size = 50;
		options.shards = shards[i];
		options.ref = thing_ref;
		options.unref = thing_unref;
		assert_int_equal(cache_new(&options, &cache), 0);
		run_threads(market_visitor, cache);
		cache_stats(cache, &stats);
		assert_true(stats.size <= 50);
		assert_int_equal(atomic_load(&living), stats.size);
		assert_int_equal(stats.hits + stats.negative_hits +
		    stats.misses, THREADS * 2000);
		cache_free(&cache);
		assert_int_equal(atomic_load(&living), 0);
	}
}

int
main(void)
{
	static const struct CMUnitTest tests[] = {
		cmocka_unit_test(keeps_a_value_for_its_lifetime_and_no_longer),
		cmocka_unit_test(gives_back_what_was_loaded_for_that_name),
		cmocka_unit_test(lets_the_least_recently_used_leave_first),
		cmocka_unit_test(never_holds_more_than_its_size_over_all_shards),
		cmocka_unit_test(counts_hits_misses_loads_and_negative_hits),
		cmocka_unit_test(passes_a_failing_loaders_code_on_and_forgets_it),
		cmocka_unit_test(flush_forgets_all_and_says_how_many),
		cmocka_unit_test(
		    a_load_that_a_flush_overtook_reaches_its_waiters_only),
		cmocka_unit_test(
		    waiting_ends_at_the_deadline_and_the_value_still_lands),
		cmocka_unit_test(one_of_many_threads_loads_for_all),
		cmocka_unit_test(
		    many_threads_get_their_own_values_while_others_leave),
	};

	return cmocka_run_group_tests_name("cache", tests, NULL, NULL);
}
