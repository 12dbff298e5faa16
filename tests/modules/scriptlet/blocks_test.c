/*
 * The small blocks of a Lua state.
 */
#include "scriptlet/blocks.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>

#include <string.h>

#define LARGEST (3 * BLOCKS_LARGEST)

static unsigned char *
filled(struct blocks *blocks, size_t size, unsigned char with)
{
	unsigned char *p = blocks_resize(blocks, NULL, 0, size);

	assert_non_null(p);
	assert_int_equal((uintptr_t)p % _Alignof(max_align_t), 0);
	memset(p, with, size);
	return p;
}

static void
is_filled(const unsigned char *p, size_t size, unsigned char with)
{
	for (size_t i = 0; i < size; i++)
		assert_int_equal(p[i], with);
}

static void
blocks_of_all_sizes_keep_apart(void **state)
{
	struct blocks blocks = { 0 };
	unsigned char *p[LARGEST + 1];

	(void)state;
	for (size_t size = 1; size <= LARGEST; size++)
		p[size] = filled(&blocks, size, (unsigned char)size);
	for (size_t size = 1; size <= LARGEST; size++) {
		is_filled(p[size], size, (unsigned char)size);
		assert_null(blocks_resize(&blocks, p[size], size, 0));
	}
	assert_null(blocks_resize(&blocks, NULL, 0, 0));
	blocks_deinit(&blocks);
}

static void
a_block_that_grows_or_shrinks_keeps_what_it_held(void **state)
{
	static const size_t sizes[] = { 1, 15, 16, 17, 32, BLOCKS_LARGEST - 1,
		BLOCKS_LARGEST, BLOCKS_LARGEST + 1, 100000 };
	const size_t count = sizeof(sizes) / sizeof(sizes[0]);
	struct blocks blocks = { 0 };

	(void)state;
	for (size_t i = 0; i < count * count; i++) {
		size_t had = sizes[i / count], size = sizes[i % count];
		unsigned char *p = filled(&blocks, had, 0xa5);

		p = blocks_resize(&blocks, p, had, size);
		assert_non_null(p);
		is_filled(p, had < size ? had : size, 0xa5);
		assert_null(blocks_resize(&blocks, p, size, 0));
	}
	blocks_deinit(&blocks);
}

static void
what_is_given_back_is_used_again(void **state)
{
	struct blocks blocks = { 0 };
	unsigned char *p[100];
	size_t bytes = 0;

	(void)state;
	for (unsigned round = 0; round < 1000; round++) {
		for (size_t i = 0; i < 100; i++)
			p[i] = filled(&blocks, 8 + i, (unsigned char)round);
		for (size_t i = 0; i < 100; i++)
			(void)blocks_resize(&blocks, p[i], 8 + i, 0);
		if (round == 0)
			bytes = blocks.bytes;
	}
	assert_int_equal(blocks.bytes, bytes);
	blocks_deinit(&blocks);
	assert_int_equal(blocks.bytes, 0);
}

#define MOST (1u << 20)
#define WANTED (MOST / BLOCKS_STEP) /* more than fit, of any size */

/* As many as there are, up to that.  Gives how many. */
static size_t
fill(struct blocks *blocks, void **p, size_t size)
{
	size_t n = 0;

	while (n < WANTED &&
	    (p[n] = blocks_resize(blocks, NULL, 0, size)) != NULL)
		n++;
	return n;
}

static void
give_back(struct blocks *blocks, void **p, size_t n, size_t size)
{
	while (n > 0)
		(void)blocks_resize(blocks, p[--n], size, 0);
}

/* What was given back waits for its own size, which is why sizes that come
 * after each other could take any number of times as much. */
static void
all_sizes_together_stay_below_the_limit(void **state)
{
	static void *p[WANTED];
	struct blocks blocks = { .most = MOST };
	size_t n;

	(void)state;
	for (size_t size = BLOCKS_STEP; size <= BLOCKS_LARGEST;
	    size += BLOCKS_STEP) {
		n = fill(&blocks, p, size);
		give_back(&blocks, p, n, size);
		assert_true(blocks.bytes <= MOST);
	}
	/* the first size is served as before, and large ones are */
	n = fill(&blocks, p, BLOCKS_STEP);
	assert_true(n > WANTED / 2);
	give_back(&blocks, p, n, BLOCKS_STEP);
	p[0] = filled(&blocks, LARGEST, 1);
	(void)blocks_resize(&blocks, p[0], LARGEST, 0);
	blocks_deinit(&blocks);
}

static void
a_block_shrinks_even_at_the_limit(void **state)
{
	static void *p[WANTED], *q[WANTED];
	struct blocks blocks = { .most = MOST };
	size_t n, m;
	unsigned char *large = filled(&blocks, LARGEST, 0x5a), *small;

	(void)state;
	small = filled(&blocks, 100, 0xa5);
	n = fill(&blocks, p, BLOCKS_LARGEST);
	m = fill(&blocks, q, BLOCKS_STEP);
	small = blocks_resize(&blocks, small, 100, 40);
	assert_non_null(small);
	is_filled(small, 40, 0xa5);
	large = blocks_resize(&blocks, large, LARGEST, 300);
	assert_non_null(large);
	is_filled(large, 300, 0x5a);
	/* given back, they are used again */
	(void)blocks_resize(&blocks, small, 40, 0);
	(void)blocks_resize(&blocks, large, 300, 0);
	(void)blocks_resize(&blocks, filled(&blocks, 33, 1), 33, 0);
	(void)blocks_resize(&blocks, filled(&blocks, 304, 1), 304, 0);
	give_back(&blocks, p, n, BLOCKS_LARGEST);
	give_back(&blocks, q, m, BLOCKS_STEP);
	blocks_deinit(&blocks);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(blocks_of_all_sizes_keep_apart),
		cmocka_unit_test(
		    a_block_that_grows_or_shrinks_keeps_what_it_held),
		cmocka_unit_test(what_is_given_back_is_used_again),
		cmocka_unit_test(all_sizes_together_stay_below_the_limit),
		cmocka_unit_test(a_block_shrinks_even_at_the_limit),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
