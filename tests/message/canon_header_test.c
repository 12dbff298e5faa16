/*
 * canon_header_test.c: the canonical forms of a header field (RFC 6376
 * sections 3.4.1 and 3.4.2, example in 3.4.5).
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>

#include <cmocka.h>

#include "message/canon_header.h"

#define COUNT(rows) (sizeof(rows) / sizeof(rows[0]))

static const struct {
	const char *name;
	struct span raw, relaxed;
} rows[] = {
	{ "3.4.5: the example, first field", SPAN_INIT("A: X"),
	    SPAN_INIT("a:X") },
	{ "3.4.5: the example, second field", SPAN_INIT("B : Y\t\r\n\tZ  "),
	    SPAN_INIT("b:Y Z") },
	{ "the name in lower case, the value as it is",
	    SPAN_INIT("SUBJect: AbC"), SPAN_INIT("subject:AbC") },
	{ "no white space around the colon", SPAN_INIT("Subject \t : \t x"),
	    SPAN_INIT("subject:x") },
	{ "none needed", SPAN_INIT("Subject:x"), SPAN_INIT("subject:x") },
	{ "folds are taken out", SPAN_INIT("To: a,\r\n b,\r\n\tc"),
	    SPAN_INIT("to:a, b, c") },
	{ "a fold right behind the colon", SPAN_INIT("To:\r\n a"),
	    SPAN_INIT("to:a") },
	{ "white space on both sides of a fold is one space",
	    SPAN_INIT("To: a \t \r\n \t b"), SPAN_INIT("to:a b") },
	{ "lines of white space alone", SPAN_INIT("To: a\r\n \r\n\t\r\n b"),
	    SPAN_INIT("to:a b") },
	{ "a last line of white space alone", SPAN_INIT("To: a\r\n \t "),
	    SPAN_INIT("to:a") },
	{ "tabs are white space", SPAN_INIT("To:\ta\tb\t\tc\t"),
	    SPAN_INIT("to:a b c") },
	{ "an empty value", SPAN_INIT("Subject:"), SPAN_INIT("subject:") },
	{ "a value of white space alone", SPAN_INIT("Subject: \t "),
	    SPAN_INIT("subject:") },
	{ "a value of folds alone", SPAN_INIT("Subject:\r\n \r\n "),
	    SPAN_INIT("subject:") },
	{ "colons in the value", SPAN_INIT("Subject: a : b: c"),
	    SPAN_INIT("subject:a : b: c") },
	{ "nothing is decoded (RFC 6376 3.4.2)",
	    SPAN_INIT("Subject: =?utf-8?q?a__b?= \"c  d\""),
	    SPAN_INIT("subject:=?utf-8?q?a__b?= \"c d\"") },
	{ "8-bit text is bytes", SPAN_INIT("Subject: \xc3\x84 \xff\xa0 x"),
	    SPAN_INIT("subject:\xc3\x84 \xff\xa0 x") },
	{ "an 8-bit name is not lowered", SPAN_INIT("S\xc3\x84: x"),
	    SPAN_INIT("s\xc3\x84:x") },
	{ "NUL is a byte", SPAN_INIT("Subj\0ect: a \0 \0b"),
	    SPAN_INIT("subj\0ect:a \0 \0b") },
	{ "a CR alone is text", SPAN_INIT("Subject: a\rb \r c\r"),
	    SPAN_INIT("subject:a\rb \r c\r") },
	{ "CRs before a fold", SPAN_INIT("Subject: a\r\r\n b"),
	    SPAN_INIT("subject:a\r b") },
	{ "an LF alone is text", SPAN_INIT("Subject: a\nb \n c\n"),
	    SPAN_INIT("subject:a\nb \n c\n") },
	{ "other controls are no white space", SPAN_INIT("Subject: \va\f b"),
	    SPAN_INIT("subject:\va\f b") },
	{ "one byte", SPAN_INIT(":"), SPAN_INIT(":") },
	{ "no colon: every byte counts", SPAN_INIT("Not A Field"),
	    SPAN_INIT("not a field") },
	{ "nothing at all", SPAN_INIT(""), SPAN_INIT("") },
};

static void
assert_relaxed(const char *name, struct span got, struct span want)
{
	if (!span_eq(got, want))
		fail_msg("%s: \"%.*s\", \"%.*s\" wanted", name, (int)got.n,
		    (const char *)got.p, (int)want.n, (const char *)want.p);
}

/* On the heap in exact sizes, so that a sanitizer sees a byte too far. */
static void
relaxes_as_rfc6376_section_3_4_2_says(void **state)
{
	(void)state;
	for (size_t i = 0; i < COUNT(rows); i++) {
		size_t n = rows[i].raw.n;
		unsigned char *raw = malloc(n + 1);
		unsigned char *out = malloc(canon_header_room(n));

		assert_non_null(raw);
		assert_non_null(out);
		memcpy(raw, rows[i].raw.p, n);
		n = canon_header_relaxed(span_of(raw, n), out);
		assert_relaxed(rows[i].name, span_of(out, n), rows[i].relaxed);
		free(raw);
		free(out);
	}
}

static void
can_write_over_the_field_itself(void **state)
{
	(void)state;
	for (size_t i = 0; i < COUNT(rows); i++) {
		size_t n = rows[i].raw.n;
		unsigned char *text = malloc(canon_header_room(n));

		assert_non_null(text);
		memcpy(text, rows[i].raw.p, n);
		n = canon_header_relaxed(span_of(text, n), text);
		assert_relaxed(rows[i].name, span_of(text, n),
		    rows[i].relaxed);
		free(text);
	}
}

/* The canonical form is a fixed point: what is relaxed stays as it is. */
static void
leaves_what_is_canonical_alone(void **state)
{
	unsigned char out[256];

	(void)state;
	for (size_t i = 0; i < COUNT(rows); i++) {
		size_t n = canon_header_relaxed(rows[i].relaxed, out);

		assert_relaxed(rows[i].name, span_of(out, n), rows[i].relaxed);
	}
}

static void
assert_hash(struct digest *digest, const char *name, struct span want)
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

/* Sections 3.4.1 and 3.7: simple changes nothing; the CRLF counts; and a field
 * may be hashed for several signatures. */
static void
hashes_either_form_with_its_crlf_as_often_as_wanted(void **state)
{
	static const struct span raw = SPAN_INIT("SubJect :  a\r\n\t b \t");
	static const struct {
		enum seal_canon canon;
		struct span want;
	} steps[] = {
		{ SEAL_CANON_SIMPLE,
		    SPAN_INIT("SubJect :  a\r\n\t b \t\r\n") },
		{ SEAL_CANON_RELAXED, SPAN_INIT("subject:a b\r\n") },
		{ SEAL_CANON_RELAXED, SPAN_INIT("subject:a b\r\n") },
		{ SEAL_CANON_SIMPLE,
		    SPAN_INIT("SubJect :  a\r\n\t b \t\r\n") },
	};
	struct arena arena = { 0 };
	struct header header;
	struct digest digest = { 0 };

	(void)state;
	header_init(&header, &arena, 1000);
	assert_int_equal(header_add(&header, raw), 0);
	for (size_t i = 0; i < COUNT(steps); i++) {
		assert_int_equal(digest_start(&digest, DIGEST_SHA256), 0);
		assert_int_equal(canon_header_digest(&digest, &header,
		    &header.fields[0], steps[i].canon), 0);
		assert_hash(&digest, seal_canon_name(steps[i].canon),
		    steps[i].want);
	}
	digest_deinit(&digest);
	arena_deinit(&arena);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(relaxes_as_rfc6376_section_3_4_2_says),
		cmocka_unit_test(can_write_over_the_field_itself),
		cmocka_unit_test(leaves_what_is_canonical_alone),
		cmocka_unit_test(
		    hashes_either_form_with_its_crlf_as_often_as_wanted),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
