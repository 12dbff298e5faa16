/*
 * options.c: names, types, defaults, and what values are good.
 */
#include "options.h"

#include "dkim/option.h"
#include "dkim/option_check.h"
#include "relay.h"
#include "verifying/option_rules.h"

#define HERE "dkim_validate"

#define MAX_REPORT_TIMEOUT 300 /* seconds: the host ends no earlier */

/* Empty is fine: then no report goes out by a command. */
static int
check_command(ec_config_option_def *option, string *output,
    ec_config_header *cfghdr, ec_config_value *val)
{
	const char *path = val->v->vstr;

	(void)option;
	(void)cfghdr;
	if (path == NULL || path[0] == '\0' || path[0] == '/')
		return 1;
	return option_check_refuse(output, "it is not a path from / on (the "
	    "arguments are always the same)");
}

static int
check_relay(ec_config_option_def *option, string *output,
    ec_config_header *cfghdr, ec_config_value *val)
{
	(void)option;
	(void)cfghdr;
	if (val->v->vstr != NULL && relay_is_place(val->v->vstr))
		return 1;
	return option_check_refuse(output, "it is not HOST:PORT");
}

static int
check_report_timeout(ec_config_option_def *option, string *output,
    ec_config_header *cfghdr, ec_config_value *val)
{
	(void)option;
	(void)cfghdr;
	return option_check_within(val, output, 1, MAX_REPORT_TIMEOUT);
}

static ec_config_option_def rows[OPTION_COUNT] = {
	[OPTION_ALLOW_PARTIAL_BODY] = { .name = "allow_partial_body",
	    .flags = EC_CFG_OPT_ADDITION,
	    .type = ECCFGTYPE_BOOL, .fallback = HERE, .defval = "false" },
	[OPTION_ALLOW_RSA_SHA1] = { .name = "allow_rsa_sha1",
	    .flags = EC_CFG_OPT_ADDITION,
	    .type = ECCFGTYPE_BOOL, .fallback = HERE, .defval = "false" },
	[OPTION_AUTHSERV_ID] = { .name = "authserv_id",
	    .flags = EC_CFG_OPT_ADDITION,
	    .type = ECCFGTYPE_STRING, .fallback = HERE,
	    .validate_value = option_check_given },
	[OPTION_DNS_FAILURE] = { .name = "dns_failure",
	    .flags = EC_CFG_OPT_ADDITION,
	    .type = ECCFGTYPE_INT, .fallback = HERE, .defval = "accept",
	    .map = verifying_dns_failures },
	[OPTION_DNS_TIMEOUT] = { .name = "dns_timeout",
	    .flags = EC_CFG_OPT_ADDITION,
	    .type = ECCFGTYPE_INT, .fallback = HERE,
	    .validate_value = verifying_rule_timeout },
	[OPTION_FILTER_HEADER] = { .name = "filter_header",
	    .flags = EC_CFG_OPT_ADDITION,
	    .type = ECCFGTYPE_BOOL, .fallback = HERE, .defval = "false" },
	[OPTION_KEYCACHE_SIZE] = { .name = "keycache_size",
	    .flags = EC_CFG_OPT_ADDITION,
	    .type = ECCFGTYPE_INT, .fallback = HERE, .defval = "2048",
	    .validate_value = option_check_size },
	[OPTION_MAX_HEADER_SIZE] = { .name = "max_header_size",
	    .flags = EC_CFG_OPT_ADDITION,
	    .type = ECCFGTYPE_INT, .fallback = HERE, .defval = "65536",
	    .validate_value = verifying_rule_header_size },
	[OPTION_MAX_SIGNATURES] = { .name = "max_signatures",
	    .flags = EC_CFG_OPT_ADDITION,
	    .type = ECCFGTYPE_INT, .fallback = HERE, .defval = "5",
	    .validate_value = verifying_rule_signatures },
	[OPTION_MIN_KEY_BITS] = { .name = "min_key_bits",
	    .flags = EC_CFG_OPT_ADDITION,
	    .type = ECCFGTYPE_INT, .fallback = HERE, .defval = "1024",
	    .validate_value = verifying_rule_bits },
	[OPTION_NEG_KEYCACHE_TTL] = { .name = "neg_keycache_ttl",
	    .flags = EC_CFG_OPT_ADDITION,
	    .type = ECCFGTYPE_INT, .fallback = HERE, .defval = "300",
	    .validate_value = option_check_ttl },
	[OPTION_POS_KEYCACHE_TTL] = { .name = "pos_keycache_ttl",
	    .flags = EC_CFG_OPT_ADDITION,
	    .type = ECCFGTYPE_INT, .fallback = HERE, .defval = "86400",
	    .validate_value = option_check_ttl },
	[OPTION_REPORT_COMMAND] = { .name = "report_command",
	    .flags = EC_CFG_OPT_ADDITION,
	    .type = ECCFGTYPE_STRING, .fallback = HERE,
	    .defval = "\"/usr/sbin/sendmail\"",
	    .validate_value = check_command },
	[OPTION_REPORT_NONE] = { .name = "report_none",
	    .flags = EC_CFG_OPT_ADDITION,
	    .type = ECCFGTYPE_BOOL, .fallback = HERE, .defval = "false" },
	[OPTION_REPORT_RELAY] = { .name = "report_relay",
	    .flags = EC_CFG_OPT_ADDITION,
	    .type = ECCFGTYPE_STRING, .fallback = HERE,
	    .validate_value = check_relay },
	[OPTION_REPORT_TIMEOUT] = { .name = "report_timeout",
	    .flags = EC_CFG_OPT_ADDITION,
	    .type = ECCFGTYPE_INT, .fallback = HERE, .defval = "30",
	    .validate_value = check_report_timeout },
};

/* For the manual. */
static const char *const helps[OPTION_COUNT] = {
	[OPTION_ALLOW_PARTIAL_BODY] =
	    "Accept signatures that leave octets at the end of the body "
	    "unsigned (`l=`).",
	[OPTION_ALLOW_RSA_SHA1] =
	    "Accept rsa-sha1, which must not be used any more (RFC "
	    "8301).",
	[OPTION_AUTHSERV_ID] =
	    "The name under which Authentication-Results speak (RFC "
	    "8601 section 2.5). Unset: `Hostname`.",
	[OPTION_DNS_FAILURE] =
	    "What becomes of a message that no signature speaks for "
	    "while a key could not be had.",
	[OPTION_DNS_TIMEOUT] =
	    "Seconds to wait for all keys of a message. Unset: "
	    "`DNS_Message_Timeout`.",
	[OPTION_FILTER_HEADER] =
	    "Add `DKIM-Filter: mailseal VERSION HOST ID` to what was "
	    "looked at.",
	[OPTION_KEYCACHE_SIZE] =
	    "Key records kept in memory.",
	[OPTION_MAX_HEADER_SIZE] =
	    "Octets of header that are looked at; the signatures of a "
	    "message with more are `policy`.",
	[OPTION_MAX_SIGNATURES] =
	    "Different keys that are asked for in one message, those of "
	    "the From domain first.",
	[OPTION_MIN_KEY_BITS] =
	    "RSA keys below that are refused (RFC 8301).",
	[OPTION_NEG_KEYCACHE_TTL] =
	    "Seconds that the absence of a key is remembered at most.",
	[OPTION_POS_KEYCACHE_TTL] =
	    "Seconds that a key record is kept at most, whatever its "
	    "TTL.",
	[OPTION_REPORT_COMMAND] =
	    "The program that reports are handed to, called as sendmail is; "
	    "empty: none.",
	[OPTION_REPORT_RELAY] =
	    "The mail server, as `HOST:PORT`, that reports are handed to "
	    "instead.",
	[OPTION_REPORT_TIMEOUT] =
	    "Seconds from when a report is written to when it is given up.",
	[OPTION_REPORT_NONE] =
	    "Add Authentication-Results to unsigned mail, too: "
	    "`dkim=none`.",
};

static int slots[OPTION_COUNT];

int
options_register(void)
{
	return option_register_all(rows, helps, slots, OPTION_COUNT);
}

int
options_slot(enum validate_option option)
{
	return slots[option];
}
