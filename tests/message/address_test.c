/*
 * The address in a From field (RFC 5322 sections 3.4 and 4.4), above all where
 * two readers could see two.
 */
#include "message/address.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdlib.h>

#include <cmocka.h>

#define TEN_OPEN "(((((((((("
#define TEN_CLOSE "))))))))))"

static const struct {
	const char *name;
	struct span value;
	int ret;
	const char *local, *domain; /* NULL: none */
	size_t count;
} rows[] = {
	{ "bare", SPAN_INIT(" a@b.example"), 0, "a", "b.example", 1 },
	{ "angle", SPAN_INIT(" <a@b.example>"), 0, "a", "b.example", 1 },
	{ "display name", SPAN_INIT(" Joe Public <joe@b.example>"), 0,
	    "joe", "b.example", 1 },
	{ "quoted display name", SPAN_INIT("\"Public, Joe\" <joe@b.example>"),
	    0, "joe", "b.example", 1 },
	{ "dots in the display name", SPAN_INIT("Joe Q. Public <j@b.example>"),
	    0, "j", "b.example", 1 },
	{ "encoded words",
	    SPAN_INIT("=?utf-8?B?SsO2?= =?utf-8?q?J=40x?= <j@b.example>"), 0,
	    "j", "b.example", 1 },
	{ "raw UTF-8 name", SPAN_INIT("J\xc3\xb6rg <j@b.example>"), 0, "j",
	    "b.example", 1 },
	{ "raw Latin-1 name", SPAN_INIT("J\xf6rg <j@b.example>"), 0, "j",
	    "b.example", 1 },
	{ "EAI address",
	    SPAN_INIT("<j\xc3\xb6rg@b\xc3\xbc" "cher.example>"), 0,
	    "j\xc3\xb6rg", "xn--bcher-kva.example", 1 },
	{ "capitals", SPAN_INIT("Joe@B.Example"), 0, "Joe", "b.example", 1 },
	{ "final dot", SPAN_INIT("a@b.example."), 0, "a", "b.example", 1 },
	{ "folded", SPAN_INIT(" Joe\r\n Public\r\n\t<joe@b.example>\r\n"), 0,
	    "joe", "b.example", 1 },
	{ "comments everywhere",
	    SPAN_INIT("(1)J(2)<(3)a(4).(5)b(6)@(7)b(8).(9)example(10)>(11)"),
	    0, "a.b", "b.example", 1 },
	{ "obsolete spaces", SPAN_INIT("a . b @ c \r\n . example"), 0, "a.b",
	    "c.example", 1 },
	{ "comment after", SPAN_INIT("a@b.example (Joe <x@evil.example>)"), 0,
	    "a", "b.example", 1 },
	{ "comment before", SPAN_INIT("(x@evil.example) a@b.example"), 0, "a",
	    "b.example", 1 },
	{ "ten comments deep",
	    SPAN_INIT(TEN_OPEN "x" TEN_CLOSE "a@b.example"), 0, "a",
	    "b.example", 1 },
	{ "eleven comments deep",
	    SPAN_INIT("(" TEN_OPEN "x" TEN_CLOSE ")a@b.example"), 1, NULL,
	    NULL, 0 },
	{ "escaped parenthesis", SPAN_INIT("(\\))a@b.example"), 0, "a",
	    "b.example", 1 },
	{ "quoted local part", SPAN_INIT("\"a b\\\"c\"@b.example"), 0,
	    "\"a b\\\"c\"", "b.example", 1 },
	{ "folded quoted local part", SPAN_INIT("\"a\r\n b\"@b.example"), 0,
	    "\"a b\"", "b.example", 1 },
	{ "empty quoted local part", SPAN_INIT("\"\"@b.example"), 0, "\"\"",
	    "b.example", 1 },
	{ "obsolete local part", SPAN_INIT("\"a\".b@c.example"), 0,
	    "\"a\".b", "c.example", 1 },
	{ "dots at the ends of a local part", SPAN_INIT(".a..b.@c.example"), 0,
	    ".a..b.", "c.example", 1 },
	{ "route", SPAN_INIT("<@r.example,@s.example:a@b.example>"), 0, "a",
	    "b.example", 1 },
	{ "route with empty parts", SPAN_INIT("J <,@r.example,,:a@b.example>"),
	    0, "a", "b.example", 1 },
	{ "several", SPAN_INIT("a@x.example, B <b@y.example>"), 0, "a",
	    "x.example", 2 },
	{ "several with empty ones", SPAN_INIT(",, a@x.example,, b@y.example,"),
	    0, "a", "x.example", 2 },
	{ "group", SPAN_INIT("G: a@x.example, <b@y.example>;"), 0, "a",
	    "x.example", 2 },
	{ "group and one more", SPAN_INIT("G:;, H H:a@x.example;, b@y.example"),
	    0, "a", "x.example", 2 },
	{ "empty group", SPAN_INIT("undisclosed-recipients:;"), 1, NULL, NULL,
	    0 },
	{ "nothing", SPAN_INIT(""), 1, NULL, NULL, 0 },
	{ "white space", SPAN_INIT(" \r\n\t"), 1, NULL, NULL, 0 },
	{ "a comment alone", SPAN_INIT("(a@b.example)"), 1, NULL, NULL, 0 },
	{ "commas alone", SPAN_INIT(",,"), 1, NULL, NULL, 0 },
	{ "a name alone", SPAN_INIT("Joe Public"), 1, NULL, NULL, 0 },
	{ "no local part", SPAN_INIT("@b.example"), 1, NULL, NULL, 0 },
	{ "no domain", SPAN_INIT("a@"), 1, NULL, NULL, 0 },
	{ "null address", SPAN_INIT("<>"), 1, NULL, NULL, 0 },
	{ "domain literal", SPAN_INIT("a@[192.0.2.1]"), 1, "a", NULL, 1 },
	{ "second is a literal", SPAN_INIT("a@b.example, c@[192.0.2.1]"), 0,
	    "a", "b.example", 2 },
	{ "empty label", SPAN_INIT("a@b..example"), 1, "a", NULL, 1 },
	{ "not a name", SPAN_INIT("a@b!c.example"), 1, "a", NULL, 1 },

	/* one reader sees this, another that */
	{ "address in quotes", SPAN_INIT("\"a@evil.example\" <b@good.example>"),
	    0, "b", "good.example", 1 },
	{ "angle in quotes", SPAN_INIT("\"<a@evil.example>\" <b@good.example>"),
	    0, "b", "good.example", 1 },
	{ "angle in quotes and brackets",
	    SPAN_INIT("\"A\" <\"<x@evil.example>\"@good.example>"), 0,
	    "\"<x@evil.example>\"", "good.example", 1 },
	{ "escaped quote",
	    SPAN_INIT("\"\\\" <a@evil.example>\" <b@good.example>"), 0, "b",
	    "good.example", 1 },
	{ "quote within a comment",
	    SPAN_INIT("(\") <a@evil.example> (\") , b@good.example"), 0, "a",
	    "evil.example", 2 },
	{ "comment within quotes",
	    SPAN_INIT("\"(\" <b@good.example> (\" <a@evil.example>)"), 0,
	    "b", "good.example", 1 },
	{ "two angles", SPAN_INIT("<a@x.example> <b@y.example>"), 1, NULL, NULL,
	    1 },
	{ "address as display name of another domain",
	    SPAN_INIT("a@x.example <b@y.example>"), 1, NULL, NULL, 0 },
	{ "address as display name of the same",
	    SPAN_INIT("a@X.example <b@x.example>"), 0, "b", "x.example", 1 },
	{ "route without brackets", SPAN_INIT("@route.example:b@good.example"),
	    1, NULL, NULL, 0 },
	{ "address as group name", SPAN_INIT("a@x.example: b@y.example;"), 1,
	    NULL, NULL, 1 },
	{ "group in group", SPAN_INIT("A: B: a@x.example;;"), 1, NULL, NULL,
	    0 },
	{ "group without its end", SPAN_INIT("A: a@x.example"), 1, NULL, NULL,
	    1 },
	{ "semicolon for a comma", SPAN_INIT("a@x.example; b@y.example"), 1,
	    NULL, NULL, 1 },
	{ "missing opening bracket", SPAN_INIT("Joe joe@b.example>"), 1, NULL,
	    NULL, 0 },
	{ "missing closing bracket", SPAN_INIT("Joe <joe@b.example"), 1, NULL,
	    NULL, 0 },
	{ "bracket twice", SPAN_INIT("Joe <<joe@b.example>>"), 1, NULL, NULL,
	    0 },
	{ "name behind a bare address", SPAN_INIT("a@b.example Joe"), 1, NULL,
	    NULL, 0 },
	{ "name behind an angle address", SPAN_INIT("<a@b.example> Joe"), 1,
	    NULL, NULL, 1 },
	{ "two at signs", SPAN_INIT("a@good.example@evil.example"), 1, NULL,
	    NULL, 1 },
	{ "comment cutting a domain", SPAN_INIT("a@good.exam(x)ple"), 1, NULL,
	    NULL, 0 },
	{ "space cutting a domain", SPAN_INIT("a@good.example .evil.example"),
	    0, "a", "good.example.evil.example", 1 },
	{ "quoted domain", SPAN_INIT("a@\"good.example\""), 1, NULL, NULL, 0 },
	{ "unclosed quote", SPAN_INIT("\"Joe <a@b.example>"), 1, NULL, NULL, 0 },
	{ "unclosed comment", SPAN_INIT("a@b.example (Joe"), 1, NULL, NULL, 1 },
	{ "stray closing parenthesis", SPAN_INIT("a@b.example)"), 1, NULL,
	    NULL, 1 },
	{ "unclosed literal", SPAN_INIT("a@[192.0.2.1"), 1, NULL, NULL, 0 },
	{ "backslash at the end of a quote", SPAN_INIT("\"Joe\\"), 1, NULL,
	    NULL, 0 },
	{ "escaped line end", SPAN_INIT("\"a\\\r\n b\"@c.example"), 1, NULL,
	    NULL, 0 },
	{ "NUL in the domain", SPAN_INIT("a@good.example\0.evil.example"), 1,
	    NULL, NULL, 0 },
	{ "NUL in the name", SPAN_INIT("\"\0\" <a@b.example>"), 1, NULL, NULL,
	    0 },
	{ "control in the domain", SPAN_INIT("a@b\x01.example"), 1, NULL, NULL,
	    1 },
};

static struct span
span_or_empty(const char *text)
{
	return text == NULL ? span_of(NULL, 0) : span_of_text(text);
}

static void
one_reading_or_none(void **state)
{
	(void)state;
	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		struct arena arena = { 0 };
		struct span local, domain, again;
		size_t count, count_again;
		int ret;

		ret = address_first(rows[i].value, &arena, &local, &domain,
		    &count);
		if (ret != rows[i].ret || count != rows[i].count ||
		    !span_eq(domain, span_or_empty(rows[i].domain)) ||
		    (ret == 0 && !span_eq(local, span_or_empty(rows[i].local))))
			fail_msg("%s: got %d \"%.*s\" at \"%.*s\" of %zu, "
			    "wanted %d \"%s\" at \"%s\" of %zu", rows[i].name,
			    ret, (int)local.n, (const char *)local.p,
			    (int)domain.n, (const char *)domain.p, count,
			    rows[i].ret,
			    rows[i].local == NULL ? "" : rows[i].local,
			    rows[i].domain == NULL ? "" : rows[i].domain,
			    rows[i].count);
		assert_int_equal(address_domain(rows[i].value, &arena, &again,
		    &count_again), ret);
		assert_true(span_eq(again, domain));
		assert_int_equal(count_again, count);
		arena_deinit(&arena);
	}
}

/* Text that makes a careless parser try again and again: if the time were
 * quadratic, a megabyte of any of these would not end while anyone waits. */
static void
a_megabyte_of_anything_is_read_once(void **state)
{
	static const struct {
		struct span piece;
		int ret;
		size_t count; /* for each repetition */
	} pieces[] = {
		{ SPAN_INIT("("), 1, 0 },
		{ SPAN_INIT("()"), 1, 0 },
		{ SPAN_INIT("\""), 1, 0 },
		{ SPAN_INIT("\\"), 1, 0 },
		{ SPAN_INIT("<"), 1, 0 },
		{ SPAN_INIT("@"), 1, 0 },
		{ SPAN_INIT("a@"), 1, 0 },
		{ SPAN_INIT("a."), 1, 0 },
		{ SPAN_INIT("a "), 1, 0 },
		{ SPAN_INIT(","), 1, 0 },
		{ SPAN_INIT("a:;,"), 1, 0 },
		{ SPAN_INIT("a@b,"), 0, 1 },
		{ SPAN_INIT("<a@b>(x),"), 0, 1 },
	};
	size_t room = 1 << 20;
	unsigned char *text = malloc(room);

	(void)state;
	assert_non_null(text);
	for (size_t i = 0; i < sizeof(pieces) / sizeof(pieces[0]); i++) {
		struct arena arena = { 0 };
		struct span piece = pieces[i].piece, domain;
		size_t times = room / piece.n, count;

		for (size_t j = 0; j < times; j++)
			memcpy(text + j * piece.n, piece.p, piece.n);
		assert_int_equal(address_domain(span_of(text, times * piece.n),
		    &arena, &domain, &count), pieces[i].ret);
		if (pieces[i].ret == 0)
			assert_int_equal(count, times * pieces[i].count);
		arena_deinit(&arena);
	}
	free(text);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(one_reading_or_none),
		cmocka_unit_test(a_megabyte_of_anything_is_read_once),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
