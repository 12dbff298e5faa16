/*
 * keystore.h: private keys by path, read once and shared.
 *
 * A key that loads is kept for a while, so that a new file takes effect soon;
 * a key that does not is remembered with its reason, so that a broken one
 * costs no disk access for each message.  A file that is there but holds no
 * key may be one that somebody is writing this moment, in the place of a key
 * that was good: it is remembered for a second only.  Any thread may call.
 */
#ifndef KEYS_KEYSTORE_H
#define KEYS_KEYSTORE_H

#include "keys/cache.h"
#include "keys/keyfile.h"

#define KEYSTORE_DEFAULT_SIZE 2048
#define KEYSTORE_DEFAULT_POSITIVE 300 /* seconds */
#define KEYSTORE_DEFAULT_NEGATIVE 3600 /* seconds */
#define KEYSTORE_UNUSABLE 1 /* seconds a KEYFILE_UNUSABLE is kept at most */

struct keystore;

struct keystore_options {
	size_t size; /* keys kept, good and bad together */
	int64_t positive_lifetime; /* seconds a loaded key is kept */
	int64_t negative_lifetime; /* seconds before a failed load is tried again */
	unsigned keyfile_flags; /* KEYFILE_ALLOW_* */
	cache_clock *clock; /* default cache_clock_monotonic */
	void *clock_context;
};

void keystore_options_init(struct keystore_options *options);

/* Returns 0 or KEYFILE_E_NOMEM. */
int keystore_new(const struct keystore_options *options,
    struct keystore **store_r);
void keystore_free(struct keystore **store);

/* The key at path; the caller owns one reference in *key_r.  Returns as
 * keyfile_load(), with the same words for as long as a failure is remembered.
 * KEYFILE_E_IO and KEYFILE_E_NOMEM may pass by themselves and are not. */
int keystore_get(struct keystore *store, const char *path,
    struct seal_key **key_r, struct why *why_r);

/* Forget all keys; those in use live on with their users.  Returns how many
 * were held. */
size_t keystore_flush(struct keystore *store);

void keystore_stats(struct keystore *store, struct cache_stats *stats_r);

#endif
