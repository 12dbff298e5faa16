/*
 * algorithm_test.c: names of algorithms and canonicalizations (RFC 6376
 * sections 3.3 and 3.5, RFC 8463 section 3).
 */
#include "fixture.h"

#include "dkim/algorithm.h"

static const struct {
	const char *name;
	enum seal_algorithm algorithm;
	const char *key_type, *hash_name;
	enum digest_type digest;
} algorithms[] = {
	{ "rsa-sha256", SEAL_RSA_SHA256, "rsa", "sha256", DIGEST_SHA256 },
	{ "ed25519-sha256", SEAL_ED25519_SHA256, "ed25519", "sha256",
	    DIGEST_SHA256 },
	{ "rsa-sha1", SEAL_RSA_SHA1, "rsa", "sha1", DIGEST_SHA1 },
};

static void
knows_the_algorithms_of_rfc6376_and_rfc8463(void **state)
{
	(void)state;
	for (size_t i = 0; i < COUNT(algorithms); i++) {
		const struct algorithm *row =
		    algorithm_of(algorithms[i].algorithm);

		assert_non_null(row);
		assert_string_equal(seal_algorithm_name(
		    algorithms[i].algorithm), algorithms[i].name);
		assert_int_equal(seal_algorithm_by_name(span_of_text(
		    algorithms[i].name)), algorithms[i].algorithm);
		assert_true(span_eq(row->key_type,
		    span_of_text(algorithms[i].key_type)));
		assert_true(span_eq(row->hash_name,
		    span_of_text(algorithms[i].hash_name)));
		assert_int_equal(row->digest, algorithms[i].digest);
	}
}

static void
knows_no_other_spelling_of_them(void **state)
{
	static const struct span names[] = { SPAN_INIT(""), SPAN_INIT("rsa"),
		SPAN_INIT("RSA-SHA256"), SPAN_INIT("rsa-sha256 "),
		SPAN_INIT("rsa-sha512"), SPAN_INIT("ed25519"),
		SPAN_INIT("rsa-sha2"), SPAN_INIT("rsa-sha256\0") };

	(void)state;
	for (size_t i = 0; i < COUNT(names); i++)
		assert_int_equal(seal_algorithm_by_name(names[i]),
		    SEAL_ALGORITHM_NONE);
	assert_null(algorithm_of(SEAL_ALGORITHM_NONE));
	assert_string_equal(seal_algorithm_name(SEAL_ALGORITHM_NONE), "");
}

/* RFC 6376 section 3.5, c=: with one name the body is simple. */
static const struct {
	const char *text;
	int ret;
	enum seal_canon header, body;
} canons[] = {
	{ "simple/simple", 0, SEAL_CANON_SIMPLE, SEAL_CANON_SIMPLE },
	{ "simple/relaxed", 0, SEAL_CANON_SIMPLE, SEAL_CANON_RELAXED },
	{ "relaxed/simple", 0, SEAL_CANON_RELAXED, SEAL_CANON_SIMPLE },
	{ "relaxed/relaxed", 0, SEAL_CANON_RELAXED, SEAL_CANON_RELAXED },
	{ "simple", 0, SEAL_CANON_SIMPLE, SEAL_CANON_SIMPLE },
	{ "relaxed", 0, SEAL_CANON_RELAXED, SEAL_CANON_SIMPLE },
	{ "", SEAL_E_SYNTAX, 0, 0 },
	{ "/", SEAL_E_SYNTAX, 0, 0 },
	{ "relaxed/", SEAL_E_SYNTAX, 0, 0 },
	{ "/relaxed", SEAL_E_SYNTAX, 0, 0 },
	{ "relaxed/relaxed/relaxed", SEAL_E_SYNTAX, 0, 0 },
	{ "relaxed/simple/", SEAL_E_SYNTAX, 0, 0 },
	{ "nofws", SEAL_E_SYNTAX, 0, 0 },
	{ "relaxed/nofws", SEAL_E_SYNTAX, 0, 0 },
	{ "Relaxed", SEAL_E_SYNTAX, 0, 0 },
	{ "relaxed / simple", SEAL_E_SYNTAX, 0, 0 },
};

static void
reads_canonicalizations(void **state)
{
	(void)state;
	for (size_t i = 0; i < COUNT(canons); i++) {
		enum seal_canon header = SEAL_CANON_RELAXED;
		enum seal_canon body = SEAL_CANON_RELAXED;
		int ret = seal_canon_parse(span_of_text(canons[i].text),
		    &header, &body);

		if (ret != canons[i].ret)
			fail_msg("%s: %d", canons[i].text, ret);
		if (ret != 0) { /* the outputs are left */
			assert_int_equal(header, SEAL_CANON_RELAXED);
			assert_int_equal(body, SEAL_CANON_RELAXED);
			continue;
		}
		if (header != canons[i].header || body != canons[i].body)
			fail_msg("%s: %s/%s", canons[i].text,
			    seal_canon_name(header), seal_canon_name(body));
	}
	assert_string_equal(seal_canon_name(SEAL_CANON_SIMPLE), "simple");
	assert_string_equal(seal_canon_name(SEAL_CANON_RELAXED), "relaxed");
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(knows_the_algorithms_of_rfc6376_and_rfc8463),
		cmocka_unit_test(knows_no_other_spelling_of_them),
		cmocka_unit_test(reads_canonicalizations),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
