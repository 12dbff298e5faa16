/*
 * caches.h: all caches at one moment, whoever keeps them, by name.
 */
#ifndef HOST_CACHES_H
#define HOST_CACHES_H

#include "ec_fc.h"

#include <stddef.h>

struct cache_row {
	char *name;
	struct ec_fc_stat stat; /* its name is not set */
};

struct cache_view {
	struct cache_row *rows;
	size_t n, room;
};

/* Ask everybody.  No lock is held when it returns. */
void cache_view_init(struct cache_view *view);
void cache_view_deinit(struct cache_view *view);

/* NULL when there is none of that name; case matters. */
const struct cache_row *cache_view_find(const struct cache_view *view,
    const char *name);

#endif
