/*
 * rfc_address_test.c: addresses of header fields (RFC 5322 section 3.4) and of
 * the envelope (RFC 5321 section 4.1.2), as modules get them.
 */
#include "fixture.h"

#include "address.h"
#include "misc/rfc2821addr.h"

#define BYTES(literal) (literal), (int)sizeof(literal) - 1
#define ATEXT32 "abcdefghijklmnopqrstuvwxyz012345"
#define ATEXT128 ATEXT32 ATEXT32 ATEXT32 ATEXT32
#define ATEXT255 ATEXT128 ATEXT32 ATEXT32 ATEXT32 \
	"abcdefghijklmnopqrstuvwxyz01234"

/*
 * Each address as [complete|user|detail|desc], a member of a group with a '*'
 * before it; '-' is for a part that is not there.
 */
static const struct {
	const char *name;
	const char *text;
	int len;
	const char *wanted;
} fields[] = {
	/* RFC 5322 section 3.4.1 */
	{ "addr-spec", BYTES("joe@a.test"), "[joe@a.test|joe|-|-]" },
	{ "white space around", BYTES(" \tjoe@a.test\r\n"),
	  "[joe@a.test|joe|-|-]" },
	{ "literal", BYTES("joe@[192.0.2.1]"), "[joe@[192.0.2.1]|joe|-|-]" },
	{ "comma in a literal", BYTES("joe@[x,y:z]"),
	  "[joe@[x,y:z]|joe|-|-]" },
	{ "quoted localpart", BYTES("\"joe, \\\"x\\\" @\"@a.test"),
	  "[\"joe, \\\"x\\\" @\"@a.test|\"joe, \\\"x\\\" @\"|-|-]" },
	{ "UTF-8", BYTES("j\xc3\xb6@\xc3\xa4.test"),
	  "[j\xc3\xb6@\xc3\xa4.test|j\xc3\xb6|-|-]" },
	{ "dots of a careless host", BYTES("joe..x.@a.test"),
	  "[joe..x.@a.test|joe..x.|-|-]" },
	/* section 3.4 */
	{ "display name", BYTES("Joe Q. Doe <joe@a.test>"),
	  "[joe@a.test|joe|-|Joe Q. Doe]" },
	{ "quoted name", BYTES("\"Doe, \\\"J\\\" <x>\" <joe@a.test>"),
	  "[joe@a.test|joe|-|Doe, \"J\" <x>]" },
	{ "folded name", BYTES("Joe\r\n \t Doe\r\n <joe@a.test>"),
	  "[joe@a.test|joe|-|Joe Doe]" },
	{ "encoded word", BYTES("=?utf-8?q?J=C3=B6?= <joe@a.test>"),
	  "[joe@a.test|joe|-|=?utf-8?q?J=C3=B6?=]" },
	{ "only brackets", BYTES("<joe@a.test>"), "[joe@a.test|joe|-|-]" },
	{ "an address as a name", BYTES("\"ceo@b.test\" <joe@a.test>"),
	  "[joe@a.test|joe|-|ceo@b.test]" },
	{ "several", BYTES("a@a.test, B <b@b.test>,\r\n c@c.test"),
	  "[a@a.test|a|-|-][b@b.test|b|-|B][c@c.test|c|-|-]" },
	{ "group", BYTES("Team: a@a.test, B <b@b.test>;, c@c.test"),
	  "*[a@a.test|a|-|-]*[b@b.test|b|-|B][c@c.test|c|-|-]" },
	{ "empty group", BYTES("undisclosed-recipients:;"), "" },
	{ "group within a group", BYTES("A: B: a@a.test, c@c.test;"),
	  "*[c@c.test|c|-|-]" },
	{ "group without an end", BYTES("A: a@a.test"), "*[a@a.test|a|-|-]" },
	/* section 3.2.2 */
	{ "comments", BYTES("(x) joe (y) @ (z) a.test"),
	  "[joe@a.test|joe|-|z]" },
	{ "comment in comment", BYTES("(a (b, \\) ) <c>) <joe@a.test>"),
	  "[joe@a.test|joe|-|a (b, ) ) <c>]" },
	{ "name as a comment", BYTES("joe@a.test (Joe Doe)"),
	  "[joe@a.test|joe|-|Joe Doe]" },
	{ "comment in a name", BYTES("Joe (x) Doe <joe@a.test>"),
	  "[joe@a.test|joe|-|Joe Doe]" },
	{ "comment without an end", BYTES("a@a.test, b@b.test (((((("),
	  "[a@a.test|a|-|-]" },
	/* section 4.4 */
	{ "obsolete white space", BYTES("joe . doe @ a . test"),
	  "[joe.doe@a.test|joe.doe|-|-]" },
	{ "route", BYTES("Joe <@x.test,@[::1]:joe@a.test>"),
	  "[joe@a.test|joe|-|Joe]" },
	{ "empty entries", BYTES(",, a@a.test, (x) ,,"), "[a@a.test|a|-|-]" },
	/* section 3.6.7 */
	{ "null sender", BYTES("<>"), "[||-|-]" },
	{ "null sender with space", BYTES(" < (x) > "), "[||-|x]" },
	/* RFC 5233 section 1 */
	{ "detail", BYTES("joe+list+x@a.test"),
	  "[joe+list+x@a.test|joe|list+x|-]" },
	{ "empty detail", BYTES("joe+@a.test"), "[joe+@a.test|joe||-]" },
	{ "no user", BYTES("+x@a.test"), "[+x@a.test|+x|-|-]" },
	{ "'+' in quotes", BYTES("\"a+b\"@a.test"),
	  "[\"a+b\"@a.test|\"a+b\"|-|-]" },
	/* what is none is left out */
	{ "nothing", BYTES(""), "" },
	{ "no domain", BYTES("joe, joe@, @a.test, a@a.test"),
	  "[a@a.test|a|-|-]" },
	{ "words", BYTES("joe doe@a.test, joe@a test, a@b@c"), "" },
	{ "bad domains", BYTES("a@.b, a@b., a@b..c, a@[x"), "" },
	{ "brackets", BYTES("<<a@b>>, >a@b<, <a@b> <c@d>"), "" },
	{ "text behind", BYTES("<a@a.test> x, c@c.test"), "[c@c.test|c|-|-]" },
	{ "bracket without an end", BYTES("c@c.test, <a@a.test, b@b"),
	  "[c@c.test|c|-|-]" },
	{ "quote without an end", BYTES("c@c.test, \"a@b, d@d"),
	  "[c@c.test|c|-|-]" },
	{ "quoted pair without an end", BYTES("c@c.test, \"\\"),
	  "[c@c.test|c|-|-]" },
	{ "comment start in a literal", BYTES("[ ( ] <a@a.test>"),
	  "[a@a.test|a|-|[]" },
	{ "backslash", BYTES("a\\@b.test"), "" },
	{ "NUL", BYTES("a\0@a.test, \"\0\" <b@b>, c@c.test"),
	  "[c@c.test|c|-|-]" },
	{ "longest parts", BYTES(ATEXT255 "@" ATEXT255),
	  "[" ATEXT255 "@" ATEXT255 "|" ATEXT255 "|-|-]" },
	{ "localpart too long", BYTES("a" ATEXT255 "@a.test"), "" },
	{ "domain too long", BYTES("a@a" ATEXT255), "" },
};

static void
add_part(struct buffer *out, struct rfc2822_address_part_string p)
{
	buffer_add(out, SPAN("|"));
	buffer_add(out, p.s == NULL ? SPAN("-") :
	    span_of(p.s, (size_t)p.l));
}

static void
add_address(struct buffer *out, const struct rfc2822_address *a)
{
	assert_int_equal(strlen(a->complete), a->len);
	assert_true(a->len == 0 ||
	    a->len == a->localpart.l + 1 + a->domain.l);
	buffer_add(out, a->is_group_addr ? SPAN("*[") : SPAN("["));
	buffer_add(out, span_of(a->complete, (size_t)a->len));
	add_part(out, a->user);
	add_part(out, a->detail);
	add_part(out, a->desc);
	buffer_add(out, SPAN("]"));
}

/* A block of exactly that size, so that a byte too far is noticed. */
static char *
exact(const char *text, int len)
{
	char *copy = malloc(len > 0 ? (size_t)len : 1);

	assert_non_null(copy);
	memcpy(copy, text, (size_t)len);
	return copy;
}

static void
addresses_of_a_field_are_found(void **state)
{
	(void)state;
	for (size_t i = 0; i < COUNT(fields); i++) {
		char *text = exact(fields[i].text, fields[i].len);
		rfc2822_address_context ctx;
		struct buffer out = { 0 };
		int n = rfc2822_address_parse(&ctx, text, fields[i].len);

		free(text);
		assert_int_equal(n, ctx.naddr);
		for (struct rfc2822_address *a = ctx.addr; a != NULL;
		    a = a->next, n--)
			add_address(&out, a);
		assert_int_equal(n, 0);
		assert_bytes(fields[i].name, buffer_span(&out),
		    span_of_text(fields[i].wanted));
		buffer_deinit(&out);
		rfc2822_address_destroy(&ctx);
		assert_null(ctx.addr);
		rfc2822_address_destroy(&ctx);
	}
}

static char *
repeat(const char *text, size_t n)
{
	size_t len = strlen(text);
	char *all = malloc(len * n);

	assert_non_null(all);
	for (size_t i = 0; i < n; i++)
		memcpy(all + i * len, text, len);
	return all;
}

static int
count_of(const char *text, size_t n)
{
	rfc2822_address_context ctx;
	char *all = repeat(text, n);
	int found = rfc2822_address_parse(&ctx, all, (int)(strlen(text) * n));

	free(all);
	rfc2822_address_destroy(&ctx);
	return found;
}

static void
a_field_over_the_limits_has_no_addresses(void **state)
{
	rfc2822_address_context ctx;

	(void)state;
	assert_int_equal(count_of("a@b,", RFC2822_ADDRESS_COUNT_MAX),
	    RFC2822_ADDRESS_COUNT_MAX);
	assert_int_equal(count_of("a@b,", RFC2822_ADDRESS_COUNT_MAX + 1), 0);
	assert_int_equal(count_of(",", RFC2822_ADDRESS_TEXT_MAX), 0);
	assert_int_equal(count_of("(", RFC2822_ADDRESS_TEXT_MAX), 0);
	assert_int_equal(count_of("a:", RFC2822_ADDRESS_TEXT_MAX / 2), 0);
	assert_int_equal(count_of("a@b             ", 1), 1);
	assert_int_equal(count_of(" ", RFC2822_ADDRESS_TEXT_MAX + 1), 0);
	assert_int_equal(rfc2822_address_parse(&ctx, "a@b", -1), 0);
	assert_null(ctx.addr);
}

enum {
	FULL = 1, /* of the inputs of rfc2821_ctx */
	PARAMS = 2,
	LOWER = 4,
	DETAIL = 8,
	NO_DOMAIN = 16,
};

static const struct {
	const char *name;
	const char *text;
	int len;
	int inputs;
	enum rfc2821_error error;
	const char *wanted; /* localpart|detail|domain */
} paths[] = {
	{ "path", BYTES("<joe@a.test>"), FULL, 0, "joe||a.test" },
	{ "without brackets", BYTES(" joe@a.test "), FULL, 0, "joe||a.test" },
	{ "null sender", BYTES("<>"), FULL, 0, "||" },
	{ "quoted", BYTES("<\"a> \\\"b\"@a.test>"), FULL, 0,
	  "\"a> \\\"b\"||a.test" },
	{ "IPv4", BYTES("<a@[192.0.2.1]>"), FULL, 0, "a||[192.0.2.1]" },
	{ "IPv6", BYTES("<a@[IPv6:2001:db8::1]>"), FULL, 0,
	  "a||[IPv6:2001:db8::1]" },
	{ "general literal", BYTES("<a@[x-y:z]>"), FULL, 0, "a||[x-y:z]" },
	{ "bad IPv4", BYTES("<a@[192.0.2]>"), FULL, RFC2821_E_DOMAIN, "||" },
	{ "bad IPv6", BYTES("<a@[IPv6:x]>"), FULL, RFC2821_E_DOMAIN, "||" },
	{ "lenient literal", BYTES("<a@[x]>"), 0, 0, "a||[x]" },
	/* appendix C */
	{ "route", BYTES("<@x.test,@[192.0.2.1]:joe@a.test>"), FULL, 0,
	  "joe||a.test" },
	{ "bad route", BYTES("<@x.test,:joe@a.test>"), FULL,
	  RFC2821_E_ROUTE, "||" },
	{ "only a route", BYTES("<@x.test:>"), 0, RFC2821_E_LOCALPART, "||" },
	/* section 4.1.2 */
	{ "dots", BYTES("<a..b.@a.test>"), FULL, RFC2821_E_LOCALPART, "||" },
	{ "lenient dots", BYTES("<a..b.@a.test>"), 0, 0, "a..b.||a.test" },
	{ "UTF-8", BYTES("<\xc3\xb6@\xc3\xa4.test>"), 0, 0,
	  "\xc3\xb6||\xc3\xa4.test" },
	{ "UTF-8 localpart", BYTES("<\xc3\xb6@a.test>"), FULL,
	  RFC2821_E_LOCALPART, "||" },
	{ "UTF-8 domain", BYTES("<a@\xc3\xa4.test>"), FULL, RFC2821_E_DOMAIN,
	  "||" },
	{ "underscore", BYTES("<a@b_c.test>"), FULL, RFC2821_E_DOMAIN, "||" },
	{ "hyphen at an end", BYTES("<a@b-.test>"), FULL, RFC2821_E_DOMAIN,
	  "||" },
	{ "lenient label", BYTES("<a@_b-.test>"), 0, 0, "a||_b-.test" },
	{ "empty label", BYTES("<a@b..test>"), 0, RFC2821_E_DOMAIN, "||" },
	{ "dot at the end", BYTES("<a@b.test.>"), 0, RFC2821_E_DOMAIN, "||" },
	{ "no domain behind @", BYTES("<a@>"), NO_DOMAIN, RFC2821_E_DOMAIN,
	  "||" },
	{ "postmaster", BYTES("<postmaster>"), NO_DOMAIN, 0, "postmaster||" },
	{ "missing domain", BYTES("<joe>"), 0, RFC2821_E_NO_DOMAIN, "||" },
	{ "domain as it came", BYTES("<J@A.Test>"), 0, 0, "J||A.Test" },
	{ "domain in lower case", BYTES("<J@A.Test>"), LOWER, 0, "J||a.test" },
	/* RFC 5233 section 1 */
	{ "no detail asked for", BYTES("<j+x@a.test>"), 0, 0, "j+x||a.test" },
	{ "detail", BYTES("<j+x+y@a.test>"), DETAIL, 0, "j|x+y|a.test" },
	{ "no detail", BYTES("<j@a.test>"), DETAIL, 0, "j||a.test" },
	{ "no user", BYTES("<+x@a.test>"), DETAIL, 0, "+x||a.test" },
	{ "'+' in quotes", BYTES("<\"j+x\"@a.test>"), DETAIL, 0,
	  "\"j+x\"||a.test" },
	/* garbage */
	{ "nothing", BYTES(""), 0, RFC2821_E_EMPTY, "||" },
	{ "space", BYTES("  "), 0, RFC2821_E_EMPTY, "||" },
	{ "open bracket", BYTES("<"), 0, RFC2821_E_LOCALPART, "||" },
	{ "no bracket", BYTES("<a@a.test"), 0, RFC2821_E_BRACKET, "||" },
	{ "two", BYTES("<a@a.test>,<b@b.test>"), 0, RFC2821_E_PARAMS, "||" },
	{ "text behind", BYTES("a@a.test x"), 0, RFC2821_E_PARAMS, "||" },
	{ "two @", BYTES("<a@b@c>"), 0, RFC2821_E_BRACKET, "||" },
	{ "space within", BYTES("<a b@a.test>"), 0, RFC2821_E_NO_DOMAIN, "||" },
	{ "open quote", BYTES("<\"a@a.test>"), 0, RFC2821_E_LOCALPART, "||" },
	{ "quoted pair without an end", BYTES("<\"\\"), 0,
	  RFC2821_E_LOCALPART, "||" },
	{ "open literal", BYTES("<a@[1"), 0, RFC2821_E_DOMAIN, "||" },
	{ "line end", BYTES("<a@a.test>\r\n"), 0, RFC2821_E_PARAMS, "||" },
	{ "NUL", BYTES("<a\0@a.test>"), 0, RFC2821_E_NO_DOMAIN, "||" },
	{ "quoted NUL", BYTES("<\"\0\"@a.test>"), 0, RFC2821_E_LOCALPART,
	  "||" },
	/* section 4.5.3.1 */
	{ "64 bytes", BYTES("<" ATEXT32 ATEXT32 "@a.test>"), FULL, 0,
	  ATEXT32 ATEXT32 "||a.test" },
	{ "65 bytes", BYTES("<a" ATEXT32 ATEXT32 "@a.test>"), FULL,
	  RFC2821_E_LENGTH, "||" },
	{ "longest", BYTES("<" ATEXT255 "@" ATEXT255 ">"), 0, 0,
	  ATEXT255 "||" ATEXT255 },
	{ "localpart too long", BYTES("<a" ATEXT255 "@a.test>"), 0,
	  RFC2821_E_LENGTH, "||" },
	{ "detail too long", BYTES("<a+a" ATEXT255 "@a.test>"), DETAIL,
	  RFC2821_E_LENGTH, "||" },
	{ "domain too long", BYTES("<a@a" ATEXT255 ">"), 0,
	  RFC2821_E_LENGTH, "||" },
};

static rfc2821_ctx
context_for(int inputs)
{
	rfc2821_ctx ctx;

	memset(&ctx, 0xff, sizeof(ctx)); /* whatever was in it */
	ctx.inputs.full_validation = (inputs & FULL) != 0;
	ctx.inputs.capture_params = (inputs & PARAMS) != 0;
	ctx.inputs.normalize_domain = (inputs & LOWER) != 0;
	ctx.inputs.populate_detail = (inputs & DETAIL) != 0;
	ctx.inputs.allow_missing_domain = (inputs & NO_DOMAIN) != 0;
	return ctx;
}

static void
a_path_of_the_envelope_is_taken_apart(void **state)
{
	(void)state;
	for (size_t i = 0; i < COUNT(paths); i++) {
		rfc2821_ctx ctx = context_for(paths[i].inputs);
		char *text = exact(paths[i].text, paths[i].len);
		char came[3 * MAXDOMAINNAME];
		int ret = rfc2821_address_parse(text, paths[i].len, &ctx);

		free(text);
		(void)snprintf(came, sizeof(came), "%s|%s|%s", ctx.localpart,
		    ctx.detail, ctx.domain);
		assert_bytes(paths[i].name, span_of_text(came),
		    span_of_text(paths[i].wanted));
		if (ctx.error != (int)paths[i].error)
			fail_msg("%s: error %d", paths[i].name, ctx.error);
		assert_int_equal(ret, paths[i].error == 0 ? 0 : -1);
		assert_null(ctx.params);
		rfc2821_address_destroy(&ctx);
	}
}

/* RFC 5321 section 4.1.2: esmtp-param */
static void
parameters_are_kept_under_their_upper_case_names(void **state)
{
	rfc2821_ctx ctx = context_for(PARAMS);
	const char *value;

	(void)state;
	assert_int_equal(rfc2821_address_parse(
	    BYTES("<a@a.test>  size=12 SMTPUTF8 X-a=<b+c>"), &ctx), 0);
	assert_int_equal(dict_size(ctx.params), 3);
	assert_true(dict_key_exists_and_fetch(ctx.params, "SIZE", &value));
	assert_string_equal(value, "12");
	assert_true(dict_key_exists_and_fetch(ctx.params, "SMTPUTF8", &value));
	assert_string_equal(value, "");
	assert_true(dict_key_exists_and_fetch(ctx.params, "X-A", &value));
	assert_string_equal(value, "<b+c>");
	rfc2821_address_destroy(&ctx);
	assert_null(ctx.params);
	rfc2821_address_destroy(&ctx);
}

static void
bad_parameters_are_an_error(void **state)
{
	static const char *const rows[] = {
		"<> a=", "<> =a", "<> a=b=c", "<> -a=b", "<> a_b=c",
		"<> a=1 A=2", "<> a=b\tc=d", "<>a=b", "<> a=\x7f", "<> a\r\n",
	};

	(void)state;
	for (size_t i = 0; i < COUNT(rows); i++) {
		rfc2821_ctx ctx = context_for(PARAMS);

		if (rfc2821_address_parse(rows[i], (int)strlen(rows[i]),
		    &ctx) != -1)
			fail_msg("\"%s\" was taken", rows[i]);
		assert_int_equal(ctx.error, RFC2821_E_PARAMS);
		assert_null(ctx.params);
	}
}

static void
a_path_over_the_limit_is_refused(void **state)
{
	rfc2821_ctx ctx = context_for(0);
	char *spaces = repeat(" ", RFC2821_ADDRESS_TEXT_MAX + 1);

	(void)state;
	memcpy(spaces, "<>", 2);
	assert_int_equal(rfc2821_address_parse(spaces,
	    RFC2821_ADDRESS_TEXT_MAX, &ctx), 0);
	assert_int_equal(rfc2821_address_parse(spaces,
	    RFC2821_ADDRESS_TEXT_MAX + 1, &ctx), -1);
	assert_int_equal(ctx.error, RFC2821_E_LENGTH);
	assert_int_equal(rfc2821_address_parse(spaces, -1, &ctx), -1);
	assert_int_equal(ctx.error, RFC2821_E_LENGTH);
	free(spaces);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(addresses_of_a_field_are_found),
		cmocka_unit_test(a_field_over_the_limits_has_no_addresses),
		cmocka_unit_test(a_path_of_the_envelope_is_taken_apart),
		cmocka_unit_test(
		    parameters_are_kept_under_their_upper_case_names),
		cmocka_unit_test(bad_parameters_are_an_error),
		cmocka_unit_test(a_path_over_the_limit_is_refused),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
