/*
 * contexts.c: a few slots, exchanged atomically.
 */
#include "dkim/contexts.h"

EVP_PKEY_CTX *
contexts_take(struct contexts *pool)
{
	EVP_PKEY_CTX *ctx = NULL;

	for (int i = 0; i < CONTEXTS_KEPT && ctx == NULL; i++) {
		if (atomic_load_explicit(&pool->slots[i],
		    memory_order_relaxed) != NULL)
			ctx = atomic_exchange(&pool->slots[i], NULL);
	}
	return ctx;
}

void
contexts_give(struct contexts *pool, EVP_PKEY_CTX *ctx)
{
	EVP_PKEY_CTX *empty;

	for (int i = 0; i < CONTEXTS_KEPT && ctx != NULL; i++) {
		empty = NULL;
		if (atomic_compare_exchange_strong(&pool->slots[i], &empty, ctx))
			ctx = NULL;
	}
	EVP_PKEY_CTX_free(ctx);
}

void
contexts_deinit(struct contexts *pool)
{
	for (int i = 0; i < CONTEXTS_KEPT; i++)
		EVP_PKEY_CTX_free(atomic_exchange(&pool->slots[i], NULL));
}
