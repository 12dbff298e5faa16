/*
 * shard.c: threads take shards in turn, with their first count.
 */
#include "host/stats/shard.h"

#include <stdatomic.h>

static atomic_uint threads_seen;
static _Thread_local unsigned mine; /* plus 1; 0: none yet */

unsigned
shard_here(void)
{
	if (mine == 0)
		mine = atomic_fetch_add_explicit(&threads_seen, 1,
		    memory_order_relaxed) % SHARDS + 1;
	return mine - 1;
}
