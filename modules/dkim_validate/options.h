/*
 * options.h: the options of dkim_validate, a row each.  All are additions: the
 * published module has none of its own.
 */
#ifndef DKIM_VALIDATE_OPTIONS_H
#define DKIM_VALIDATE_OPTIONS_H

#include "ec_types.h"
#include "verifying/option_rules.h"

enum validate_option {
	OPTION_ALLOW_PARTIAL_BODY,
	OPTION_ALLOW_RSA_SHA1,
	OPTION_AUTHSERV_ID,
	OPTION_DNS_FAILURE,
	OPTION_DNS_TIMEOUT,
	OPTION_FILTER_HEADER,
	OPTION_KEYCACHE_SIZE,
	OPTION_MAX_HEADER_SIZE,
	OPTION_MAX_SIGNATURES,
	OPTION_MIN_KEY_BITS,
	OPTION_NEG_KEYCACHE_TTL,
	OPTION_POS_KEYCACHE_TTL,
	OPTION_REPORT_COMMAND,
	OPTION_REPORT_NONE,
	OPTION_REPORT_RELAY,
	OPTION_REPORT_TIMEOUT,
	OPTION_COUNT,
};

/* Register all rows, once in the process.  Returns 0 or -1, with the reason in
 * the log. */
int options_register(void);

/* The slot of a registered option. */
int options_slot(enum validate_option option);

#endif
