/*
 * Domain names become A-labels in lower case, or are none (RFC 8616 section 2,
 * RFC 5890 section 2.3, RFC 1035 section 2.3.4).
 */
#include "message/domain.h"

#include <setjmp.h>
#include <stdarg.h>

#include <cmocka.h>

#define L10 "abcdefghij"
#define L63 L10 L10 L10 L10 L10 L10 "abc"

static const struct {
	const char *name;
	struct span domain;
	int ret;
	const char *ascii;
} names[] = {
	{ "plain", SPAN_INIT("example.com"), 0, "example.com" },
	{ "capitals", SPAN_INIT("EXAMPLE.Com"), 0, "example.com" },
	{ "final dot", SPAN_INIT("example.com."), 0, "example.com" },
	{ "one label", SPAN_INIT("localhost"), 0, "localhost" },
	{ "underscores", SPAN_INIT("S1_x._domainkey.a-b.test"), 0,
	    "s1_x._domainkey.a-b.test" },
	{ "digits", SPAN_INIT("20230601"), 0, "20230601" },
	{ "A-label", SPAN_INIT("XN--bcher-KVA.example"), 0,
	    "xn--bcher-kva.example" },
	{ "label of 63", SPAN_INIT(L63 ".test"), 0, L63 ".test" },
	{ "label of 64", SPAN_INIT(L63 "d.test"), 1, NULL },
	{ "253 octets", SPAN_INIT(L63 "." L63 "." L63 "." L10 L10 L10 L10 L10
	    L10 "z"), 0, L63 "." L63 "." L63 "." L10 L10 L10 L10 L10 L10 "z" },
	{ "254 octets", SPAN_INIT(L63 "." L63 "." L63 "." L10 L10 L10 L10 L10
	    L10 "yz"), 1, NULL },
	{ "253 octets and a dot", SPAN_INIT(L63 "." L63 "." L63 "." L10 L10 L10
	    L10 L10 L10 "z."), 0,
	    L63 "." L63 "." L63 "." L10 L10 L10 L10 L10 L10 "z" },
	{ "nothing", SPAN_INIT(""), 1, NULL },
	{ "a dot", SPAN_INIT("."), 1, NULL },
	{ "empty first label", SPAN_INIT(".example"), 1, NULL },
	{ "empty middle label", SPAN_INIT("a..example"), 1, NULL },
	{ "two final dots", SPAN_INIT("example.."), 1, NULL },
	{ "NUL", SPAN_INIT("good.example\0.evil.example"), 1, NULL },
	{ "space", SPAN_INIT("a b.example"), 1, NULL },
	{ "fold", SPAN_INIT("a\r\n b.example"), 1, NULL },
	{ "leading space", SPAN_INIT(" a.example"), 1, NULL },
	{ "control", SPAN_INIT("a\x7f.example"), 1, NULL },
	{ "at sign", SPAN_INIT("b@a.example"), 1, NULL },
	{ "semicolon", SPAN_INIT("a;b.example"), 1, NULL },
	{ "slash", SPAN_INIT("a/b.example"), 1, NULL },
	{ "address literal", SPAN_INIT("[192.0.2.1]"), 1, NULL },
	{ "U-label", SPAN_INIT("b\xc3\xbc" "cher.example"), 0,
	    "xn--bcher-kva.example" },
	{ "U-label in capitals", SPAN_INIT("B\xc3\x9c" "CHER.Example"), 0,
	    "xn--bcher-kva.example" },
	{ "decomposed U-label", SPAN_INIT("bu\xcc\x88" "cher.example"), 0,
	    "xn--bcher-kva.example" },
	{ "U-label and final dot", SPAN_INIT("b\xc3\xbc" "cher.example."), 0,
	    "xn--bcher-kva.example" },
	{ "U-label below an underscore",
	    SPAN_INIT("s1_x._domainkey.b\xc3\xbc" "cher.example"), 0,
	    "s1_x._domainkey.xn--bcher-kva.example" },
	{ "U-label beside an A-label",
	    SPAN_INIT("b\xc3\xbc" "cher.XN--bcher-kva.example"), 0,
	    "xn--bcher-kva.xn--bcher-kva.example" },
	{ "sharp s is kept", SPAN_INIT("stra\xc3\x9f" "e.example"), 0,
	    "xn--strae-oqa.example" },
	{ "ideographic full stop",
	    SPAN_INIT("b\xc3\xbc" "cher\xe3\x80\x82" "example"), 0,
	    "xn--bcher-kva.example" },
	{ "Arabic", SPAN_INIT("\xd9\x85\xd8\xab\xd8\xa7\xd9\x84.test"), 0,
	    "xn--mgbh0fb.test" },
	{ "full-width solidus", SPAN_INIT("a\xef\xbc\x8f" "b.example"), 1, NULL },
	{ "full-width at", SPAN_INIT("a\xef\xbc\xa0" "b.example"), 1, NULL },
	{ "no-break space", SPAN_INIT("a\xc2\xa0" "b.example"), 1, NULL },
	{ "label of nothing but a soft hyphen",
	    SPAN_INIT("a.\xc2\xad.example"), 1, NULL },
	{ "broken UTF-8", SPAN_INIT("b\xfc" "cher.example"), 1, NULL },
	{ "cut UTF-8", SPAN_INIT("example.b\xc3"), 1, NULL },
	{ "over-long UTF-8", SPAN_INIT("a\xc0\xaf" "b.example"), 1, NULL },
	{ "surrogate", SPAN_INIT("a\xed\xa0\x80.example"), 1, NULL },
	{ "NUL beside a U-label",
	    SPAN_INIT("b\xc3\xbc" "cher.example\0.evil"), 1, NULL },
	{ "space beside a U-label", SPAN_INIT("b\xc3\xbc r.example"), 1, NULL },
	{ "U-label too long as A-label", SPAN_INIT(L63 "\xc3\xbc.test"), 1, NULL },
};

static void
a_name_becomes_a_lower_case_a_label_or_is_refused(void **state)
{
	struct arena arena = { 0 };

	(void)state;
	for (size_t i = 0; i < sizeof(names) / sizeof(names[0]); i++) {
		struct span ascii = SPAN("left over");
		int ret = domain_to_ascii(names[i].domain, &arena, &ascii);
		struct span want = names[i].ret == 0 ?
		    span_of_text(names[i].ascii) : span_of(NULL, 0);

		if (ret != names[i].ret || !span_eq(ascii, want))
			fail_msg("%s: got %d \"%.*s\", wanted %d \"%.*s\"",
			    names[i].name, ret, (int)ascii.n,
			    (const char *)ascii.p, names[i].ret, (int)want.n,
			    (const char *)want.p);
	}
	arena_deinit(&arena);
}

static void
a_huge_name_is_refused(void **state)
{
	static unsigned char huge[1 << 20];
	struct arena arena = { 0 };
	struct span ascii;

	(void)state;
	memset(huge, 'a', sizeof(huge));
	assert_int_equal(domain_to_ascii(span_of(huge, sizeof(huge)), &arena,
	    &ascii), 1);
	memset(huge, 0xc3, sizeof(huge));
	assert_int_equal(domain_to_ascii(span_of(huge, sizeof(huge)), &arena,
	    &ascii), 1);
	arena_deinit(&arena);
}

static void
the_result_does_not_borrow_from_the_text(void **state)
{
	unsigned char text[] = "example.com";
	struct arena arena = { 0 };
	struct span ascii;

	(void)state;
	assert_int_equal(domain_to_ascii(span_of(text, 11), &arena, &ascii), 0);
	memset(text, 'x', sizeof(text));
	assert_true(span_eq(ascii, SPAN("example.com")));
	arena_deinit(&arena);
}

static const struct {
	struct span sub, parent;
	bool within;
} pairs[] = {
	{ SPAN_INIT("a.test"), SPAN_INIT("a.test"), true },
	{ SPAN_INIT("b.a.test"), SPAN_INIT("a.test"), true },
	{ SPAN_INIT("c.b.a.test"), SPAN_INIT("a.test"), true },
	{ SPAN_INIT("ba.test"), SPAN_INIT("a.test"), false },
	{ SPAN_INIT("a.test"), SPAN_INIT("b.a.test"), false },
	{ SPAN_INIT("a.test.evil"), SPAN_INIT("a.test"), false },
	{ SPAN_INIT("a.test"), SPAN_INIT(""), false },
	{ SPAN_INIT(""), SPAN_INIT(""), false },
	{ SPAN_INIT(""), SPAN_INIT("a.test"), false },
};

static void
a_name_is_within_itself_and_what_it_is_below(void **state)
{
	(void)state;
	for (size_t i = 0; i < sizeof(pairs) / sizeof(pairs[0]); i++) {
		if (domain_is_within(pairs[i].sub, pairs[i].parent) !=
		    pairs[i].within)
			fail_msg("%.*s within %.*s: wanted %d",
			    (int)pairs[i].sub.n, (const char *)pairs[i].sub.p,
			    (int)pairs[i].parent.n,
			    (const char *)pairs[i].parent.p, pairs[i].within);
	}
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(
		    a_name_becomes_a_lower_case_a_label_or_is_refused),
		cmocka_unit_test(a_huge_name_is_refused),
		cmocka_unit_test(the_result_does_not_borrow_from_the_text),
		cmocka_unit_test(a_name_is_within_itself_and_what_it_is_below),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
