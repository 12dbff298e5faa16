/*
 * transfer.c: quoted-printable and base64 (RFC 2045 sections 6.7 and 6.8).
 */
#include "scriptlet/bindings/transfer.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdlib.h>

#include <cmocka.h>

static const struct {
	const char *name;
	enum transfer transfer;
	struct span in, out;
} decoded[] = {
	{ "soft line breaks", TRANSFER_QUOTED_PRINTABLE,
	    SPAN_INIT("a=\r\nb= \t\r\nc=\nd"), SPAN_INIT("abcd") },
	{ "both cases of digits", TRANSFER_QUOTED_PRINTABLE,
	    SPAN_INIT("=c3=A4=3D"), SPAN_INIT("\xc3\xa4=") },
	{ "what is none stays", TRANSFER_QUOTED_PRINTABLE,
	    SPAN_INIT("=G1 =1 ==41=\rx"), SPAN_INIT("=G1 =1 =A=\rx") },
	{ "cut off", TRANSFER_QUOTED_PRINTABLE, SPAN_INIT("a=4"),
	    SPAN_INIT("a=4") },
	{ "an = at the end", TRANSFER_QUOTED_PRINTABLE, SPAN_INIT("a="),
	    SPAN_INIT("a") },
	{ "NUL and 8 bits", TRANSFER_QUOTED_PRINTABLE, SPAN_INIT("\0\xff"),
	    SPAN_INIT("\0\xff") },
	{ "lines", TRANSFER_BASE64, SPAN_INIT("YW\r\nJj\r\n"),
	    SPAN_INIT("abc") },
	{ "other bytes are skipped", TRANSFER_BASE64, SPAN_INIT("Y!W\0J\xff" "j"),
	    SPAN_INIT("abc") },
	{ "padding in between", TRANSFER_BASE64, SPAN_INIT("YQ==YQ=="),
	    SPAN_INIT("aa") },
	{ "cut off", TRANSFER_BASE64, SPAN_INIT("YWJ"), SPAN_INIT("ab") },
	{ "nothing", TRANSFER_BASE64, SPAN_INIT("==="), SPAN_INIT("") },
	{ "7bit", TRANSFER_7BIT, SPAN_INIT("=41"), SPAN_INIT("=41") },
};

static void
decodes_what_it_can_make_sense_of(void **state)
{
	(void)state;
	for (size_t i = 0; i < sizeof(decoded) / sizeof(decoded[0]); i++) {
		struct buffer out = { 0 };

		transfer_decode(decoded[i].transfer, decoded[i].in, &out);
		if (!span_eq(buffer_span(&out), decoded[i].out))
			fail_msg("%s: came \"%.*s\"", decoded[i].name,
			    (int)out.n, (char *)out.p);
		buffer_deinit(&out);
	}
}

static void
check_lines(struct span s)
{
	while (s.n > 0) {
		size_t n = span_find(s, '\n'), length = n;

		if (n < s.n) {
			assert_true(n > 0 && s.p[n - 1] == '\r');
			length--;
		}
		assert_true(length <= 76);
		assert_false(length > 0 && byte_is_wsp(s.p[length - 1]));
		assert_false(length == 1 && s.p[0] == '.');
		for (size_t i = 0; i < length; i++)
			assert_true(s.p[i] == '\t' || (s.p[i] >= ' ' &&
			    s.p[i] <= '~'));
		s = span_from(s, n < s.n ? n + 1 : n);
	}
}

static void
what_was_encoded_is_printable_short_and_decodes_again(void **state)
{
	static const enum transfer transfers[] = {
		TRANSFER_QUOTED_PRINTABLE, TRANSFER_BASE64,
	};
	static const char usual[] = " \t.=\r\nFrom abc\r\n\r\n";
	unsigned seed = 1;

	(void)state;
	for (size_t i = 0; i < 6000; i++) {
		unsigned char octets[400];
		size_t n = i % sizeof(octets);
		struct buffer encoded = { 0 }, again = { 0 };

		for (size_t k = 0; k < n; k++)
			octets[k] = i % 3 == 0 ?
			    (unsigned char)rand_r(&seed) : (unsigned char)
			    usual[(size_t)rand_r(&seed) % (sizeof(usual) - 1)];
		transfer_encode(transfers[i % 2], span_of(octets, n),
		    &encoded);
		check_lines(buffer_span(&encoded));
		transfer_decode(transfers[i % 2], buffer_span(&encoded),
		    &again);
		assert_true(span_eq(buffer_span(&again), span_of(octets, n)));
		buffer_deinit(&encoded);
		buffer_deinit(&again);
	}
}

static void
names_are_known_whatever_their_case(void **state)
{
	(void)state;
	assert_int_equal(transfer_from_name(SPAN("BASE64")), TRANSFER_BASE64);
	assert_int_equal(transfer_from_name(SPAN("Quoted-Printable")),
	    TRANSFER_QUOTED_PRINTABLE);
	assert_int_equal(transfer_from_name(SPAN("x-uuencode")),
	    TRANSFER_BINARY);
	assert_string_equal(transfer_name(TRANSFER_8BIT), "8bit");
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(decodes_what_it_can_make_sense_of),
		cmocka_unit_test(
		    what_was_encoded_is_printable_short_and_decodes_again),
		cmocka_unit_test(names_are_known_whatever_their_case),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
