/*
 * stanza.h: one stanza of a signing module in one configuration, ready to sign.
 *
 * Nothing in it changes after stanza_new() but its caches, so any thread may
 * use it; it goes with its configuration.
 */
#ifndef SIGNING_STANZA_H
#define SIGNING_STANZA_H

#include "dkim/console.h"
#include "dkim/pool.h"
#include "ec_caches.h"
#include "ec_message.h"
#include "keys/keystore.h"
#include "signing/domains.h"
#include "signing/profiles.h"

#include <limits.h>

struct stanza {
	generic_module_infrastructure *self;
	char *host; /* for DKIM-Filter */
	struct settings *defaults; /* of the stanza itself */
	struct domains *domains;
	struct keystore *keys;
	struct cache *texts; /* keys that came as text: keytext.h */
	struct profiles *profiles;
	struct pool signers; /* of the engine */
	bool signs; /* a domain has a selector and a key */
	bool may_refuse; /* some sign_failure is not "unsigned" */
};

/* Read the stanza.  NULL with words in output when it cannot work. */
struct stanza *stanza_new(ec_config_header *transaction,
    generic_module_infrastructure *self, string *output);
void stanza_free(struct stanza **stanza); /* NULL inside is fine */

/* How mail of a responsible domain is signed ("": none is known). */
const struct settings *stanza_settings(struct stanza *stanza,
    const char *responsible);

/* The key for domain, or, where base_domain makes the two differ, that of the
 * responsible domain: the caller owns a reference in *key_r.  path_r names the
 * file looked at last.  Returns an enum keyfile_outcome with *why_r. */
int stanza_key(struct stanza *stanza, const struct settings *settings,
    const char *domain, const char *responsible, struct seal_key **key_r,
    char path_r[PATH_MAX], struct why *why_r);

/* Say that a message is not signed, once a minute for each `about`. */
__attribute__((format(printf, 3, 4)))
void stanza_complain(struct stanza *stanza, const char *about,
    const char *format, ...);

/* For console.h. */
struct console_keycache stanza_keycache(struct stanza *stanza);
/* All caches, for the console. */
void stanza_tell_caches(struct stanza *stanza, ec_caches *caches);

#endif
