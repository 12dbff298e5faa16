/*
 * result_test.c: verdicts in the words of RFC 8601 section 2.7.1, each reason
 * with one verdict, a word that stays and a sentence for people.
 */
#include "fixture.h"

#include "dkim/result.h"

#include <ctype.h>

/* These words are an interface: logs, scripts and tests go by them. */
static const struct {
	enum seal_reason reason;
	const char *verdict, *word;
} words[] = {
	{ SEAL_WHY_NO_SIGNATURE, "none", "no-signature" },
	{ SEAL_WHY_OK, "pass", "ok" },
	{ SEAL_WHY_BODY_HASH, "fail", "body-hash-mismatch" },
	{ SEAL_WHY_SIGNATURE, "fail", "signature-mismatch" },
	{ SEAL_WHY_RSA_SHA1, "policy", "rsa-sha1" },
	{ SEAL_WHY_KEY_TOO_SMALL, "policy", "key-too-small" },
	{ SEAL_WHY_KEY_TOO_LARGE, "policy", "key-too-large" },
	{ SEAL_WHY_PARTIAL_BODY, "policy", "partial-body" },
	{ SEAL_WHY_TOO_MANY_SIGNATURES, "policy", "too-many-signatures" },
	{ SEAL_WHY_TOO_MANY_QUERIES, "policy", "too-many-queries" },
	{ SEAL_WHY_HEADER_TOO_LARGE, "policy", "header-too-large" },
	{ SEAL_WHY_SIGNED_IN_FUTURE, "policy", "signed-in-future" },
	{ SEAL_WHY_DNS_TIMEOUT, "temperror", "dns-timeout" },
	{ SEAL_WHY_DNS_FAILED, "temperror", "dns-failed" },
	{ SEAL_WHY_DNS_BOGUS, "temperror", "dns-bogus" },
	{ SEAL_WHY_NO_ANSWER, "temperror", "no-answer" },
	{ SEAL_WHY_NO_MEMORY, "temperror", "no-memory" },
	{ SEAL_WHY_FIELD_TOO_LONG, "permerror", "signature-too-long" },
	{ SEAL_WHY_TAG_SYNTAX, "permerror", "tag-syntax" },
	{ SEAL_WHY_TAG_TWICE, "permerror", "tag-twice" },
	{ SEAL_WHY_TOO_MANY_TAGS, "permerror", "too-many-tags" },
	{ SEAL_WHY_TAG_MISSING, "permerror", "tag-missing" },
	{ SEAL_WHY_VERSION, "permerror", "bad-version" },
	{ SEAL_WHY_ALGORITHM, "permerror", "unknown-algorithm" },
	{ SEAL_WHY_CANONICALIZATION, "permerror", "unknown-canonicalization" },
	{ SEAL_WHY_SIGNATURE_BASE64, "permerror", "bad-signature-value" },
	{ SEAL_WHY_BODY_HASH_BASE64, "permerror", "bad-body-hash" },
	{ SEAL_WHY_BODY_HASH_LENGTH, "permerror", "bad-body-hash-length" },
	{ SEAL_WHY_DOMAIN, "permerror", "bad-domain" },
	{ SEAL_WHY_SELECTOR, "permerror", "bad-selector" },
	{ SEAL_WHY_SIGNED_HEADERS, "permerror", "bad-signed-headers" },
	{ SEAL_WHY_FROM_NOT_SIGNED, "permerror", "from-not-signed" },
	{ SEAL_WHY_IDENTITY, "permerror", "bad-identity" },
	{ SEAL_WHY_IDENTITY_DOMAIN, "permerror", "identity-outside-domain" },
	{ SEAL_WHY_LENGTH, "permerror", "bad-length" },
	{ SEAL_WHY_LENGTH_BEYOND_BODY, "permerror", "length-beyond-body" },
	{ SEAL_WHY_QUERY_METHOD, "permerror", "unknown-query-method" },
	{ SEAL_WHY_TIMESTAMP, "permerror", "bad-timestamp" },
	{ SEAL_WHY_EXPIRATION, "permerror", "bad-expiration" },
	{ SEAL_WHY_EXPIRES_BEFORE_SIGNED, "permerror",
	    "expires-before-signed" },
	{ SEAL_WHY_EXPIRED, "permerror", "expired" },
	{ SEAL_WHY_KEY_NOT_FOUND, "permerror", "key-not-found" },
	{ SEAL_WHY_KEY_REVOKED, "permerror", "key-revoked" },
	{ SEAL_WHY_KEY_SYNTAX, "permerror", "key-syntax" },
	{ SEAL_WHY_KEY_VERSION, "permerror", "key-version" },
	{ SEAL_WHY_KEY_TYPE, "permerror", "unknown-key-type" },
	{ SEAL_WHY_KEY_MISMATCH, "permerror", "key-type-mismatch" },
	{ SEAL_WHY_KEY_HASH, "permerror", "key-hash-not-allowed" },
	{ SEAL_WHY_KEY_SERVICE, "permerror", "key-not-for-email" },
	{ SEAL_WHY_KEY_IDENTITY, "permerror", "key-wants-exact-domain" },
	{ SEAL_WHY_KEY_UNUSABLE, "permerror", "key-unusable" },
	{ SEAL_WHY_SENDER, "permerror", "no-sender" },
	{ SEAL_WHY_SENDER_DOMAIN, "permerror", "sender-outside-domain" },
	{ SEAL_WHY_SENDER_NOT_SIGNED, "permerror", "sender-not-signed" },
	{ SEAL_WHY_KEY_GRANULARITY, "permerror", "key-not-for-sender" },
	{ SEAL_WHY_SIGNS_ALL, "fail", "domain-signs-all" },
};

static void
has_a_stable_word_and_one_verdict_for_each_reason(void **state)
{
	(void)state;
	assert_int_equal(COUNT(words), SEAL_WHY_COUNT);
	for (size_t i = 0; i < COUNT(words); i++) {
		enum seal_reason reason = words[i].reason;

		assert_int_equal(reason, i); /* the table misses none */
		assert_string_equal(seal_reason_word(reason), words[i].word);
		assert_string_equal(seal_verdict_word(
		    seal_reason_verdict(reason)), words[i].verdict);
	}
}

static void
has_a_sentence_without_full_stop_for_each_reason(void **state)
{
	(void)state;
	for (size_t i = 0; i < SEAL_WHY_COUNT; i++) {
		const char *sentence =
		    seal_reason_sentence((enum seal_reason)i);

		assert_non_null(strchr(sentence, ' '));
		assert_int_not_equal(sentence[strlen(sentence) - 1], '.');
		assert_false(isupper((unsigned char)sentence[0]));
	}
}

static void
bears_numbers_that_are_no_reason_or_verdict(void **state)
{
	(void)state;
	assert_string_equal(seal_reason_word(SEAL_WHY_COUNT), "no-signature");
	assert_string_equal(seal_reason_word((enum seal_reason)-1),
	    "no-signature");
	assert_string_equal(seal_verdict_word((enum seal_verdict)99), "none");
	assert_string_equal(seal_verdict_word(SEAL_NEUTRAL), "neutral");
}

static void
has_a_word_for_each_error(void **state)
{
	static const struct {
		int error;
		const char *word;
	} rows[] = {
		{ 0, "ok" }, { SEAL_E_NOMEM, "no-memory" },
		{ SEAL_E_CRYPTO, "crypto-failure" },
		{ SEAL_E_ORDER, "out-of-order" },
		{ SEAL_E_LIMIT, "over-limit" },
		{ SEAL_E_OPTION, "bad-option" }, { SEAL_E_KEY, "bad-key" },
		{ SEAL_E_SYNTAX, "bad-syntax" }, { SEAL_E_NO_FROM, "no-from" },
		{ SEAL_E_SEVERAL_FROM, "several-from" }, { -99, "unknown" },
	};

	(void)state;
	for (size_t i = 0; i < COUNT(rows); i++)
		assert_string_equal(seal_error_word(rows[i].error),
		    rows[i].word);
}

/* The sentence goes to logs and header fields: what came in mail and would
 * break those stays out of it. */
static void
shows_what_is_at_fault_if_it_is_short_and_printable(void **state)
{
	static const struct {
		struct span detail;
		const char *why;
	} rows[] = {
		{ SPAN_INIT("bh"), "a tag occurs twice: 'bh'" },
		{ SPAN_INIT(""), "a tag occurs twice" },
		{ SPAN_INIT("a\r\nX: y"), "a tag occurs twice" },
		{ SPAN_INIT("a\0b"), "a tag occurs twice" },
		{ SPAN_INIT("a\"b"), "a tag occurs twice" },
		{ SPAN_INIT("a\\b"), "a tag occurs twice" },
		{ SPAN_INIT("\xc3\xbc"), "a tag occurs twice" },
		{ SPAN_INIT("1234567890123456789012345678901234567890"
		    "1234567890123456789012345"), "a tag occurs twice" },
		{ SPAN_INIT("%s%n"), "a tag occurs twice: '%s%n'" },
	};
	struct arena arena = { 0 };

	(void)state;
	for (size_t i = 0; i < COUNT(rows); i++) {
		struct seal_result result = { 0 };

		result_set(&result, &arena, SEAL_WHY_TAG_TWICE,
		    rows[i].detail);
		assert_int_equal(result.verdict, SEAL_PERMERROR);
		assert_int_equal(result.reason, SEAL_WHY_TAG_TWICE);
		assert_string_equal(result.why, rows[i].why);
	}
	arena_deinit(&arena);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(
		    has_a_stable_word_and_one_verdict_for_each_reason),
		cmocka_unit_test(
		    has_a_sentence_without_full_stop_for_each_reason),
		cmocka_unit_test(bears_numbers_that_are_no_reason_or_verdict),
		cmocka_unit_test(has_a_word_for_each_error),
		cmocka_unit_test(
		    shows_what_is_at_fault_if_it_is_short_and_printable),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
