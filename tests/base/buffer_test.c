/*
 * buffer_test.c: bytes come out as they were added; a failure sticks until the
 * buffer is cleared.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "base/buffer.h"

static void
collects_pieces_in_order(void **state)
{
	struct buffer buffer = { 0 };
	char *text;

	(void)state;
	buffer_add_text(&buffer, "v=1;");
	buffer_add(&buffer, SPAN(" a="));
	buffer_add(&buffer, span_of(NULL, 0));
	buffer_add_byte(&buffer, 'x');
	memcpy(buffer_extend(&buffer, 2), "yz", 2);
	assert_false(buffer_failed(&buffer));
	text = buffer_take_text(&buffer);
	assert_string_equal(text, "v=1; a=xyz");
	assert_int_equal(buffer.n, 0);
	free(text);
}

static void
keeps_nul_and_grows_past_any_size(void **state)
{
	struct buffer buffer = { 0 };

	(void)state;
	for (size_t i = 0; i < 100000; i++)
		buffer_add_byte(&buffer, (unsigned char)i);
	assert_false(buffer_failed(&buffer));
	assert_int_equal(buffer_span(&buffer).n, 100000);
	for (size_t i = 0; i < 100000; i++)
		assert_int_equal(buffer_span(&buffer).p[i], i & 0xff);
	buffer_deinit(&buffer);
}

static void
remembers_a_failure_until_it_is_cleared(void **state)
{
	struct buffer buffer = { 0 };

	(void)state;
	buffer_add_text(&buffer, "kept");
	assert_null(buffer_extend(&buffer, SIZE_MAX - 2));
	buffer_add_text(&buffer, "lost");
	assert_true(buffer_failed(&buffer));
	assert_int_equal(buffer.n, 4);
	assert_null(buffer_take_text(&buffer));
	assert_false(buffer_failed(&buffer));
	buffer_add_text(&buffer, "again");
	assert_int_equal(buffer.n, 5);
	buffer_deinit(&buffer);
}

static void
empties_without_giving_memory_back(void **state)
{
	struct buffer buffer = { 0 };
	const unsigned char *p;

	(void)state;
	buffer_add_text(&buffer, "one");
	p = buffer.p;
	buffer_clear(&buffer);
	assert_int_equal(buffer.n, 0);
	buffer_add_text(&buffer, "two");
	assert_ptr_equal(buffer.p, p);
	assert_memory_equal(buffer.p, "two", 3);
	buffer_deinit(&buffer);
}

static void
takes_an_empty_buffer_as_empty_text(void **state)
{
	struct buffer buffer = { 0 };
	char *text = buffer_take_text(&buffer);

	(void)state;
	assert_string_equal(text, "");
	free(text);
	buffer_deinit(&buffer); /* twice does no harm */
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(collects_pieces_in_order),
		cmocka_unit_test(keeps_nul_and_grows_past_any_size),
		cmocka_unit_test(remembers_a_failure_until_it_is_cleared),
		cmocka_unit_test(empties_without_giving_memory_back),
		cmocka_unit_test(takes_an_empty_buffer_as_empty_text),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
