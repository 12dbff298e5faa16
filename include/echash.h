/*
 * echash.h: a hash table with keys of any bytes.
 *
 * The table copies keys unless it is told how to free them, and never copies
 * data.  Not safe for threads that change it at the same time.
 */
#ifndef EC_HASH_H
#define EC_HASH_H

#include "ec_types.h"

typedef void (*ECHashFreeFunc)(void *);

typedef struct _ec_hash_bucket {
	const char *k;
	int klen;
	void *data;
	struct _ec_hash_bucket *next;
} ec_hash_bucket;

struct _ec_hash_table {
	u_int32_t sizeof_ec_hash_table;
	ec_hash_bucket **buckets;
	u_int32_t table_size; /* a power of two */
	u_int32_t initval; /* secret seed: keys may come from a peer */
	u_int32_t num_used_buckets;
	u_int32_t size; /* number of keys */
	unsigned dont_rebucket : 1;
	unsigned track_version : 1;
	unsigned _spare : 30;
	ec_atomic_t ref;
	ECHashFreeFunc key_free, data_free;
	ec_atomic_t version;
};

struct _ec_hash_iter {
	void *p2;
	int p1;
};

/*
 * A new table with one reference.  keyfree frees the keys that the caller
 * hands over in echash_store; with NULL the table keeps copies.  datafree may
 * be NULL.
 */
ec_hash_table *echash_create(ECHashFreeFunc keyfree, ECHashFreeFunc datafree);
void echash_delref(ec_hash_table *ht); /* the last one frees it all */

/* Use a table inside another structure. */
void echash_init(ec_hash_table *ht);
void echash_destroy(ec_hash_table *ht, ECHashFreeFunc keyfree,
    ECHashFreeFunc datafree);

/* klen is the number of bytes of the key. */
int echash_store(ec_hash_table *ht, const char *k, int klen, void *data);
/* 1 stored; 0 when the key was there already. */
int echash_replace(ec_hash_table *ht, const char *k, int klen, void *data,
    ECHashFreeFunc keyfree, ECHashFreeFunc datafree);
/* 1 with *data_r set, 0 not there. */
int echash_retrieve(ec_hash_table *ht, const char *k, int klen,
    void **data_r);
/* 1 removed, 0 not there.  _item frees as the table was told to. */
int echash_delete(ec_hash_table *ht, const char *k, int klen,
    ECHashFreeFunc keyfree, ECHashFreeFunc datafree);
int echash_delete_item(ec_hash_table *ht, const char *k, int klen);
void echash_delete_all(ec_hash_table *ht, ECHashFreeFunc keyfree,
    ECHashFreeFunc datafree);

/* Walk in no particular order, starting with a zeroed iterator: 1 with
 * key and data set, 0 at the end.  Do not change the table meanwhile. */
int echash_next(ec_hash_table *ht, ec_hash_iter *iter, const char **k_r,
    int *klen_r, void **data_r);

#endif
