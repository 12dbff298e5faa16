/*
 * keystore.c: what a path stood for when it was last looked at, good or bad.
 */
#include "keys/keystore.h"

#include <stdatomic.h>
#include <stdlib.h>
#include <string.h>

struct keystore {
	struct cache *cache;
	unsigned keyfile_flags;
};

/* The value kept: a key, or the reason why there is none. */
struct stored {
	atomic_uint refs;
	int outcome; /* enum keyfile_outcome */
	struct seal_key *key; /* NULL unless outcome is 0 */
	char why[]; /* NUL-terminated, "" when outcome is 0 */
};

static struct stored *
stored_new(int outcome, struct seal_key *key, const char *why)
{
	size_t room = strlen(why) + 1;
	struct stored *stored = malloc(sizeof(*stored) + room);

	if (stored == NULL)
		return NULL;
	atomic_init(&stored->refs, 1);
	stored->outcome = outcome;
	stored->key = key;
	memcpy(stored->why, why, room);
	return stored;
}

static void *
stored_ref(void *value)
{
	struct stored *stored = value;

	atomic_fetch_add_explicit(&stored->refs, 1, memory_order_relaxed);
	return stored;
}

static void
stored_unref(void *value)
{
	struct stored *stored = value;

	if (atomic_fetch_sub_explicit(&stored->refs, 1,
	    memory_order_acq_rel) != 1)
		return;
	seal_key_unref(&stored->key);
	free(stored);
}

void
keystore_options_init(struct keystore_options *options)
{
	*options = (struct keystore_options){
		.size = KEYSTORE_DEFAULT_SIZE,
		.positive_lifetime = KEYSTORE_DEFAULT_POSITIVE,
		.negative_lifetime = KEYSTORE_DEFAULT_NEGATIVE,
		.clock = cache_clock_monotonic,
	};
}

int
keystore_new(const struct keystore_options *options, struct keystore **store_r)
{
	struct keystore *store = calloc(1, sizeof(*store));
	struct cache_options cache;

	*store_r = NULL;
	if (store == NULL)
		return KEYFILE_E_NOMEM;
	store->keyfile_flags = options->keyfile_flags;
	cache_options_init(&cache);
	cache.size = options->size;
	cache.positive_lifetime = options->positive_lifetime;
	cache.negative_lifetime = options->negative_lifetime;
	cache.clock = options->clock;
	cache.clock_context = options->clock_context;
	cache.ref = stored_ref;
	cache.unref = stored_unref;
	if (cache_new(&cache, &store->cache) != 0) {
		free(store);
		return KEYFILE_E_NOMEM;
	}
	*store_r = store;
	return 0;
}

void
keystore_free(struct keystore **store)
{
	if (*store == NULL)
		return;
	cache_free(&(*store)->cache);
	free(*store);
	*store = NULL;
}

static int
load_key(void *context, const char *path, struct cache_load *load_r)
{
	const struct keystore *store = context;
	struct seal_key *key = NULL;
	struct stored *stored;
	struct why why = { "" };
	int outcome = keyfile_load(path, store->keyfile_flags, &key, &why);

	if (outcome == KEYFILE_E_NOMEM)
		return KEYFILE_E_NOMEM;
	stored = stored_new(outcome, key, why.text);
	if (stored == NULL) {
		seal_key_unref(&key);
		return KEYFILE_E_NOMEM;
	}
	load_r->value = stored;
	load_r->negative = outcome != KEYFILE_OK;
	if (outcome == KEYFILE_E_IO)
		load_r->max_lifetime = 0;
	else if (outcome == KEYFILE_UNUSABLE)
		load_r->max_lifetime = KEYSTORE_UNUSABLE;
	return 0;
}

int
keystore_get(struct keystore *store, const char *path, struct seal_key **key_r,
    struct why *why_r)
{
	struct stored *stored;
	void *value;
	int ret = cache_get(store->cache, path, load_key, store, &value);

	*key_r = NULL;
	if (ret != 0) {
		why_set(why_r, "key file '%s': out of memory", path);
		return KEYFILE_E_NOMEM;
	}
	stored = value;
	ret = stored->outcome;
	if (ret == KEYFILE_OK)
		*key_r = seal_key_ref(stored->key);
	else
		why_set(why_r, "%s", stored->why);
	stored_unref(stored);
	return ret;
}

size_t
keystore_flush(struct keystore *store)
{
	return cache_flush(store->cache);
}

void
keystore_stats(struct keystore *store, struct cache_stats *stats_r)
{
	cache_stats(store->cache, stats_r);
}
