/*
 * domains.h: the scopes for domains within a stanza (dk_domain, dkim_domain),
 * found by name in constant time.
 *
 * There may be a hundred thousand.  Loading notes their names; the options of
 * one are read when its first message comes.  Any thread may look up, without
 * a lock.
 */
#ifndef SIGNING_DOMAINS_H
#define SIGNING_DOMAINS_H

#include "ec_types.h"
#include "signing/settings.h"

struct domains;

/* All of them that self has in a configuration, which outlives the table.
 * NULL, with words in output, when one is not named after a domain, or is not
 * what signing.check wants. */
struct domains *domains_new(ec_config_header *transaction,
    generic_module_infrastructure *self, string *output);
void domains_free(struct domains **domains);

/* The settings for an A-label in lower case, or NULL without such a scope. */
const struct settings *domains_find(struct domains *domains,
    const char *domain);

/* What concerns the stanza as a whole. */
struct domains_survey {
	bool signs; /* one has a selector and a key */
	bool may_refuse; /* one has a sign_failure other than "unsigned" */
	bool rsa_sha1; /* one has that digest */
};
struct domains_survey domains_survey(const struct domains *domains);

#endif
