/*
 * contexts_test.c: a pool lends each context to one borrower at a time, and
 * loses none.
 */
#include "fixture.h"

#include "dkim/contexts.h"

#include <pthread.h>
#include <stdlib.h>

static EVP_PKEY_CTX *
new_context(void)
{
	EVP_PKEY_CTX *ctx = EVP_PKEY_CTX_new_from_name(NULL, "ED25519", NULL);

	assert_non_null(ctx);
	return ctx;
}

static void
is_empty_at_first_and_lends_what_it_was_given(void **state)
{
	struct contexts pool = { { NULL } };
	EVP_PKEY_CTX *ctx = new_context();

	(void)state;
	assert_null(contexts_take(&pool));
	contexts_give(&pool, ctx);
	assert_ptr_equal(contexts_take(&pool), ctx);
	assert_null(contexts_take(&pool));
	contexts_give(&pool, ctx);
	contexts_deinit(&pool);
	assert_null(contexts_take(&pool));
}

/* What there is no room for is freed: a leak check sees it otherwise. */
static void
keeps_so_many_and_frees_the_others(void **state)
{
	struct contexts pool = { { NULL } };
	int kept = 0;

	(void)state;
	for (int i = 0; i < CONTEXTS_KEPT + 5; i++)
		contexts_give(&pool, new_context());
	for (EVP_PKEY_CTX *ctx; (ctx = contexts_take(&pool)) != NULL; kept++)
		EVP_PKEY_CTX_free(ctx);
	assert_int_equal(kept, CONTEXTS_KEPT);
	contexts_give(&pool, NULL); /* nothing */
	assert_null(contexts_take(&pool));
	contexts_deinit(&pool);
}

static struct contexts shared;

/* A context that two hold at once is seen by its mark. */
static void *
borrow(void *arg)
{
	uintptr_t ok = 1;

	(void)arg;
	for (int i = 0; i < 2000; i++) {
		EVP_PKEY_CTX *ctx = contexts_take(&shared);

		if (ctx == NULL)
			ctx = EVP_PKEY_CTX_new_from_name(NULL, "ED25519", NULL);
		if (ctx == NULL || EVP_PKEY_CTX_get_app_data(ctx) != NULL)
			ok = 0;
		EVP_PKEY_CTX_set_app_data(ctx, &ok);
		if (EVP_PKEY_CTX_get_app_data(ctx) != &ok)
			ok = 0;
		EVP_PKEY_CTX_set_app_data(ctx, NULL);
		contexts_give(&shared, ctx);
	}
	return (void *)ok;
}

static void
lends_each_to_one_thread_at_a_time(void **state)
{
	pthread_t threads[4];
	void *ok;

	(void)state;
	for (size_t i = 0; i < COUNT(threads); i++)
		assert_int_equal(pthread_create(&threads[i], NULL, borrow,
		    NULL), 0);
	for (size_t i = 0; i < COUNT(threads); i++) {
		assert_int_equal(pthread_join(threads[i], &ok), 0);
		assert_non_null(ok);
	}
	contexts_deinit(&shared);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(is_empty_at_first_and_lends_what_it_was_given),
		cmocka_unit_test(keeps_so_many_and_frees_the_others),
		cmocka_unit_test(lends_each_to_one_thread_at_a_time),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
