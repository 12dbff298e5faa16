/*
 * util_test.c: encodings, numbers and dates (util.h).
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include <cmocka.h>

#include "misc/ec_string.h"
#include "util.h"

/* RFC 4648 section 10 */
static const struct {
	const char *plain, *coded;
} base64_rows[] = {
	{ "f", "Zg==" },
	{ "fo", "Zm8=" },
	{ "foo", "Zm9v" },
	{ "foobar", "Zm9vYmFy" },
};

static void
base64_is_that_of_rfc_4648(void **state)
{
	char out[32];

	(void)state;
	for (size_t i = 0; i < 4; i++) {
		const char *plain = base64_rows[i].plain;
		const char *coded = base64_rows[i].coded;
		int n = (int)strlen(plain), m = (int)strlen(coded);

		assert_int_equal(ec_base64_encode(plain, n, out,
		    ec_base64_encode_space(n)), m);
		assert_string_equal(out, coded);
		assert_int_equal(ec_base64_decode(coded, m, out,
		    ec_base64_decode_space(m)), n);
		assert_memory_equal(out, plain, (size_t)n);
		/* one byte too little room, and text that is none */
		assert_int_equal(ec_base64_encode(plain, n, out,
		    ec_base64_encode_space(n) - 1), 0);
		assert_int_equal(ec_base64_decode(coded, m, out, n - 1), 0);
	}
	assert_int_equal(ec_base64_decode("Zg=!", 4, out, 32), 0);
}

static void
base64_is_folded_at_76_columns(void **state)
{
	char zeros[100] = { 0 };
	string out;

	(void)state;
	(void)string_init_type(&out, 1, STRING_TYPE_ECSTRING);
	(void)ec_base64_encode_to_string(zeros, 100, &out, 1);
	assert_int_equal(out.len, 136 + 2);
	assert_memory_equal(out.buffer + 76, "\r\n", 2);
	assert_memory_equal(out.buffer + out.len - 2, "==", 2);
	(void)string_destroy(&out);
}

static void
quoted_printable_is_that_of_rfc_2045(void **state)
{
	static const struct {
		const char *in, *out;
	} rows[] = {
		{ "plain", "plain" },
		{ "a=b", "a=3Db" },
		{ "gr\xc3\xbc\xc3\x9f", "gr=C3=BC=C3=9F" },
		{ "end \r\nnext\t", "end=20\r\nnext=09" },
		{ "a b", "a b" },
		{ "x?", "x=3F" }, /* asked for */
	};
	char question[] = "?";

	(void)state;
	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		string out;

		(void)string_init_type(&out, 1, STRING_TYPE_ECSTRING);
		assert_int_equal(ec_qp_encode_to_string(rows[i].in,
		    strlen(rows[i].in), &out, question),
		    (int)strlen(rows[i].out));
		assert_string_equal(out.buffer, rows[i].out);
		(void)string_destroy(&out);
	}
}

static void
quoted_printable_lines_have_76_columns_at_most(void **state)
{
	char text[300];
	const char *line;
	string out;

	(void)state;
	memset(text, '=', sizeof(text));
	(void)string_init_type(&out, 1, STRING_TYPE_ECSTRING);
	(void)ec_qp_encode_to_string(text, sizeof(text), &out, NULL);
	for (line = out.buffer; *line != '\0';) {
		size_t n = strcspn(line, "\r");

		assert_true(n <= 76);
		line += n + (line[n] == '\r' ? 2 : 0);
	}
	(void)string_destroy(&out);
}

static void
hexadecimal_goes_both_ways(void **state)
{
	char out[16];

	(void)state;
	assert_int_equal(ec_hex_encode("\x01\xab", 2, out, sizeof(out)), 4);
	assert_string_equal(out, "01AB");
	assert_int_equal(ec_hex_decode("01aB", 4, out, sizeof(out)), 2);
	assert_memory_equal(out, "\x01\xab", 2);
	assert_int_equal(ec_hex_decode("01a", 3, out, sizeof(out)), 0);
	assert_int_equal(ec_hex_decode("0g", 2, out, sizeof(out)), 0);
	assert_int_equal(ec_hex_encode("\x01\xab", 2, out, 4), 0);
}

static void
numbers_are_whole_texts(void **state)
{
	static const struct {
		const char *text;
		int ok, value;
	} rows[] = {
		{ "0", 1, 0 }, { "-12", 1, -12 }, { "2147483647", 1, INT32_MAX },
		{ "2147483648", 0, 0 }, { "12x", 0, 0 }, { "", 0, 0 },
		{ " 1", 0, 0 },
	};
	unsigned n = 5;

	(void)state;
	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		int value = 99;

		assert_int_equal(ec_atoi(rows[i].text, &value), rows[i].ok);
		assert_int_equal(value, rows[i].ok ? rows[i].value : 99);
	}
	assert_int_equal(ec_atoui("-1", &n), 0);
	assert_int_equal(n, 5);
	assert_int_equal(ec_atoui("4294967295", &n), 1);
	assert_int_equal(n, UINT32_MAX);
}

static void
dates_are_those_of_rfc_5322(void **state)
{
	struct timeval when = { .tv_sec = 880127706 };
	char out[64];

	(void)state;
	(void)setenv("TZ", "CST6", 1);
	tzset();
	assert_int_equal(ec_rfc822_date(out, sizeof(out), &when), 31);
	assert_string_equal(out, "Fri, 21 Nov 1997 09:55:06 -0600");
	assert_int_equal(ec_rfc822_date(out, 10, &when), 0);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(base64_is_that_of_rfc_4648),
		cmocka_unit_test(base64_is_folded_at_76_columns),
		cmocka_unit_test(quoted_printable_is_that_of_rfc_2045),
		cmocka_unit_test(quoted_printable_lines_have_76_columns_at_most),
		cmocka_unit_test(hexadecimal_goes_both_ways),
		cmocka_unit_test(numbers_are_whole_texts),
		cmocka_unit_test(dates_are_those_of_rfc_5322),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
