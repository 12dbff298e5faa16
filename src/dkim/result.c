/*
 * result.c: the words for what can be said about a signature.
 */
#include "dkim/result.h"

#define MAX_DETAIL 64 /* longer text at fault is not repeated */

struct reason {
	enum seal_verdict verdict;
	const char *word;
	const char *sentence;
};

static const struct reason reasons[SEAL_WHY_COUNT] = {
	[SEAL_WHY_NO_SIGNATURE] = { SEAL_NONE, "no-signature",
	    "the message has no signature" },
	[SEAL_WHY_OK] = { SEAL_PASS, "ok", "the signature holds" },

	[SEAL_WHY_BODY_HASH] = { SEAL_FAIL, "body-hash-mismatch",
	    "the body is not the one that was signed" },
	[SEAL_WHY_SIGNATURE] = { SEAL_FAIL, "signature-mismatch",
	    "the signature does not match the signed header fields and the key" },

	[SEAL_WHY_RSA_SHA1] = { SEAL_POLICY, "rsa-sha1",
	    "rsa-sha1 is not accepted any more (RFC 8301)" },
	[SEAL_WHY_KEY_TOO_SMALL] = { SEAL_POLICY, "key-too-small",
	    "the key is too small to be trusted (RFC 8301)" },
	[SEAL_WHY_KEY_TOO_LARGE] = { SEAL_POLICY, "key-too-large",
	    "the key is larger than we verify with" },
	[SEAL_WHY_PARTIAL_BODY] = { SEAL_POLICY, "partial-body",
	    "l= leaves a part of the body unsigned" },
	[SEAL_WHY_TOO_MANY_SIGNATURES] = { SEAL_POLICY, "too-many-signatures",
	    "the message has more signatures than we verify" },
	[SEAL_WHY_TOO_MANY_QUERIES] = { SEAL_POLICY, "too-many-queries",
	    "the signatures need more DNS queries than we make for a message" },
	[SEAL_WHY_HEADER_TOO_LARGE] = { SEAL_POLICY, "header-too-large",
	    "the header is larger than we take in" },
	[SEAL_WHY_SIGNED_IN_FUTURE] = { SEAL_POLICY, "signed-in-future",
	    "t= is in the future" },

	[SEAL_WHY_DNS_TIMEOUT] = { SEAL_TEMPERROR, "dns-timeout",
	    "the DNS did not answer in time" },
	[SEAL_WHY_DNS_FAILED] = { SEAL_TEMPERROR, "dns-failed",
	    "the DNS could not answer" },
	[SEAL_WHY_DNS_BOGUS] = { SEAL_TEMPERROR, "dns-bogus",
	    "the DNS answer failed DNSSEC validation" },
	[SEAL_WHY_NO_ANSWER] = { SEAL_TEMPERROR, "no-answer",
	    "the key was not looked up" },
	[SEAL_WHY_NO_MEMORY] = { SEAL_TEMPERROR, "no-memory",
	    "out of memory or crypto failure while verifying" },

	[SEAL_WHY_FIELD_TOO_LONG] = { SEAL_PERMERROR, "signature-too-long",
	    "the signature field is longer than we parse" },
	[SEAL_WHY_TAG_SYNTAX] = { SEAL_PERMERROR, "tag-syntax",
	    "the signature field is not a list of tag=value" },
	[SEAL_WHY_TAG_TWICE] = { SEAL_PERMERROR, "tag-twice",
	    "a tag occurs twice" },
	[SEAL_WHY_TOO_MANY_TAGS] = { SEAL_PERMERROR, "too-many-tags",
	    "the signature field has more tags than we parse" },
	[SEAL_WHY_TAG_MISSING] = { SEAL_PERMERROR, "tag-missing",
	    "a required tag is missing" },
	[SEAL_WHY_VERSION] = { SEAL_PERMERROR, "bad-version", "v= is not 1" },
	[SEAL_WHY_ALGORITHM] = { SEAL_PERMERROR, "unknown-algorithm",
	    "a= names no algorithm we know" },
	[SEAL_WHY_CANONICALIZATION] = { SEAL_PERMERROR,
	    "unknown-canonicalization", "c= names no canonicalization we know" },
	[SEAL_WHY_SIGNATURE_BASE64] = { SEAL_PERMERROR, "bad-signature-value",
	    "b= is empty, too long or not base64" },
	[SEAL_WHY_BODY_HASH_BASE64] = { SEAL_PERMERROR, "bad-body-hash",
	    "bh= is empty or not base64" },
	[SEAL_WHY_BODY_HASH_LENGTH] = { SEAL_PERMERROR, "bad-body-hash-length",
	    "bh= has not the length of the hash that a= names" },
	[SEAL_WHY_DOMAIN] = { SEAL_PERMERROR, "bad-domain",
	    "d= is not a domain name" },
	[SEAL_WHY_SELECTOR] = { SEAL_PERMERROR, "bad-selector",
	    "s= is not a selector" },
	[SEAL_WHY_SIGNED_HEADERS] = { SEAL_PERMERROR, "bad-signed-headers",
	    "h= is not a list of field names" },
	[SEAL_WHY_FROM_NOT_SIGNED] = { SEAL_PERMERROR, "from-not-signed",
	    "h= does not name From" },
	[SEAL_WHY_IDENTITY] = { SEAL_PERMERROR, "bad-identity",
	    "i= is not an identity" },
	[SEAL_WHY_IDENTITY_DOMAIN] = { SEAL_PERMERROR, "identity-outside-domain",
	    "the domain of i= is neither d= nor below it" },
	[SEAL_WHY_LENGTH] = { SEAL_PERMERROR, "bad-length",
	    "l= is not a number" },
	[SEAL_WHY_LENGTH_BEYOND_BODY] = { SEAL_PERMERROR, "length-beyond-body",
	    "l= is larger than the body" },
	[SEAL_WHY_QUERY_METHOD] = { SEAL_PERMERROR, "unknown-query-method",
	    "q= names no query method we know" },
	[SEAL_WHY_TIMESTAMP] = { SEAL_PERMERROR, "bad-timestamp",
	    "t= is not a time" },
	[SEAL_WHY_EXPIRATION] = { SEAL_PERMERROR, "bad-expiration",
	    "x= is not a time" },
	[SEAL_WHY_EXPIRES_BEFORE_SIGNED] = { SEAL_PERMERROR,
	    "expires-before-signed", "x= is not later than t=" },
	[SEAL_WHY_EXPIRED] = { SEAL_PERMERROR, "expired",
	    "the signature has expired" },

	[SEAL_WHY_KEY_NOT_FOUND] = { SEAL_PERMERROR, "key-not-found",
	    "there is no key record" },
	[SEAL_WHY_KEY_REVOKED] = { SEAL_PERMERROR, "key-revoked",
	    "the key has been revoked" },
	[SEAL_WHY_KEY_SYNTAX] = { SEAL_PERMERROR, "key-syntax",
	    "the key record cannot be parsed" },
	[SEAL_WHY_KEY_VERSION] = { SEAL_PERMERROR, "key-version",
	    "v= of the key record is not DKIM1 or not the first tag" },
	[SEAL_WHY_KEY_TYPE] = { SEAL_PERMERROR, "unknown-key-type",
	    "k= of the key record names no key type we know" },
	[SEAL_WHY_KEY_MISMATCH] = { SEAL_PERMERROR, "key-type-mismatch",
	    "the key is not of the type that a= needs" },
	[SEAL_WHY_KEY_HASH] = { SEAL_PERMERROR, "key-hash-not-allowed",
	    "h= of the key record does not allow the hash that a= names" },
	[SEAL_WHY_KEY_SERVICE] = { SEAL_PERMERROR, "key-not-for-email",
	    "s= of the key record does not allow email" },
	[SEAL_WHY_KEY_IDENTITY] = { SEAL_PERMERROR, "key-wants-exact-domain",
	    "t=s of the key record wants i= to be in d= itself" },
	[SEAL_WHY_KEY_UNUSABLE] = { SEAL_PERMERROR, "key-unusable",
	    "p= of the key record holds no usable key" },

	[SEAL_WHY_SENDER] = { SEAL_PERMERROR, "no-sender",
	    "the message has no Sender or From address to go by" },
	[SEAL_WHY_SENDER_DOMAIN] = { SEAL_PERMERROR, "sender-outside-domain",
	    "the sender's address is neither in d= nor below it" },
	[SEAL_WHY_SENDER_NOT_SIGNED] = { SEAL_PERMERROR, "sender-not-signed",
	    "the field with the sender's address is not signed" },
	[SEAL_WHY_KEY_GRANULARITY] = { SEAL_PERMERROR,
	    "key-not-for-sender", "g= of the key record is for other addresses" },
	[SEAL_WHY_SIGNS_ALL] = { SEAL_FAIL, "domain-signs-all",
	    "the sender's domain signs all its mail, but not this message" },
};

static const char *const verdict_words[] = {
	[SEAL_NONE] = "none",
	[SEAL_PASS] = "pass",
	[SEAL_FAIL] = "fail",
	[SEAL_NEUTRAL] = "neutral",
	[SEAL_POLICY] = "policy",
	[SEAL_TEMPERROR] = "temperror",
	[SEAL_PERMERROR] = "permerror",
};

static const struct {
	enum seal_error error;
	const char *word;
} error_words[] = {
	{ SEAL_E_NOMEM, "no-memory" },
	{ SEAL_E_CRYPTO, "crypto-failure" },
	{ SEAL_E_ORDER, "out-of-order" },
	{ SEAL_E_LIMIT, "over-limit" },
	{ SEAL_E_OPTION, "bad-option" },
	{ SEAL_E_KEY, "bad-key" },
	{ SEAL_E_SYNTAX, "bad-syntax" },
	{ SEAL_E_NO_FROM, "no-from" },
	{ SEAL_E_SEVERAL_FROM, "several-from" },
};

static const struct reason *
reason_row(enum seal_reason reason)
{
	unsigned row = (unsigned)reason;

	return &reasons[row < SEAL_WHY_COUNT ? row : SEAL_WHY_NO_SIGNATURE];
}

const char *
seal_verdict_word(enum seal_verdict verdict)
{
	unsigned row = (unsigned)verdict;

	return row < sizeof(verdict_words) / sizeof(verdict_words[0]) ?
	    verdict_words[row] : "none";
}

const char *
seal_reason_word(enum seal_reason reason)
{
	return reason_row(reason)->word;
}

const char *
seal_reason_sentence(enum seal_reason reason)
{
	return reason_row(reason)->sentence;
}

enum seal_verdict
seal_reason_verdict(enum seal_reason reason)
{
	return reason_row(reason)->verdict;
}

const char *
seal_error_word(int error)
{
	for (size_t i = 0; i < sizeof(error_words) / sizeof(error_words[0]); i++) {
		if ((int)error_words[i].error == error)
			return error_words[i].word;
	}
	return error == 0 ? "ok" : "unknown";
}

static bool
can_be_shown(struct span s)
{
	if (s.n == 0 || s.n > MAX_DETAIL)
		return false;
	for (size_t i = 0; i < s.n; i++) {
		if (s.p[i] < 0x20 || s.p[i] >= 0x7f || s.p[i] == '"' ||
		    s.p[i] == '\\')
			return false;
	}
	return true;
}

void
result_set(struct seal_result *result, struct arena *arena,
    enum seal_reason reason, struct span detail)
{
	const struct reason *row = reason_row(reason);
	const char *sentence = NULL;

	if (can_be_shown(detail))
		sentence = arena_printf(arena, "%s: '%.*s'", row->sentence,
		    (int)detail.n, (const char *)detail.p);
	result->verdict = row->verdict;
	result->reason = reason;
	result->why = sentence != NULL ? sentence : row->sentence;
}

enum seal_reason
result_of_decoding(int ret, enum seal_reason bad)
{
	if (ret == 0)
		return SEAL_WHY_OK;
	return ret < 0 ? SEAL_WHY_NO_MEMORY : bad;
}
