/*
 * dk_status.c: many reasons, few words.
 */
#include "domainkeys/dk_status.h"

#include <stddef.h>

static const char *const texts[SEAL_WHY_COUNT] = {
	[SEAL_WHY_OK] = "good",

	[SEAL_WHY_DNS_TIMEOUT] = "bad (no key)",
	[SEAL_WHY_DNS_FAILED] = "bad (no key)",
	[SEAL_WHY_DNS_BOGUS] = "bad (no key)",
	[SEAL_WHY_NO_ANSWER] = "bad (no key)",
	[SEAL_WHY_KEY_NOT_FOUND] = "bad (no key)",

	[SEAL_WHY_KEY_REVOKED] = "bad (key revoked)",

	[SEAL_WHY_KEY_TYPE] = "bad (key type)",
	[SEAL_WHY_KEY_MISMATCH] = "bad (key type)",

	[SEAL_WHY_KEY_SYNTAX] = "bad (public key)",
	[SEAL_WHY_KEY_VERSION] = "bad (public key)",
	[SEAL_WHY_KEY_UNUSABLE] = "bad (public key)",
	[SEAL_WHY_KEY_TOO_SMALL] = "bad (public key)",
	[SEAL_WHY_KEY_TOO_LARGE] = "bad (public key)",

	[SEAL_WHY_QUERY_METHOD] = "bad (unsupported query type)",

	[SEAL_WHY_FIELD_TOO_LONG] = "bad (malformed signature)",
	[SEAL_WHY_TAG_SYNTAX] = "bad (malformed signature)",
	[SEAL_WHY_TAG_TWICE] = "bad (malformed signature)",
	[SEAL_WHY_TOO_MANY_TAGS] = "bad (malformed signature)",
	[SEAL_WHY_TAG_MISSING] = "bad (malformed signature)",
	[SEAL_WHY_ALGORITHM] = "bad (malformed signature)",
	[SEAL_WHY_CANONICALIZATION] = "bad (malformed signature)",
	[SEAL_WHY_SIGNATURE_BASE64] = "bad (malformed signature)",
	[SEAL_WHY_DOMAIN] = "bad (malformed signature)",
	[SEAL_WHY_SELECTOR] = "bad (malformed signature)",
	[SEAL_WHY_SIGNED_HEADERS] = "bad (malformed signature)",
	[SEAL_WHY_SENDER_NOT_SIGNED] = "bad (malformed signature)",
};

const char *
dk_status_text(enum seal_reason reason)
{
	const char *text = texts[reason];

	if (reason == SEAL_WHY_NO_SIGNATURE)
		return NULL;
	return text != NULL ? text : "bad";
}

const char *
dk_status_header(enum seal_reason reason)
{
	switch (seal_reason_verdict(reason)) {
	case SEAL_NONE:
		return NULL;
	case SEAL_PASS:
		return "good";
	case SEAL_TEMPERROR:
		return "error";
	case SEAL_FAIL:
	case SEAL_NEUTRAL:
	case SEAL_POLICY:
	case SEAL_PERMERROR:
		return "bad";
	}
	return "bad";
}
