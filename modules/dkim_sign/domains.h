/*
 * domains.h: the dk_domain stanzas of a dkim_sign stanza, found by name in
 * constant time.
 *
 * There may be a hundred thousand.  Loading notes their names; the options of
 * one are read when its first message comes.  Any thread may look up, without
 * a lock.
 */
#ifndef DKIM_SIGN_DOMAINS_H
#define DKIM_SIGN_DOMAINS_H

#include "ec_types.h"
#include "settings.h"

struct domains;

/* All dk_domain stanzas of self in a configuration, which outlives the table.
 * NULL, with words in output, when one is not named after a domain. */
struct domains *domains_new(ec_config_header *transaction,
    generic_module_infrastructure *self, string *output);
void domains_free(struct domains **domains);

/* The settings for an A-label in lower case, or NULL without such a stanza. */
const struct settings *domains_find(struct domains *domains,
    const char *domain);

/* What concerns the stanza as a whole. */
struct domains_survey {
	bool may_refuse; /* one has a sign_failure other than "unsigned" */
	bool rsa_sha1; /* one has that digest */
};
struct domains_survey domains_survey(const struct domains *domains);

#endif
