/*
 * dk_check_options.h: the options of dk_validate, a row each.  All are
 * additions: the published module has none of its own.
 */
#ifndef DOMAINKEYS_DK_CHECK_OPTIONS_H
#define DOMAINKEYS_DK_CHECK_OPTIONS_H

#include "ec_types.h"
#include "verifying/option_rules.h"

enum dk_check_option {
	DK_CHECK_AUTHENTICATION_RESULTS,
	DK_CHECK_AUTHSERV_ID,
	DK_CHECK_DNS_FAILURE,
	DK_CHECK_DNS_TIMEOUT,
	DK_CHECK_EMPTY_GRANULARITY,
	DK_CHECK_KEYCACHE_SIZE,
	DK_CHECK_MAX_HEADER_SIZE,
	DK_CHECK_MAX_SIGNATURES,
	DK_CHECK_MIN_KEY_BITS,
	DK_CHECK_NEG_KEYCACHE_TTL,
	DK_CHECK_POS_KEYCACHE_TTL,
	DK_CHECK_REPORT_NONE,
	DK_CHECK_COUNT,
};

/* What empty_granularity stands for. */
enum empty_granularity {
	EMPTY_GRANULARITY_NOBODY = 0,
	EMPTY_GRANULARITY_EVERYBODY = 1,
};

/* Register all rows, once in the process.  Returns 0 or -1, with the reason in
 * the log. */
int dk_check_options_register(void);

/* The slot of a registered option. */
int dk_check_options_slot(enum dk_check_option option);

#endif
