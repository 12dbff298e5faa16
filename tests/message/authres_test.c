/*
 * Authentication-Results: what is written can be read again and cannot be
 * broken out of; what is read has one meaning; whoever borrows our name is
 * found (RFC 8601 sections 2.2, 5 and appendix B).
 */
#include "seal.h"

#include "base/span.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>

#include <cmocka.h>

/* A field in short: "id version|method/version=result(comment)reason="…"
 * type.name=[value]…|…".  Long enough for every row. */
static char text_of_field[4096];

static void
say(const char *format, ...)
{
	size_t n = strlen(text_of_field);
	va_list args;

	va_start(args, format);
	(void)vsnprintf(text_of_field + n, sizeof(text_of_field) - n, format,
	    args);
	va_end(args);
}

static const char *
in_short(const struct seal_authres *a)
{
	text_of_field[0] = '\0';
	say("[%.*s] %u", (int)a->authserv_id.n,
	    (const char *)a->authserv_id.p, a->version);
	for (size_t i = 0; i < a->n_clauses; i++) {
		const struct seal_clause *c = &a->clauses[i];

		say("|%.*s/%u=%.*s", (int)c->method.n,
		    (const char *)c->method.p, c->method_version,
		    (int)c->result.n, (const char *)c->result.p);
		if (c->comment.n > 0)
			say("(%.*s)", (int)c->comment.n,
			    (const char *)c->comment.p);
		if (c->reason.n > 0)
			say("reason=[%.*s]", (int)c->reason.n,
			    (const char *)c->reason.p);
		for (size_t j = 0; j < c->n_properties; j++) {
			const struct seal_property *p = &c->properties[j];

			say(" %.*s.%.*s=[%.*s]", (int)p->type.n,
			    (const char *)p->type.p, (int)p->name.n,
			    (const char *)p->name.p, (int)p->value.n,
			    (const char *)p->value.p);
		}
	}
	return text_of_field;
}

#define ELEVEN_DEEP "(((((((((((x)))))))))))"

static const struct {
	const char *name;
	struct span value;
	int ret;
	const char *want; /* in short, or the reason of a failure */
} fields[] = {
	/* RFC 8601 appendix B, B.2 to B.7 */
	{ "B.2: none", SPAN_INIT(" example.org 1; none"), 0,
	    "[example.org] 1" },
	{ "B.3: one result", SPAN_INIT(" example.com;\r\n"
	    "          spf=pass smtp.mailfrom=example.net"), 0,
	    "[example.com] 1|spf/1=pass smtp.mailfrom=[example.net]" },
	{ "B.4: two results", SPAN_INIT(" example.com;\r\n"
	    "          auth=pass (cram-md5) smtp.auth=sender@example.net;\r\n"
	    "          spf=pass smtp.mailfrom=example.net"), 0,
	    "[example.com] 1|auth/1=pass(cram-md5) "
	    "smtp.auth=[sender@example.net]"
	    "|spf/1=pass smtp.mailfrom=[example.net]" },
	{ "B.4: an address of the network", SPAN_INIT(" example.com;\r\n"
	    "          iprev=pass\r\n"
	    "            policy.iprev=192.0.2.200"), 0,
	    "[example.com] 1|iprev/1=pass policy.iprev=[192.0.2.200]" },
	{ "B.5: a comment", SPAN_INIT(" example.com;\r\n"
	    "          dkim=pass (good signature) header.d=example.com"), 0,
	    "[example.com] 1|dkim/1=pass(good signature) "
	    "header.d=[example.com]" },
	{ "B.6: reasons", SPAN_INIT(" example.com;\r\n"
	    "          dkim=pass reason=\"good signature\"\r\n"
	    "            header.i=@mail-router.example.net;\r\n"
	    "          dkim=fail reason=\"bad signature\"\r\n"
	    "            header.i=@newyork.example.com"), 0,
	    "[example.com] 1|dkim/1=passreason=[good signature] "
	    "header.i=[@mail-router.example.net]"
	    "|dkim/1=failreason=[bad signature] "
	    "header.i=[@newyork.example.com]" },
	{ "B.7: comments everywhere",
	    SPAN_INIT(" foo.example.net (foobar) 1 (baz);\r\n"
	    "          dkim (Because I like it) / 1 (One yay) ="
	    " (wait for it) fail\r\n"
	    "            policy (A dot can go here) . (like that) expired\r\n"
	    "            (this surprised me) = (as I wasn't expecting it)"
	    " 1362471462"), 0,
	    "[foo.example.net] 1|dkim/1=fail policy.expired=[1362471462]" },

	/* ids and versions */
	{ "no white space", SPAN_INIT("a.test;dkim=pass"), 0,
	    "[a.test] 1|dkim/1=pass" },
	{ "quoted id", SPAN_INIT("\"my \\\"host\\\"\"; none"), 0,
	    "[my \"host\"] 1" },
	{ "UTF-8 id", SPAN_INIT("b\xc3\xbc" "cher.test; none"), 0,
	    "[b\xc3\xbc" "cher.test] 1" },
	{ "other version", SPAN_INIT("a.test 2; dkim/3=pass"), 0,
	    "[a.test] 2|dkim/3=pass" },
	{ "version not a number", SPAN_INIT("a.test x; none"), SEAL_E_SYNTAX,
	    "text follows the authserv-id" },
	{ "version of a thousand digits", SPAN_INIT("a.test 10000000000; none"),
	    SEAL_E_SYNTAX, "a version is not a number" },
	{ "method version of none", SPAN_INIT("a.test; dkim/=pass"),
	    SEAL_E_SYNTAX, "a version is not a number" },
	{ "empty id", SPAN_INIT("\"\"; none"), SEAL_E_SYNTAX,
	    "there is no authserv-id" },
	{ "no id", SPAN_INIT("; none"), SEAL_E_SYNTAX,
	    "there is no authserv-id" },
	{ "nothing", SPAN_INIT(""), SEAL_E_SYNTAX, "there is no authserv-id" },
	{ "results without an id", SPAN_INIT("spf=pass smtp.mailfrom=a.test"),
	    SEAL_E_SYNTAX, "text follows the authserv-id" },

	/* results */
	{ "no results", SPAN_INIT("a.test"), SEAL_E_SYNTAX,
	    "there are no results" },
	{ "no results behind the semicolon", SPAN_INIT("a.test; "),
	    SEAL_E_SYNTAX, "there are no results" },
	{ "final semicolon", SPAN_INIT("a.test; dkim=pass; "), 0,
	    "[a.test] 1|dkim/1=pass" },
	{ "final semicolon after none", SPAN_INIT("a.test; NONE (x) ;"), 0,
	    "[a.test] 1" },
	{ "none and results", SPAN_INIT("a.test; none; dkim=pass"),
	    SEAL_E_SYNTAX, "results follow \"none\"" },
	{ "results and none", SPAN_INIT("a.test; dkim=pass; none"),
	    SEAL_E_SYNTAX, "a method has no result" },
	{ "two semicolons", SPAN_INIT("a.test; dkim=pass;; spf=pass"),
	    SEAL_E_SYNTAX, "a result has no method" },
	{ "no result", SPAN_INIT("a.test; dkim="), SEAL_E_SYNTAX,
	    "a method has no result" },
	{ "method alone", SPAN_INIT("a.test; dkim"), SEAL_E_SYNTAX,
	    "a method has no result" },
	{ "first of two comments",
	    SPAN_INIT("a.test; dkim=pass (a (b\\) c) d) (e) header.d=b.test"),
	    0, "[a.test] 1|dkim/1=pass(a (b) c) d) header.d=[b.test]" },
	{ "folded comment", SPAN_INIT("a.test; dkim=pass (a\r\n b)"), 0,
	    "[a.test] 1|dkim/1=pass(a b)" },
	{ "a comment cannot add a result",
	    SPAN_INIT("a.test; dkim=fail (; dkim=pass) header.d=b.test"), 0,
	    "[a.test] 1|dkim/1=fail(; dkim=pass) header.d=[b.test]" },
	{ "comment without end", SPAN_INIT("a.test; dkim=pass (x"),
	    SEAL_E_SYNTAX, "a comment does not end or nests too deep" },
	{ "comment too deep", SPAN_INIT(ELEVEN_DEEP "a.test; none"),
	    SEAL_E_SYNTAX, "a comment does not end or nests too deep" },

	/* reasons and properties */
	{ "reason as a token", SPAN_INIT("a.test; dkim=fail reason=expired"), 0,
	    "[a.test] 1|dkim/1=failreason=[expired]" },
	{ "a reason cannot add a result",
	    SPAN_INIT("a.test; dkim=fail reason=\"x; dkim=pass\""), 0,
	    "[a.test] 1|dkim/1=failreason=[x; dkim=pass]" },
	{ "reason behind a property",
	    SPAN_INIT("a.test; compauth=pass header.d=b.test reason=100"), 0,
	    "[a.test] 1|compauth/1=passreason=[100] header.d=[b.test]" },
	{ "reason as a type", SPAN_INIT("a.test; dkim=pass reason.x=y"), 0,
	    "[a.test] 1|dkim/1=pass reason.x=[y]" },
	{ "two reasons", SPAN_INIT("a.test; dkim=fail reason=a reason=b"),
	    SEAL_E_SYNTAX, "a result has two reasons" },
	{ "empty reason", SPAN_INIT("a.test; dkim=fail reason=;"),
	    SEAL_E_SYNTAX, "a reason is empty" },
	{ "quoted value", SPAN_INIT("a.test; dkim=pass header.b=\"ab/c=\""), 0,
	    "[a.test] 1|dkim/1=pass header.b=[ab/c=]" },
	{ "unquoted base64", SPAN_INIT("a.test; dkim=pass header.b=ab/c+d=="),
	    0, "[a.test] 1|dkim/1=pass header.b=[ab/c+d==]" },
	{ "unquoted IPv6", SPAN_INIT("a.test; spf=pass "
	    "smtp.remote-ip=2001:db8::1"), 0,
	    "[a.test] 1|spf/1=pass smtp.remote-ip=[2001:db8::1]" },
	{ "null sender", SPAN_INIT("a.test; spf=none smtp.mailfrom=<>"), 0,
	    "[a.test] 1|spf/1=none smtp.mailfrom=[<>]" },
	{ "empty value", SPAN_INIT("a.test; spf=none smtp.mailfrom=; dkim=none"),
	    0, "[a.test] 1|spf/1=none smtp.mailfrom=[]|dkim/1=none" },
	{ "quoted local part",
	    SPAN_INIT("a.test; spf=pass smtp.mailfrom=\"b; c\"@d.test x.y=z"),
	    0, "[a.test] 1|spf/1=pass smtp.mailfrom=[\"b; c\"@d.test] "
	    "x.y=[z]" },
	{ "UTF-8 address",
	    SPAN_INIT("a.test; spf=pass smtp.mailfrom=j\xc3\xb6@b\xc3\xbc.test"),
	    0, "[a.test] 1|spf/1=pass smtp.mailfrom=[j\xc3\xb6@b\xc3\xbc.test]" },
	{ "no type", SPAN_INIT("a.test; dmarc=pass action=none header.from=b"),
	    0, "[a.test] 1|dmarc/1=pass .action=[none] header.from=[b]" },
	{ "no property", SPAN_INIT("a.test; dkim=pass header.=x"),
	    SEAL_E_SYNTAX, "a property has no name" },
	{ "no equals sign", SPAN_INIT("a.test; dkim=pass header.d"),
	    SEAL_E_SYNTAX, "a property has no value" },
	{ "a word too many", SPAN_INIT("a.test; dkim=pass, header.d=x"),
	    SEAL_E_SYNTAX, "a property has no name" },
	{ "quote without end", SPAN_INIT("a.test; dkim=fail reason=\"x; none"),
	    SEAL_E_SYNTAX, "a quoted string does not end" },
	{ "NUL", SPAN_INIT("a.test; dkim=pass\0; none"), SEAL_E_SYNTAX,
	    "the field holds a NUL" },
};

static void
a_field_has_one_meaning_or_says_why_it_has_none(void **state)
{
	(void)state;
	for (size_t i = 0; i < sizeof(fields) / sizeof(fields[0]); i++) {
		struct seal_authres *authres = NULL;
		const char *why = NULL, *got;
		int ret;

		ret = seal_authres_parse(fields[i].value, &authres, &why);
		got = ret == 0 ? in_short(authres) : why;
		if (ret != fields[i].ret || got == NULL ||
		    strcmp(got, fields[i].want) != 0)
			fail_msg("%s: got %d \"%s\", wanted %d \"%s\"",
			    fields[i].name, ret, got, fields[i].ret,
			    fields[i].want);
		assert_true((ret == 0) == (authres != NULL));
		seal_authres_free(&authres);
		assert_null(authres);
	}
}

/* Whether text is the value of one header field and no more: each line end is
 * a fold, and no byte is a control. */
static bool
is_one_value(const char *text)
{
	for (const char *at = text; *at != '\0'; at++) {
		if (*at == '\r') {
			if (at[1] != '\n' || at[2] != '\t' ||
			    strchr("\r\n\t ", at[3]) != NULL)
				return false;
			at += 2;
		} else if ((unsigned char)*at < ' ' && *at != '\t') {
			return false;
		}
	}
	return true;
}

static const struct {
	const char *name;
	struct span value;
	const char *want;
} values[] = {
	{ "token", SPAN_INIT("rsa-sha256"), "rsa-sha256" },
	{ "domain", SPAN_INIT("a.b-c.test"), "a.b-c.test" },
	{ "U-label", SPAN_INIT("b\xc3\xbc" "cher.test"),
	    "b\xc3\xbc" "cher.test" },
	{ "address", SPAN_INIT("a.b+c@d.test"), "a.b+c@d.test" },
	{ "identity", SPAN_INIT("@d.test"), "@d.test" },
	{ "local part of atext", SPAN_INIT("a=b/c?d@e.test"), "a=b/c?d@e.test" },
	{ "UTF-8 local part", SPAN_INIT("j\xc3\xb6@d.test"), "j\xc3\xb6@d.test" },
	{ "empty", SPAN_INIT(""), "\"\"" },
	{ "base64", SPAN_INIT("ab/c+d=="), "\"ab/c+d==\"" },
	{ "space", SPAN_INIT("a b"), "\"a b\"" },
	{ "tab", SPAN_INIT("a\tb"), "\"a\tb\"" },
	{ "semicolon", SPAN_INIT("a;dkim=pass"), "\"a;dkim=pass\"" },
	{ "quote", SPAN_INIT("a\"b"), "\"a\\\"b\"" },
	{ "backslash", SPAN_INIT("a\\"), "\"a\\\\\"" },
	{ "comment", SPAN_INIT("(a)"), "\"(a)\"" },
	{ "quoted local part", SPAN_INIT("\"a b\"@c.test"),
	    "\"\\\"a b\\\"@c.test\"" },
	{ "two dots", SPAN_INIT("a..b@c.test"), "\"a..b@c.test\"" },
	{ "two at signs", SPAN_INIT("a@b@c.test"), "\"a@b@c.test\"" },
	{ "at sign alone", SPAN_INIT("@"), "\"@\"" },
	{ "no domain", SPAN_INIT("a@"), "\"a@\"" },
	{ "line end", SPAN_INIT("a\r\nX-Evil: 1"), "\"a??X-Evil: 1\"" },
	{ "fold", SPAN_INIT("a\r\n b"), "\"a?? b\"" },
	{ "bare line feed", SPAN_INIT("a\nb"), "\"a?b\"" },
	{ "NUL", SPAN_INIT("a\0b"), "\"a?b\"" },
	{ "delete", SPAN_INIT("a\x7f" "b"), "\"a?b\"" },
	{ "next line (C1)", SPAN_INIT("a\xc2\x85" "b"), "\"a??b\"" },
	{ "Latin-1", SPAN_INIT("b\xfc" "cher.test"), "\"b?cher.test\"" },
	{ "over-long UTF-8", SPAN_INIT("a\xc0\x8a" "b"), "\"a??b\"" },
	{ "surrogate", SPAN_INIT("\xed\xa0\x80"), "\"???\"" },
	{ "past Unicode", SPAN_INIT("\xf4\x90\x80\x80"), "\"????\"" },
	{ "cut UTF-8", SPAN_INIT("a\xe2\x82"), "\"a??\"" },
	{ "UTF-8 of every length",
	    SPAN_INIT("\xc2\xa0 \xe2\x82\xac \xf0\x9f\x93\xa7"),
	    "\"\xc2\xa0 \xe2\x82\xac \xf0\x9f\x93\xa7\"" },
};

static void
a_value_is_quoted_when_it_needs_to_be(void **state)
{
	(void)state;
	for (size_t i = 0; i < sizeof(values) / sizeof(values[0]); i++) {
		struct seal_property property = { SPAN("header"), SPAN("x"),
			values[i].value };
		struct seal_clause clause = { .method = SPAN("dkim"),
			.method_version = 1, .result = SPAN("pass"),
			.properties = &property, .n_properties = 1 };
		struct seal_authres authres = { SPAN("a.test"), 1, &clause, 1 };
		char want[256], *text = NULL;

		(void)snprintf(want, sizeof(want),
		    "a.test;\r\n\tdkim=pass header.x=%s", values[i].want);
		assert_int_equal(seal_authres_format(&authres, &text), 0);
		if (strcmp(text, want) != 0 || !is_one_value(text))
			fail_msg("%s: got \"%s\", wanted \"%s\"",
			    values[i].name, text, want);
		seal_text_free(&text);
	}
}

static void
nothing_in_a_field_can_end_it(void **state)
{
	struct span evil = SPAN("x\r\nBcc: y\r\n\r\nz\r\n \n\ra(;\"\\");
	struct seal_property property = { SPAN("header"), SPAN("i"), evil };
	struct seal_clause clause = { .method = SPAN("dkim"),
		.method_version = 1, .result = SPAN("fail"), .reason = evil,
		.comment = evil, .properties = &property, .n_properties = 1 };
	struct seal_authres authres = { evil, 1, &clause, 1 };
	char *text = NULL;

	(void)state;
	assert_int_equal(seal_authres_format(&authres, &text), 0);
	assert_true(is_one_value(text));
	assert_string_equal(text, "\"x??Bcc: y????z?? ??a(;\\\"\\\\\";\r\n"
	    "\tdkim=fail (x??Bcc: y????z?? ??a\\(;\"\\\\)\r\n"
	    "\treason=\"x??Bcc: y????z?? ??a(;\\\"\\\\\"\r\n"
	    "\theader.i=\"x??Bcc: y????z?? ??a(;\\\"\\\\\"");
	seal_text_free(&text);
	assert_null(text);
}

static void
lines_are_filled_up_to_78_columns(void **state)
{
	struct seal_property properties[8];
	struct seal_clause clauses[2] = {
		{ .method = SPAN("dkim"), .method_version = 1,
		    .result = SPAN("permerror"),
		    .reason = SPAN("h= does not name From, which it must"),
		    .properties = properties, .n_properties = 8 },
		{ .method = SPAN("spf"), .method_version = 2,
		    .result = SPAN("pass") },
	};
	struct seal_authres authres = { SPAN("mx.example.org"), 1, clauses, 2 };
	size_t column = 24; /* behind the field's name */
	char *text = NULL;

	(void)state;
	for (size_t i = 0; i < 8; i++)
		properties[i] = (struct seal_property){ SPAN("header"),
			SPAN("d"), SPAN("twenty-letters.test") };
	assert_int_equal(seal_authres_format(&authres, &text), 0);
	assert_string_equal(text, "mx.example.org;\r\n"
	    "\tdkim=permerror reason=\"h= does not name From, which it must\"\r\n"
	    "\theader.d=twenty-letters.test header.d=twenty-letters.test\r\n"
	    "\theader.d=twenty-letters.test header.d=twenty-letters.test\r\n"
	    "\theader.d=twenty-letters.test header.d=twenty-letters.test\r\n"
	    "\theader.d=twenty-letters.test header.d=twenty-letters.test;\r\n"
	    "\tspf/2=pass");
	for (const char *at = text; *at != '\0'; at++) {
		if (*at == '\r')
			continue;
		column = *at == '\n' ? 0 : column + (*at == '\t' ? 8 : 1);
		assert_true(column <= 78);
	}
	seal_text_free(&text);
}

static void
a_field_without_results_says_none(void **state)
{
	struct seal_authres authres = { SPAN("mx.example.org"), 1, NULL, 0 };
	char *text = NULL;

	(void)state;
	assert_int_equal(seal_authres_format(&authres, &text), 0);
	assert_string_equal(text, "mx.example.org; none");
	seal_text_free(&text);
	authres.version = 2;
	assert_int_equal(seal_authres_format(&authres, &text), 0);
	assert_string_equal(text, "mx.example.org 2; none");
	seal_text_free(&text);
}

static void
what_is_no_keyword_is_refused(void **state)
{
	static const struct span bad[] = {
		SPAN_INIT(""), SPAN_INIT("a b"), SPAN_INIT("a;b"),
		SPAN_INIT("a=b"), SPAN_INIT("a\r\nb"), SPAN_INIT("a\0b"),
		SPAN_INIT("(a)"), SPAN_INIT("\"a\""), SPAN_INIT("a.b"),
		SPAN_INIT("a/1"), SPAN_INIT("\xc3\xbc"),
	};

	(void)state;
	for (size_t i = 0; i < sizeof(bad) / sizeof(bad[0]); i++) {
		for (int where = 0; where < 4; where++) {
			struct seal_property property = { SPAN("header"),
				SPAN("d"), SPAN("x") };
			struct seal_clause clause = { .method = SPAN("dkim"),
				.method_version = 1, .result = SPAN("pass"),
				.properties = &property, .n_properties = 1 };
			struct seal_authres authres = { SPAN("a"), 1, &clause,
				1 };
			struct span *places[] = { &clause.method,
				&clause.result, &property.type, &property.name };
			char *text = NULL;

			*places[where] = bad[i];
			assert_int_equal(seal_authres_format(&authres, &text),
			    SEAL_E_OPTION);
			assert_null(text);
		}
	}
}

static void
an_empty_authserv_id_is_refused(void **state)
{
	struct seal_authres authres = { SPAN(""), 1, NULL, 0 };
	char *text = NULL;

	(void)state;
	assert_int_equal(seal_authres_format(&authres, &text), SEAL_E_OPTION);
	assert_null(text);
}

/* count pieces behind a start, parsed */
static int
parse_many(const char *start, const char *piece, size_t count,
    const char **why_r)
{
	size_t n = strlen(start), step = strlen(piece);
	struct seal_authres *authres = NULL;
	char *text = malloc(n + count * step);
	int ret;

	assert_non_null(text);
	memcpy(text, start, n);
	for (size_t i = 0; i < count; i++)
		memcpy(text + n + i * step, piece, step);
	ret = seal_authres_parse(span_of(text, n + count * step), &authres,
	    why_r);
	seal_authres_free(&authres);
	free(text);
	return ret;
}

static void
limits_are_told(void **state)
{
	const char *why = NULL;

	(void)state;
	assert_int_equal(parse_many("a", ";b=c", SEAL_MAX_CLAUSES, &why), 0);
	assert_int_equal(parse_many("a", ";b=c", SEAL_MAX_CLAUSES + 1, &why),
	    SEAL_E_LIMIT);
	assert_string_equal(why, "there are too many results");
	assert_int_equal(parse_many("a;b=c", " d.e=f", SEAL_MAX_PROPERTIES,
	    &why), 0);
	assert_int_equal(parse_many("a;b=c", " d.e=f", SEAL_MAX_PROPERTIES + 1,
	    &why), SEAL_E_LIMIT);
	assert_string_equal(why, "a result has too many properties");
	assert_int_equal(parse_many("a;b=c", "(x)", 300000, &why), 0);
	assert_int_equal(parse_many("a;b=c", "(", 300000, &why),
	    SEAL_E_SYNTAX);
}

/* A repeatable source of cases: a linear congruence. */
static uint64_t seed;

static unsigned
pick(unsigned below)
{
	seed = seed * 6364136223846793005u + 1442695040888963407u;
	return (unsigned)(seed >> 33) % below;
}

static struct span
pick_keyword(void)
{
	static const struct span words[] = {
		SPAN_INIT("dkim"), SPAN_INIT("none"), SPAN_INIT("reason"),
		SPAN_INIT("header"), SPAN_INIT("d"), SPAN_INIT("x-y_z"),
		SPAN_INIT("1"), SPAN_INIT("remote-ip"),
	};

	return words[pick(sizeof(words) / sizeof(words[0]))];
}

static struct span
pick_text(char *room)
{
	static const char *const pieces[] = {
		"a", "b.c", ".", "@", " ", "\t", "\"", "\\", "(", ")", ";", "=",
		"/", ",", "<", ">", "?", "1", "reason=", "; x=pass",
		"\xc3\xbc", "\xe2\x82\xac", "\xf0\x9f\x93\xa7",
	};

	room[0] = '\0';
	for (unsigned n = 1 + pick(8); n > 0; n--)
		strcat(room, pieces[pick(sizeof(pieces) / sizeof(pieces[0]))]);
	return span_of_text(room);
}

static void
what_is_written_is_read_again(void **state)
{
	(void)state;
	for (seed = 1; seed < 4000000000u; seed += 400000) {
		uint64_t started = seed;
		char room[16][80], was[4096], *text = NULL;
		struct seal_property properties[3 * 3];
		struct seal_clause clauses[3];
		struct seal_authres authres = { pick_text(room[0]), pick(3),
			clauses, pick(4) }, *again = NULL;
		const char *why = NULL;
		size_t used = 1;
		int ret;

		for (size_t i = 0; i < authres.n_clauses; i++) {
			clauses[i] = (struct seal_clause){
				.method = pick_keyword(),
				.method_version = pick(3),
				.result = pick_keyword(),
				.properties = &properties[3 * i],
				.n_properties = pick(4),
			};
			if (pick(2) == 0)
				clauses[i].reason = pick_text(room[used++]);
			if (pick(2) == 0)
				clauses[i].comment = pick_text(room[used++]);
			for (size_t j = 0; j < clauses[i].n_properties; j++)
				properties[3 * i + j] = (struct seal_property){
					pick_keyword(), pick_keyword(),
					pick_text(room[used++]) };
		}
		(void)snprintf(was, sizeof(was), "%s", in_short(&authres));
		assert_int_equal(seal_authres_format(&authres, &text), 0);
		assert_true(is_one_value(text));
		ret = seal_authres_parse(span_of_text(text), &again, &why);
		if (ret != 0 || strcmp(in_short(again), was) != 0)
			fail_msg("seed %llu: \"%s\" became %d \"%s\", was "
			    "\"%s\"", (unsigned long long)started, text, ret,
			    ret == 0 ? in_short(again) : why, was);
		if (!seal_authres_claims(span_of_text(text),
		    authres.authserv_id))
			fail_msg("seed %llu: \"%s\" does not claim",
			    (unsigned long long)started, text);
		seal_authres_free(&again);
		seal_text_free(&text);
		seed = started;
	}
}

static const struct {
	const char *name;
	struct span value, id;
	bool claims;
} claims[] = {
	{ "ours", SPAN_INIT(" mx.us.test; dkim=pass"), SPAN_INIT("mx.us.test"),
	    true },
	{ "theirs", SPAN_INIT(" mx.them.test; dkim=pass"),
	    SPAN_INIT("mx.us.test"), false },
	{ "capitals", SPAN_INIT("MX.Us.TEST; none"), SPAN_INIT("mx.us.test"),
	    true },
	{ "capitals in ours", SPAN_INIT("mx.us.test; none"),
	    SPAN_INIT("MX.US.TEST"), true },
	{ "no white space", SPAN_INIT("mx.us.test;none"),
	    SPAN_INIT("mx.us.test"), true },
	{ "version", SPAN_INIT("mx.us.test 1; none"), SPAN_INIT("mx.us.test"),
	    true },
	{ "version behind a fold", SPAN_INIT("mx.us.test\r\n\t99 ; none"),
	    SPAN_INIT("mx.us.test"), true },
	{ "folds before", SPAN_INIT("\r\n \r\n mx.us.test; none"),
	    SPAN_INIT("mx.us.test"), true },
	{ "comment before", SPAN_INIT("(them.test; none) mx.us.test; none"),
	    SPAN_INIT("mx.us.test"), true },
	{ "comment behind", SPAN_INIT("mx.us.test(x); none"),
	    SPAN_INIT("mx.us.test"), true },
	{ "comment within", SPAN_INIT("mx.(x)us.test; none"),
	    SPAN_INIT("mx.us.test"), true },
	{ "space within", SPAN_INIT("mx. us .test; none"),
	    SPAN_INIT("mx.us.test"), true },
	{ "comment within, and a version", SPAN_INIT("mx.us(x).test 1; none"),
	    SPAN_INIT("mx.us.test"), true },
	{ "quoted", SPAN_INIT("\"mx.us.test\"; none"), SPAN_INIT("mx.us.test"),
	    true },
	{ "quoted with escapes", SPAN_INIT("\"mx\\.us.\\test\"; none"),
	    SPAN_INIT("mx.us.test"), true },
	{ "quoted with a fold", SPAN_INIT("\"mx.us.\r\n test\"; none"),
	    SPAN_INIT("mx.us.test"), true },
	{ "half quoted", SPAN_INIT("mx.\"us\".test; none"),
	    SPAN_INIT("mx.us.test"), true },
	{ "quote without end", SPAN_INIT("\"mx.us.test; dkim=pass"),
	    SPAN_INIT("mx.us.test"), true },
	{ "final dot", SPAN_INIT("mx.us.test.; none"), SPAN_INIT("mx.us.test"),
	    true },
	{ "final dot in ours", SPAN_INIT("mx.us.test; none"),
	    SPAN_INIT("mx.us.test."), true },
	{ "no semicolon", SPAN_INIT("mx.us.test"), SPAN_INIT("mx.us.test"),
	    true },
	{ "no semicolon but text", SPAN_INIT("mx.us.test dkim=pass"),
	    SPAN_INIT("mx.us.test"), true },
	{ "comma for a semicolon", SPAN_INIT("mx.us.test, dkim=pass"),
	    SPAN_INIT("mx.us.test"), true },
	{ "version like a method's", SPAN_INIT("mx.us.test/1; dkim=pass"),
	    SPAN_INIT("mx.us.test"), true },
	{ "port", SPAN_INIT("mx.us.test:25; dkim=pass"),
	    SPAN_INIT("mx.us.test"), true },
	{ "brackets", SPAN_INIT("<mx.us.test>; dkim=pass"),
	    SPAN_INIT("mx.us.test"), true },
	{ "NUL behind", SPAN_INIT("mx.us.test\0.them.test; dkim=pass"),
	    SPAN_INIT("mx.us.test"), true },
	{ "NUL within", SPAN_INIT("mx.\0us.test; dkim=pass"),
	    SPAN_INIT("mx.us.test"), true },
	{ "the rest does not parse", SPAN_INIT("mx.us.test; (((\"=;;"),
	    SPAN_INIT("mx.us.test"), true },
	{ "U-label", SPAN_INIT("mx.b\xc3\xbc" "cher.test; none"),
	    SPAN_INIT("mx.xn--bcher-kva.test"), true },
	{ "U-label in ours", SPAN_INIT("MX.xn--BCHER-kva.test; none"),
	    SPAN_INIT("mx.b\xc3\xbc" "cher.test"), true },
	{ "other spelling of a U-label",
	    SPAN_INIT("mx.BU\xcc\x88" "cher.test. 1; none"),
	    SPAN_INIT("mx.b\xc3\xbc" "cher.test"), true },
	{ "full-width letters",
	    SPAN_INIT("\xef\xbd\x8d\xef\xbd\x98.us.test; none"),
	    SPAN_INIT("mx.us.test"), true },
	{ "soft hyphen", SPAN_INIT("mx.u\xc2\xads.test; none"),
	    SPAN_INIT("mx.us.test"), true },
	{ "another U-label", SPAN_INIT("mx.b\xc3\xb6" "cher.test; none"),
	    SPAN_INIT("mx.b\xc3\xbc" "cher.test"), false },
	{ "no host name at all", SPAN_INIT("\"our place\"; none"),
	    SPAN_INIT("Our Place"), true },
	{ "id with a slash", SPAN_INIT("mx.us.test/in; none"),
	    SPAN_INIT("mx.us.test/in"), true },

	/* cannot be decided: taken for a claim */
	{ "comment without end", SPAN_INIT("(x mx.us.test; none"),
	    SPAN_INIT("mx.us.test"), true },
	{ "comment too deep", SPAN_INIT(ELEVEN_DEEP "them.test; none"),
	    SPAN_INIT("mx.us.test"), true },
	{ "nested comment that some end early",
	    SPAN_INIT("(a(b) mx.us.test; dkim=pass (c)) them.test; none"),
	    SPAN_INIT("mx.us.test"), true },
	{ "escape in a comment",
	    SPAN_INIT("(\\) mx.us.test; dkim=pass () them.test; none"),
	    SPAN_INIT("mx.us.test"), true },
	{ "encoded word", SPAN_INIT("=?utf-8?q?mx=2Eus=2Etest?=; dkim=pass"),
	    SPAN_INIT("mx.us.test"), true },
	{ "not UTF-8", SPAN_INIT("mx.us\xff.test; none"),
	    SPAN_INIT("mx.us.test"), true },
	{ "no name", SPAN_INIT("; dkim=pass"), SPAN_INIT("mx.us.test"), true },
	{ "nothing", SPAN_INIT(""), SPAN_INIT("mx.us.test"), true },

	/* others are left alone */
	{ "ours with more in front", SPAN_INIT("amx.us.test; none"),
	    SPAN_INIT("mx.us.test"), false },
	{ "below ours", SPAN_INIT("a.mx.us.test; none"),
	    SPAN_INIT("mx.us.test"), false },
	{ "ours with more behind", SPAN_INIT("mx.us.tester; none"),
	    SPAN_INIT("mx.us.test"), false },
	{ "ours as the beginning", SPAN_INIT("mx.us.test.them.test; none"),
	    SPAN_INIT("mx.us.test"), false },
	{ "above ours", SPAN_INIT("us.test; none"), SPAN_INIT("mx.us.test"),
	    false },
	{ "digits of another name", SPAN_INIT("mx.us.test1; none"),
	    SPAN_INIT("mx.us.test"), false },
	{ "ours in a comment", SPAN_INIT("them.test (mx.us.test); none"),
	    SPAN_INIT("mx.us.test"), false },
	{ "ours behind the semicolon",
	    SPAN_INIT("them.test; dkim=pass header.d=mx.us.test"),
	    SPAN_INIT("mx.us.test"), false },
	{ "ours as a result", SPAN_INIT("them.test; mx.us.test; dkim=pass"),
	    SPAN_INIT("mx.us.test"), false },
	{ "broken, but another's", SPAN_INIT("them.test; dkim=(((\"=;;"),
	    SPAN_INIT("mx.us.test"), false },
	{ "another's version", SPAN_INIT("them.test 1; none"),
	    SPAN_INIT("mx.us.test"), false },
	{ "nobody's name", SPAN_INIT("them.test; none"), SPAN_INIT(""), false },
};

static void
whoever_borrows_our_name_is_found(void **state)
{
	(void)state;
	for (size_t i = 0; i < sizeof(claims) / sizeof(claims[0]); i++) {
		if (seal_authres_claims(claims[i].value, claims[i].id) !=
		    claims[i].claims)
			fail_msg("%s: wanted %d", claims[i].name,
			    claims[i].claims);
	}
}

/* Names past any length and conversions without end are decided at once. */
static void
a_long_name_is_not_read_for_ever(void **state)
{
	static const struct {
		const char *piece;
		bool claims;
	} rows[] = {
		{ "a", false },
		{ "a ", false },
		{ ".", false },
		{ ". ", false },
		{ " ", true }, /* no name */
		{ "()", true }, /* no name */
		{ "\xc3\xbc", true },
		{ "\xc3\xbc ", true },
		{ "\"", true }, /* no name */
	};
	size_t room = 1 << 20;
	char *text = malloc(room);

	(void)state;
	assert_non_null(text);
	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		size_t step = strlen(rows[i].piece), n = room - room % step;

		for (size_t at = 0; at < n; at += step)
			memcpy(text + at, rows[i].piece, step);
		if (seal_authres_claims(span_of(text, n), SPAN("mx.us.test")) !=
		    rows[i].claims)
			fail_msg("\"%s\": wanted %d", rows[i].piece,
			    rows[i].claims);
	}
	free(text);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(a_field_has_one_meaning_or_says_why_it_has_none),
		cmocka_unit_test(a_value_is_quoted_when_it_needs_to_be),
		cmocka_unit_test(nothing_in_a_field_can_end_it),
		cmocka_unit_test(lines_are_filled_up_to_78_columns),
		cmocka_unit_test(a_field_without_results_says_none),
		cmocka_unit_test(what_is_no_keyword_is_refused),
		cmocka_unit_test(an_empty_authserv_id_is_refused),
		cmocka_unit_test(limits_are_told),
		cmocka_unit_test(what_is_written_is_read_again),
		cmocka_unit_test(whoever_borrows_our_name_is_found),
		cmocka_unit_test(a_long_name_is_not_read_for_ever),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
