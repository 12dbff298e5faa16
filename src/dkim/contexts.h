/*
 * contexts.h: OpenSSL contexts of one key, made ready once and lent out.
 *
 * Making and initialising a context costs a good part of what an RSA
 * verification does.  A pool lends each to one thread at a time, without a
 * lock: a slot is emptied and filled by atomic exchange.
 */
#ifndef DKIM_CONTEXTS_H
#define DKIM_CONTEXTS_H

#include <openssl/evp.h>
#include <stdatomic.h>

#define CONTEXTS_KEPT 8 /* for so many threads at once; more make their own */

struct contexts { /* { 0 } is an empty pool */
	_Atomic(EVP_PKEY_CTX *) slots[CONTEXTS_KEPT];
};

/* A context from the pool, or NULL when none is idle. */
EVP_PKEY_CTX *contexts_take(struct contexts *pool);
/* Give a context to the pool, which frees what it has no room for. */
void contexts_give(struct contexts *pool, EVP_PKEY_CTX *ctx);
void contexts_deinit(struct contexts *pool);

#endif
