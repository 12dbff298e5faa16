/*
 * arena_test.c: what an arena hands out stays put until the reset, is aligned,
 * and a size that cannot be is refused.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include "base/arena.h"

static void
keeps_what_it_gave_across_many_blocks(void **state)
{
	enum { PIECES = 500 };
	struct arena arena = { 0 };
	unsigned char *pieces[PIECES];

	(void)state;
	for (size_t i = 0; i < PIECES; i++) {
		pieces[i] = arena_bytes(&arena, i);
		assert_non_null(pieces[i]);
		memset(pieces[i], (int)(i & 0xff), i);
	}
	for (size_t i = 0; i < PIECES; i++) {
		for (size_t k = 0; k < i; k++)
			assert_int_equal(pieces[i][k], i & 0xff);
	}
	arena_deinit(&arena);
}

static void
aligns_objects_after_odd_text(void **state)
{
	struct arena arena = { 0 };

	(void)state;
	for (size_t n = 0; n < 40; n++) {
		void *p;

		assert_non_null(arena_bytes(&arena, n));
		p = arena_alloc(&arena, sizeof(max_align_t));
		assert_non_null(p);
		assert_int_equal((uintptr_t)p % _Alignof(max_align_t), 0);
	}
	arena_deinit(&arena);
}

static void
zeroes_arrays_even_in_used_memory(void **state)
{
	struct arena arena = { 0 };
	unsigned char *p = arena_bytes(&arena, 4096);
	const int *numbers;

	(void)state;
	memset(p, 0xff, 4096);
	arena_reset(&arena);
	numbers = arena_calloc(&arena, 256, sizeof(int));
	assert_non_null(numbers);
	for (size_t i = 0; i < 256; i++)
		assert_int_equal(numbers[i], 0);
	arena_deinit(&arena);
}

static void
refuses_sizes_that_overflow(void **state)
{
	struct arena arena = { 0 };

	(void)state;
	assert_null(arena_calloc(&arena, SIZE_MAX / 2, 3));
	assert_null(arena_bytes(&arena, SIZE_MAX));
	assert_null(arena_alloc(&arena, SIZE_MAX));
	assert_null(arena_text(&arena, span_of(NULL, SIZE_MAX)));
	assert_non_null(arena_bytes(&arena, 1)); /* and goes on working */
	arena_deinit(&arena);
}

static void
serves_a_request_larger_than_a_block(void **state)
{
	enum { LARGE = 1024 * 1024 };
	struct arena arena = { 0 };
	unsigned char *small = arena_bytes(&arena, 3), *large;

	(void)state;
	memcpy(small, "abc", 3);
	large = arena_bytes(&arena, LARGE);
	assert_non_null(large);
	memset(large, 'x', LARGE);
	assert_memory_equal(small, "abc", 3);
	arena_reset(&arena);
	assert_non_null(arena_bytes(&arena, 3));
	arena_deinit(&arena);
}

static void
gives_back_the_unused_end_of_the_latest_text(void **state)
{
	struct arena arena = { 0 };
	unsigned char *first = arena_bytes(&arena, 100), *second;

	(void)state;
	arena_shrink(&arena, first, 100, 10);
	second = arena_bytes(&arena, 5);
	assert_ptr_equal(second, first + 10);
	arena_shrink(&arena, first, 10, 0); /* no longer the latest: no effect */
	assert_ptr_equal(arena_bytes(&arena, 1), second + 5);
	arena_deinit(&arena);
}

static void
copies_spans_with_nul_and_terminates_text(void **state)
{
	struct arena arena = { 0 };
	struct span copy;
	const char *text;

	(void)state;
	assert_int_equal(arena_copy(&arena, SPAN("a\0b"), &copy), 0);
	assert_int_equal(copy.n, 3);
	assert_memory_equal(copy.p, "a\0b", 3);
	text = arena_text(&arena, SPAN("abc"));
	assert_string_equal(text, "abc");
	assert_string_equal(arena_text(&arena, span_of(NULL, 0)), "");
	assert_int_equal(arena_copy(&arena, span_of(NULL, 0), &copy), 0);
	assert_int_equal(copy.n, 0);
	arena_deinit(&arena);
}

static void
formats_text_of_any_length(void **state)
{
	struct arena arena = { 0 };
	const char *text = arena_printf(&arena, "%s=%d", "bits", 2048);

	(void)state;
	assert_string_equal(text, "bits=2048");
	text = arena_printf(&arena, "%50000s", "x");
	assert_int_equal(strlen(text), 50000);
	arena_deinit(&arena);
}

static void
can_be_used_again_after_reset_and_deinit(void **state)
{
	struct arena arena = { 0 };

	(void)state;
	arena_reset(&arena); /* an empty one, too */
	arena_deinit(&arena);
	for (int i = 0; i < 3; i++) {
		assert_non_null(arena_bytes(&arena, 40000));
		assert_non_null(arena_bytes(&arena, 10));
		arena_reset(&arena);
		assert_non_null(arena_alloc(&arena, 10));
	}
	arena_deinit(&arena);
	assert_null(arena.blocks);
	assert_non_null(arena_alloc(&arena, 10));
	arena_deinit(&arena);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(keeps_what_it_gave_across_many_blocks),
		cmocka_unit_test(aligns_objects_after_odd_text),
		cmocka_unit_test(zeroes_arrays_even_in_used_memory),
		cmocka_unit_test(refuses_sizes_that_overflow),
		cmocka_unit_test(serves_a_request_larger_than_a_block),
		cmocka_unit_test(gives_back_the_unused_end_of_the_latest_text),
		cmocka_unit_test(copies_spans_with_nul_and_terminates_text),
		cmocka_unit_test(formats_text_of_any_length),
		cmocka_unit_test(can_be_used_again_after_reset_and_deinit),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
