/*
 * cache.c: ec_fc.h.
 *
 * A cache has one part, or sixteen when it is large.  Each has a lock, a table
 * of chains, and a list of its slots from the latest used to the one that
 * goes next.  Slots that leave are collected while the lock is held and let go
 * after it: a destructor may use the cache again.
 */
#include "ec_fc.h"

#include "ec_atomic.h"
#include "host/types/alloc.h"
#include "host/types/clock.h"
#include "host/types/hash.h"

#include <pthread.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define PARTS 16
#define LEAST_FOR_PARTS 1024 /* below, one part keeps the order exact */
#define CAPACITY_MOST (1u << 24)
#define NEVER UINT64_MAX

struct slot {
	struct slot *chain; /* same place in the table; or the list to drop */
	struct slot *newer, *older;
	ec_fc_entry_t *entry;
	uint64_t expires; /* clock_seconds() at which it is gone */
	uint32_t hash;
	size_t key_length;
	unsigned char key[];
};

struct part {
	pthread_mutex_t lock; /* guards all below */
	struct slot **table;
	uint32_t table_size; /* a power of two */
	struct slot *newest, *oldest;
	size_t entries, capacity;
	uint64_t loads, hits, stores, forced, expired, displaced;
};

struct ec_fc_cache {
	struct ec_fc_cache *next; /* under caches_lock */
	ec_atomic_t refcnt;
	char name[64];
	_Atomic unsigned expire;
	uint64_t made; /* clock_seconds() */
	ec_fc_entry_dtor dtor;
	unsigned count; /* of parts */
	struct part parts[PARTS];
};

static pthread_mutex_t caches_lock = PTHREAD_MUTEX_INITIALIZER;
static struct ec_fc_cache *caches; /* by name */

void
ec_fc_init(void)
{
}

void
ec_fc_entry_reset(ec_fc_entry_t *entry)
{
	memset(entry, 0, sizeof(*entry));
}

void
ec_fc_entry_addref(ec_fc_entry_t *entry)
{
	(void)ec_atomic_inc(&entry->refcnt);
}

void
ec_fc_entry_delref(ec_fc_entry_t *entry)
{
	if (entry == NULL || ec_atomic_dec(&entry->refcnt) > 0)
		return;
	if (entry->dtor != NULL)
		entry->dtor(entry);
}

/* Drop what left a part.  No lock is held. */
static void
drop_all(struct slot *gone)
{
	for (struct slot *next; gone != NULL; gone = next) {
		next = gone->chain;
		ec_fc_entry_delref(gone->entry);
		free(gone);
	}
}

static void
list_take(struct part *part, struct slot *slot)
{
	if (slot->newer != NULL)
		slot->newer->older = slot->older;
	else
		part->newest = slot->older;
	if (slot->older != NULL)
		slot->older->newer = slot->newer;
	else
		part->oldest = slot->newer;
}

static void
list_put_first(struct part *part, struct slot *slot)
{
	slot->newer = NULL;
	slot->older = part->newest;
	if (part->newest != NULL)
		part->newest->newer = slot;
	else
		part->oldest = slot;
	part->newest = slot;
}

static struct slot **
chain_of(struct part *part, uint32_t hash)
{
	/* the low bits chose the part */
	return &part->table[(hash / PARTS) & (part->table_size - 1)];
}

static struct slot **
slot_find(struct part *part, uint32_t hash, const void *key, size_t n)
{
	struct slot **at = chain_of(part, hash);

	while (*at != NULL && ((*at)->hash != hash || (*at)->key_length != n ||
	    memcmp((*at)->key, key, n) != 0))
		at = &(*at)->chain;
	return at;
}

/* Take *at out of the part and put it on the list of what is to be dropped. */
static void
slot_take(struct part *part, struct slot **at, struct slot **gone)
{
	struct slot *slot = *at;

	*at = slot->chain;
	list_take(part, slot);
	part->entries--;
	slot->chain = *gone;
	*gone = slot;
}

static void
take_oldest(struct part *part, struct slot **gone)
{
	struct slot **at = chain_of(part, part->oldest->hash);

	while (*at != part->oldest)
		at = &(*at)->chain;
	slot_take(part, at, gone);
}

static void
part_trim(struct part *part, size_t capacity, struct slot **gone)
{
	while (part->entries > capacity) {
		part->displaced++;
		take_oldest(part, gone);
	}
}

static unsigned
power_of_two(size_t n)
{
	unsigned p = 1;

	while (p < n && p < CAPACITY_MOST)
		p *= 2;
	return p;
}

static void
caches_add(struct ec_fc_cache *cache)
{
	struct ec_fc_cache **at = &caches;

	(void)pthread_mutex_lock(&caches_lock);
	while (*at != NULL && strcmp((*at)->name, cache->name) <= 0)
		at = &(*at)->next;
	cache->next = *at;
	*at = cache;
	(void)pthread_mutex_unlock(&caches_lock);
}

ec_fc_t *
ec_fc_create(char *name, size_t n_entries, unsigned int expire,
    ec_fc_entry_dtor destroy_entry)
{
	unsigned capacity = power_of_two(n_entries);
	struct ec_fc_cache *cache = xcalloc(1, sizeof(*cache));

	cache->refcnt = 1;
	cache->expire = expire;
	cache->made = clock_seconds();
	cache->dtor = destroy_entry;
	cache->count = capacity >= LEAST_FOR_PARTS ? PARTS : 1;
	if (name != NULL)
		(void)snprintf(cache->name, sizeof(cache->name), "%s", name);
	else
		(void)snprintf(cache->name, sizeof(cache->name), "cache-%p",
		    (void *)cache);
	for (unsigned i = 0; i < cache->count; i++) {
		struct part *part = &cache->parts[i];

		(void)pthread_mutex_init(&part->lock, NULL);
		part->capacity = capacity / cache->count;
		part->table_size = power_of_two(part->capacity);
		part->table = xcalloc(part->table_size, sizeof(*part->table));
	}
	caches_add(cache);
	return cache;
}

static void
cache_unlist(struct ec_fc_cache *cache)
{
	for (struct ec_fc_cache **at = &caches; *at != NULL;
	    at = &(*at)->next) {
		if (*at == cache) {
			*at = cache->next;
			return;
		}
	}
}

void
ec_fc_delref(ec_fc_t *cache)
{
	bool last;

	if (cache == NULL)
		return;
	/* under the lock, so that nobody finds a cache that is going */
	(void)pthread_mutex_lock(&caches_lock);
	last = ec_atomic_dec(&cache->refcnt) == 0;
	if (last)
		cache_unlist(cache);
	(void)pthread_mutex_unlock(&caches_lock);
	if (!last)
		return;
	(void)ec_fc_purge(cache);
	for (unsigned i = 0; i < cache->count; i++) {
		free(cache->parts[i].table);
		(void)pthread_mutex_destroy(&cache->parts[i].lock);
	}
	free(cache);
}

void
ec_fc_destroy(ec_fc_t *cache)
{
	(void)ec_fc_purge(cache);
	ec_fc_delref(cache);
}

/* The part of a key, locked. */
static struct part *
part_enter(struct ec_fc_cache *cache, uint32_t hash)
{
	struct part *part = &cache->parts[hash & (cache->count - 1)];

	(void)pthread_mutex_lock(&part->lock);
	return part;
}

static void
part_leave(struct part *part, struct slot *gone)
{
	(void)pthread_mutex_unlock(&part->lock);
	drop_all(gone);
}

ec_fc_entry_t *
ec_fc_load(ec_fc_t *cache, const void *key, size_t key_length)
{
	uint32_t hash = hash_bytes(hash_seed(), key, key_length);
	struct part *part = part_enter(cache, hash);
	struct slot **at = slot_find(part, hash, key, key_length);
	struct slot *gone = NULL;
	ec_fc_entry_t *entry = NULL;

	part->loads++;
	if (*at != NULL && (*at)->expires <= clock_seconds()) {
		part->expired++;
		slot_take(part, at, &gone);
	} else if (*at != NULL) {
		struct slot *slot = *at;

		part->hits++;
		entry = slot->entry;
		ec_fc_entry_addref(entry);
		list_take(part, slot);
		list_put_first(part, slot);
	}
	part_leave(part, gone);
	return entry;
}

int
ec_fc_store_expire(ec_fc_t *cache, ec_fc_entry_t *entry, const void *key,
    size_t key_length, unsigned int expire)
{
	uint32_t hash = hash_bytes(hash_seed(), key, key_length);
	struct slot *slot = xmalloc(sizeof(*slot) + key_length);
	struct slot *gone = NULL, **at;
	struct part *part;

	ec_fc_entry_addref(entry);
	entry->dtor = cache->dtor;
	entry->cache = cache;
	entry->hash = hash;
	slot->entry = entry;
	slot->hash = hash;
	slot->expires = expire == EC_FC_EXPIRE_NEVER ? NEVER :
	    clock_seconds() + expire;
	slot->key_length = key_length;
	memcpy(slot->key, key, key_length);

	part = part_enter(cache, hash);
	part->stores++;
	at = slot_find(part, hash, key, key_length);
	if (*at != NULL)
		slot_take(part, at, &gone);
	part_trim(part, part->capacity - 1, &gone);
	at = chain_of(part, hash);
	slot->chain = *at;
	*at = slot;
	list_put_first(part, slot);
	part->entries++;
	part_leave(part, gone);
	return 0;
}

int
ec_fc_store(ec_fc_t *cache, ec_fc_entry_t *entry, const void *key,
    size_t key_length)
{
	return ec_fc_store_expire(cache, entry, key, key_length,
	    cache->expire);
}

int
ec_fc_invalidate_key(ec_fc_t *cache, const void *key, size_t key_length)
{
	uint32_t hash = hash_bytes(hash_seed(), key, key_length);
	struct part *part = part_enter(cache, hash);
	struct slot **at = slot_find(part, hash, key, key_length);
	struct slot *gone = NULL;
	int ret = -1;

	if (*at != NULL) {
		part->forced++;
		slot_take(part, at, &gone);
		ret = 0;
	}
	part_leave(part, gone);
	return ret;
}

int
ec_fc_invalidate(ec_fc_entry_t *entry)
{
	struct slot *gone = NULL, **at;
	struct part *part;

	if (entry->cache == NULL)
		return -1;
	part = part_enter(entry->cache, entry->hash);
	at = chain_of(part, entry->hash);
	while (*at != NULL && (*at)->entry != entry)
		at = &(*at)->chain;
	if (*at != NULL) {
		part->forced++;
		slot_take(part, at, &gone);
	}
	part_leave(part, gone);
	ec_fc_entry_delref(entry);
	return 0;
}

unsigned int
ec_fc_purge(ec_fc_t *cache)
{
	unsigned purged = 0;

	for (unsigned i = 0; i < cache->count; i++) {
		struct part *part = part_enter(cache, i);
		struct slot *gone = NULL;

		while (part->oldest != NULL) {
			purged++;
			part->forced++;
			take_oldest(part, &gone);
		}
		part_leave(part, gone);
	}
	return purged;
}

int
ec_fc_set_expire(ec_fc_t *cache, unsigned int expire)
{
	cache->expire = expire;
	return 0;
}

int
ec_fc_set_capacity(ec_fc_t *cache, unsigned int capacity)
{
	size_t each = power_of_two(capacity) / cache->count;

	for (unsigned i = 0; i < cache->count; i++) {
		struct part *part = part_enter(cache, i);
		struct slot *gone = NULL;

		part->capacity = each > 0 ? each : 1;
		part_trim(part, part->capacity, &gone);
		part_leave(part, gone);
	}
	return 0;
}

void
ec_fc_stat(ec_fc_t *cache, struct ec_fc_stat *st)
{
	memset(st, 0, sizeof(*st));
	memcpy(st->name, cache->name, sizeof(st->name));
	for (unsigned i = 0; i < cache->count; i++) {
		struct part *part = part_enter(cache, i);

		st->capacity += part->capacity;
		st->entries += part->entries;
		st->loads += part->loads;
		st->hits += part->hits;
		st->stores += part->stores;
		st->forced += part->forced;
		st->expired += part->expired;
		st->displaced += part->displaced;
		part_leave(part, NULL);
	}
	st->misses = st->loads - st->hits;
	st->seconds = clock_seconds() - cache->made;
}

ec_fc_t *
ec_fc_caches_find(const char *name)
{
	struct ec_fc_cache *cache;

	(void)pthread_mutex_lock(&caches_lock);
	for (cache = caches; cache != NULL; cache = cache->next) {
		if (strcmp(cache->name, name) == 0) {
			(void)ec_atomic_inc(&cache->refcnt);
			break;
		}
	}
	(void)pthread_mutex_unlock(&caches_lock);
	return cache;
}

/* All caches at this moment, with a reference each; the caller frees. */
static struct ec_fc_cache **
caches_snapshot(size_t *count_r)
{
	struct ec_fc_cache **all;
	size_t n = 0;

	(void)pthread_mutex_lock(&caches_lock);
	for (struct ec_fc_cache *c = caches; c != NULL; c = c->next)
		n++;
	all = xcalloc(n, sizeof(struct ec_fc_cache *));
	n = 0;
	for (struct ec_fc_cache *c = caches; c != NULL; c = c->next) {
		(void)ec_atomic_inc(&c->refcnt);
		all[n++] = c;
	}
	(void)pthread_mutex_unlock(&caches_lock);
	*count_r = n;
	return all;
}

int
ec_fc_caches_each(int (*each)(void *closure, ec_fc_t *cache), void *closure)
{
	size_t count;
	struct ec_fc_cache **all = caches_snapshot(&count);
	int ret = 0;

	for (size_t i = 0; i < count; i++) {
		if (ret == 0)
			ret = each(closure, all[i]);
		ec_fc_delref(all[i]);
	}
	free(all);
	return ret;
}

static int
purge_one(void *closure, ec_fc_t *cache)
{
	unsigned *count = closure;

	(void)ec_fc_purge(cache);
	(*count)++;
	return 0;
}

unsigned int
ec_fc_caches_purge(void)
{
	unsigned count = 0;

	(void)ec_fc_caches_each(purge_one, &count);
	return count;
}
