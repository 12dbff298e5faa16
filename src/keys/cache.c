/*
 * cache.c: shards of hash chains and a line of the latest use.
 *
 * A name that is being loaded has an entry without a value, which points at
 * the flight; it stands in its chain so that others find it, but not in the
 * line of use, so that it cannot be evicted.
 *
 * Who guards what:
 *   shard->lock   the shard's chains, line of use, counters and entries, and
 *                 the entry pointer of their flights
 *   flight->lock  whether and how the flight has landed
 *   cache->held   atomic; the limit holds over all shards together
 * A thread that holds a flight's lock takes no other.  Values are released
 * with no lock held, for the last reference to a key takes long to free.
 */
#include "keys/cache.h"

#include "keys/hash.h"

#include <errno.h>
#include <pthread.h>
#include <stdatomic.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#define SHARDS_LARGE 16
#define SIZE_LARGE 256 /* from here on many shards */
#define CACHE_LINE 64

struct cache_entry {
	struct cache_entry *next; /* in the chain */
	struct cache_entry *newer, *older; /* in the line of use */
	uint64_t hash;
	struct cache_flight *flight; /* not NULL: being loaded, no value yet */
	void *value;
	bool negative;
	int64_t expires; /* milliseconds of the cache's clock */
	char name[];
};

struct shard {
	_Alignas(CACHE_LINE) pthread_mutex_t lock;
	struct cache_entry **chains;
	size_t mask; /* number of chains, a power of two, less one */
	struct cache_entry *newest, *oldest;
	struct cache_stats stats;
};

struct cache {
	struct cache_options options;
	uint64_t seed;
	size_t n_shards; /* a power of two */
	atomic_size_t held; /* values in all shards */
	int64_t made; /* cache_clock_monotonic() */
	struct shard *shards;
};

struct cache_flight {
	atomic_uint refs;
	struct cache *cache; /* valid until landed */
	struct shard *shard; /* the same */
	struct cache_entry *entry; /* NULL when flushed */
	void *(*ref)(void *value);
	void (*unref)(void *value);
	pthread_mutex_t lock;
	pthread_cond_t landing;
	bool landed;
	int code;
	void *value;
};

int64_t
cache_clock_monotonic(void *context)
{
	struct timespec now;

	(void)context;
	clock_gettime(CLOCK_MONOTONIC, &now);
	return (int64_t)now.tv_sec * 1000 + now.tv_nsec / 1000000;
}

void
cache_options_init(struct cache_options *options)
{
	*options = (struct cache_options){
		.size = 2048,
		.positive_lifetime = 300,
		.negative_lifetime = 3600,
		.clock = cache_clock_monotonic,
	};
}

/*
 * Flights.
 */
static struct cache_flight *
flight_new(struct cache *cache, struct shard *shard, struct cache_entry *entry)
{
	struct cache_flight *flight = calloc(1, sizeof(*flight));
	pthread_condattr_t attributes;

	if (flight == NULL)
		return NULL;
	atomic_init(&flight->refs, 1);
	flight->cache = cache;
	flight->shard = shard;
	flight->entry = entry;
	flight->ref = cache->options.ref;
	flight->unref = cache->options.unref;
	pthread_mutex_init(&flight->lock, NULL);
	pthread_condattr_init(&attributes);
	pthread_condattr_setclock(&attributes, CLOCK_MONOTONIC);
	pthread_cond_init(&flight->landing, &attributes);
	pthread_condattr_destroy(&attributes);
	return flight;
}

struct cache_flight *
cache_flight_ref(struct cache_flight *flight)
{
	atomic_fetch_add_explicit(&flight->refs, 1, memory_order_relaxed);
	return flight;
}

void
cache_flight_unref(struct cache_flight **flight)
{
	struct cache_flight *f = *flight;

	*flight = NULL;
	if (f == NULL || atomic_fetch_sub_explicit(&f->refs, 1,
	    memory_order_acq_rel) != 1)
		return;
	if (f->value != NULL)
		f->unref(f->value);
	pthread_cond_destroy(&f->landing);
	pthread_mutex_destroy(&f->lock);
	free(f);
}

/* Takes over the reference to value, which is NULL unless code is 0. */
static void
flight_land(struct cache_flight *flight, int code, void *value)
{
	pthread_mutex_lock(&flight->lock);
	flight->landed = true;
	flight->code = code;
	flight->value = value;
	pthread_cond_broadcast(&flight->landing);
	pthread_mutex_unlock(&flight->lock);
}

int
cache_flight_wait(struct cache_flight *flight, int64_t deadline, void **value_r)
{
	struct timespec until = {
		.tv_sec = (time_t)(deadline / 1000),
		.tv_nsec = (long)(deadline % 1000) * 1000000,
	};
	int ret = 0;

	*value_r = NULL;
	pthread_mutex_lock(&flight->lock);
	while (!flight->landed && ret != ETIMEDOUT) {
		if (deadline == CACHE_NO_DEADLINE)
			pthread_cond_wait(&flight->landing, &flight->lock);
		else
			ret = pthread_cond_timedwait(&flight->landing,
			    &flight->lock, &until);
	}
	if (!flight->landed)
		ret = CACHE_TIMED_OUT;
	else
		ret = flight->code;
	if (ret == 0)
		*value_r = flight->ref(flight->value);
	pthread_mutex_unlock(&flight->lock);
	return ret;
}

/*
 * One shard; its lock is held.
 */
static void
line_add(struct shard *shard, struct cache_entry *entry)
{
	entry->newer = NULL;
	entry->older = shard->newest;
	if (shard->newest != NULL)
		shard->newest->newer = entry;
	else
		shard->oldest = entry;
	shard->newest = entry;
}

static void
line_remove(struct shard *shard, struct cache_entry *entry)
{
	if (entry->newer != NULL)
		entry->newer->older = entry->older;
	else
		shard->newest = entry->older;
	if (entry->older != NULL)
		entry->older->newer = entry->newer;
	else
		shard->oldest = entry->newer;
}

static struct cache_entry **
chain_of(struct shard *shard, uint64_t hash)
{
	/* the low bits chose the shard */
	return &shard->chains[(hash >> 32) & shard->mask];
}

static struct cache_entry *
chain_find(struct shard *shard, uint64_t hash, const char *name)
{
	struct cache_entry *entry = *chain_of(shard, hash);

	while (entry != NULL &&
	    (entry->hash != hash || strcmp(entry->name, name) != 0))
		entry = entry->next;
	return entry;
}

static void
chain_remove(struct shard *shard, struct cache_entry *entry)
{
	struct cache_entry **at = chain_of(shard, entry->hash);

	while (*at != entry)
		at = &(*at)->next;
	*at = entry->next;
}

/* Take the value out of an entry, which is then being loaded or removed. */
static void *
take_value(struct cache *cache, struct shard *shard, struct cache_entry *entry)
{
	void *value = entry->value;

	line_remove(shard, entry);
	entry->value = NULL;
	shard->stats.size--;
	atomic_fetch_sub_explicit(&cache->held, 1, memory_order_relaxed);
	return value;
}

/* Remove the least recently used entry but not the one to keep.  Returns its
 * value for the caller to release, or NULL when there is none to remove. */
static void *
evict_from(struct cache *cache, struct shard *shard,
    const struct cache_entry *keep)
{
	struct cache_entry *entry = shard->oldest;
	void *value;

	if (entry == NULL || entry == keep)
		return NULL;
	value = take_value(cache, shard, entry);
	chain_remove(shard, entry);
	free(entry);
	shard->stats.evictions++;
	return value;
}

/* Over the limit, and the shard held nothing but the newcomer. */
static void *
evict_elsewhere(struct cache *cache, const struct shard *not_here)
{
	struct shard *shard;
	void *value = NULL;
	size_t i;

	for (i = 0; i < cache->n_shards && value == NULL; i++) {
		shard = &cache->shards[i];
		if (shard == not_here)
			continue;
		pthread_mutex_lock(&shard->lock);
		value = evict_from(cache, shard, NULL);
		pthread_mutex_unlock(&shard->lock);
	}
	return value;
}

/*
 * The cache.
 */
static size_t
round_up_to_power(size_t n)
{
	size_t power = 1;

	while (power < n && power <= SIZE_MAX / 4)
		power *= 2;
	return power;
}

static int
shard_init(struct shard *shard, size_t n_chains)
{
	*shard = (struct shard){ .mask = n_chains - 1 };
	shard->chains = calloc(n_chains, sizeof(struct cache_entry *));
	if (shard->chains == NULL)
		return CACHE_E_NOMEM;
	pthread_mutex_init(&shard->lock, NULL);
	return 0;
}

static size_t
choose_shards(const struct cache_options *options)
{
	size_t n = options->shards;

	if (n == 0)
		n = options->size >= SIZE_LARGE ? SHARDS_LARGE : 1;
	return round_up_to_power(n < CACHE_MAX_SHARDS ? n : CACHE_MAX_SHARDS);
}

int
cache_new(const struct cache_options *options, struct cache **cache_r)
{
	struct cache *cache = calloc(1, sizeof(*cache));
	size_t n_shards = choose_shards(options), n_chains;

	*cache_r = NULL;
	if (cache == NULL)
		return CACHE_E_NOMEM;
	cache->options = *options;
	if (cache->options.size == 0)
		cache->options.size = 1;
	if (cache->options.clock == NULL)
		cache->options.clock = cache_clock_monotonic;
	cache->seed = hash_seed();
	cache->made = cache_clock_monotonic(NULL);
	cache->shards = aligned_alloc(CACHE_LINE,
	    n_shards * sizeof(struct shard));
	n_chains = round_up_to_power(cache->options.size / n_shards + 1);
	while (cache->shards != NULL && cache->n_shards < n_shards) {
		if (shard_init(&cache->shards[cache->n_shards], n_chains) != 0)
			break;
		cache->n_shards++;
	}
	if (cache->n_shards < n_shards) {
		cache_free(&cache);
		return CACHE_E_NOMEM;
	}
	*cache_r = cache;
	return 0;
}

void
cache_free(struct cache **cache)
{
	struct cache *c = *cache;
	size_t i;

	if (c == NULL)
		return;
	*cache = NULL;
	cache_flush(c);
	for (i = 0; i < c->n_shards; i++) {
		pthread_mutex_destroy(&c->shards[i].lock);
		free(c->shards[i].chains);
	}
	free(c->shards);
	free(c);
}

/* A new name, or one whose value was taken out: load it. */
static int
begin_load(struct cache *cache, struct shard *shard, struct cache_entry *entry,
    uint64_t hash, const char *name, struct cache_flight **flight_r)
{
	size_t room = strlen(name) + 1;
	struct cache_flight *flight = NULL;
	struct cache_entry *fresh = NULL;

	if (entry == NULL)
		entry = fresh = calloc(1, sizeof(*entry) + room);
	if (entry != NULL)
		flight = flight_new(cache, shard, entry);
	if (flight == NULL) {
		free(fresh);
		return CACHE_E_NOMEM;
	}
	if (fresh != NULL) {
		memcpy(fresh->name, name, room);
		fresh->hash = hash;
		fresh->next = *chain_of(shard, hash);
		*chain_of(shard, hash) = fresh;
	}
	entry->flight = flight;
	shard->stats.loads++;
	*flight_r = flight;
	return CACHE_LEAD;
}

/* The shard's lock is held.  *old_r gets a value to release after it. */
static int
begin_locked(struct cache *cache, struct shard *shard, uint64_t hash,
    const char *name, int64_t now, void **value_r, void **old_r,
    struct cache_flight **flight_r)
{
	struct cache_entry *entry = chain_find(shard, hash, name);
	int ret;

	if (entry != NULL && entry->flight == NULL && now < entry->expires) {
		if (entry != shard->newest) {
			line_remove(shard, entry);
			line_add(shard, entry);
		}
		if (entry->negative)
			shard->stats.negative_hits++;
		else
			shard->stats.hits++;
		*value_r = cache->options.ref(entry->value);
		return CACHE_HIT;
	}
	shard->stats.misses++;
	if (entry != NULL && entry->flight != NULL) {
		*flight_r = cache_flight_ref(entry->flight);
		return CACHE_FOLLOW;
	}
	if (entry != NULL) {
		*old_r = take_value(cache, shard, entry);
		shard->stats.expired++;
	}
	ret = begin_load(cache, shard, entry, hash, name, flight_r);
	if (ret < 0 && entry != NULL) {
		chain_remove(shard, entry);
		free(entry);
	}
	return ret;
}

int
cache_begin(struct cache *cache, const char *name, void **value_r,
    struct cache_flight **flight_r)
{
	uint64_t hash = hash_bytes(cache->seed, name, strlen(name));
	struct shard *shard = &cache->shards[hash & (cache->n_shards - 1)];
	int64_t now = cache->options.clock(cache->options.clock_context);
	void *old = NULL;
	int ret;

	*value_r = NULL;
	*flight_r = NULL;
	pthread_mutex_lock(&shard->lock);
	ret = begin_locked(cache, shard, hash, name, now, value_r, &old,
	    flight_r);
	pthread_mutex_unlock(&shard->lock);
	if (old != NULL)
		cache->options.unref(old);
	return ret;
}

/* When a value that comes now will be too old; now itself: do not keep it. */
static int64_t
expiry(const struct cache *cache, const struct cache_load *load, int64_t now)
{
	int64_t lifetime = load->negative ? cache->options.negative_lifetime
					  : cache->options.positive_lifetime;

	if (lifetime > load->max_lifetime)
		lifetime = load->max_lifetime;
	if (lifetime <= 0)
		return now;
	if (lifetime > (INT64_MAX - now) / 1000)
		return INT64_MAX;
	return now + lifetime * 1000;
}

/* The shard's lock is held.  Returns a value to release, or NULL;
 * *elsewhere_r tells that one must be evicted from another shard. */
static void *
keep_value(struct cache *cache, struct shard *shard, struct cache_entry *entry,
    const struct cache_load *load, int64_t expires, bool *elsewhere_r)
{
	void *evicted = NULL;

	entry->value = cache->options.ref(load->value);
	entry->negative = load->negative;
	entry->expires = expires;
	line_add(shard, entry);
	shard->stats.size++;
	shard->stats.stores++;
	if (atomic_fetch_add_explicit(&cache->held, 1,
	    memory_order_relaxed) >= cache->options.size) {
		evicted = evict_from(cache, shard, entry);
		*elsewhere_r = evicted == NULL;
	}
	return evicted;
}

void
cache_land(struct cache_flight *flight, int code, const struct cache_load *load)
{
	struct cache *cache = flight->cache;
	struct shard *shard = flight->shard;
	struct cache_entry *entry;
	int64_t now = cache->options.clock(cache->options.clock_context);
	int64_t expires = code == 0 ? expiry(cache, load, now) : now;
	bool elsewhere = false;
	void *old = NULL;

	pthread_mutex_lock(&shard->lock);
	entry = flight->entry;
	flight->entry = NULL;
	if (entry != NULL)
		entry->flight = NULL;
	if (entry != NULL && expires > now) {
		old = keep_value(cache, shard, entry, load, expires,
		    &elsewhere);
	} else if (entry != NULL) {
		chain_remove(shard, entry);
		free(entry);
	}
	pthread_mutex_unlock(&shard->lock);

	if (elsewhere)
		old = evict_elsewhere(cache, shard);
	if (old != NULL)
		cache->options.unref(old);
	/* last: the cache may be freed from here on */
	flight_land(flight, code, code == 0 ? load->value : NULL);
}

int
cache_get(struct cache *cache, const char *name, cache_loader *loader,
    void *context, void **value_r)
{
	struct cache_flight *flight;
	struct cache_load load = { .max_lifetime = CACHE_NO_MAX_LIFETIME };
	int ret = cache_begin(cache, name, value_r, &flight);

	if (ret == CACHE_HIT || ret < 0)
		return ret;
	if (ret == CACHE_LEAD) {
		ret = loader(context, name, &load);
		cache_land(flight, ret, &load);
	}
	ret = cache_flight_wait(flight, CACHE_NO_DEADLINE, value_r);
	cache_flight_unref(&flight);
	return ret;
}

/* Take everything off a shard.  Entries that were being loaded are freed,
 * the others returned in a list through next. */
static struct cache_entry *
flush_shard(struct cache *cache, struct shard *shard)
{
	struct cache_entry *list = NULL, *entry, *next;
	size_t i;

	for (i = 0; i <= shard->mask; i++) {
		for (entry = shard->chains[i]; entry != NULL; entry = next) {
			next = entry->next;
			if (entry->flight != NULL) {
				entry->flight->entry = NULL;
				free(entry);
				continue;
			}
			entry->next = list;
			list = entry;
		}
		shard->chains[i] = NULL;
	}
	atomic_fetch_sub_explicit(&cache->held, shard->stats.size,
	    memory_order_relaxed);
	shard->newest = shard->oldest = NULL;
	shard->stats.forced += shard->stats.size;
	shard->stats.size = 0;
	return list;
}

size_t
cache_flush(struct cache *cache)
{
	struct cache_entry *list, *next;
	size_t n = 0, i;

	for (i = 0; i < cache->n_shards; i++) {
		pthread_mutex_lock(&cache->shards[i].lock);
		list = flush_shard(cache, &cache->shards[i]);
		pthread_mutex_unlock(&cache->shards[i].lock);
		for (; list != NULL; list = next, n++) {
			next = list->next;
			cache->options.unref(list->value);
			free(list);
		}
	}
	return n;
}

void
cache_stats(struct cache *cache, struct cache_stats *stats_r)
{
	struct cache_stats one;
	size_t i;

	*stats_r = (struct cache_stats){ 0 };
	for (i = 0; i < cache->n_shards; i++) {
		pthread_mutex_lock(&cache->shards[i].lock);
		one = cache->shards[i].stats;
		pthread_mutex_unlock(&cache->shards[i].lock);
		stats_r->hits += one.hits;
		stats_r->negative_hits += one.negative_hits;
		stats_r->misses += one.misses;
		stats_r->loads += one.loads;
		stats_r->evictions += one.evictions;
		stats_r->size += one.size;
		stats_r->stores += one.stores;
		stats_r->expired += one.expired;
		stats_r->forced += one.forced;
	}
	stats_r->capacity = cache->options.size;
	stats_r->age = (cache_clock_monotonic(NULL) - cache->made) / 1000;
}

/*
 * Looking.
 */
bool
cache_peek(struct cache *cache, const char *name, struct cache_sight *sight_r)
{
	uint64_t hash = hash_bytes(cache->seed, name, strlen(name));
	struct shard *shard = &cache->shards[hash & (cache->n_shards - 1)];
	int64_t now = cache->options.clock(cache->options.clock_context);
	struct cache_entry *entry;
	bool found;

	*sight_r = (struct cache_sight){ .value = NULL };
	pthread_mutex_lock(&shard->lock);
	entry = chain_find(shard, hash, name);
	found = entry != NULL && entry->flight == NULL && now < entry->expires;
	if (found) {
		sight_r->value = cache->options.ref(entry->value);
		sight_r->negative = entry->negative;
		sight_r->left = entry->expires - now;
	}
	pthread_mutex_unlock(&shard->lock);
	return found;
}

/* The names of a shard, one after the other with a NUL each.  Its lock is held
 * for the copy; the room was got before, for as many octets as there were. */
static size_t
copy_names(struct shard *shard, int64_t now, char *to, size_t room)
{
	size_t at = 0, n;

	pthread_mutex_lock(&shard->lock);
	for (struct cache_entry *entry = shard->newest; entry != NULL;
	    entry = entry->older) {
		n = strlen(entry->name) + 1;
		if (now < entry->expires && n <= room - at) {
			memcpy(to + at, entry->name, n);
			at += n;
		}
	}
	pthread_mutex_unlock(&shard->lock);
	return at;
}

static size_t
names_size(struct shard *shard)
{
	size_t octets = 0;

	pthread_mutex_lock(&shard->lock);
	for (struct cache_entry *entry = shard->newest; entry != NULL;
	    entry = entry->older)
		octets += strlen(entry->name) + 1;
	pthread_mutex_unlock(&shard->lock);
	return octets;
}

int
cache_names(struct cache *cache, void (*each)(void *context, const char *name),
    void *context)
{
	int64_t now = cache->options.clock(cache->options.clock_context);
	size_t i, at, n, room;
	char *names;

	for (i = 0; i < cache->n_shards; i++) {
		room = names_size(&cache->shards[i]);
		names = malloc(room + 1);
		if (names == NULL)
			return CACHE_E_NOMEM;
		n = copy_names(&cache->shards[i], now, names, room);
		for (at = 0; at < n; at += strlen(names + at) + 1)
			each(context, names + at);
		free(names);
	}
	return 0;
}
