/*
 * settings.h: how mail of one domain is signed: the options of a stanza, or of
 * the scope for that domain in it, read once.
 */
#ifndef SIGNING_SETTINGS_H
#define SIGNING_SETTINGS_H

#include "ec_types.h"
#include "seal.h"
#include "signing/options.h"

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
	enum seal_dk_canon dk_canon;
	enum seal_algorithm digest; /* NONE: as the key says */
	enum sign_failure sign_failure;
	int64_t lifetime; /* seconds; 0: no x= */
	bool body_length_limit;
	bool copy_headers;
	bool filter_header;
	bool allow_weak_key;
	bool testing;
	bool key_has_domain; /* the path depends on the domain */
};

/* Read them; domain names a scope within the stanza, or is NULL. */
struct settings *settings_new(ec_config_header *transaction,
    generic_module_infrastructure *self, const char *domain);
void settings_free(struct settings **settings);

/* Whether they are enough to sign with. */
static inline bool
settings_sign(const struct settings *settings)
{
	return settings->selector != NULL && settings->key != NULL;
}

/* The domain that signs for a responsible domain. */
static inline const char *
settings_domain(const struct settings *settings, const char *responsible)
{
	return settings->base_domain != NULL ? settings->base_domain :
	    responsible;
}

#endif
