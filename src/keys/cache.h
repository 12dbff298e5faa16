/*
 * cache.h: counted values by name, each for a while.
 *
 * A value is good news (positive) or bad (negative), and each kind has its
 * lifetime.  Of several threads that miss the same name at once, one loads and
 * the others wait for what it brings (single flight).  When the cache is full
 * the least recently used value leaves.
 *
 * Threads: every function but cache_free() may be called from any thread.
 * The names are spread over shards, each with a lock of its own, so that
 * threads after different names seldom meet; with more than one shard, the
 * value that leaves is the least recently used of its shard.
 *
 * Two ways in: cache_get() with a loader that blocks; or cache_begin() and
 * cache_land() for loads that end elsewhere, such as in a callback.
 */
#ifndef KEYS_CACHE_H
#define KEYS_CACHE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#define CACHE_MAX_SHARDS 64
#define CACHE_E_NOMEM (-1)

struct cache;
struct cache_flight; /* a load under way */

/* Milliseconds from any fixed point, never backwards. */
typedef int64_t cache_clock(void *context);

/* CLOCK_MONOTONIC; the default, the context is not used. */
int64_t cache_clock_monotonic(void *context);

struct cache_options {
	size_t size; /* values kept at most; default 2048 */
	size_t shards; /* 0, the default: 16 for a large cache, 1 for a small */
	int64_t positive_lifetime; /* seconds; default 300 */
	int64_t negative_lifetime; /* seconds; default 3600 */
	cache_clock *clock;
	void *clock_context;
	/* How values are counted; both must be set.  Neither may call the cache. */
	void *(*ref)(void *value);
	void (*unref)(void *value);
};

struct cache_stats {
	uint64_t hits; /* found, positive */
	uint64_t negative_hits; /* found, negative */
	uint64_t misses; /* not found, or too old */
	uint64_t loads; /* misses that loaded; the others waited for one of these */
	uint64_t evictions; /* left for want of room */
	size_t size; /* values held now, some perhaps too old */
	uint64_t stores; /* loads whose value was kept */
	uint64_t expired; /* found too old, and loaded anew */
	uint64_t forced; /* left by cache_flush() */
	size_t capacity; /* values kept at most */
	int64_t age; /* seconds since cache_new() */
};

/* What a load brought. */
struct cache_load {
	void *value; /* the cache takes over the loader's reference */
	bool negative;
	int64_t max_lifetime; /* seconds; shortens the lifetime: 0 is "do not keep" */
};
#define CACHE_NO_MAX_LIFETIME INT64_MAX

/* Set the defaults; ref and unref are the caller's to fill in. */
void cache_options_init(struct cache_options *options);

/* Returns 0 or CACHE_E_NOMEM. */
int cache_new(const struct cache_options *options, struct cache **cache_r);

/* No flight may be under way, no other thread inside. */
void cache_free(struct cache **cache);

/* Load what name stands for into *load_r and return 0, or return a negative
 * code, which every waiter gets and nobody remembers. */
typedef int cache_loader(void *context, const char *name,
    struct cache_load *load_r);

/* The value of name, from the cache or from the loader; the caller owns the
 * reference in *value_r.  No lock is held while the loader runs.  Returns 0,
 * CACHE_E_NOMEM, or the loader's code. */
int cache_get(struct cache *cache, const char *name, cache_loader *loader,
    void *context, void **value_r);

enum cache_outcome {
	CACHE_HIT = 0, /* *value_r is the caller's reference */
	CACHE_LEAD = 1, /* the caller must load, and end with cache_land() */
	CACHE_FOLLOW = 2, /* another thread loads */
};

/* Find name.  On CACHE_LEAD and CACHE_FOLLOW the caller owns a reference to
 * the flight, to be given back by cache_flight_unref().  Returns an enum
 * cache_outcome or CACHE_E_NOMEM. */
int cache_begin(struct cache *cache, const char *name, void **value_r,
    struct cache_flight **flight_r);

/* The leader's end of a flight, exactly once: with code 0 load is kept and
 * handed to all who wait; with another code they get that.  Does not give back
 * the reference.  The leader alone says when, from any thread. */
void cache_land(struct cache_flight *flight, int code,
    const struct cache_load *load);

/* Wait until the flight has landed or CLOCK_MONOTONIC reads deadline
 * (milliseconds; CACHE_NO_DEADLINE: for ever).  Returns 0 with a reference for
 * the caller in *value_r, CACHE_TIMED_OUT, or the code it landed with. */
#define CACHE_NO_DEADLINE INT64_MAX
#define CACHE_TIMED_OUT 1
int cache_flight_wait(struct cache_flight *flight, int64_t deadline,
    void **value_r);

/* One more reference, for a second holder. */
struct cache_flight *cache_flight_ref(struct cache_flight *flight);
/* NULL is fine; clears the caller's pointer.  Flights may outlive the cache
 * once they have landed. */
void cache_flight_unref(struct cache_flight **flight);

/* Forget everything; what is being loaded still reaches those who wait, but is
 * not kept.  Returns how many values were held. */
size_t cache_flush(struct cache *cache);

void cache_stats(struct cache *cache, struct cache_stats *stats_r);

/*
 * For those who only look: nothing is counted, loaded or moved.  Values that are
 * too old, and names that are being loaded, are not seen.
 */
struct cache_sight {
	void *value; /* a reference of the caller's */
	bool negative;
	int64_t left; /* milliseconds until it is too old */
};

/* Returns whether name has a value. */
bool cache_peek(struct cache *cache, const char *name,
    struct cache_sight *sight_r);

/* Call with the name of each value: the names are copied shard by shard, and no
 * lock is held meanwhile.  Returns 0 or CACHE_E_NOMEM. */
int cache_names(struct cache *cache,
    void (*each)(void *context, const char *name), void *context);

#endif
