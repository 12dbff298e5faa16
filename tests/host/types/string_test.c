/*
 * string_test.c: strings grow, stay terminated, and never write past memory
 * that is not theirs to grow (misc/ec_string.h).
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "misc/ec_string.h"

static void
grows_in_every_type_of_memory(void **state)
{
	static const int types[] = { STRING_TYPE_MALLOC, STRING_TYPE_ECSTRING,
	    STRING_TYPE_MESSAGE_BODY, STRING_TYPE_SIEVE, STRING_TYPE_GROWBUF,
	    STRING_TYPE_DISK_BACKED };

	(void)state;
	for (size_t t = 0; t < sizeof(types) / sizeof(types[0]); t++) {
		string str;

		assert_int_equal(string_init_type(&str, 1, types[t]), 1);
		assert_string_equal(str.buffer, "");
		for (int i = 0; i < 1000; i++)
			assert_ptr_equal(stringprintf(&str, "%d,", i % 10),
			    &str);
		assert_int_equal(str.len, 2000);
		assert_memory_equal(str.buffer + 1996, "8,9,", 5);
		(void)string_destroy(&str);
		assert_int_equal(str.len, 0);
	}
}

static void
takes_a_memory_type_of_a_module(void **state)
{
	static const mem_type_def def = { "test:text", 0, SIZEOF_VOID_P, 0,
	    EC_ALLOCATOR_VSIZE, 0 };
	int type = ec_memtype_register(&def);
	string str;

	(void)state;
	assert_true(type >= 0);
	assert_int_equal(string_init_type(&str, 8, type), 1);
	(void)stringprintf(&str, "%s", "more than eight bytes");
	assert_string_equal(str.buffer, "more than eight bytes");
	/* the buffer is memory of that type: it can be handed on as such */
	ec_free(type, str.buffer);
}

static void
cuts_what_a_static_array_has_no_room_for(void **state)
{
	char memory[8] = "";
	string str = STRING_STATIC_INIT(memory);

	(void)state;
	(void)stringprintf(&str, "%s", "123456789");
	assert_string_equal(memory, "1234567");
	assert_int_equal(str.len, 7);
	assert_int_equal(stringwrite2(&str, "x", 1), -1);
	assert_string_equal(memory, "1234567");
	(void)string_destroy(&str);
}

static void
leaves_the_array_when_it_is_full_and_may_grow(void **state)
{
	char memory[8] = "";
	string str = STRING_GROWABLE_STATIC_INIT(memory);

	(void)state;
	(void)stringprintf(&str, "%s", "1234567");
	assert_ptr_equal(str.buffer, memory);
	(void)stringprintf(&str, "%s", "89");
	assert_ptr_not_equal(str.buffer, memory);
	assert_string_equal(str.buffer, "123456789");
	assert_int_equal(str.type, STRING_TYPE_ECSTRING);
	(void)string_destroy(&str);
}

static void
refuses_sizes_and_types_that_are_none(void **state)
{
	static const struct {
		const char *name;
		size_t size;
		int type;
	} rows[] = {
		{ "no room for the NUL", 0, STRING_TYPE_ECSTRING },
		{ "more than an int", (size_t)1 << 40, STRING_TYPE_ECSTRING },
		{ "no such memory type", 8, 77 },
		{ "not offered", 8, STRING_TYPE_IO_OBJECT },
	};

	(void)state;
	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		string str = { 0 };

		if (string_init_type(&str, rows[i].size, rows[i].type) != 0)
			fail_msg("%s", rows[i].name);
	}
}

static void
appends_by_format_and_by_list(void **state)
{
	string str;

	(void)state;
	(void)string_init_type(&str, 4, STRING_TYPE_ECSTRING);
	(void)stringprintf(&str, "%s-%d-%s", "one", 2, "three");
	(void)stringwrite_strings(&str, 3, "+", NULL, "four");
	assert_string_equal(str.buffer, "one-2-three+four");
	string_truncate(&str, 3);
	assert_string_equal(str.buffer, "one");
	(void)string_destroy(&str);
}

static void
keeps_nul_bytes(void **state)
{
	string str;

	(void)state;
	(void)string_init_type(&str, 1, STRING_TYPE_ECSTRING);
	assert_int_equal(stringwrite2(&str, "a\0b", 3), 3);
	assert_int_equal(str.len, 3);
	assert_memory_equal(str.buffer, "a\0b", 4);
	(void)string_destroy(&str);
}

static void
writes_every_line_end_as_crlf(void **state)
{
	static const struct {
		const char *in, *out;
	} rows[] = {
		{ "a\nb", "a\r\nb" },
		{ "a\r\nb\r\n", "a\r\nb\r\n" },
		{ "a\rb\r", "a\r\nb\r\n" },
		{ "\n\r\n\r", "\r\n\r\n\r\n" },
		{ "", "" },
	};

	(void)state;
	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		string str;

		(void)string_init_type(&str, 1, STRING_TYPE_ECSTRING);
		(void)stringwrite_canonical_crlf(&str, rows[i].in,
		    (int)strlen(rows[i].in));
		assert_string_equal(str.buffer, rows[i].out);
		(void)string_destroy(&str);
	}
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(grows_in_every_type_of_memory),
		cmocka_unit_test(takes_a_memory_type_of_a_module),
		cmocka_unit_test(cuts_what_a_static_array_has_no_room_for),
		cmocka_unit_test(leaves_the_array_when_it_is_full_and_may_grow),
		cmocka_unit_test(refuses_sizes_and_types_that_are_none),
		cmocka_unit_test(appends_by_format_and_by_list),
		cmocka_unit_test(keeps_nul_bytes),
		cmocka_unit_test(writes_every_line_end_as_crlf),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
