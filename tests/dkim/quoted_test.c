/*
 * quoted_test.c: dkim-quoted-printable (RFC 6376 section 2.11).
 */
#include "fixture.h"

#include "dkim/quoted.h"

static const struct {
	const char *name;
	struct span text;
	int ret;
	struct span octets;
} decodings[] = {
	{ "plain", SPAN_INIT("joe@a.test"), 0, SPAN_INIT("joe@a.test") },
	{ "empty", SPAN_INIT(""), 0, SPAN_INIT("") },
	{ "encoded", SPAN_INIT("a=3D=3B=20b"), 0, SPAN_INIT("a=; b") },
	{ "lower case (RFC 2045 6.7 advises to take it)", SPAN_INIT("=3d"), 0,
	    SPAN_INIT("=") },
	{ "white space and folds are no part of the value",
	    SPAN_INIT(" a\r\n\tb c "), 0, SPAN_INIT("abc") },
	{ "NUL and 8-bit octets", SPAN_INIT("=00=FF"), 0, SPAN_INIT("\0\xff") },
	{ "UTF-8 as it is (RFC 8616)", SPAN_INIT("\xc3\xbc"), 0,
	    SPAN_INIT("\xc3\xbc") },
	{ "an encoded equal sign is not decoded twice", SPAN_INIT("=3D3B"), 0,
	    SPAN_INIT("=3B") },
	{ "no digits", SPAN_INIT("a=zz"), 1, SPAN_INIT("") },
	{ "one digit", SPAN_INIT("a=3z"), 1, SPAN_INIT("") },
	{ "cut short by one", SPAN_INIT("a=3"), 1, SPAN_INIT("") },
	{ "cut short by two", SPAN_INIT("a="), 1, SPAN_INIT("") },
	{ "a soft line break of MIME is none here", SPAN_INIT("a=\r\nb"), 1,
	    SPAN_INIT("") },
	{ "a fold inside an octet", SPAN_INIT("a=3\r\n D"), 1,
	    SPAN_INIT("") },
};

/* From the heap, in exact sizes, so that a sanitizer sees a byte too far. */
static void
decodes_as_rfc6376_section_2_11_says(void **state)
{
	struct arena arena = { 0 };

	(void)state;
	for (size_t i = 0; i < COUNT(decodings); i++) {
		struct span octets = SPAN("");
		size_t n = decodings[i].text.n;
		unsigned char *text = malloc(n == 0 ? 1 : n);
		int ret;

		assert_non_null(text);
		memcpy(text, decodings[i].text.p, n);
		ret = quoted_decode(span_of(text, n), &arena, &octets);
		free(text);
		if (ret != decodings[i].ret ||
		    !span_eq(octets, decodings[i].octets))
			fail_msg("%s: %d, \"%.*s\"", decodings[i].name, ret,
			    (int)octets.n, (const char *)octets.p);
	}
	arena_deinit(&arena);
}

static const struct {
	struct span octets;
	bool bar_too;
	const char *text;
} encodings[] = {
	{ SPAN_INIT("joe@a.test"), false, "joe@a.test" },
	{ SPAN_INIT("a b\t;=\r\n"), false, "a=20b=09=3B=3D=0D=0A" },
	{ SPAN_INIT("\0\x7f\xc3\xbc"), false, "=00=7F=C3=BC" },
	{ SPAN_INIT("a|b"), false, "a|b" },
	{ SPAN_INIT("a|b"), true, "a=7Cb" }, /* z=, section 3.5 */
	{ SPAN_INIT("!:<>~"), true, "!:<>~" },
};

static void
encodes_what_is_not_dkim_safe(void **state)
{
	(void)state;
	for (size_t i = 0; i < COUNT(encodings); i++) {
		struct buffer out = { 0 };
		char *text;

		quoted_encode(&out, encodings[i].octets, encodings[i].bar_too);
		text = buffer_take_text(&out);
		assert_string_equal(text, encodings[i].text);
		free(text);
	}
}

static void
decodes_every_octet_it_encodes(void **state)
{
	unsigned char octets[256];
	struct arena arena = { 0 };
	struct buffer out = { 0 };
	struct span back;

	(void)state;
	for (size_t i = 0; i < sizeof(octets); i++)
		octets[i] = (unsigned char)i;
	quoted_encode(&out, span_of(octets, sizeof(octets)), true);
	for (size_t i = 0; i < out.n; i++)
		assert_true(out.p[i] > 0x20 && out.p[i] < 0x7f &&
		    out.p[i] != ';' && out.p[i] != '|');
	assert_int_equal(quoted_decode(buffer_span(&out), &arena, &back), 0);
	assert_int_equal(back.n, sizeof(octets));
	assert_memory_equal(back.p, octets, sizeof(octets));
	buffer_deinit(&out);
	arena_deinit(&arena);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(decodes_as_rfc6376_section_2_11_says),
		cmocka_unit_test(encodes_what_is_not_dkim_safe),
		cmocka_unit_test(decodes_every_octet_it_encodes),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
