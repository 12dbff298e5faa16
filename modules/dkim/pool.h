/*
 * pool.h: signers and verifiers that wait for their next message.
 *
 * They keep buffers and OpenSSL contexts, which cost more to make than to
 * empty.  The pool lends each to one thread at a time, without a lock: a slot
 * is emptied and filled by atomic exchange.
 */
#ifndef DKIM_POOL_H
#define DKIM_POOL_H

#include <stdatomic.h>

#define POOL_KEPT 16 /* for so many threads at once; more make their own */

struct pool { /* { 0 } is an empty pool */
	_Atomic(void *) slots[POOL_KEPT];
};

/* An idle one, or NULL. */
void *pool_take(struct pool *pool);

/* Give one to the pool.  Returns NULL, or thing when there is no room: then
 * the caller frees it. */
void *pool_give(struct pool *pool, void *thing);

#endif
