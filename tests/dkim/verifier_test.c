/*
 * verifier_test.c: a message with its signatures, from the first field to the
 * results (RFC 6376 section 6, RFC 8301, RFC 8601 section 2.7.1).
 *
 * Which words there are for each thing that can be wrong is in reasons_test.c.
 */
#include "fixture.h"

#include <stdio.h>

#define BODY "Hello you.\r\n"

static struct seal_verifier *verifier;
static struct seal_verify_options options;
static char *zone_rsa1024, *zone_rsa2048, *zone_ed25519;
static struct fixture_txt zone[16];

static int
begin(void **state)
{
	(void)state;
	options = fixture_verify_options();
	return 0;
}

static int
end(void **state)
{
	(void)state;
	seal_verifier_free(&verifier);
	return 0;
}

static int
write_zone(void **state)
{
	static const char *const names[] = { "r1._domainkey.a.test",
		"r2._domainkey.a.test", "ed._domainkey.a.test",
		"r1._domainkey.b.test", "r2._domainkey.b.test",
		"ed._domainkey.b.test" };

	(void)state;
	zone_rsa1024 = fixture_join("v=DKIM1; p=", fixture_rsa1024_p, NULL);
	zone_rsa2048 = fixture_join("v=DKIM1; p=", fixture_rsa2048_p, NULL);
	zone_ed25519 = fixture_join("v=DKIM1; k=ed25519; p=",
	    fixture_ed25519_p, NULL);
	for (size_t i = 0; i < COUNT(names); i++)
		zone[i] = (struct fixture_txt){ names[i],
			names[i][0] == 'e' ? zone_ed25519 :
			names[i][1] == '1' ? zone_rsa1024 : zone_rsa2048 };
	return 0;
}

static int
drop_zone(void **state)
{
	(void)state;
	free(zone_rsa1024);
	free(zone_rsa2048);
	free(zone_ed25519);
	return 0;
}

/* A message that is canonical as it stands, with signatures by hand on top. */
static char *
message_with(const char *signatures, const char *fields, const char *body)
{
	return fixture_join(signatures, fields, "\r\n", body, NULL);
}

/* A signature by hand over "From: j@a.test" in simple/simple form. */
static char *
forge_simple(const char *pem, const char *tags, const char *h,
    const char *signed_fields, struct span body)
{
	char *field = fixture_join("DKIM-Signature: v=1; ", tags, "; h=", h,
	    "; bh=$BH; b=$B", NULL);
	struct forgery forgery = { .pem = pem, .field = field,
		.signed_fields = signed_fields, .body = body };
	char *signature = fixture_forge(&forgery);
	char *line = fixture_join(signature, "\r\n", NULL);

	free(field);
	free(signature);
	return line;
}

static void
verify_text(const char *text)
{
	fixture_verify(&verifier, &options, span_of_text(text), zone);
}

static void
passes_signatures_made_by_hand(void **state)
{
	static const struct {
		const char *name, *pem, *tags, *signed_fields, *message;
		struct span body;
	} rows[] = {
		{ "RSA, simple/simple by default (RFC 6376 3.5)",
		    fixture_rsa1024, "DKIM-Signature: v=1; a=rsa-sha256; "
		    "d=a.test; s=r1; h=From; bh=$BH; b=$B",
		    "From: \tj@a.test \r\n",
		    "From: \tj@a.test \r\n\r\n a  b \r\n\r\n",
		    SPAN_INIT(" a  b \r\n") },
		{ "Ed25519 over the hash (RFC 8463 3)", fixture_ed25519,
		    "DKIM-Signature: v=1; a=ed25519-sha256; d=a.test; s=ed; "
		    "h=From; bh=$BH; b=$B", "From: j@a.test\r\n",
		    "From: j@a.test\r\n\r\n" BODY,
		    SPAN_INIT(BODY) },
		{ "relaxed/relaxed", fixture_rsa2048,
		    "dkim-signature:v=1; a=rsa-sha256; c=relaxed/relaxed; "
		    "d=a.test; s=r2; h=from; bh=$BH; b=$B",
		    "from:j@a.test\r\n",
		    "FROM :\tj@a.test \r\n\r\n a  b \r\n \r\n",
		    SPAN_INIT(" a b\r\n") },
		{ "relaxed alone is relaxed/simple", fixture_rsa2048,
		    "dkim-signature:v=1; a=rsa-sha256; c=relaxed; d=a.test; "
		    "s=r2; h=from; bh=$BH; b=$B", "from:j@a.test\r\n",
		    "From: j@a.test\r\n\r\n a  b \r\n\r\n",
		    SPAN_INIT(" a  b \r\n") },
		{ "no body, simple", fixture_rsa1024,
		    "DKIM-Signature: v=1; a=rsa-sha256; d=a.test; s=r1; "
		    "h=From; bh=$BH; b=$B", "From: j@a.test\r\n",
		    "From: j@a.test\r\n", SPAN_INIT("\r\n") },
		{ "no body, relaxed", fixture_rsa1024,
		    "DKIM-Signature: v=1; a=rsa-sha256; c=simple/relaxed; "
		    "d=a.test; s=r1; h=From; bh=$BH; b=$B",
		    "From: j@a.test\r\n", "From: j@a.test\r\n",
		    SPAN_INIT("") },
		{ "b= first (section 3.7)", fixture_ed25519,
		    "DKIM-Signature: b=$B; v=1; a=ed25519-sha256; d=a.test; "
		    "s=ed; h=From; bh=$BH; z=x:b=QUJD", "From: j@a.test\r\n",
		    "From: j@a.test\r\n\r\n" BODY,
		    SPAN_INIT(BODY) },
		{ "h= with white space and folds", fixture_ed25519,
		    "DKIM-Signature: v=1; a=ed25519-sha256; d=a.test; s=ed; "
		    "h=To :\r\n\tFROM; bh=$BH; b=$B",
		    "To: x\r\nFrom: j@a.test\r\n",
		    "From: j@a.test\r\nTo: x\r\n\r\n" BODY,
		    SPAN_INIT(BODY) },
	};

	(void)state;
	for (size_t i = 0; i < COUNT(rows); i++) {
		struct forgery forgery = { .pem = rows[i].pem,
			.field = rows[i].tags,
			.signed_fields = rows[i].signed_fields,
			.body = rows[i].body };
		char *signature = fixture_forge(&forgery);
		char *text = fixture_join(signature, "\r\n",
		    rows[i].message, NULL);

		verify_text(text);
		fixture_assert_result(rows[i].name, verifier, 0, SEAL_WHY_OK);
		assert_int_equal(seal_verifier_overall(verifier), SEAL_PASS);
		free(signature);
		free(text);
	}
}

/* Section 5.4.2: names in h= take instances from the bottom up; a name once
 * more than there are fields is a null string, and adding one is seen. */
static void
takes_repeated_names_from_the_bottom_up(void **state)
{
	static const struct {
		const char *name, *fields;
		enum seal_reason reason;
	} rows[] = {
		{ "as signed", "A: 1\r\nFrom: j@a.test\r\nA: 2\r\nA: 3\r\n",
		    SEAL_WHY_OK },
		{ "the unsigned one is changed",
		    "A: x\r\nFrom: j@a.test\r\nA: 2\r\nA: 3\r\n",
		    SEAL_WHY_OK },
		{ "one is added on top",
		    "A: 0\r\nA: 1\r\nFrom: j@a.test\r\nA: 2\r\nA: 3\r\n",
		    SEAL_WHY_OK },
		{ "one is added at the bottom",
		    "A: 1\r\nFrom: j@a.test\r\nA: 2\r\nA: 3\r\nA: 4\r\n",
		    SEAL_WHY_SIGNATURE },
		{ "two are swapped",
		    "A: 1\r\nFrom: j@a.test\r\nA: 3\r\nA: 2\r\n",
		    SEAL_WHY_SIGNATURE },
		{ "another From is added on top (oversigned)",
		    "From: x@b.test\r\nA: 1\r\nFrom: j@a.test\r\nA: 2\r\n"
		    "A: 3\r\n", SEAL_WHY_SIGNATURE },
		{ "a To is added, signed as absent",
		    "To: x\r\nA: 1\r\nFrom: j@a.test\r\nA: 2\r\nA: 3\r\n",
		    SEAL_WHY_SIGNATURE },
		{ "a field that h= does not name is added",
		    "Cc: x\r\nA: 1\r\nFrom: j@a.test\r\nA: 2\r\nA: 3\r\n",
		    SEAL_WHY_OK },
	};
	char *signature = forge_simple(fixture_ed25519,
	    "a=ed25519-sha256; d=a.test; s=ed", "a:A:from:from:to",
	    "A: 3\r\nA: 2\r\nFrom: j@a.test\r\n", SPAN(BODY));

	(void)state;
	for (size_t i = 0; i < COUNT(rows); i++) {
		char *text = message_with(signature, rows[i].fields, BODY);

		verify_text(text);
		fixture_assert_result(rows[i].name, verifier, 0,
		    rows[i].reason);
		free(text);
	}
	free(signature);
}

/* Section 3.5, h=: other DKIM-Signature fields may be signed, the own one is
 * not there yet. */
static void
never_signs_its_own_field_through_h(void **state)
{
	char *other = forge_simple(fixture_ed25519,
	    "a=ed25519-sha256; d=b.test; s=ed", "from", "From: j@a.test\r\n",
	    SPAN(BODY));
	char *signed_fields = fixture_join(other, "From: j@a.test\r\n", NULL);
	char *outer = forge_simple(fixture_ed25519,
	    "a=ed25519-sha256; d=a.test; s=ed",
	    "dkim-signature:from:dkim-signature", signed_fields, SPAN(BODY));
	char *above = fixture_join(outer, other, NULL);
	char *below = fixture_join(other, outer, NULL);
	char *text = message_with(above, "From: j@a.test\r\n", BODY);

	(void)state;
	verify_text(text);
	fixture_assert_result("outer", verifier, 0, SEAL_WHY_OK);
	fixture_assert_result("other", verifier, 1, SEAL_WHY_OK);
	free(text);
	text = message_with(below, "From: j@a.test\r\n", BODY);
	verify_text(text);
	fixture_assert_result("other", verifier, 0, SEAL_WHY_OK);
	fixture_assert_result("outer", verifier, 1, SEAL_WHY_OK);
	free(text);
	free(other);
	free(signed_fields);
	free(outer);
	free(above);
	free(below);
}

static char *
simple_signature(const char *tags, struct span body)
{
	return forge_simple(fixture_ed25519, tags, "from",
	    "From: j@a.test\r\n", body);
}

/* Sections 3.5, l=, and 8.2. */
static void
treats_l_as_rfc6376_says_and_with_suspicion(void **state)
{
	static const struct {
		const char *name, *length, *body;
		size_t signed_octets;
		bool allow;
		enum seal_reason reason;
		uint64_t left;
	} rows[] = {
		{ "the whole body", "12", BODY, 12, false, SEAL_WHY_OK, 0 },
		{ "a part of it", "5", BODY, 5, false,
		    SEAL_WHY_PARTIAL_BODY, 7 },
		{ "all but one octet", "11", BODY, 11, false,
		    SEAL_WHY_PARTIAL_BODY, 1 },
		{ "a part of it, allowed", "5", BODY, 5, true, SEAL_WHY_OK,
		    7 },
		{ "nothing of it", "0", BODY, 0, false,
		    SEAL_WHY_PARTIAL_BODY, 12 },
		{ "nothing of it, allowed", "0", BODY, 0, true, SEAL_WHY_OK,
		    12 },
		{ "text behind the signed part", "12", BODY "<more>\r\n", 12,
		    false, SEAL_WHY_PARTIAL_BODY, 8 },
		{ "empty lines behind it are no text", "12",
		    BODY "\r\n\r\n", 12, false, SEAL_WHY_OK, 0 },
		{ "one octet more than the body", "13", BODY, 12, true,
		    SEAL_WHY_LENGTH_BEYOND_BODY, 0 },
		{ "far beyond the body", "99999999999999999999", BODY, 12,
		    true, SEAL_WHY_LENGTH_BEYOND_BODY, 0 },
		{ "the signed part is changed", "12", "Hello you!\r\nmore",
		    12, true, SEAL_WHY_BODY_HASH, 6 },
		{ "what is refused is not what does not hold", "5",
		    "Hallo you.\r\n", 5, false, SEAL_WHY_BODY_HASH, 7 },
	};

	(void)state;
	for (size_t i = 0; i < COUNT(rows); i++) {
		char *tags = fixture_join("a=ed25519-sha256; d=a.test; s=ed; "
		    "l=", rows[i].length, NULL);
		char *signature = simple_signature(tags,
		    span_first(SPAN(BODY), rows[i].signed_octets));
		char *text = message_with(signature, "From: j@a.test\r\n",
		    rows[i].body);
		const struct seal_result *result;

		options.allow_partial_body = rows[i].allow;
		verify_text(text);
		fixture_assert_result(rows[i].name, verifier, 0,
		    rows[i].reason);
		result = seal_verifier_result(verifier, 0);
		if (result->unsigned_octets != rows[i].left)
			fail_msg("%s: %llu octets unsigned", rows[i].name,
			    (unsigned long long)result->unsigned_octets);
		assert_true((result->flags & SEAL_RESULT_HAS_LENGTH) != 0);
		free(tags);
		free(signature);
		free(text);
	}
}

/* Section 3.5, t= and x=, with the drift of seal_verify_options. */
static void
judges_times_by_the_callers_clock(void **state)
{
	static const struct {
		const char *name, *tags;
		int64_t now, drift;
		bool refuse_future;
		enum seal_reason reason;
	} rows[] = {
		{ "before x=", "t=1000; x=2000", 1999, 0, false, SEAL_WHY_OK },
		{ "at x=", "t=1000; x=2000", 2000, 0, false, SEAL_WHY_OK },
		{ "past x=", "t=1000; x=2000", 2001, 0, false,
		    SEAL_WHY_EXPIRED },
		{ "past x= within the drift", "t=1000; x=2000", 2300, 300,
		    false, SEAL_WHY_OK },
		{ "past x= and the drift", "t=1000; x=2000", 2301, 300, false,
		    SEAL_WHY_EXPIRED },
		{ "x= without t=", "x=2000", 5000, 300, false,
		    SEAL_WHY_EXPIRED },
		{ "x= of 0", "x=0", 5000, 300, false, SEAL_WHY_EXPIRED },
		{ "x= past all time", "x=99999999999999999999999", 5000, 0,
		    false, SEAL_WHY_OK },
		{ "t= in the future is a local matter", "t=9000", 1000, 0,
		    false, SEAL_WHY_OK },
		{ "t= in the future, refused", "t=9000", 1000, 0, true,
		    SEAL_WHY_SIGNED_IN_FUTURE },
		{ "t= in the future within the drift", "t=1300", 1000, 300,
		    true, SEAL_WHY_OK },
		{ "t= just past the drift", "t=1301", 1000, 300, true,
		    SEAL_WHY_SIGNED_IN_FUTURE },
		{ "t= past all time", "t=99999999999999999999999", 0, 300,
		    true, SEAL_WHY_SIGNED_IN_FUTURE },
		{ "t= in the past, future refused", "t=5", 1000, 0, true,
		    SEAL_WHY_OK },
	};

	(void)state;
	for (size_t i = 0; i < COUNT(rows); i++) {
		char *tags = fixture_join("a=ed25519-sha256; d=a.test; s=ed; ",
		    rows[i].tags, NULL);
		char *signature = simple_signature(tags, SPAN(BODY));
		char *text = message_with(signature, "From: j@a.test\r\n",
		    BODY);

		options.now = rows[i].now;
		options.clock_drift = rows[i].drift;
		options.refuse_future = rows[i].refuse_future;
		verify_text(text);
		fixture_assert_result(rows[i].name, verifier, 0,
		    rows[i].reason);
		free(tags);
		free(signature);
		free(text);
	}
}

/* RFC 8301 section 3: policy decides, and the caller decides the policy. */
static void
lets_the_caller_decide_about_weak_and_large_keys(void **state)
{
	static const struct {
		const char *name, *pem, *s;
		bool sha1;
		unsigned min_bits, max_bits;
		bool allow_sha1;
		enum seal_reason reason;
	} rows[] = {
		{ "512 bits", fixture_rsa512, "weak", false, 1024, 4096, false,
		    SEAL_WHY_KEY_TOO_SMALL },
		{ "512 bits, allowed", fixture_rsa512, "weak", false, 512,
		    4096, false, SEAL_WHY_OK },
		{ "1024 bits", fixture_rsa1024, "r1", false, 1024, 4096, false,
		    SEAL_WHY_OK },
		{ "1024 bits where 2048 are wanted", fixture_rsa1024, "r1",
		    false, 2048, 4096, false, SEAL_WHY_KEY_TOO_SMALL },
		{ "2048 bits where 1024 are the most", fixture_rsa2048, "r2",
		    false, 1024, 1024, false, SEAL_WHY_KEY_TOO_LARGE },
		{ "Ed25519 has no such size", fixture_ed25519, "ed", false,
		    4096, 4096, false, SEAL_WHY_OK },
		{ "rsa-sha1", fixture_rsa2048, "r2", true, 1024, 4096, false,
		    SEAL_WHY_RSA_SHA1 },
		{ "rsa-sha1, allowed", fixture_rsa2048, "r2", true, 1024, 4096,
		    true, SEAL_WHY_OK },
		{ "rsa-sha1 allowed, but the key is too small",
		    fixture_rsa1024, "r1", true, 2048, 4096, true,
		    SEAL_WHY_KEY_TOO_SMALL },
	};
	char *weak = fixture_join("p=", fixture_rsa512_p, NULL);

	(void)state;
	zone[6] = (struct fixture_txt){ "weak._domainkey.a.test", weak };
	for (size_t i = 0; i < COUNT(rows); i++) {
		char *field = fixture_join("DKIM-Signature: v=1; a=",
		    rows[i].sha1 ? "rsa-sha1" : rows[i].s[0] == 'e' ?
		    "ed25519-sha256" : "rsa-sha256", "; d=a.test; s=",
		    rows[i].s, "; h=from; bh=$BH; b=$B", NULL);
		struct forgery forgery = { rows[i].pem, rows[i].sha1, field,
			"From: j@a.test\r\n", SPAN(BODY) };
		char *signature = fixture_forge(&forgery);
		char *text = fixture_join(signature,
		    "\r\nFrom: j@a.test\r\n\r\n" BODY, NULL);

		options.min_rsa_bits = rows[i].min_bits;
		options.max_rsa_bits = rows[i].max_bits;
		options.allow_rsa_sha1 = rows[i].allow_sha1;
		verify_text(text);
		fixture_assert_result(rows[i].name, verifier, 0,
		    rows[i].reason);
		free(field);
		free(signature);
		free(text);
	}
	zone[6] = (struct fixture_txt){ NULL, NULL };
	free(weak);
}

/* RFC 8301 section 3.2: at least 1024 to 4096 bits, and what is larger may be
 * refused.  The signature itself cannot hold: nobody has these keys. */
static void
takes_keys_of_1024_to_4096_bits_unless_told_otherwise(void **state)
{
	static const struct {
		unsigned bits, max_bits;
		enum seal_reason reason;
	} rows[] = {
		{ 1023, 4096, SEAL_WHY_KEY_TOO_SMALL },
		{ 1024, 4096, SEAL_WHY_SIGNATURE },
		{ 4096, 4096, SEAL_WHY_SIGNATURE },
		{ 4097, 4096, SEAL_WHY_KEY_TOO_LARGE },
		{ 8192, 4096, SEAL_WHY_KEY_TOO_LARGE },
		{ 8192, 8192, SEAL_WHY_SIGNATURE },
		{ 8193, 8192, SEAL_WHY_KEY_UNUSABLE },
	};
	char *signature = forge_simple(fixture_rsa1024,
	    "a=rsa-sha256; d=a.test; s=odd", "from", "From: j@a.test\r\n",
	    SPAN(BODY));
	char *text = message_with(signature, "From: j@a.test\r\n", BODY);

	(void)state;
	for (size_t i = 0; i < COUNT(rows); i++) {
		struct buffer record = fixture_rsa_record(rows[i].bits,
		    SPAN("\x01\x00\x01"));
		char *record_text = buffer_take_text(&record);
		const struct fixture_txt odd[] = {
			{ "odd._domainkey.a.test", record_text },
			{ NULL, NULL } };

		options.max_rsa_bits = rows[i].max_bits;
		fixture_verify(&verifier, &options, span_of_text(text), odd);
		fixture_assert_result("a size", verifier, 0, rows[i].reason);
		assert_int_equal(seal_verifier_result(verifier, 0)->key_bits,
		    rows[i].reason == SEAL_WHY_KEY_UNUSABLE ? 0 :
		    rows[i].bits);
		free(record_text);
	}
	free(signature);
	free(text);
}

#define DUMMY(d, s) "DKIM-Signature: v=1; a=rsa-sha256; d=" d "; s=" s \
    "; h=from; bh=47DEQpj8HBSa+/TImW+5JCeuQeRkm5NMpJWZG3hSuFU=; b=QUJD\r\n"

static void
begin_message(const char *text)
{
	if (verifier == NULL)
		assert_int_equal(seal_verifier_new(&options, &verifier), 0);
	else
		assert_int_equal(seal_verifier_reset(verifier, &options), 0);
	assert_int_equal(seal_verifier_feed(verifier, span_of_text(text),
	    SEAL_LINES_CRLF), 0);
}

/* Many signatures, each with a selector of its own if wanted. */
static char *
many_signatures(int n, bool distinct)
{
	struct buffer text = { 0 };
	char field[256];

	for (int i = 0; i < n; i++) {
		(void)snprintf(field, sizeof(field), DUMMY("a.test", "s%d"),
		    distinct ? i : 0);
		buffer_add_text(&text, field);
	}
	buffer_add_text(&text, "From: j@a.test\r\n\r\n");
	return buffer_take_text(&text);
}

static size_t
count_reasons(enum seal_reason reason)
{
	size_t n = 0;

	for (size_t i = 0; i < seal_verifier_result_count(verifier); i++)
		n += seal_verifier_result(verifier, i)->reason == reason;
	return n;
}

static void
asks_for_each_key_once(void **state)
{
	(void)state;
	begin_message(DUMMY("a.test", "s1") DUMMY("A.Test", "S1")
	    DUMMY("b.test", "s1") DUMMY("a.test", "s2")
	    "From: j@a.test\r\n\r\n");
	assert_int_equal(seal_verifier_query_count(verifier), 3);
	assert_string_equal(seal_verifier_query(verifier, 0),
	    "s1._domainkey.a.test");
	assert_string_equal(seal_verifier_query(verifier, 1),
	    "s2._domainkey.a.test");
	assert_string_equal(seal_verifier_query(verifier, 2),
	    "s1._domainkey.b.test");
	assert_null(seal_verifier_query(verifier, 3));
	assert_ptr_equal(seal_verifier_result(verifier, 0)->query,
	    seal_verifier_result(verifier, 1)->query);
}

/* RFC 8616 section 2, and lower case, for DNS names have no case. */
static void
asks_in_a_labels_and_lower_case(void **state)
{
	(void)state;
	begin_message(DUMMY("B\xc3\x9c" "cher.Example", "\xc3\xa9t\xc3\xa9")
	    "From: j@a.test\r\n\r\n");
	assert_string_equal(seal_verifier_query(verifier, 0),
	    "xn--t-9fab._domainkey.xn--bcher-kva.example");
}

#define L30 "abcdefghijklmnopqrstuvwxyz-123"
#define L124 L30 "." L30 "." L30 "." L30 "."

static void
asks_for_no_name_longer_than_dns_takes(void **state)
{
	(void)state;
	begin_message(DUMMY(L124 "test", L124 "x") "From: j@a.test\r\n\r\n");
	assert_int_equal(seal_verifier_query_count(verifier), 0);
	fixture_assert_result("266 octets", verifier, 0, SEAL_WHY_SELECTOR);
}

static void
asks_nothing_for_signatures_that_cannot_count(void **state)
{
	(void)state;
	options.now = 1000;
	begin_message(
	    "DKIM-Signature: v=2; d=a.test; s=s1\r\n"
	    "DKIM-Signature: v=1; a=rsa-sha1; d=a.test; s=s2; h=from; "
	    "bh=2jmj7l5rSw0yVb/vlWAYkK/YBwk=; b=QUJD\r\n"
	    "DKIM-Signature: v=1; a=rsa-sha256; d=a.test; s=s3; h=from; x=1; "
	    "bh=47DEQpj8HBSa+/TImW+5JCeuQeRkm5NMpJWZG3hSuFU=; b=QUJD\r\n"
	    "From: j@a.test\r\n\r\n");
	assert_int_equal(seal_verifier_query_count(verifier), 0);
	assert_int_equal(seal_verifier_result_count(verifier), 3);
	assert_null(seal_verifier_result(verifier, 0)->query);
}

/* seal.h: max_signatures counts distinct keys, the default is 5. */
static void
verifies_so_many_distinct_keys_and_no_more(void **state)
{
	char *text = many_signatures(8, true);

	(void)state;
	begin_message(text);
	assert_int_equal(seal_verifier_query_count(verifier), 5);
	assert_int_equal(count_reasons(SEAL_WHY_TOO_MANY_SIGNATURES), 3);
	fixture_assert_result("the sixth", verifier, 5,
	    SEAL_WHY_TOO_MANY_SIGNATURES);
	free(text);

	options.max_signatures = 1;
	begin_message(DUMMY("a.test", "s1") DUMMY("a.test", "s2")
	    DUMMY("a.test", "s1") "From: j@a.test\r\n\r\n");
	assert_int_equal(seal_verifier_query_count(verifier), 1);
	fixture_assert_result("another key", verifier, 1,
	    SEAL_WHY_TOO_MANY_SIGNATURES);
	assert_int_equal(seal_verifier_finish(verifier), 0);
	fixture_assert_result("the first key again", verifier, 2,
	    SEAL_WHY_NO_ANSWER);
}

static void
makes_so_many_queries_whatever_is_allowed(void **state)
{
	char *text = many_signatures(20, true);

	(void)state;
	options.max_signatures = SEAL_MAX_SIGNATURES;
	begin_message(text);
	assert_int_equal(seal_verifier_query_count(verifier),
	    SEAL_MAX_QUERIES);
	assert_int_equal(count_reasons(SEAL_WHY_TOO_MANY_QUERIES), 10);
	free(text);
}

/* Copies of one signature cost one query, but are not verified without end. */
static void
parses_so_many_signatures_and_names_the_others(void **state)
{
	char *text = many_signatures(25, false);

	(void)state;
	begin_message(text);
	assert_int_equal(seal_verifier_result_count(verifier), 25);
	assert_int_equal(seal_verifier_query_count(verifier), 1);
	assert_int_equal(seal_verifier_finish(verifier), 0);
	assert_int_equal(count_reasons(SEAL_WHY_NO_ANSWER), 20);
	assert_int_equal(count_reasons(SEAL_WHY_TOO_MANY_SIGNATURES), 5);
	fixture_assert_result("the twenty-first", verifier, 20,
	    SEAL_WHY_TOO_MANY_SIGNATURES);
	free(text);
}

/* Field notes' order: aligned with From first, then from the top. */
static void
chooses_signatures_of_the_from_domain_first(void **state)
{
	(void)state;
	options.max_signatures = 2;
	begin_message(DUMMY("x.test", "s1") DUMMY("y.test", "s1")
	    DUMMY("sub.example.org", "s1") "From: j@example.org\r\n\r\n");
	assert_int_equal(seal_verifier_query_count(verifier), 2);
	assert_string_equal(seal_verifier_query(verifier, 0),
	    "s1._domainkey.sub.example.org");
	assert_string_equal(seal_verifier_query(verifier, 1),
	    "s1._domainkey.x.test");
	fixture_assert_result("the one left out", verifier, 1,
	    SEAL_WHY_TOO_MANY_SIGNATURES);
	assert_int_equal(seal_verifier_result(verifier, 2)->alignment,
	    SEAL_ALIGNED_RELAXED);
}

static void
says_how_d_and_the_from_domain_are_aligned(void **state)
{
	static const struct {
		const char *name, *from, *domain;
		enum seal_alignment alignment;
	} rows[] = {
		{ "the same", "From: j@a.test\r\n", "a.test",
		    SEAL_ALIGNED_STRICT },
		{ "the same in another case", "From: j@a.TEST\r\n", "a.test",
		    SEAL_ALIGNED_STRICT },
		{ "RFC 8616: the same as U-label",
		    "From: j@b\xc3\xbc" "cher.example\r\n",
		    "xn--bcher-kva.example", SEAL_ALIGNED_STRICT },
		{ "below", "From: j@x.y.a.test\r\n", "x.y.a.test",
		    SEAL_ALIGNED_RELAXED },
		{ "another", "From: j@b.example\r\n", "b.example",
		    SEAL_UNALIGNED },
		{ "two From fields", "From: j@a.test\r\nFrom: k@a.test\r\n",
		    "", SEAL_UNALIGNED },
		{ "two addresses", "From: j@a.test, k@a.test\r\n", "",
		    SEAL_UNALIGNED },
		{ "no From field", "To: j@a.test\r\n", "", SEAL_UNALIGNED },
		{ "no address", "From: me\r\n", "", SEAL_UNALIGNED },
	};

	(void)state;
	for (size_t i = 0; i < COUNT(rows); i++) {
		char *text = fixture_join(strstr(rows[i].from, "cher") != NULL ?
		    DUMMY("xn--bcher-kva.example", "s1") :
		    DUMMY("a.test", "s1"), rows[i].from, "\r\n", NULL);
		enum seal_alignment got;

		begin_message(text);
		got = seal_verifier_result(verifier, 0)->alignment;
		if (got != rows[i].alignment)
			fail_msg("%s: %d", rows[i].name, (int)got);
		if (!span_eq(seal_verifier_from_domain(verifier),
		    span_of_text(rows[i].domain)))
			fail_msg("%s: from domain", rows[i].name);
		free(text);
	}
}

/* RFC 6376 section 8.15: readers may be shown another than the signed one. */
static void
counts_from_fields(void **state)
{
	(void)state;
	begin_message("To: x\r\n\r\nFrom: x\r\n");
	assert_int_equal(seal_verifier_from_count(verifier), 0);
	begin_message("From: x\r\nFROM : y\r\nX-From: z\r\nfrom:\r\n\r\n");
	assert_int_equal(seal_verifier_from_count(verifier), 3);
}

static void
refuses_a_header_over_its_limit_and_says_so(void **state)
{
	static const char *const heads[] = {
		DUMMY("a.test", "s1") "From: j@a.test\r\n",
		"From: j@a.test\r\n", /* the signature may have been cut off */
	};

	(void)state;
	for (size_t i = 0; i < COUNT(heads); i++) {
		struct buffer text = { 0 };

		buffer_add_text(&text, heads[i]);
		while (text.n < 70000) /* far fewer than 1000 fields */
			buffer_add_text(&text, "X: " L124 L124 L124 "\r\n");
		buffer_add_text(&text, "\r\nbody");
		options.max_header_bytes = 64 * 1024;
		fixture_verify(&verifier, &options, buffer_span(&text), zone);
		assert_int_equal(seal_verifier_result_count(verifier), 1);
		fixture_assert_result("over the limit", verifier, 0,
		    SEAL_WHY_HEADER_TOO_LARGE);
		assert_int_equal(seal_verifier_query_count(verifier), 0);
		assert_int_equal(seal_verifier_overall(verifier), SEAL_POLICY);
		options.max_header_bytes = 128 * 1024;
		fixture_verify(&verifier, &options, buffer_span(&text), zone);
		assert_int_equal(count_reasons(SEAL_WHY_HEADER_TOO_LARGE), 0);
		buffer_deinit(&text);
	}
}

static void
takes_a_header_of_just_its_limit(void **state)
{
	char *text = fixture_join(DUMMY("a.test", "s1"), "From: j@a.test\r\n",
	    NULL);

	(void)state;
	options.max_header_bytes = strlen(text);
	begin_message(text);
	assert_int_equal(seal_verifier_end_header(verifier), 0);
	assert_int_equal(count_reasons(SEAL_WHY_HEADER_TOO_LARGE), 0);
	options.max_header_bytes--;
	begin_message(text);
	assert_int_equal(seal_verifier_end_header(verifier), 0);
	assert_int_equal(count_reasons(SEAL_WHY_HEADER_TOO_LARGE), 1);
	free(text);
}

static void
takes_so_many_fields_and_no_more(void **state)
{
	(void)state;
	for (int fields = SEAL_MAX_HEADER_FIELDS - 1;
	    fields <= SEAL_MAX_HEADER_FIELDS; fields++) {
		begin_message("");
		assert_int_equal(seal_verifier_field(verifier,
		    span_first(SPAN(DUMMY("a.test", "s1")),
		    strlen(DUMMY("a.test", "s1")) - 2)), 0);
		for (int i = 0; i < fields; i++)
			assert_int_equal(seal_verifier_field(verifier,
			    SPAN("X: y")), 0);
		assert_int_equal(seal_verifier_end_header(verifier), 0);
		assert_int_equal(count_reasons(SEAL_WHY_HEADER_TOO_LARGE),
		    fields == SEAL_MAX_HEADER_FIELDS ? 1 : 0);
	}
}

/* Each outcome of the DNS is another thing (field notes, OD#176). */
static void
keeps_the_outcomes_of_the_dns_apart(void **state)
{
	static const struct {
		enum seal_dns dns;
		enum seal_reason reason;
	} rows[] = {
		{ SEAL_DNS_TIMEOUT, SEAL_WHY_DNS_TIMEOUT },
		{ SEAL_DNS_FAILED, SEAL_WHY_DNS_FAILED },
		{ SEAL_DNS_BOGUS, SEAL_WHY_DNS_BOGUS },
		{ SEAL_DNS_ANSWERED, SEAL_WHY_KEY_NOT_FOUND },
		{ (enum seal_dns)99, SEAL_WHY_DNS_FAILED },
	};

	(void)state;
	for (size_t i = 0; i < COUNT(rows); i++) {
		struct seal_answer answer = { .dns = rows[i].dns };

		if (rows[i].dns == SEAL_DNS_ANSWERED)
			assert_int_equal(seal_record_parse(NULL, 0,
			    &answer.record), 0);
		begin_message(DUMMY("a.test", "s1") "From: j@a.test\r\n\r\n");
		assert_int_equal(seal_verifier_answer(verifier, 0, &answer),
		    0);
		seal_record_unref(&answer.record);
		assert_int_equal(seal_verifier_finish(verifier), 0);
		fixture_assert_result("an outcome", verifier, 0,
		    rows[i].reason);
	}
	begin_message(DUMMY("a.test", "s1") "From: j@a.test\r\n\r\n");
	assert_int_equal(seal_verifier_finish(verifier), 0);
	fixture_assert_result("no answer", verifier, 0, SEAL_WHY_NO_ANSWER);
}

static struct seal_answer
answer_of(const char *text)
{
	struct seal_answer answer = { .dns = SEAL_DNS_ANSWERED,
		.dnssec = SEAL_DNSSEC_SECURE };
	struct span span = span_of_text(text);

	assert_int_equal(seal_record_parse(&span, 1, &answer.record), 0);
	return answer;
}

static void
takes_answers_between_header_and_finish_only(void **state)
{
	char *signature = simple_signature("a=ed25519-sha256; d=a.test; s=ed",
	    SPAN(BODY));
	struct seal_answer wrong = answer_of("p=");
	struct seal_answer right = answer_of(zone_ed25519);
	struct seal_answer nothing = { .dns = SEAL_DNS_ANSWERED };

	(void)state;
	begin_message(signature);
	assert_false(seal_verifier_in_body(verifier));
	assert_int_equal(seal_verifier_answer(verifier, 0, &right),
	    SEAL_E_ORDER);
	assert_int_equal(seal_verifier_feed(verifier,
	    SPAN("From: j@a.test\r\n\r\n" "Hello"), SEAL_LINES_CRLF), 0);
	assert_true(seal_verifier_in_body(verifier));
	assert_int_equal(seal_verifier_answer(verifier, 1, &right),
	    SEAL_E_OPTION);
	assert_int_equal(seal_verifier_answer(verifier, 0, &nothing),
	    SEAL_E_OPTION);
	/* the last answer counts */
	assert_int_equal(seal_verifier_answer(verifier, 0, &wrong), 0);
	assert_int_equal(seal_verifier_body(verifier, SPAN(" you.\r\n")), 0);
	assert_int_equal(seal_verifier_answer(verifier, 0, &right), 0);
	assert_int_equal(seal_verifier_finish(verifier), 0);
	fixture_assert_result("answered", verifier, 0, SEAL_WHY_OK);
	assert_int_equal(seal_verifier_result(verifier, 0)->dnssec,
	    SEAL_DNSSEC_SECURE);
	assert_int_equal(seal_verifier_answer(verifier, 0, &wrong),
	    SEAL_E_ORDER);
	seal_record_unref(&wrong.record);
	seal_record_unref(&right.record);
	free(signature);
}

static void
refuses_calls_out_of_order(void **state)
{
	(void)state;
	assert_int_equal(seal_verifier_new(&options, &verifier), 0);
	assert_int_equal(seal_verifier_body(verifier, SPAN("x")),
	    SEAL_E_ORDER);
	assert_int_equal(seal_verifier_end_header(verifier), 0);
	assert_int_equal(seal_verifier_end_header(verifier), SEAL_E_ORDER);
	assert_int_equal(seal_verifier_field(verifier, SPAN("a: b")),
	    SEAL_E_ORDER);
	assert_int_equal(seal_verifier_body(verifier, SPAN("x")), 0);
	assert_int_equal(seal_verifier_finish(verifier), 0);
	assert_int_equal(seal_verifier_finish(verifier), SEAL_E_ORDER);
	assert_int_equal(seal_verifier_body(verifier, SPAN("x")),
	    SEAL_E_ORDER);
	assert_int_equal(seal_verifier_feed(verifier, SPAN("x"),
	    SEAL_LINES_CRLF), SEAL_E_ORDER);
	assert_int_equal(seal_verifier_overall(verifier), SEAL_NONE);
	assert_int_equal(seal_verifier_result_count(verifier), 0);
	assert_null(seal_verifier_result(verifier, 0));
}

static void
refuses_options_out_of_range(void **state)
{
	struct seal_verify_options bad[11];
	size_t n = 0;

	(void)state;
	for (size_t i = 0; i < COUNT(bad); i++)
		bad[i] = options;
	bad[n++].now = -1;
	bad[n++].clock_drift = -1;
	bad[n++].clock_drift = 86401;
	bad[n++].max_header_bytes = 0;
	bad[n++].max_header_bytes = SEAL_MAX_HEADER_BYTES + 1;
	bad[n++].max_signatures = 0;
	bad[n++].max_signatures = SEAL_MAX_SIGNATURES + 1;
	bad[n++].max_rsa_bits = SEAL_MAX_RSA_BITS + 1;
	bad[n++].min_rsa_bits = 4097;
	bad[n++].max_rsa_bits = 1023;
	bad[n++].now = INT64_MIN;
	assert_int_equal(n, COUNT(bad));
	assert_int_equal(seal_verifier_new(&options, &verifier), 0);
	for (size_t i = 0; i < COUNT(bad); i++) {
		struct seal_verifier *other = NULL;

		if (seal_verifier_new(&bad[i], &other) != SEAL_E_OPTION)
			fail_msg("options %zu are taken", i);
		assert_null(other);
		assert_int_equal(seal_verifier_reset(verifier, &bad[i]),
		    SEAL_E_OPTION);
	}
}

/* RFC 8301, field notes 3: what holds unless somebody says otherwise. */
static void
has_strict_defaults(void **state)
{
	struct seal_verify_options defaults;

	(void)state;
	memset(&defaults, 0xff, sizeof(defaults));
	seal_verify_options_init(&defaults);
	assert_int_equal(defaults.now, 0);
	assert_int_equal(defaults.clock_drift, 300);
	assert_int_equal(defaults.max_header_bytes, 64 * 1024);
	assert_int_equal(defaults.max_signatures, 5);
	assert_int_equal(defaults.min_rsa_bits, 1024);
	assert_int_equal(defaults.max_rsa_bits, 4096);
	assert_false(defaults.allow_rsa_sha1);
	assert_false(defaults.allow_partial_body);
	assert_false(defaults.refuse_future);
}

/* Section 3.6.1, t=s: it is told, whether it matters or not. */
static void
tells_that_a_key_is_not_for_subdomains(void **state)
{
	char *strict = fixture_join(zone_ed25519, "; t=s", NULL);
	const struct fixture_txt strict_zone[] = {
		{ "ed._domainkey.a.test", strict }, { NULL, NULL } };
	char *signature = simple_signature("a=ed25519-sha256; d=a.test; s=ed",
	    SPAN(BODY));
	char *text = message_with(signature, "From: j@a.test\r\n", BODY);

	(void)state;
	fixture_verify(&verifier, &options, span_of_text(text), strict_zone);
	fixture_assert_result("it holds", verifier, 0, SEAL_WHY_OK);
	assert_int_equal(seal_verifier_result(verifier, 0)->flags,
	    SEAL_RESULT_STRICT);
	verify_text(text);
	assert_int_equal(seal_verifier_result(verifier, 0)->flags, 0);
	free(strict);
	free(signature);
	free(text);
}

/* Section 3.6.1, t=y: it is told, and changes no verdict. */
static void
tells_that_a_key_is_in_test_mode(void **state)
{
	char *testing = fixture_join(zone_ed25519, "; t=y", NULL);
	const struct fixture_txt testing_zone[] = {
		{ "ed._domainkey.a.test", testing }, { NULL, NULL } };
	char *signature = simple_signature("a=ed25519-sha256; d=a.test; s=ed",
	    SPAN(BODY));
	char *text = message_with(signature, "From: j@a.test\r\n", BODY);
	char *changed = message_with(signature, "From: j@a.test\r\n", "x");

	(void)state;
	fixture_verify(&verifier, &options, span_of_text(text), testing_zone);
	fixture_assert_result("it holds", verifier, 0, SEAL_WHY_OK);
	assert_true((seal_verifier_result(verifier, 0)->flags &
	    SEAL_RESULT_TESTING) != 0);
	fixture_verify(&verifier, &options, span_of_text(changed),
	    testing_zone);
	fixture_assert_result("it does not", verifier, 0, SEAL_WHY_BODY_HASH);
	assert_true((seal_verifier_result(verifier, 0)->flags &
	    SEAL_RESULT_TESTING) != 0);
	verify_text(text);
	assert_false((seal_verifier_result(verifier, 0)->flags &
	    SEAL_RESULT_TESTING) != 0);
	free(testing);
	free(signature);
	free(text);
	free(changed);
}

static void
tells_everything_about_a_signature(void **state)
{
	char *signature = forge_simple(fixture_rsa2048, "a=rsa-sha256; "
	    "c=simple/simple; d=A.test; s=R2; i=j=40x@sub.a.test; t=1699999999"
	    "; x=1700000001; l=12; q=dns/txt", "from : to",
	    "From: j@a.test\r\n", SPAN(BODY));
	char *text = fixture_join("Received: x\r\n", signature,
	    "From: j@a.test\r\n\r\n" BODY, NULL);
	const struct seal_result *r;

	(void)state;
	verify_text(text);
	fixture_assert_result("all tags", verifier, 0, SEAL_WHY_OK);
	r = seal_verifier_result(verifier, 0);
	assert_true(span_eq(r->domain, SPAN("A.test")));
	assert_true(span_eq(r->selector, SPAN("R2")));
	assert_true(span_eq(r->identity, SPAN("j@x@sub.a.test")));
	assert_true(span_eq(r->algorithm_name, SPAN("rsa-sha256")));
	assert_true(span_eq(r->signed_headers, SPAN("from : to")));
	assert_int_equal(r->signature.n, 344);
	assert_string_equal(r->query, "r2._domainkey.a.test");
	assert_int_equal(r->algorithm, SEAL_RSA_SHA256);
	assert_int_equal(r->header_canon, SEAL_CANON_SIMPLE);
	assert_int_equal(r->body_canon, SEAL_CANON_SIMPLE);
	assert_int_equal(r->alignment, SEAL_ALIGNED_STRICT);
	assert_int_equal(r->flags, SEAL_RESULT_HAS_TIMESTAMP |
	    SEAL_RESULT_HAS_EXPIRATION | SEAL_RESULT_HAS_LENGTH);
	assert_int_equal(r->key_bits, 2048);
	assert_int_equal(r->timestamp, 1699999999);
	assert_int_equal(r->expiration, 1700000001);
	assert_int_equal(r->length, 12);
	assert_int_equal(r->unsigned_octets, 0);
	assert_int_equal(r->field, 1);
	assert_string_equal(r->why, "the signature holds");
	free(signature);
	free(text);
}

/* pass, then fail, policy, temperror, permerror: the most telling one. */
static void
gives_the_most_telling_verdict_for_the_message(void **state)
{
	char *good = simple_signature("a=ed25519-sha256; d=a.test; s=ed",
	    SPAN(BODY));
	char *wrong = simple_signature("a=ed25519-sha256; d=b.test; s=ed",
	    SPAN("other"));
	char *part = simple_signature("a=ed25519-sha256; d=b.test; s=ed; l=5",
	    SPAN("Hello"));
	const char *late = DUMMY("late.test", "s1");
	const char *bad = "DKIM-Signature: v=2\r\n";
	const struct {
		const char *signatures[5];
		enum seal_verdict verdict;
	} rows[] = {
		{ { bad, late, part, wrong, good }, SEAL_PASS },
		{ { bad, late, part, wrong, "" }, SEAL_FAIL },
		{ { bad, late, part, "", "" }, SEAL_POLICY },
		{ { bad, late, "", "", "" }, SEAL_TEMPERROR },
		{ { bad, "", "", "", "" }, SEAL_PERMERROR },
		{ { "", "", "", "", "" }, SEAL_NONE },
	};

	(void)state;
	for (size_t i = 0; i < COUNT(rows); i++) {
		struct seal_answer timeout = { .dns = SEAL_DNS_TIMEOUT };
		char *text = fixture_join("", rows[i].signatures[0],
		    rows[i].signatures[1], rows[i].signatures[2],
		    rows[i].signatures[3], rows[i].signatures[4],
		    "From: j@a.test\r\n\r\n" BODY, NULL);

		begin_message(text);
		fixture_answer(verifier, zone);
		for (size_t q = 0; q < seal_verifier_query_count(verifier);
		    q++) {
			if (strstr(seal_verifier_query(verifier, q), "late"))
				assert_int_equal(seal_verifier_answer(verifier,
				    q, &timeout), 0);
		}
		assert_int_equal(seal_verifier_finish(verifier), 0);
		if (seal_verifier_overall(verifier) != rows[i].verdict)
			fail_msg("row %zu: %s", i, seal_verdict_word(
			    seal_verifier_overall(verifier)));
		free(text);
	}
	free(good);
	free(wrong);
	free(part);
}

/* Two signatures with the same key and different everything else. */
static void
judges_each_signature_by_itself(void **state)
{
	char *good = simple_signature("a=ed25519-sha256; d=a.test; s=ed",
	    SPAN(BODY));
	char *wrong = simple_signature("a=ed25519-sha256; d=a.test; s=ed",
	    SPAN("other"));
	char *text = fixture_join(wrong, good, wrong, good,
	    "From: j@a.test\r\n\r\n" BODY, NULL);

	(void)state;
	verify_text(text);
	assert_int_equal(seal_verifier_query_count(verifier), 1);
	fixture_assert_result("first", verifier, 0, SEAL_WHY_BODY_HASH);
	fixture_assert_result("second", verifier, 1, SEAL_WHY_OK);
	fixture_assert_result("third", verifier, 2, SEAL_WHY_BODY_HASH);
	fixture_assert_result("fourth", verifier, 3, SEAL_WHY_OK);
	free(good);
	free(wrong);
	free(text);
}

/* A message cut short, one with an error, another: no trace of them is left
 * (and none leaks, which a sanitizer sees). */
static void
verifies_one_message_after_another(void **state)
{
	char *good = simple_signature("a=ed25519-sha256; d=a.test; s=ed",
	    SPAN(BODY));
	char *text = message_with(good, "From: j@a.test\r\n", BODY);
	struct seal_verify_options bad = options;
	char *many = many_signatures(25, true);

	(void)state;
	bad.max_signatures = 0;
	for (int i = 0; i < 3; i++) {
		begin_message(many);
		fixture_answer(verifier, zone);
		assert_int_equal(seal_verifier_reset(verifier, &bad),
		    SEAL_E_OPTION);
		assert_int_equal(seal_verifier_result_count(verifier), 0);
		assert_int_equal(seal_verifier_query_count(verifier), 0);
		begin_message("From: half a message\r\n");
		verify_text(text);
		assert_int_equal(seal_verifier_result_count(verifier), 1);
		fixture_assert_result("again", verifier, 0, SEAL_WHY_OK);
	}
	free(good);
	free(text);
	free(many);
	seal_verifier_free(&verifier);
	seal_verifier_free(&verifier); /* NULL is fine */
}

int
main(void)
{
#define TEST(name) cmocka_unit_test_setup_teardown(name, begin, end)
	const struct CMUnitTest tests[] = {
		TEST(passes_signatures_made_by_hand),
		TEST(takes_repeated_names_from_the_bottom_up),
		TEST(never_signs_its_own_field_through_h),
		TEST(treats_l_as_rfc6376_says_and_with_suspicion),
		TEST(judges_times_by_the_callers_clock),
		TEST(lets_the_caller_decide_about_weak_and_large_keys),
		TEST(takes_keys_of_1024_to_4096_bits_unless_told_otherwise),
		TEST(asks_for_each_key_once),
		TEST(asks_in_a_labels_and_lower_case),
		TEST(asks_for_no_name_longer_than_dns_takes),
		TEST(asks_nothing_for_signatures_that_cannot_count),
		TEST(verifies_so_many_distinct_keys_and_no_more),
		TEST(makes_so_many_queries_whatever_is_allowed),
		TEST(parses_so_many_signatures_and_names_the_others),
		TEST(chooses_signatures_of_the_from_domain_first),
		TEST(says_how_d_and_the_from_domain_are_aligned),
		TEST(counts_from_fields),
		TEST(refuses_a_header_over_its_limit_and_says_so),
		TEST(takes_a_header_of_just_its_limit),
		TEST(takes_so_many_fields_and_no_more),
		TEST(keeps_the_outcomes_of_the_dns_apart),
		TEST(takes_answers_between_header_and_finish_only),
		TEST(refuses_calls_out_of_order),
		TEST(refuses_options_out_of_range),
		TEST(has_strict_defaults),
		TEST(tells_that_a_key_is_in_test_mode),
		TEST(tells_that_a_key_is_not_for_subdomains),
		TEST(tells_everything_about_a_signature),
		TEST(gives_the_most_telling_verdict_for_the_message),
		TEST(judges_each_signature_by_itself),
		TEST(verifies_one_message_after_another),
	};

	return cmocka_run_group_tests(tests, write_zone, drop_zone);
}
