/*
 * resolvers.h: one resolver for all stanzas of a configuration that want the
 * same of it.
 *
 * What DNS is asked, and how, is said by the host's options (dns_zone_file,
 * dns_forwarders, ...); the limits of time and of the cache by the stanza.  Each
 * configuration has resolvers of its own, so that a reload reads zone files
 * anew.
 */
#ifndef VERIFYING_RESOLVERS_H
#define VERIFYING_RESOLVERS_H

#include "ec_types.h"
#include "keys/resolver.h"

struct resolver_limits {
	int timeout; /* seconds for all names of a message; 0: the host's */
	int cache_size;
	int positive_max, negative_max; /* seconds */
};

/* A resolver for a stanza of the configuration, to be given back by
 * resolvers_put().  NULL with words in output.  These two are called while a
 * configuration is built or ends. */
struct resolver *resolvers_get(ec_config_header *transaction,
    const struct resolver_limits *limits, string *output);
void resolvers_put(struct resolver **resolver); /* NULL inside is fine */

#endif
