/*
 * settings.h: how mail of one domain is signed: the options of a stanza, or of
 * a dk_domain in it, read once.
 */
#ifndef DKIM_SIGN_SETTINGS_H
#define DKIM_SIGN_SETTINGS_H

#include "ec_types.h"
#include "options.h"
#include "seal.h"

#include <stdbool.h>

struct settings { /* texts but id may be NULL: not set */
	char *id; /* no other settings of the stanza have the same */
	char *base_domain; /* A-label, lower case */
	char *selector;
	char *key; /* a pattern of keypath.h */
	char *headerlist; /* NULL: the engine's own */
	char *identity;
	char *sign_condition; /* name of a context variable */
	enum seal_canon header_canon, body_canon;
	enum seal_algorithm digest; /* NONE: as the key says */
	enum sign_failure sign_failure;
	int64_t lifetime; /* seconds; 0: no x= */
	bool body_length_limit;
	bool copy_headers;
	bool filter_header;
	bool allow_weak_key;
	bool key_has_domain; /* the path depends on the domain */
};

/* Read them; domain names a dk_domain of the stanza, or is NULL. */
struct settings *settings_new(ec_config_header *transaction,
    generic_module_infrastructure *self, const char *domain);
void settings_free(struct settings **settings);

/* The domain that signs for a responsible domain. */
static inline const char *
settings_domain(const struct settings *settings, const char *responsible)
{
	return settings->base_domain != NULL ? settings->base_domain :
	    responsible;
}

/* What a profile is made with, but for domain and key. */
void settings_fill(const struct settings *settings,
    struct seal_sign_options *options_r);

#endif
