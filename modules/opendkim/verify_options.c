/*
 * verify_options.c: names, types, defaults, and what values are good.
 */
#include "opendkim/verify_options.h"

#include "dkim/option.h"
#include "verifying/option_rules.h"

#include <stddef.h>

#define HERE "opendkim"

static ec_config_option_def rows[VERIFY_OPTION_COUNT] = {
	[VERIFY_DNS_TIMEOUT] = { .name = "verify_dns_timeout",
	    .flags = EC_CFG_OPT_ADDITION,
	    .type = ECCFGTYPE_INT, .fallback = HERE,
	    .validate_value = verifying_rule_timeout },
	[VERIFY_MAX_HEADER_SIZE] = { .name = "verify_max_header_size",
	    .flags = EC_CFG_OPT_ADDITION,
	    .type = ECCFGTYPE_INT, .fallback = HERE, .defval = "65536",
	    .validate_value = verifying_rule_header_size },
	[VERIFY_MAX_SIGNATURES] = { .name = "verify_max_signatures",
	    .flags = EC_CFG_OPT_ADDITION,
	    .type = ECCFGTYPE_INT, .fallback = HERE, .defval = "5",
	    .validate_value = verifying_rule_signatures },
	[VERIFY_MIN_KEY_BITS] = { .name = "verify_min_key_bits",
	    .flags = EC_CFG_OPT_ADDITION,
	    .type = ECCFGTYPE_INT, .fallback = HERE, .defval = "1024",
	    .validate_value = verifying_rule_bits },
	[VERIFY_PARTIAL_BODY] = { .name = "verify_partial_body",
	    .flags = EC_CFG_OPT_ADDITION,
	    .type = ECCFGTYPE_BOOL, .fallback = HERE, .defval = "false" },
	[VERIFY_RSA_SHA1] = { .name = "verify_rsa_sha1",
	    .flags = EC_CFG_OPT_ADDITION,
	    .type = ECCFGTYPE_BOOL, .fallback = HERE, .defval = "false" },
};

/* For the manual. */
static const char *const helps[VERIFY_OPTION_COUNT] = {
	[VERIFY_DNS_TIMEOUT] =
	    "Seconds to wait for all keys of a message that policy "
	    "verifies. Unset: `DNS_Message_Timeout`.",
	[VERIFY_MAX_HEADER_SIZE] =
	    "Octets of header that are looked at; no signature of a message "
	    "with more is verified.",
	[VERIFY_MAX_SIGNATURES] =
	    "Different keys that are asked for in one message, those of "
	    "the From domain first.",
	[VERIFY_MIN_KEY_BITS] =
	    "Signatures by RSA keys below that do not pass (RFC 8301).",
	[VERIFY_PARTIAL_BODY] =
	    "Let signatures pass that leave octets at the end of the body "
	    "unsigned (`l=`).",
	[VERIFY_RSA_SHA1] =
	    "Let rsa-sha1 pass, which must not be used any more (RFC "
	    "8301).",
};

static int slots[VERIFY_OPTION_COUNT];

int
verify_options_register(void)
{
	return option_register_all(rows, helps, slots, VERIFY_OPTION_COUNT);
}

int
verify_options_slot(enum verify_option option)
{
	return slots[option];
}
