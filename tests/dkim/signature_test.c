/*
 * signature_test.c: one DKIM-Signature field (RFC 6376 sections 3.5 and 6.1.1,
 * RFC 8463, RFC 8616), and how it is hashed as a part of what it signs (section
 * 3.7).
 */
#include "fixture.h"

#include "dkim/signature.h"

#define H32 "47DEQpj8HBSa+/TImW+5JCeuQeRkm5NMpJWZG3hSuFU=" /* 32 octets */
#define H20 "2jmj7l5rSw0yVb/vlWAYkK/YBwk=" /* 20 octets */

/* A good signature with room for more tags, and parts of it for bad ones. */
#define GOOD "v=1; a=rsa-sha256; d=a.test; s=s1; h=from:to; bh=" H32 "; b=QUJD"

static struct arena arena;
static struct header header;

static int
begin(void **state)
{
	(void)state;
	header_init(&header, &arena, 1024 * 1024);
	return 0;
}

static int
end(void **state)
{
	(void)state;
	arena_deinit(&arena);
	return 0;
}

static enum seal_reason
parse(struct span value, struct signature *s, struct span *fault_r)
{
	struct buffer raw = { 0 };
	uint32_t n = header.n;

	buffer_add_text(&raw, "DKIM-Signature: ");
	buffer_add(&raw, value);
	assert_int_equal(header_add(&header, buffer_span(&raw)), 0);
	assert_int_equal(header.n, n + 1);
	buffer_deinit(&raw);
	return signature_parse(&header.fields[n], &arena, s, fault_r);
}

static const struct {
	const char *name;
	struct span value;
	enum seal_reason reason;
	const char *fault; /* NULL: nothing in particular */
} rows[] = {
	{ "only what is required", SPAN_INIT(GOOD), SEAL_WHY_OK, NULL },
	{ "everything there is", SPAN_INIT(GOOD "; c=relaxed/simple; "
	    "i=joe@sub.a.test; l=10; q=dns/txt; t=100; x=200; z=From:x"),
	    SEAL_WHY_OK, NULL },
	{ "unknown tags are ignored (section 3.2)",
	    SPAN_INIT("r=y; " GOOD "; atps=a.test; x_9="), SEAL_WHY_OK, NULL },
	{ "folding white space everywhere", SPAN_INIT("\r\n v = 1 ;\r\n\ta\r\n"
	    " =\r\n rsa-sha256 ; d = a.test;s=\ts1;h= from\r\n :\r\n to ;"
	    "bh=47DEQpj8HBSa+/TImW+5JCeu\r\n\tQeRkm5NMpJWZG3hSuFU =;"
	    " b = QU\r\n JD ;\r\n "), SEAL_WHY_OK, NULL },

	/* required tags (section 3.5, 6.1.1) */
	{ "no v=", SPAN_INIT("a=rsa-sha256; d=a.test; s=s1; h=from; bh=" H32
	    "; b=QUJD"), SEAL_WHY_TAG_MISSING, "v" },
	{ "no a=", SPAN_INIT("v=1; d=a.test; s=s1; h=from; bh=" H32
	    "; b=QUJD"), SEAL_WHY_TAG_MISSING, "a" },
	{ "no b=", SPAN_INIT("v=1; a=rsa-sha256; d=a.test; s=s1; h=from; bh="
	    H32), SEAL_WHY_TAG_MISSING, "b" },
	{ "B= is not b=", SPAN_INIT("v=1; a=rsa-sha256; d=a.test; s=s1; "
	    "h=from; bh=" H32 "; B=QUJD"), SEAL_WHY_TAG_MISSING, "b" },
	{ "no bh=", SPAN_INIT("v=1; a=rsa-sha256; d=a.test; s=s1; h=from; "
	    "b=QUJD"), SEAL_WHY_TAG_MISSING, "bh" },
	{ "no d=", SPAN_INIT("v=1; a=rsa-sha256; s=s1; h=from; bh=" H32
	    "; b=QUJD"), SEAL_WHY_TAG_MISSING, "d" },
	{ "no h=", SPAN_INIT("v=1; a=rsa-sha256; d=a.test; s=s1; bh=" H32
	    "; b=QUJD"), SEAL_WHY_TAG_MISSING, "h" },
	{ "no s=", SPAN_INIT("v=1; a=rsa-sha256; d=a.test; h=from; bh=" H32
	    "; b=QUJD"), SEAL_WHY_TAG_MISSING, "s" },

	/* the list as such (section 3.2) */
	{ "nothing", SPAN_INIT(""), SEAL_WHY_TAG_SYNTAX, NULL },
	{ "no list", SPAN_INIT("=?utf-8?q?v=3D1?="), SEAL_WHY_TAG_SYNTAX,
	    NULL },
	{ "two semicolons", SPAN_INIT(GOOD ";;"), SEAL_WHY_TAG_SYNTAX, NULL },
	{ "NUL", SPAN_INIT(GOOD "; z=\0"), SEAL_WHY_TAG_SYNTAX, NULL },
	{ "NUL in d=", SPAN_INIT("d=a.test\0.evil; v=1"),
	    SEAL_WHY_TAG_SYNTAX, NULL },
	{ "a tag twice", SPAN_INIT(GOOD "; d=a.test"), SEAL_WHY_TAG_TWICE,
	    "d" },
	{ "an unknown tag twice", SPAN_INIT(GOOD "; x_=1; x_=1"),
	    SEAL_WHY_TAG_TWICE, "x_" },
	{ "b= twice", SPAN_INIT("b=QUJD; " GOOD), SEAL_WHY_TAG_TWICE, "b" },

	/* v= */
	{ "another version", SPAN_INIT("v=2; a=rsa-sha256; d=a.test; s=s1; "
	    "h=from; bh=" H32 "; b=QUJD"), SEAL_WHY_VERSION, NULL },
	{ "v= is a text, not a number", SPAN_INIT("v=01; a=rsa-sha256; "
	    "d=a.test; s=s1; h=from; bh=" H32 "; b=QUJD"), SEAL_WHY_VERSION,
	    NULL },
	{ "an empty version", SPAN_INIT("v=; a=rsa-sha256; d=a.test; s=s1; "
	    "h=from; bh=" H32 "; b=QUJD"), SEAL_WHY_VERSION, NULL },
	{ "v= that goes on", SPAN_INIT("v=1 1; a=rsa-sha256; d=a.test; s=s1; "
	    "h=from; bh=" H32 "; b=QUJD"), SEAL_WHY_VERSION, NULL },

	/* a= */
	{ "an unknown algorithm", SPAN_INIT("v=1; a=rsa-sha512; d=a.test; "
	    "s=s1; h=from; bh=" H32 "; b=QUJD"), SEAL_WHY_ALGORITHM,
	    "rsa-sha512" },
	{ "an empty algorithm (Momentum MO-7263)", SPAN_INIT("v=1; a=; "
	    "d=a.test; s=s1; h=from; bh=" H32 "; b=QUJD"), SEAL_WHY_ALGORITHM,
	    NULL },
	{ "an algorithm without its hash", SPAN_INIT("v=1; a=rsa; d=a.test; "
	    "s=s1; h=from; bh=" H32 "; b=QUJD"), SEAL_WHY_ALGORITHM, "rsa" },

	/* b= and bh= */
	{ "b= empty", SPAN_INIT("v=1; a=rsa-sha256; d=a.test; s=s1; h=from; "
	    "bh=" H32 "; b="), SEAL_WHY_SIGNATURE_BASE64, NULL },
	{ "b= of white space", SPAN_INIT("v=1; a=rsa-sha256; d=a.test; s=s1; "
	    "h=from; bh=" H32 "; b= \r\n "), SEAL_WHY_SIGNATURE_BASE64, NULL },
	{ "b= that is not base64", SPAN_INIT("v=1; a=rsa-sha256; d=a.test; "
	    "s=s1; h=from; bh=" H32 "; b=QU_D"), SEAL_WHY_SIGNATURE_BASE64,
	    NULL },
	{ "b= without its padding", SPAN_INIT("v=1; a=rsa-sha256; d=a.test; "
	    "s=s1; h=from; bh=" H32 "; b=QUJ"), SEAL_WHY_SIGNATURE_BASE64,
	    NULL },
	{ "bh= empty", SPAN_INIT("v=1; a=rsa-sha256; d=a.test; s=s1; h=from; "
	    "bh=; b=QUJD"), SEAL_WHY_BODY_HASH_BASE64, NULL },
	{ "bh= that is not base64", SPAN_INIT("v=1; a=rsa-sha256; d=a.test; "
	    "s=s1; h=from; bh=%; b=QUJD"), SEAL_WHY_BODY_HASH_BASE64, NULL },
	{ "bh= of another hash", SPAN_INIT("v=1; a=rsa-sha256; d=a.test; "
	    "s=s1; h=from; bh=" H20 "; b=QUJD"), SEAL_WHY_BODY_HASH_LENGTH,
	    NULL },
	{ "bh= too short (rspamd 4.1.3)", SPAN_INIT("v=1; a=ed25519-sha256; "
	    "d=a.test; s=s1; h=from; bh=QUJD; b=QUJD"),
	    SEAL_WHY_BODY_HASH_LENGTH, NULL },
	{ "bh= too long", SPAN_INIT("v=1; a=rsa-sha1; d=a.test; s=s1; "
	    "h=from; bh=" H32 "; b=QUJD"), SEAL_WHY_BODY_HASH_LENGTH, NULL },
	{ "bh= of rsa-sha1", SPAN_INIT("v=1; a=rsa-sha1; d=a.test; s=s1; "
	    "h=from; bh=" H20 "; b=QUJD"), SEAL_WHY_OK, NULL },

	/* d= and s= */
	{ "d= empty", SPAN_INIT("v=1; a=rsa-sha256; d=; s=s1; h=from; bh=" H32
	    "; b=QUJD"), SEAL_WHY_DOMAIN, NULL },
	{ "a space in d=", SPAN_INIT("v=1; a=rsa-sha256; d=a.test b; s=s1; "
	    "h=from; bh=" H32 "; b=QUJD"), SEAL_WHY_DOMAIN, "a.test b" },
	{ "an empty label in d=", SPAN_INIT("v=1; a=rsa-sha256; d=a..test; "
	    "s=s1; h=from; bh=" H32 "; b=QUJD"), SEAL_WHY_DOMAIN, "a..test" },
	{ "an address in d=", SPAN_INIT("v=1; a=rsa-sha256; d=@a.test; s=s1; "
	    "h=from; bh=" H32 "; b=QUJD"), SEAL_WHY_DOMAIN, "@a.test" },
	{ "d= that IDNA refuses", SPAN_INIT("v=1; a=rsa-sha256; "
	    "d=a\xe2\x80\x8e.test; s=s1; h=from; bh=" H32 "; b=QUJD"),
	    SEAL_WHY_DOMAIN, "a\xe2\x80\x8e.test" },
	{ "s= empty", SPAN_INIT("v=1; a=rsa-sha256; d=a.test; s=; h=from; bh="
	    H32 "; b=QUJD"), SEAL_WHY_SELECTOR, NULL },
	{ "a space in s=", SPAN_INIT("v=1; a=rsa-sha256; d=a.test; s=s 1; "
	    "h=from; bh=" H32 "; b=QUJD"), SEAL_WHY_SELECTOR, "s 1" },
	{ "a slash in s=", SPAN_INIT("v=1; a=rsa-sha256; d=a.test; s=s/1; "
	    "h=from; bh=" H32 "; b=QUJD"), SEAL_WHY_SELECTOR, "s/1" },
	{ "s= with dots and underscores", SPAN_INIT("v=1; a=rsa-sha256; "
	    "d=a.test; s=a_1.b-2; h=from; bh=" H32 "; b=QUJD"), SEAL_WHY_OK,
	    NULL },

	/* h= */
	{ "h= empty", SPAN_INIT("v=1; a=rsa-sha256; d=a.test; s=s1; h=; bh="
	    H32 "; b=QUJD"), SEAL_WHY_SIGNED_HEADERS, NULL },
	{ "an empty name in h=", SPAN_INIT("v=1; a=rsa-sha256; d=a.test; "
	    "s=s1; h=from::to; bh=" H32 "; b=QUJD"), SEAL_WHY_SIGNED_HEADERS,
	    NULL },
	{ "an empty name at the end of h=", SPAN_INIT("v=1; a=rsa-sha256; "
	    "d=a.test; s=s1; h=from:; bh=" H32 "; b=QUJD"),
	    SEAL_WHY_SIGNED_HEADERS, NULL },
	{ "a space in a name of h=", SPAN_INIT("v=1; a=rsa-sha256; d=a.test; "
	    "s=s1; h=from to; bh=" H32 "; b=QUJD"), SEAL_WHY_SIGNED_HEADERS,
	    "from to" },
	{ "From is not in h= (section 5.4)", SPAN_INIT("v=1; a=rsa-sha256; "
	    "d=a.test; s=s1; h=to:subject:x-from; bh=" H32 "; b=QUJD"),
	    SEAL_WHY_FROM_NOT_SIGNED, NULL },
	{ "From in any case and anywhere", SPAN_INIT("v=1; a=rsa-sha256; "
	    "d=a.test; s=s1; h=to : fROM; bh=" H32 "; b=QUJD"), SEAL_WHY_OK,
	    NULL },

	/* c= */
	{ "an unknown canonicalization", SPAN_INIT(GOOD "; c=nofws"),
	    SEAL_WHY_CANONICALIZATION, "nofws" },
	{ "c= empty", SPAN_INIT(GOOD "; c="), SEAL_WHY_CANONICALIZATION,
	    NULL },
	{ "c= with three", SPAN_INIT(GOOD "; c=simple/simple/simple"),
	    SEAL_WHY_CANONICALIZATION, "simple/simple/simple" },

	/* i= */
	{ "i= without @", SPAN_INIT(GOOD "; i=a.test"), SEAL_WHY_IDENTITY,
	    "a.test" },
	{ "i= empty", SPAN_INIT(GOOD "; i="), SEAL_WHY_IDENTITY, NULL },
	{ "i= without a domain", SPAN_INIT(GOOD "; i=joe@"),
	    SEAL_WHY_IDENTITY, "joe@" },
	{ "i= badly encoded", SPAN_INIT(GOOD "; i=j=zze@a.test"),
	    SEAL_WHY_IDENTITY, NULL },
	{ "i= elsewhere", SPAN_INIT(GOOD "; i=@b.test"),
	    SEAL_WHY_IDENTITY_DOMAIN, "@b.test" },
	{ "i= above d=", SPAN_INIT(GOOD "; i=@test"),
	    SEAL_WHY_IDENTITY_DOMAIN, "@test" },
	{ "i= that only ends alike", SPAN_INIT(GOOD "; i=@xa.test"),
	    SEAL_WHY_IDENTITY_DOMAIN, "@xa.test" },
	{ "i= in d= itself, in capitals", SPAN_INIT(GOOD "; i=J@A.TEST"),
	    SEAL_WHY_OK, NULL },
	{ "i= below d=", SPAN_INIT(GOOD "; i=@x.y.a.test"), SEAL_WHY_OK,
	    NULL },
	{ "i= with an encoded @ of its own", SPAN_INIT(GOOD
	    "; i=\"b@evil\"=40a.test"), SEAL_WHY_OK, NULL },

	/* l= */
	{ "l= of 76 digits", SPAN_INIT(GOOD "; l=00000000000000000000000000000"
	    "00000000000000000000000000000000000000000000010"), SEAL_WHY_OK,
	    NULL },
	{ "l= of 77 digits", SPAN_INIT(GOOD "; l=00000000000000000000000000000"
	    "000000000000000000000000000000000000000000000010"),
	    SEAL_WHY_LENGTH, NULL },
	{ "l= empty", SPAN_INIT(GOOD "; l="), SEAL_WHY_LENGTH, NULL },
	{ "l= negative", SPAN_INIT(GOOD "; l=-1"), SEAL_WHY_LENGTH, "-1" },
	{ "l= hexadecimal", SPAN_INIT(GOOD "; l=0xa"), SEAL_WHY_LENGTH,
	    "0xa" },

	/* q= */
	{ "q= as by default", SPAN_INIT(GOOD "; q=dns/txt"), SEAL_WHY_OK,
	    NULL },
	{ "unknown methods beside it", SPAN_INIT(GOOD "; q=http : dns/txt:x"),
	    SEAL_WHY_OK, NULL },
	{ "no method known", SPAN_INIT(GOOD "; q=http:dns/mx"),
	    SEAL_WHY_QUERY_METHOD, "http:dns/mx" },
	{ "q= empty", SPAN_INIT(GOOD "; q="), SEAL_WHY_QUERY_METHOD, NULL },

	/* t= and x= */
	{ "t= that is no number", SPAN_INIT(GOOD "; t=now"),
	    SEAL_WHY_TIMESTAMP, "now" },
	{ "t= empty", SPAN_INIT(GOOD "; t="), SEAL_WHY_TIMESTAMP, NULL },
	{ "x= that is no number", SPAN_INIT(GOOD "; x=2024-01-01"),
	    SEAL_WHY_EXPIRATION, "2024-01-01" },
	{ "x= empty", SPAN_INIT(GOOD "; x="), SEAL_WHY_EXPIRATION, NULL },
	{ "x= before t=", SPAN_INIT(GOOD "; t=200; x=100"),
	    SEAL_WHY_EXPIRES_BEFORE_SIGNED, NULL },
	{ "x= the same as t=", SPAN_INIT(GOOD "; t=200; x=200"),
	    SEAL_WHY_EXPIRES_BEFORE_SIGNED, NULL },
	{ "x= one later", SPAN_INIT(GOOD "; t=200; x=201"), SEAL_WHY_OK,
	    NULL },
	{ "x= without t=", SPAN_INIT(GOOD "; x=1"), SEAL_WHY_OK, NULL },
	{ "times past the year 200,000", SPAN_INIT(GOOD
	    "; t=99999999999999; x=999999999999999999999"), SEAL_WHY_OK,
	    NULL },

	/* what is at fault first, in the order of judging */
	{ "two faults: the domain counts before the version",
	    SPAN_INIT("v=2; a=rsa-sha256; d=.; s=s1; h=from; bh=" H32
	    "; b=QUJD"), SEAL_WHY_DOMAIN, "." },
};

static void
follows_rfc6376_sections_3_5_and_6_1_1(void **state)
{
	(void)state;
	for (size_t i = 0; i < COUNT(rows); i++) {
		struct signature s;
		struct span fault;
		enum seal_reason reason = parse(rows[i].value, &s, &fault);

		if (reason != rows[i].reason)
			fail_msg("%s: %s, %s wanted", rows[i].name,
			    seal_reason_word(reason),
			    seal_reason_word(rows[i].reason));
		if (rows[i].fault != NULL &&
		    !span_eq(fault, span_of_text(rows[i].fault)))
			fail_msg("%s: '%.*s' at fault, '%s' wanted",
			    rows[i].name, (int)fault.n, (const char *)fault.p,
			    rows[i].fault);
	}
}

static void
assert_span(const char *what, struct span got, struct span want)
{
	if (!span_eq(got, want))
		fail_msg("%s: \"%.*s\", \"%.*s\" wanted", what, (int)got.n,
		    (const char *)got.p, (int)want.n, (const char *)want.p);
}

static void
tells_everything_a_signature_says(void **state)
{
	struct signature s;
	struct span fault;

	(void)state;
	assert_int_equal(parse(SPAN("v=1; a=ed25519-sha256; c=relaxed/simple; "
	    "d=A.Test; s=S1.X; i=j=6Fe@Sub.A.TEST; l=42; q=dns/txt; t=100; "
	    "x=200; h=From : To:\r\n\tCc; z=From:x|To:y; bh=" H32
	    "; b= QU\r\n\tJD "), &s, &fault), SEAL_WHY_OK);
	assert_int_equal(s.algorithm, SEAL_ED25519_SHA256);
	assert_span("a=", s.algorithm_name, SPAN("ed25519-sha256"));
	assert_int_equal(s.header_canon, SEAL_CANON_RELAXED);
	assert_int_equal(s.body_canon, SEAL_CANON_SIMPLE);
	assert_span("d=", s.domain, SPAN("A.Test"));
	assert_span("d= to compare", s.ascii_domain, SPAN("a.test"));
	assert_span("s=", s.selector, SPAN("S1.X"));
	assert_span("s= to ask", s.ascii_selector, SPAN("s1.x"));
	assert_span("i=", s.identity, SPAN("joe@Sub.A.TEST"));
	assert_span("i= to compare", s.ascii_identity_domain,
	    SPAN("sub.a.test"));
	assert_span("h=", s.signed_headers, SPAN("From : To:\r\n\tCc"));
	assert_span("b=", s.b, SPAN("ABC"));
	assert_span("b= text", s.b_text, SPAN("QUJD"));
	assert_span("b= raw", s.b_raw, SPAN(" QU\r\n\tJD "));
	assert_int_equal(s.body_hash.n, 32);
	assert_true(s.has_length && s.has_timestamp && s.has_expiration);
	assert_int_equal(s.length, 42);
	assert_int_equal(s.timestamp, 100);
	assert_int_equal(s.expiration, 200);
}

/* Section 3.5: c= is simple/simple, i= is "@" and d=, l= the whole body. */
static void
knows_the_defaults_of_rfc6376_section_3_5(void **state)
{
	struct signature s;
	struct span fault;

	(void)state;
	assert_int_equal(parse(SPAN(GOOD), &s, &fault), SEAL_WHY_OK);
	assert_int_equal(s.header_canon, SEAL_CANON_SIMPLE);
	assert_int_equal(s.body_canon, SEAL_CANON_SIMPLE);
	assert_span("i=", s.identity, SPAN("@a.test"));
	assert_span("i= to compare", s.ascii_identity_domain, SPAN("a.test"));
	assert_false(s.has_length || s.has_timestamp || s.has_expiration);

	assert_int_equal(parse(SPAN(GOOD "; c=relaxed"), &s, &fault),
	    SEAL_WHY_OK);
	assert_int_equal(s.header_canon, SEAL_CANON_RELAXED);
	assert_int_equal(s.body_canon, SEAL_CANON_SIMPLE);
}

static void
stops_numbers_at_the_largest_that_fits(void **state)
{
	struct signature s;
	struct span fault;

	(void)state;
	assert_int_equal(parse(SPAN(GOOD "; l=99999999999999999999999; "
	    "t=9223372036854775806; x=99999999999999999999999"), &s, &fault),
	    SEAL_WHY_OK);
	assert_true(s.length == UINT64_MAX);
	assert_true(s.timestamp == INT64_MAX - 1);
	assert_true(s.expiration == INT64_MAX);
}

/* RFC 8616 section 2 and 5: U-labels in d=, s= and i= are A-labels in DNS and
 * in comparing. */
static void
takes_u_labels_as_a_labels(void **state)
{
	struct signature s;
	struct span fault;

	(void)state;
	assert_int_equal(parse(SPAN("v=1; a=rsa-sha256; "
	    "d=B\xc3\xbc" "cher.example; s=\xc3\xa9t\xc3\xa9; h=from; "
	    "i=j\xc3\xb6@xn--bcher-kva.Example; bh=" H32 "; b=QUJD"), &s,
	    &fault), SEAL_WHY_OK);
	assert_span("d=", s.domain, SPAN("B\xc3\xbc" "cher.example"));
	assert_span("d= to ask", s.ascii_domain,
	    SPAN("xn--bcher-kva.example"));
	assert_span("s= to ask", s.ascii_selector, SPAN("xn--t-9fab"));
	assert_span("i=", s.identity,
	    SPAN("j\xc3\xb6@xn--bcher-kva.Example"));
}

/* So that a result can say whose signature it was. */
static void
tells_the_domain_of_a_signature_that_is_wrong_elsewhere(void **state)
{
	struct signature s;
	struct span fault;

	(void)state;
	assert_int_equal(parse(SPAN("v=2; a=x; d=a.test; s=s1; h=to; t=z; "
	    "bh=; b=QUJD"), &s, &fault), SEAL_WHY_VERSION);
	assert_span("d=", s.domain, SPAN("a.test"));
	assert_span("s=", s.selector, SPAN("s1"));
	assert_span("a=", s.algorithm_name, SPAN("x"));
	assert_span("b=", s.b_text, SPAN("QUJD"));
	assert_int_equal(parse(SPAN("d=a.test; b=QUJD; s=s1;;"), &s, &fault),
	    SEAL_WHY_TAG_SYNTAX);
	assert_span("d=", s.domain, SPAN("a.test"));
	assert_int_equal(parse(SPAN("d=a.test; b=QUJD; d=b.test"), &s, &fault),
	    SEAL_WHY_TAG_TWICE);
	assert_span("d=", s.domain, SPAN("a.test"));
}

/* A value of n characters in the middle of a text. */
static enum seal_reason
parse_long(const char *before, const char *letters, size_t n,
    const char *after)
{
	struct buffer value = { 0 };
	struct signature s;
	struct span fault;
	enum seal_reason reason;
	size_t period = strlen(letters);

	buffer_add_text(&value, before);
	for (size_t i = 0; i < n; i++)
		buffer_add_byte(&value, (unsigned char)letters[i % period]);
	buffer_add_text(&value, after);
	reason = parse(buffer_span(&value), &s, &fault);
	buffer_deinit(&value);
	return reason;
}

/* seal.h: SEAL_MAX_SIGNATURE_BYTES, _VALUE, _SIGNED_NAMES, SEAL_MAX_TAGS. */
static void
holds_its_limits(void **state)
{
	static const char b[] = "v=1; a=rsa-sha256; d=a.test; s=s1; h=from; "
	    "bh=" H32 "; b=";
	static const char z[] = GOOD "; z=";
	static const char h[] = "v=1; a=rsa-sha256; d=a.test; s=s1; bh=" H32
	    "; b=QUJD; h=from";
	size_t field = SEAL_MAX_SIGNATURE_BYTES - strlen("DKIM-Signature: ") -
	    strlen(z);

	(void)state;
	assert_int_equal(parse_long(z, "x", field, ""), SEAL_WHY_OK);
	assert_int_equal(parse_long(z, "x", field + 1, ""),
	    SEAL_WHY_FIELD_TOO_LONG);
	/* 2048 octets are 2732 characters, the last of them "=" */
	assert_int_equal(parse_long(b, "A", 2731, "="), SEAL_WHY_OK);
	assert_int_equal(parse_long(b, "A", 2736, ""),
	    SEAL_WHY_SIGNATURE_BASE64);
	assert_int_equal(parse_long(h, ":x", 2 * 511, ""), SEAL_WHY_OK);
	assert_int_equal(parse_long(h, ":x", 2 * 512, ""),
	    SEAL_WHY_SIGNED_HEADERS);
}

static void
takes_so_many_tags_and_no_more(void **state)
{
	struct buffer value = { 0 };
	struct signature s;
	struct span fault;
	char name[3] = "Aa";

	(void)state;
	buffer_add_text(&value, GOOD); /* seven of them */
	for (int i = 7; i < SEAL_MAX_TAGS; i++) {
		name[0] = (char)('A' + i % 26);
		name[1] = (char)('a' + i / 26);
		buffer_add_text(&value, ";");
		buffer_add_text(&value, name);
		buffer_add_text(&value, "=");
	}
	assert_int_equal(parse(buffer_span(&value), &s, &fault), SEAL_WHY_OK);
	buffer_add_text(&value, "; more=");
	assert_int_equal(parse(buffer_span(&value), &s, &fault),
	    SEAL_WHY_TOO_MANY_TAGS);
	assert_span("at fault", fault, SPAN("more"));
	buffer_deinit(&value);
}

/* Section 3.7: the b= value goes, with the white space around it; all else
 * stays; no CRLF at the end.  The trap is to look for "b=". */
static const struct {
	const char *name;
	struct span raw, simple, relaxed;
} digests[] = {
	{ "b= last", SPAN_INIT("DKIM-Signature: a=x; b=QUJD"),
	    SPAN_INIT("DKIM-Signature: a=x; b="),
	    SPAN_INIT("dkim-signature:a=x; b=") },
	{ "b= last, with a semicolon",
	    SPAN_INIT("DKIM-Signature: a=x; b=QUJD;"),
	    SPAN_INIT("DKIM-Signature: a=x; b=;"),
	    SPAN_INIT("dkim-signature:a=x; b=;") },
	{ "b= first", SPAN_INIT("DKIM-Signature: b=QUJD; a=x"),
	    SPAN_INIT("DKIM-Signature: b=; a=x"),
	    SPAN_INIT("dkim-signature:b=; a=x") },
	{ "b= in the middle", SPAN_INIT("DKIM-Signature: a=x; b=QUJD; c=y"),
	    SPAN_INIT("DKIM-Signature: a=x; b=; c=y"),
	    SPAN_INIT("dkim-signature:a=x; b=; c=y") },
	{ "bh= is not b=", SPAN_INIT("DKIM-Signature: bh=QUJE; b=QUJD"),
	    SPAN_INIT("DKIM-Signature: bh=QUJE; b="),
	    SPAN_INIT("dkim-signature:bh=QUJE; b=") },
	{ "\"b=\" in the value of another tag",
	    SPAN_INIT("DKIM-Signature: z=Subject:b=3D|b=QUJE; b=QUJD; n=b=QUJD"),
	    SPAN_INIT("DKIM-Signature: z=Subject:b=3D|b=QUJE; b=; n=b=QUJD"),
	    SPAN_INIT("dkim-signature:z=Subject:b=3D|b=QUJE; b=; n=b=QUJD") },
	{ "the same text as bh= and b=",
	    SPAN_INIT("DKIM-Signature: bh=QUJD; b=QUJD"),
	    SPAN_INIT("DKIM-Signature: bh=QUJD; b="),
	    SPAN_INIT("dkim-signature:bh=QUJD; b=") },
	{ "b= folded", SPAN_INIT("DKIM-Signature: a=x;\r\n\tb=QU\r\n\tJD"),
	    SPAN_INIT("DKIM-Signature: a=x;\r\n\tb="),
	    SPAN_INIT("dkim-signature:a=x; b=") },
	{ "white space around the value goes, around the rest it stays",
	    SPAN_INIT("DKIM-Signature:  a = x ;\r\n b \t=\r\n QUJD \r\n\t;"
	    "  c= y"),
	    SPAN_INIT("DKIM-Signature:  a = x ;\r\n b \t=;  c= y"),
	    SPAN_INIT("dkim-signature:a = x ; b =; c= y") },
	{ "the name as it is spelled", SPAN_INIT("dkim-SIGNATURE : b=QUJD"),
	    SPAN_INIT("dkim-SIGNATURE : b="),
	    SPAN_INIT("dkim-signature:b=") },
};

static void
assert_digest(const char *name, struct digest *digest, struct span want)
{
	unsigned char got_value[DIGEST_MAX_OCTETS];
	unsigned char want_value[DIGEST_MAX_OCTETS];

	assert_int_equal(digest_finish(digest, got_value), 0);
	assert_int_equal(digest_start(digest, DIGEST_SHA256), 0);
	digest_add(digest, want);
	assert_int_equal(digest_finish(digest, want_value), 0);
	if (memcmp(got_value, want_value, 32) != 0)
		fail_msg("%s: hashed something else", name);
}

static void
hashes_its_own_field_with_b_emptied(void **state)
{
	struct digest digest = { 0 };

	(void)state;
	for (size_t i = 0; i < COUNT(digests); i++) {
		struct signature s;
		struct span fault;

		assert_int_equal(header_add(&header, digests[i].raw), 0);
		(void)signature_parse(&header.fields[i], &arena, &s, &fault);
		assert_int_equal(digest_start(&digest, DIGEST_SHA256), 0);
		assert_int_equal(signature_digest(&digest, &arena,
		    header.fields[i].raw, s.b_raw, SEAL_CANON_SIMPLE), 0);
		assert_digest(digests[i].name, &digest, digests[i].simple);
		assert_int_equal(digest_start(&digest, DIGEST_SHA256), 0);
		assert_int_equal(signature_digest(&digest, &arena,
		    header.fields[i].raw, s.b_raw, SEAL_CANON_RELAXED), 0);
		assert_digest(digests[i].name, &digest, digests[i].relaxed);
		assert_span("the field", header.fields[i].raw, digests[i].raw);
	}
	digest_deinit(&digest);
}

int
main(void)
{
#define TEST(name) cmocka_unit_test_setup_teardown(name, begin, end)
	const struct CMUnitTest tests[] = {
		TEST(follows_rfc6376_sections_3_5_and_6_1_1),
		TEST(tells_everything_a_signature_says),
		TEST(knows_the_defaults_of_rfc6376_section_3_5),
		TEST(stops_numbers_at_the_largest_that_fits),
		TEST(takes_u_labels_as_a_labels),
		TEST(tells_the_domain_of_a_signature_that_is_wrong_elsewhere),
		TEST(holds_its_limits),
		TEST(takes_so_many_tags_and_no_more),
		TEST(hashes_its_own_field_with_b_emptied),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
