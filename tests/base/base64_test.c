/*
 * base64_test.c: the base64 of RFC 4648 section 4 with the white space that
 * RFC 6376 section 2.10 lets stand anywhere, and nothing more lenient.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>

#include <cmocka.h>

#include "base/base64.h"

/* A row of text and what it stands for; octets.p NULL: it is not base64. */
struct row {
	const char *name;
	struct span text, octets;
};

static const struct row rows[] = {
	/* RFC 4648 section 10 */
	{ "empty", SPAN_INIT(""), SPAN_INIT("") },
	{ "f", SPAN_INIT("Zg=="), SPAN_INIT("f") },
	{ "fo", SPAN_INIT("Zm8="), SPAN_INIT("fo") },
	{ "foo", SPAN_INIT("Zm9v"), SPAN_INIT("foo") },
	{ "foob", SPAN_INIT("Zm9vYg=="), SPAN_INIT("foob") },
	{ "fooba", SPAN_INIT("Zm9vYmE="), SPAN_INIT("fooba") },
	{ "foobar", SPAN_INIT("Zm9vYmFy"), SPAN_INIT("foobar") },
	{ "zero octets", SPAN_INIT("AAAA"), SPAN_INIT("\0\0\0") },
	{ "+ and /", SPAN_INIT("+/+/"), SPAN_INIT("\xfb\xff\xbf") },
	/* white space, RFC 6376 section 2.10 */
	{ "folded", SPAN_INIT("Zm9v\r\n\tYmFy"), SPAN_INIT("foobar") },
	{ "white space everywhere", SPAN_INIT(" Z m\t9v Y g = = "),
	    SPAN_INIT("foob") },
	{ "white space alone", SPAN_INIT(" \r\n "), SPAN_INIT("") },
	/* not base64 */
	{ "one character", SPAN_INIT("Z"), { NULL, 0 } },
	{ "without its padding", SPAN_INIT("Zg"), { NULL, 0 } },
	{ "half its padding", SPAN_INIT("Zg="), { NULL, 0 } },
	{ "padding alone", SPAN_INIT("===="), { NULL, 0 } },
	{ "two of padding alone", SPAN_INIT("=="), { NULL, 0 } },
	{ "three of padding", SPAN_INIT("Z==="), { NULL, 0 } },
	{ "padding inside", SPAN_INIT("Zg==Zg=="), { NULL, 0 } },
	{ "text after padding", SPAN_INIT("Zm8=Zm9v"), { NULL, 0 } },
	{ "url alphabet", SPAN_INIT("-_-_"), { NULL, 0 } },
	{ "a NUL", SPAN_INIT("Zm9\0"), { NULL, 0 } },
	{ "a byte over 127", SPAN_INIT("Zm9\xf6"), { NULL, 0 } },
	{ "a comment", SPAN_INIT("Zm9v(x)="), { NULL, 0 } },
	{ "a vertical tab", SPAN_INIT("Zm9v\v"), { NULL, 0 } },
};

static void
check_row(const struct row *row)
{
	struct arena arena = { 0 };
	struct span octets = { NULL, 0 };
	int want = row->octets.p == NULL, ret;

	ret = base64_decode(row->text, &arena, &octets);
	if (ret != want)
		print_error("%s: %d, wanted %d\n", row->name, ret, want);
	assert_int_equal(ret, want);
	if (ret == 0) {
		assert_int_equal(octets.n, row->octets.n);
		if (octets.n > 0)
			assert_memory_equal(octets.p, row->octets.p, octets.n);
	}
	arena_deinit(&arena);
}

static void
decodes_what_is_base64_and_refuses_the_rest(void **state)
{
	(void)state;
	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++)
		check_row(&rows[i]);
}

static void
gives_back_every_length_it_encoded(void **state)
{
	unsigned char octets[256], text[400];
	struct arena arena = { 0 };
	struct span back;

	(void)state;
	for (size_t i = 0; i < sizeof(octets); i++)
		octets[i] = (unsigned char)(i * 167 + 13);
	for (size_t n = 0; n <= sizeof(octets); n++) {
		base64_encode(span_of(octets, n), text);
		assert_int_equal(strlen((char *)text), base64_length(n));
		assert_int_equal(base64_decode(span_of(text, base64_length(n)),
		    &arena, &back), 0);
		assert_int_equal(back.n, n);
		if (n > 0)
			assert_memory_equal(back.p, octets, n);
	}
	arena_deinit(&arena);
}

static void
squeezes_only_text_that_holds_white_space(void **state)
{
	struct span clean = SPAN("Zm9v"), got;
	struct arena arena = { 0 };

	(void)state;
	assert_int_equal(base64_squeeze(clean, &arena, &got), 0);
	assert_ptr_equal(got.p, clean.p);
	assert_int_equal(base64_squeeze(SPAN("\tZm\r\n 9v "), &arena, &got), 0);
	assert_int_equal(got.n, 4);
	assert_memory_equal(got.p, "Zm9v", 4);
	arena_deinit(&arena);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(decodes_what_is_base64_and_refuses_the_rest),
		cmocka_unit_test(gives_back_every_length_it_encoded),
		cmocka_unit_test(squeezes_only_text_that_holds_white_space),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
