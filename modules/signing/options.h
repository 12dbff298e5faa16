/*
 * options.h: the options of signing, a row each.
 *
 * What an option is called, what it takes and what it means is said once, in
 * options.c.  A module lists those that it offers, and what is different there.
 *
 * All may stand in the module's stanza and in the scope for a domain within it,
 * but for base_domain, which is of that scope alone, and the switch, which
 * stands in the scopes of sending.
 */
#ifndef SIGNING_OPTIONS_H
#define SIGNING_OPTIONS_H

#include "configuration.h"
#include "ec_types.h"

struct option_place;

enum sign_option {
	OPTION_ALLOW_WEAK_KEY,
	OPTION_BASE_DOMAIN,
	OPTION_BODY_CANON,
	OPTION_BODY_LENGTH_LIMIT,
	OPTION_CANON, /* of DomainKeys, for header and body */
	OPTION_COPY_HEADERS,
	OPTION_DIGEST,
	OPTION_FILTER_HEADER,
	OPTION_HEADER_CANON,
	OPTION_HEADERLIST,
	OPTION_IDENTITY,
	OPTION_KEY,
	OPTION_KEY_CACHE_SIZE, /* another spelling of keycache_size */
	OPTION_KEY_PERMISSIONS,
	OPTION_KEYCACHE_SIZE,
	OPTION_LIFETIME,
	OPTION_NEG_KEYCACHE_TTL,
	OPTION_OVERSIGN_HEADERLIST,
	OPTION_POS_KEYCACHE_TTL,
	OPTION_SELECTOR,
	OPTION_SIGN_CONDITION,
	OPTION_SIGN_FAILURE,
	OPTION_SKIP_HEADERLIST,
	OPTION_TESTING,
	OPTION_SWITCH, /* "dkim", "opendkim_sign": each module names its own */
	OPTION_COUNT,
};

/* An option that a module offers.  What is NULL is as usual. */
struct signing_option {
	enum sign_option option;
	const char *name;
	const char *defval;
	const char *help;
	const struct ec_config_value_mapping *map;
	int (*validate_value)(ec_config_option_def *option, string *output,
	    ec_config_header *cfghdr, ec_config_value *val);
	unsigned flags; /* EC_CFG_OPT_..., besides the usual ones */
};

/* What sign_failure stands for, from the mildest. */
enum sign_failure {
	SIGN_FAILURE_UNSIGNED = 0,
	SIGN_FAILURE_TEMPFAIL = 1,
	SIGN_FAILURE_REJECT = 2,
};

/* Register all options of `signing`, once in the process.  Returns 0 or -1, with
 * the reason in the log. */
int options_register(void);

/* The slot of an option; -1 when the module does not offer it. */
int options_slot(enum sign_option option);

/* The name of an option in this module. */
const char *options_name(enum sign_option option);

/* The value at a place; NULL, 0 or false for what the module does not offer.
 * Texts are for memory_free(); joined are the names of a list of fields, with
 * one colon between. */
char *options_text(const struct option_place *place, enum sign_option option);
char *options_joined(const struct option_place *place,
    enum sign_option option);
int options_int(const struct option_place *place, enum sign_option option);

#endif
