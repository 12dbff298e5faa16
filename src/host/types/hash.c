/*
 * hash.c: echash.h.
 *
 * Chains in a table that doubles when it holds as many keys as places.  Keys
 * may be chosen by a peer (header names, domains), so the hash is seeded
 * with a number that nobody outside knows.
 */
#include "echash.h"

#include "ec_atomic.h"
#include "host/types/alloc.h"
#include "host/types/hash.h"

#include <pthread.h>
#include <stdlib.h>
#include <string.h>
#include <sys/random.h>

#define HASH_FIRST_SIZE 16

static uint32_t seed;

static void
seed_init(void)
{
	if (getrandom(&seed, sizeof(seed), 0) != (ssize_t)sizeof(seed))
		seed = (uint32_t)(uintptr_t)&seed; /* ASLR: better than none */
}

uint32_t
hash_seed(void)
{
	static pthread_once_t once = PTHREAD_ONCE_INIT;

	(void)pthread_once(&once, seed_init);
	return seed;
}

/* FNV-1a over a secret start, then mixed so that low bits depend on all. */
uint32_t
hash_bytes(uint32_t start, const void *bytes, size_t n)
{
	const unsigned char *p = bytes;
	uint64_t h = 0xcbf29ce484222325u ^ ((uint64_t)start * 0x9e3779b97f4a7c15u);

	for (size_t i = 0; i < n; i++)
		h = (h ^ p[i]) * 0x100000001b3u;
	h ^= h >> 32;
	h *= 0xff51afd7ed558ccdu;
	return (uint32_t)(h >> 32);
}

void
echash_init(ec_hash_table *ht)
{
	memset(ht, 0, sizeof(*ht));
	ht->sizeof_ec_hash_table = (u_int32_t)sizeof(*ht);
	ht->initval = hash_seed();
	ht->ref = 1;
}

ec_hash_table *
echash_create(ECHashFreeFunc keyfree, ECHashFreeFunc datafree)
{
	ec_hash_table *ht = xmalloc(sizeof(*ht));

	echash_init(ht);
	ht->key_free = keyfree;
	ht->data_free = datafree;
	return ht;
}

static ec_hash_bucket **
place_of(const ec_hash_table *ht, const char *k, int klen)
{
	uint32_t h = hash_bytes(ht->initval, k, (size_t)klen);
	ec_hash_bucket **at = &ht->buckets[h & (ht->table_size - 1)];

	while (*at != NULL && ((*at)->klen != klen ||
	    memcmp((*at)->k, k, (size_t)klen) != 0))
		at = &(*at)->next;
	return at;
}

static void
resize(ec_hash_table *ht, uint32_t size)
{
	ec_hash_bucket **old = ht->buckets;
	uint32_t old_size = ht->table_size;

	ht->buckets = xcalloc(size, sizeof(*ht->buckets));
	ht->table_size = size;
	for (uint32_t i = 0; i < old_size; i++) {
		for (ec_hash_bucket *b = old[i], *next; b != NULL; b = next) {
			uint32_t h = hash_bytes(ht->initval, b->k,
			    (size_t)b->klen) & (size - 1);

			next = b->next;
			b->next = ht->buckets[h];
			ht->buckets[h] = b;
		}
	}
	free(old);
}

static void
key_drop(ec_hash_table *ht, ec_hash_bucket *b, ECHashFreeFunc keyfree)
{
	void *key = (void *)(uintptr_t)b->k;

	if (ht->key_free == NULL)
		free(key); /* our copy */
	else if (keyfree != NULL)
		keyfree(key);
}

int
echash_store(ec_hash_table *ht, const char *k, int klen, void *data)
{
	ec_hash_bucket **at, *b;

	if (klen < 0)
		return 0;
	if (ht->table_size == 0)
		resize(ht, HASH_FIRST_SIZE);
	else if (ht->size >= ht->table_size && ht->dont_rebucket == 0)
		resize(ht, ht->table_size * 2);
	at = place_of(ht, k, klen);
	if (*at != NULL)
		return 0;
	b = xmalloc(sizeof(*b));
	b->k = ht->key_free == NULL ? xstrndup(k, (size_t)klen) : k;
	b->klen = klen;
	b->data = data;
	b->next = NULL;
	*at = b;
	ht->size++;
	ht->version++;
	return 1;
}

int
echash_replace(ec_hash_table *ht, const char *k, int klen, void *data,
    ECHashFreeFunc keyfree, ECHashFreeFunc datafree)
{
	(void)echash_delete(ht, k, klen, keyfree, datafree);
	return echash_store(ht, k, klen, data);
}

int
echash_retrieve(ec_hash_table *ht, const char *k, int klen, void **data_r)
{
	ec_hash_bucket **at;

	if (ht->size == 0 || klen < 0)
		return 0;
	at = place_of(ht, k, klen);
	if (*at == NULL)
		return 0;
	if (data_r != NULL)
		*data_r = (*at)->data;
	return 1;
}

int
echash_delete(ec_hash_table *ht, const char *k, int klen,
    ECHashFreeFunc keyfree, ECHashFreeFunc datafree)
{
	ec_hash_bucket **at, *b;

	if (ht->size == 0 || klen < 0)
		return 0;
	at = place_of(ht, k, klen);
	b = *at;
	if (b == NULL)
		return 0;
	*at = b->next;
	ht->size--;
	ht->version++;
	key_drop(ht, b, keyfree);
	if (datafree != NULL && b->data != NULL)
		datafree(b->data);
	free(b);
	return 1;
}

int
echash_delete_item(ec_hash_table *ht, const char *k, int klen)
{
	return echash_delete(ht, k, klen, ht->key_free, ht->data_free);
}

void
echash_delete_all(ec_hash_table *ht, ECHashFreeFunc keyfree,
    ECHashFreeFunc datafree)
{
	for (uint32_t i = 0; i < ht->table_size; i++) {
		for (ec_hash_bucket *b = ht->buckets[i], *next; b != NULL;
		    b = next) {
			next = b->next;
			key_drop(ht, b, keyfree);
			if (datafree != NULL && b->data != NULL)
				datafree(b->data);
			free(b);
		}
		ht->buckets[i] = NULL;
	}
	ht->size = 0;
	ht->version++;
}

void
echash_destroy(ec_hash_table *ht, ECHashFreeFunc keyfree,
    ECHashFreeFunc datafree)
{
	echash_delete_all(ht, keyfree, datafree);
	free(ht->buckets);
	ht->buckets = NULL;
	ht->table_size = 0;
}

void
echash_delref(ec_hash_table *ht)
{
	if (ht == NULL || ec_atomic_dec(&ht->ref) > 0)
		return;
	echash_destroy(ht, ht->key_free, ht->data_free);
	free(ht);
}

int
echash_next(ec_hash_table *ht, ec_hash_iter *iter, const char **k_r,
    int *klen_r, void **data_r)
{
	ec_hash_bucket *b = iter->p2;

	/* p2 is the bucket to give, p1 the chain to look into after it */
	while (b == NULL && iter->p1 < (int)ht->table_size)
		b = ht->buckets[iter->p1++];
	if (b == NULL)
		return 0;
	iter->p2 = b->next;
	if (k_r != NULL)
		*k_r = b->k;
	if (klen_r != NULL)
		*klen_r = b->klen;
	if (data_r != NULL)
		*data_r = b->data;
	return 1;
}
