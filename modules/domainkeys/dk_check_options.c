/*
 * dk_check_options.c: names, types, defaults, and what values are good.
 */
#include "dk_check_options.h"

#include "dkim/option.h"
#include "dkim/option_check.h"
#include "seal.h"

#define HERE "dk_validate"

#define MAX_KEYS (SEAL_MAX_QUERIES - 1) /* one name is the policy's */

static const struct ec_config_value_mapping granularities[] = {
	{ "nobody", "0" },
	{ "everybody", "1" },
	{ NULL, NULL },
};

static int
check_signatures(ec_config_option_def *option, string *output,
    ec_config_header *cfghdr, ec_config_value *val)
{
	(void)option;
	(void)cfghdr;
	return option_check_within(val, output, 1, MAX_KEYS);
}

static ec_config_option_def rows[DK_CHECK_COUNT] = {
	[DK_CHECK_AUTHENTICATION_RESULTS] = {
	    .name = "authentication_results", .flags = EC_CFG_OPT_ADDITION,
	    .type = ECCFGTYPE_BOOL, .fallback = HERE, .defval = "false" },
	[DK_CHECK_AUTHSERV_ID] = { .name = "authserv_id",
	    .flags = EC_CFG_OPT_ADDITION,
	    .type = ECCFGTYPE_STRING, .fallback = HERE,
	    .validate_value = option_check_given },
	[DK_CHECK_DNS_FAILURE] = { .name = "dns_failure",
	    .flags = EC_CFG_OPT_ADDITION,
	    .type = ECCFGTYPE_INT, .fallback = HERE, .defval = "accept",
	    .map = verifying_dns_failures },
	[DK_CHECK_DNS_TIMEOUT] = { .name = "dns_timeout",
	    .flags = EC_CFG_OPT_ADDITION,
	    .type = ECCFGTYPE_INT, .fallback = HERE,
	    .validate_value = verifying_rule_timeout },
	[DK_CHECK_EMPTY_GRANULARITY] = { .name = "empty_granularity",
	    .flags = EC_CFG_OPT_ADDITION,
	    .type = ECCFGTYPE_INT, .fallback = HERE, .defval = "nobody",
	    .map = granularities },
	[DK_CHECK_KEYCACHE_SIZE] = { .name = "keycache_size",
	    .flags = EC_CFG_OPT_ADDITION,
	    .type = ECCFGTYPE_INT, .fallback = HERE, .defval = "2048",
	    .validate_value = option_check_size },
	[DK_CHECK_MAX_HEADER_SIZE] = { .name = "max_header_size",
	    .flags = EC_CFG_OPT_ADDITION,
	    .type = ECCFGTYPE_INT, .fallback = HERE, .defval = "65536",
	    .validate_value = verifying_rule_header_size },
	[DK_CHECK_MAX_SIGNATURES] = { .name = "max_signatures",
	    .flags = EC_CFG_OPT_ADDITION,
	    .type = ECCFGTYPE_INT, .fallback = HERE, .defval = "5",
	    .validate_value = check_signatures },
	[DK_CHECK_MIN_KEY_BITS] = { .name = "min_key_bits",
	    .flags = EC_CFG_OPT_ADDITION,
	    .type = ECCFGTYPE_INT, .fallback = HERE, .defval = "1024",
	    .validate_value = verifying_rule_bits },
	[DK_CHECK_NEG_KEYCACHE_TTL] = { .name = "neg_keycache_ttl",
	    .flags = EC_CFG_OPT_ADDITION,
	    .type = ECCFGTYPE_INT, .fallback = HERE, .defval = "300",
	    .validate_value = option_check_ttl },
	[DK_CHECK_POS_KEYCACHE_TTL] = { .name = "pos_keycache_ttl",
	    .flags = EC_CFG_OPT_ADDITION,
	    .type = ECCFGTYPE_INT, .fallback = HERE, .defval = "86400",
	    .validate_value = option_check_ttl },
	[DK_CHECK_REPORT_NONE] = { .name = "report_none",
	    .flags = EC_CFG_OPT_ADDITION,
	    .type = ECCFGTYPE_BOOL, .fallback = HERE, .defval = "false" },
};

/* For the manual. */
static const char *const helps[DK_CHECK_COUNT] = {
	[DK_CHECK_AUTHENTICATION_RESULTS] =
	    "Say `domainkeys=` in Authentication-Results, too.",
	[DK_CHECK_AUTHSERV_ID] =
	    "The name under which Authentication-Results speak (RFC "
	    "8601 section 2.5). Unset: `Hostname`.",
	[DK_CHECK_DNS_FAILURE] =
	    "What becomes of a message that nothing speaks for while a key, "
	    "or the policy of its domain, could not be had.",
	[DK_CHECK_DNS_TIMEOUT] =
	    "Seconds to wait for the policy and all keys of a message. Unset: "
	    "`DNS_Message_Timeout`.",
	[DK_CHECK_EMPTY_GRANULARITY] =
	    "Whom a key with an empty `g=` may sign for; `everybody` is what "
	    "RFC 4870 section 3.2.3 says.",
	[DK_CHECK_KEYCACHE_SIZE] =
	    "Records of keys and policies kept in memory.",
	[DK_CHECK_MAX_HEADER_SIZE] =
	    "Octets of header that are looked at; the signatures of a "
	    "message with more are bad.",
	[DK_CHECK_MAX_SIGNATURES] =
	    "Different keys that are asked for in one message.",
	[DK_CHECK_MIN_KEY_BITS] =
	    "RSA keys below that are refused (RFC 8301; RFC 4870 has 512).",
	[DK_CHECK_NEG_KEYCACHE_TTL] =
	    "Seconds that the absence of a record is remembered at most.",
	[DK_CHECK_POS_KEYCACHE_TTL] =
	    "Seconds that a record is kept at most, whatever its TTL.",
	[DK_CHECK_REPORT_NONE] =
	    "With `authentication_results`: say `domainkeys=none` of unsigned "
	    "mail.",
};

static int slots[DK_CHECK_COUNT];

int
dk_check_options_register(void)
{
	return option_register_all(rows, helps, slots, DK_CHECK_COUNT);
}

int
dk_check_options_slot(enum dk_check_option option)
{
	return slots[option];
}
