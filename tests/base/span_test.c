/*
 * span_test.c: comparing, searching, trimming and cutting; NUL is a byte like
 * others, and empty spans, with or without an address, are ordinary.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "base/span.h"

static void
assert_span(struct span got, struct span want)
{
	assert_int_equal(got.n, want.n);
	if (want.n > 0)
		assert_memory_equal(got.p, want.p, want.n);
}

static void
compares_bytes_and_lengths(void **state)
{
	static const struct {
		struct span a, b;
		bool eq, ieq;
	} rows[] = {
		{ SPAN_INIT("from"), SPAN_INIT("from"), true, true },
		{ SPAN_INIT("From"), SPAN_INIT("fROM"), false, true },
		{ SPAN_INIT("from"), SPAN_INIT("fro"), false, false },
		{ SPAN_INIT("a\0b"), SPAN_INIT("a\0c"), false, false },
		{ SPAN_INIT("A\0B"), SPAN_INIT("a\0b"), false, true },
		/* letters only: '[' is '{' but for the bit that tells case */
		{ SPAN_INIT("[@"), SPAN_INIT("{`"), false, false },
		{ SPAN_INIT("\xc3\x84"), SPAN_INIT("\xc3\xa4"), false, false },
		{ SPAN_INIT(""), { NULL, 0 }, true, true },
	};

	(void)state;
	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		assert_int_equal(span_eq(rows[i].a, rows[i].b), rows[i].eq);
		assert_int_equal(span_ieq(rows[i].a, rows[i].b), rows[i].ieq);
	}
}

static void
finds_the_first_of_a_byte_or_the_length(void **state)
{
	(void)state;
	assert_int_equal(span_find(SPAN("a:b:c"), ':'), 1);
	assert_int_equal(span_find(SPAN("abc"), ':'), 3);
	assert_int_equal(span_find(SPAN("a\0:"), ':'), 2);
	assert_int_equal(span_find(SPAN("ab\0"), '\0'), 2);
	assert_int_equal(span_find(span_of(NULL, 0), ':'), 0);
}

static void
trims_both_ends_and_nothing_inside(void **state)
{
	static const struct {
		struct span text, wsp, fws;
	} rows[] = {
		{ SPAN_INIT(" \ta b\t "), SPAN_INIT("a b"), SPAN_INIT("a b") },
		{ SPAN_INIT("\r\n a\r\n"), SPAN_INIT("\r\n a\r\n"),
		    SPAN_INIT("a") },
		{ SPAN_INIT(" \r\n\t "), SPAN_INIT("\r\n"), SPAN_INIT("") },
		{ SPAN_INIT("\va\f"), SPAN_INIT("\va\f"), SPAN_INIT("\va\f") },
		{ SPAN_INIT(""), SPAN_INIT(""), SPAN_INIT("") },
		{ { NULL, 0 }, SPAN_INIT(""), SPAN_INIT("") },
	};

	(void)state;
	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		assert_span(span_trim_wsp(rows[i].text), rows[i].wsp);
		assert_span(span_trim_fws(rows[i].text), rows[i].fws);
	}
}

static void
cuts_at_separators_until_there_is_none(void **state)
{
	struct span rest = SPAN("a::bc"), head;

	(void)state;
	assert_true(span_cut(&rest, ':', &head));
	assert_span(head, SPAN("a"));
	assert_true(span_cut(&rest, ':', &head));
	assert_span(head, SPAN(""));
	assert_false(span_cut(&rest, ':', &head));
	assert_span(head, SPAN("bc"));
	assert_int_equal(rest.n, 0);
	assert_false(span_cut(&rest, ':', &head));
	assert_span(head, SPAN(""));
}

static void
cuts_an_empty_piece_after_a_final_separator(void **state)
{
	struct span rest = SPAN("a:"), head;

	(void)state;
	assert_true(span_cut(&rest, ':', &head));
	assert_span(head, SPAN("a"));
	assert_false(span_cut(&rest, ':', &head));
	assert_span(head, SPAN(""));
}

static void
takes_the_first_bytes_of_a_shorter_span_whole(void **state)
{
	(void)state;
	assert_span(span_first(SPAN("abc"), 2), SPAN("ab"));
	assert_span(span_first(SPAN("abc"), 9), SPAN("abc"));
	assert_span(span_from(SPAN("abc"), 3), SPAN(""));
}

static void
knows_hexadecimal_digits_of_both_cases_from_all_others(void **state)
{
	static const char digits[] = "0123456789abcdef";

	(void)state;
	for (int c = 0; c <= 0xff; c++) {
		const char *at = c == 0 ? NULL :
		    strchr(digits, c >= 'A' && c <= 'Z' ? c + 'a' - 'A' : c);

		assert_int_equal(byte_hex((unsigned char)c),
		    at == NULL ? -1 : (int)(at - digits));
	}
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(compares_bytes_and_lengths),
		cmocka_unit_test(finds_the_first_of_a_byte_or_the_length),
		cmocka_unit_test(trims_both_ends_and_nothing_inside),
		cmocka_unit_test(cuts_at_separators_until_there_is_none),
		cmocka_unit_test(cuts_an_empty_piece_after_a_final_separator),
		cmocka_unit_test(takes_the_first_bytes_of_a_shorter_span_whole),
		cmocka_unit_test(
		    knows_hexadecimal_digits_of_both_cases_from_all_others),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
