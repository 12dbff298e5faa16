/*
 * lookup.h: what modules have of the DNS, for commands beside dns_cache.
 */
#ifndef HOST_LOOKUP_H
#define HOST_LOOKUP_H

#include <stdint.h>

/* How many names the caches of all resolvers hold. */
uint64_t lookup_count_entries(void);

#endif
