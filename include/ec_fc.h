/*
 * ec_fc.h: a cache of counted entries, with a size and lifetimes.
 *
 * An entry is a structure of the module that begins with an ec_fc_entry_t:
 *
 *	struct privkey { ec_fc_entry_t entry; EVP_PKEY *pkey; };
 *
 * Life of an entry: ec_fc_entry_reset gives it no references; the module adds
 * one for itself (ec_fc_entry_addref), stores it (the cache adds its own) and
 * drops its own when it is done with it.  ec_fc_load gives one more, to
 * be dropped.  The destructor runs when the last one is dropped.
 *
 * When the cache is full, the entry that nobody asked for the longest goes.
 * Any thread; a large cache is cut into parts with a lock each, and a load
 * waits for nothing but other operations on its part.  Destructors run outside
 * all locks.  A cache must outlive the loads and stores on it, not its entries.
 */
#ifndef EC_FC_H
#define EC_FC_H

#include "ec_types.h"

typedef struct ec_fc_cache ec_fc_t;

typedef struct ec_fc_entry ec_fc_entry_t;
typedef void (*ec_fc_entry_dtor)(ec_fc_entry_t *entry);

struct ec_fc_entry { /* the host's */
	ec_atomic_t refcnt;
	ec_fc_entry_dtor dtor; /* of the cache it was stored in */
	ec_fc_t *cache; /* of the last store */
	u_int32_t hash; /* of its key there */
};

#define EC_FC_EXPIRE_NEVER 0xffffffffu

struct ec_fc_stat {
	char name[64];
	size_t capacity;
	size_t entries;
	u_int64_t loads;
	u_int64_t hits;
	u_int64_t misses;
	u_int64_t stores;
	u_int64_t forced; /* invalidated or purged */
	u_int64_t expired;
	u_int64_t displaced; /* the cache was full */
	/* additions */
	u_int64_t pending; /* loads that waited for what another was loading */
	u_int64_t seconds; /* that the cache is there; 0: less than one */
};

void ec_fc_init(void); /* the host did it */

/* `name` is shown by console commands; NULL makes one up.  n_entries is
 * rounded up to a power of two, `expire` counts seconds.  One reference. */
ec_fc_t *ec_fc_create(char *name, size_t n_entries, unsigned int expire,
    ec_fc_entry_dtor destroy_entry);
void ec_fc_delref(ec_fc_t *cache);
void ec_fc_destroy(ec_fc_t *cache); /* purge, then drop a reference */

/* An entry that was never stored has no destructor: its last delref gives it
 * back to the module as it is. */
void ec_fc_entry_reset(ec_fc_entry_t *entry);
void ec_fc_entry_addref(ec_fc_entry_t *entry);
void ec_fc_entry_delref(ec_fc_entry_t *entry);

/* A reference to the entry, or NULL: not there, or its time is over. */
ec_fc_entry_t *ec_fc_load(ec_fc_t *cache, const void *key,
    size_t key_length);
/* Put an entry in, in the place of an older one with that key.  0. */
int ec_fc_store(ec_fc_t *cache, ec_fc_entry_t *entry, const void *key,
    size_t key_length);
int ec_fc_store_expire(ec_fc_t *cache, ec_fc_entry_t *entry, const void *key,
    size_t key_length, unsigned int expire);
/* Take it out: 0, or -1 when it is not there. */
int ec_fc_invalidate_key(ec_fc_t *cache, const void *key, size_t key_length);
/* The same for a loaded entry; drops the caller's reference, too. */
int ec_fc_invalidate(ec_fc_entry_t *entry);
/* Take all out; gives how many there were. */
unsigned int ec_fc_purge(ec_fc_t *cache);

int ec_fc_set_expire(ec_fc_t *cache, unsigned int expire); /* 0 */
int ec_fc_set_capacity(ec_fc_t *cache, unsigned int capacity); /* 0 */
void ec_fc_stat(ec_fc_t *cache, struct ec_fc_stat *st);

/* A reference to the cache of that name, or NULL. */
ec_fc_t *ec_fc_caches_find(const char *name);
unsigned int ec_fc_caches_purge(void); /* all; gives how many caches */
/* Call `each` for all caches by name, until it gives nonzero. */
EC_ADDITION int ec_fc_caches_each(int (*each)(void *closure, ec_fc_t *cache),
    void *closure);

#endif
