/*
 * round_trip_test.c: what is signed here verifies here, in every algorithm and
 * canonicalization, over messages of every awkward shape, however they are cut
 * and read; and what is changed on the way is seen, unless the canonical forms
 * are made to bear it (RFC 6376 section 3.4).
 */
#include "fixture.h"

#include <stdio.h>

static struct seal_key *rsa1024, *rsa2048, *ed25519;
static char *rsa1024_record, *rsa2048_record, *ed25519_record;
static struct fixture_txt zone[4];
static struct seal_verifier *verifier;

static int
set_up(void **state)
{
	(void)state;
	rsa1024 = fixture_key(fixture_rsa1024);
	rsa2048 = fixture_key(fixture_rsa2048);
	ed25519 = fixture_key(fixture_ed25519);
	assert_int_equal(seal_key_to_record(rsa1024, &rsa1024_record), 0);
	assert_int_equal(seal_key_to_record(rsa2048, &rsa2048_record), 0);
	assert_int_equal(seal_key_to_record(ed25519, &ed25519_record), 0);
	zone[0] = (struct fixture_txt){ "r1._domainkey.a.test",
		rsa1024_record };
	zone[1] = (struct fixture_txt){ "r2._domainkey.a.test",
		rsa2048_record };
	zone[2] = (struct fixture_txt){ "ed._domainkey.a.test",
		ed25519_record };
	return 0;
}

static int
tear_down(void **state)
{
	(void)state;
	seal_verifier_free(&verifier);
	seal_key_unref(&rsa1024);
	seal_key_unref(&rsa2048);
	seal_key_unref(&ed25519);
	seal_text_free(&rsa1024_record);
	seal_text_free(&rsa2048_record);
	seal_text_free(&ed25519_record);
	return 0;
}

static const struct {
	const char *name;
	struct span message;
} shapes[] = {
	{ "plain", SPAN_INIT("From: j@a.test\r\nSubject: x\r\n\r\nbody\r\n") },
	{ "no body", SPAN_INIT("From: j@a.test\r\n\r\n") },
	{ "header alone", SPAN_INIT("From: j@a.test\r\nTo: x") },
	{ "no final line end", SPAN_INIT("From: j@a.test\r\n\r\nbody") },
	{ "empty lines alone", SPAN_INIT("From: j@a.test\r\n\r\n\r\n\r\n") },
	{ "empty lines at the end",
	    SPAN_INIT("From: j@a.test\r\n\r\nbody\r\n\r\n\r\n") },
	{ "white space everywhere", SPAN_INIT("From :  j@a.test \t\r\n"
	    "Subject:\r\n \r\n\t x  y\r\n\r\n \t\r\n a  b\t\r\n \r\n\t\r\n") },
	{ "folded", SPAN_INIT("From: =?utf-8?q?J=C3=BC?=\r\n\t<j@a.test>\r\n"
	    "Subject: a\r\n b\r\n\tc\r\n\r\nbody") },
	{ "empty values", SPAN_INIT("From:j@a.test\r\nSubject:\r\nTo: \r\n"
	    "Cc:\r\n \r\n\r\nbody\r\n") },
	{ "repeated fields", SPAN_INIT("To: 1\r\nSubject: 1\r\nFrom: j@a.test"
	    "\r\nTo: 2\r\nSubject: 2\r\nto: 3\r\n\r\nbody\r\n") },
	{ "8-bit and UTF-8", SPAN_INIT("From: \xc3\xbc <j@a.test>\r\n"
	    "Subject: \xff\xfe\x80\r\n\r\n\xff\xfe\r\n\xc2\xa0 \r\n") },
	{ "NUL", SPAN_INIT("From: j@a.test\r\nSubject: a\0b\r\n\r\na\0 \0\r\n"
	    "\0") },
	{ "lone CR and LF", SPAN_INIT("From: j@a.test\r\nSubject: a\rb\nc\r\n"
	    "\r\na\rb\nc \n\r\r\n") },
	{ "a line that is no field", SPAN_INIT("From a 1 Jan\r\n"
	    "From: j@a.test\r\nno field\r\n\r\nbody\r\n") },
	{ "signed before", SPAN_INIT("DKIM-Signature: v=1; a=x; b=y\r\n"
	    "From: j@a.test\r\n\r\nbody\r\n") },
	{ "a body like a header", SPAN_INIT("From: j@a.test\r\n\r\n"
	    "From: x\r\nDKIM-Signature: v=1\r\n\r\nx") },
};

static const struct {
	const char *name;
	struct seal_key **key;
	const char *selector;
	enum seal_algorithm algorithm;
} algorithms[] = {
	{ "rsa-sha256-1024", &rsa1024, "r1", SEAL_RSA_SHA256 },
	{ "rsa-sha256-2048", &rsa2048, "r2", SEAL_RSA_SHA256 },
	{ "ed25519-sha256", &ed25519, "ed", SEAL_ED25519_SHA256 },
	{ "rsa-sha1", &rsa1024, "r1", SEAL_RSA_SHA1 },
};

/* Which signature is the one that was made last: the top one. */
static void
assert_verifies(const char *name, struct span text)
{
	struct seal_verify_options options = fixture_verify_options();

	options.allow_rsa_sha1 = true;
	fixture_verify(&verifier, &options, text, zone);
	fixture_assert_result(name, verifier, 0, SEAL_WHY_OK);
	assert_int_equal(seal_verifier_overall(verifier), SEAL_PASS);
}

static void
verifies_what_it_signs_in_every_way(void **state)
{
	(void)state;
	for (size_t a = 0; a < COUNT(algorithms); a++) {
		for (int variant = 0; variant < 16; variant++) {
			struct seal_sign_options options =
			    fixture_sign_options(*algorithms[a].key,
			    algorithms[a].selector);
			char name[128];

			options.algorithm = algorithms[a].algorithm;
			options.allow_rsa_sha1 = true;
			options.header_canon = (enum seal_canon)(variant & 1);
			options.body_canon =
			    (enum seal_canon)(variant >> 1 & 1);
			options.body_length = (variant & 4) != 0;
			options.copy_headers = (variant & 8) != 0;
			if ((variant & 8) != 0) {
				options.headers = SPAN("to+:from*:subject+:"
				    "dkim-signature+:subject:x-none:cc?");
				options.identity = SPAN("j o@x.a.test");
				options.lifetime = 60;
			}
			for (size_t i = 0; i < COUNT(shapes); i++) {
				size_t n;
				char *text = fixture_sign(&options,
				    shapes[i].message, &n);

				(void)snprintf(name, sizeof(name),
				    "%s, %s, %d", shapes[i].name,
				    algorithms[a].name, variant);
				assert_verifies(name, span_of(text, n));
				free(text);
			}
		}
	}
}

/* Every two-way cut of a signed message, header and body. */
static void
verifies_the_same_for_every_two_way_cut(void **state)
{
	struct seal_verify_options verify = fixture_verify_options();

	(void)state;
	for (int form = 0; form < 4; form++) {
		struct seal_sign_options options =
		    fixture_sign_options(ed25519, "ed");
		char *text;
		size_t n;

		options.header_canon = (enum seal_canon)(form & 1);
		options.body_canon = (enum seal_canon)(form >> 1);
		text = fixture_sign(&options, shapes[6].message, &n);
		for (size_t at = 0; at <= n; at++) {
			assert_int_equal(seal_verifier_reset(verifier,
			    &verify), 0);
			assert_int_equal(seal_verifier_feed(verifier,
			    span_of(text, at), SEAL_LINES_CRLF), 0);
			assert_int_equal(seal_verifier_feed(verifier,
			    span_of(text + at, n - at), SEAL_LINES_CRLF), 0);
			fixture_answer(verifier, zone);
			assert_int_equal(seal_verifier_finish(verifier), 0);
			fixture_assert_result("cut in two", verifier, 0,
			    SEAL_WHY_OK);
		}
		free(text);
	}
}

/* A file of this system holds LFs; what was signed were CRLFs. */
static void
verifies_a_file_with_bare_lf(void **state)
{
	struct seal_verify_options verify = fixture_verify_options();
	struct seal_sign_options options = fixture_sign_options(ed25519, "ed");
	struct buffer file = { 0 };
	size_t n;
	char *text;

	(void)state;
	options.header_canon = options.body_canon = SEAL_CANON_SIMPLE;
	text = fixture_sign(&options, shapes[6].message, &n);
	for (size_t i = 0; i < n; i++) {
		if (text[i] != '\r')
			buffer_add_byte(&file, (unsigned char)text[i]);
	}
	assert_int_equal(seal_verifier_reset(verifier, &verify), 0);
	assert_int_equal(seal_verifier_feed(verifier, buffer_span(&file),
	    SEAL_LINES_FILE), 0);
	fixture_answer(verifier, zone);
	assert_int_equal(seal_verifier_finish(verifier), 0);
	fixture_assert_result("LF", verifier, 0, SEAL_WHY_OK);

	assert_int_equal(seal_verifier_reset(verifier, &verify), 0);
	assert_int_equal(seal_verifier_feed(verifier, buffer_span(&file),
	    SEAL_LINES_CRLF), 0);
	assert_int_equal(seal_verifier_finish(verifier), 0);
	assert_int_not_equal(seal_verifier_overall(verifier), SEAL_PASS);
	buffer_deinit(&file);
	free(text);
}

static const struct span letter = SPAN_INIT("To: x\r\nFrom: j@a.test\r\n"
    "Subject: a b\r\n\r\none two\r\nthree\r\n");

/* The first occurrence of a text in the letter, below its signature, becomes
 * another. */
static struct buffer
changed(struct span text, const char *from, const char *to)
{
	const unsigned char *below = text.p + (text.n - letter.n);
	const unsigned char *at = memmem(below, letter.n, from, strlen(from));
	struct buffer out = { 0 };
	size_t before;

	assert_non_null(at);
	before = (size_t)(at - text.p);
	buffer_add(&out, span_first(text, before));
	buffer_add_text(&out, to);
	buffer_add(&out, span_from(text, before + strlen(from)));
	return out;
}

/* Which forms bear the change: of header (1: relaxed only, 2: both), and of
 * body.  What is changed in one part is borne by any form of the other. */
static const struct {
	const char *name, *from, *to;
	bool body;
	int borne;
	enum seal_reason reason;
} changes[] = {
	{ "a value", "Subject: a b", "Subject: a c", false, 0,
	    SEAL_WHY_SIGNATURE },
	{ "the case of a value", "Subject: a b", "Subject: A b", false, 0,
	    SEAL_WHY_SIGNATURE },
	{ "the case of a name", "Subject:", "SUBJECT:", false, 1,
	    SEAL_WHY_SIGNATURE },
	{ "white space in a value", "a b", "a \t b", false, 1,
	    SEAL_WHY_SIGNATURE },
	{ "white space in a value gone", "a b", "ab", false, 0,
	    SEAL_WHY_SIGNATURE },
	{ "white space at its end", "a b\r\n", "a b \r\n", false, 1,
	    SEAL_WHY_SIGNATURE },
	{ "a fold", "a b", "a\r\n b", false, 1, SEAL_WHY_SIGNATURE },
	{ "the order of fields", "To: x\r\nFrom: j@a.test\r\n",
	    "From: j@a.test\r\nTo: x\r\n", false, 2, SEAL_WHY_SIGNATURE },
	{ "a field that is not signed", "To: x\r\n", "X: y\r\nTo: x\r\n",
	    false, 2, SEAL_WHY_SIGNATURE },
	{ "another From", "To: x\r\n", "To: x\r\nFrom: k@b.test\r\n", false,
	    0, SEAL_WHY_SIGNATURE },
	{ "a signed field gone", "To: x\r\n", "", false, 0,
	    SEAL_WHY_SIGNATURE },
	{ "a word of the body", "two", "too", true, 0, SEAL_WHY_BODY_HASH },
	{ "white space in the body", "one two", "one  two", true, 1,
	    SEAL_WHY_BODY_HASH },
	{ "white space at a line's end", "two\r\n", "two \r\n", true, 1,
	    SEAL_WHY_BODY_HASH },
	{ "empty lines at the end", "three\r\n", "three\r\n\r\n\r\n", true, 2,
	    SEAL_WHY_BODY_HASH },
	{ "the last line end gone", "three\r\n", "three", true, 2,
	    SEAL_WHY_BODY_HASH },
	{ "lines of white space at the end", "three\r\n",
	    "three\r\n \r\n\t\r\n", true, 1, SEAL_WHY_BODY_HASH },
	{ "an empty line inside", "two\r\n", "two\r\n\r\n", true, 0,
	    SEAL_WHY_BODY_HASH },
	{ "an empty line in front", "one", "\r\none", true, 0,
	    SEAL_WHY_BODY_HASH },
	{ "lines joined", "two\r\nthree", "two three", true, 0,
	    SEAL_WHY_BODY_HASH },
	{ "LF for CRLF", "two\r\nthree", "two\nthree", true, 0,
	    SEAL_WHY_BODY_HASH },
};

static void
bears_the_changes_that_its_canonical_form_bears_and_no_others(void **state)
{
	struct seal_verify_options verify = fixture_verify_options();

	(void)state;
	for (size_t i = 0; i < COUNT(changes) * 4; i++) {
		size_t row = i / 4;
		struct seal_sign_options options =
		    fixture_sign_options(ed25519, "ed");
		enum seal_canon form;
		struct buffer text;
		bool borne;
		size_t n;
		char *sent;

		options.header_canon = (enum seal_canon)(i & 1);
		options.body_canon = (enum seal_canon)(i >> 1 & 1);
		form = changes[row].body ? options.body_canon :
		    options.header_canon;
		borne = changes[row].borne == 2 || (changes[row].borne == 1 &&
		    form == SEAL_CANON_RELAXED);
		sent = fixture_sign(&options, letter, &n);
		text = changed(span_of(sent, n), changes[row].from,
		    changes[row].to);
		fixture_verify(&verifier, &verify, buffer_span(&text), zone);
		fixture_assert_result(changes[row].name, verifier, 0,
		    borne ? SEAL_WHY_OK : changes[row].reason);
		buffer_deinit(&text);
		free(sent);
	}
}

/* One octet of the message after the other is changed, the signature field
 * included: simple bears none of it. */
static void
passes_no_message_with_one_bit_changed(void **state)
{
	struct seal_verify_options verify = fixture_verify_options();
	struct seal_sign_options options = fixture_sign_options(ed25519, "ed");
	size_t n;
	char *text;

	(void)state;
	options.header_canon = options.body_canon = SEAL_CANON_SIMPLE;
	options.headers = SPAN("from*:to*:subject*");
	text = fixture_sign(&options, letter, &n);
	for (size_t i = 0; i < n; i++) {
		text[i] ^= 1;
		fixture_verify(&verifier, &verify, span_of(text, n), zone);
		if (seal_verifier_overall(verifier) == SEAL_PASS)
			fail_msg("octet %zu can be changed", i);
		text[i] ^= 1;
	}
	fixture_verify(&verifier, &verify, span_of(text, n), zone);
	fixture_assert_result("unchanged", verifier, 0, SEAL_WHY_OK);
	free(text);
}

/* One after the other, as hops do: each signs what the one before signed. */
static void
verifies_all_of_several_signatures(void **state)
{
	struct seal_verify_options verify = fixture_verify_options();
	char *text = NULL;
	size_t n = letter.n;

	(void)state;
	for (size_t i = 0; i < 3; i++) {
		struct seal_sign_options options = fixture_sign_options(
		    *algorithms[i].key, algorithms[i].selector);
		char *more;

		options.headers = SPAN("From*:DKIM-Signature+:Subject");
		more = fixture_sign(&options, text == NULL ? letter :
		    span_of(text, n), &n);
		free(text);
		text = more;
	}
	fixture_verify(&verifier, &verify, span_of(text, n), zone);
	assert_int_equal(seal_verifier_result_count(verifier), 3);
	for (size_t i = 0; i < 3; i++)
		fixture_assert_result("one of three", verifier, i,
		    SEAL_WHY_OK);
	free(text);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(verifies_what_it_signs_in_every_way),
		cmocka_unit_test(verifies_the_same_for_every_two_way_cut),
		cmocka_unit_test(verifies_a_file_with_bare_lf),
		cmocka_unit_test(
		    bears_the_changes_that_its_canonical_form_bears_and_no_others),
		cmocka_unit_test(passes_no_message_with_one_bit_changed),
		cmocka_unit_test(verifies_all_of_several_signatures),
	};

	return cmocka_run_group_tests(tests, set_up, tear_down);
}
