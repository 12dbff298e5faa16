/*
 * pool.c: a row of slots, each empty or holding an idle thing.
 */
#include "dkim/pool.h"

#include <stddef.h>

void *
pool_take(struct pool *pool)
{
	void *thing = NULL;

	for (size_t i = 0; i < POOL_KEPT && thing == NULL; i++) {
		/* a look before the exchange, which is dear */
		if (atomic_load_explicit(&pool->slots[i],
		    memory_order_relaxed) != NULL)
			thing = atomic_exchange_explicit(&pool->slots[i], NULL,
			    memory_order_acquire);
	}
	return thing;
}

void *
pool_give(struct pool *pool, void *thing)
{
	for (size_t i = 0; i < POOL_KEPT; i++) {
		void *empty = NULL;

		if (atomic_compare_exchange_strong_explicit(&pool->slots[i],
		    &empty, thing, memory_order_release, memory_order_relaxed))
			return NULL;
	}
	return thing;
}
