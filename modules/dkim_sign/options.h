/*
 * options.h: the options of dkim_sign, a row each.
 *
 * All may stand in the stanza and in a dk_domain within it, but for base_domain,
 * which is of dk_domain alone, and the switch `dkim`, which stands in the
 * scopes of sending.
 */
#ifndef DKIM_SIGN_OPTIONS_H
#define DKIM_SIGN_OPTIONS_H

#include "ec_types.h"

enum sign_option {
	OPTION_ALLOW_WEAK_KEY,
	OPTION_BASE_DOMAIN,
	OPTION_BODY_CANON,
	OPTION_BODY_LENGTH_LIMIT,
	OPTION_COPY_HEADERS,
	OPTION_DIGEST,
	OPTION_FILTER_HEADER,
	OPTION_HEADER_CANON,
	OPTION_HEADERLIST,
	OPTION_IDENTITY,
	OPTION_KEY,
	OPTION_KEY_PERMISSIONS,
	OPTION_KEYCACHE_SIZE,
	OPTION_LIFETIME,
	OPTION_NEG_KEYCACHE_TTL,
	OPTION_POS_KEYCACHE_TTL,
	OPTION_SELECTOR,
	OPTION_SIGN_CONDITION,
	OPTION_SIGN_FAILURE,
	OPTION_DKIM, /* the switch */
	OPTION_COUNT,
};

/* What sign_failure stands for, from the mildest. */
enum sign_failure {
	SIGN_FAILURE_UNSIGNED = 0,
	SIGN_FAILURE_TEMPFAIL = 1,
	SIGN_FAILURE_REJECT = 2,
};

/* Register all rows, once in the process.  Returns 0 or -1, with the reason in
 * the log. */
int options_register(void);

/* The slot of a registered option. */
int options_slot(enum sign_option option);

#endif
