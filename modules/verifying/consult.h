/*
 * consult.h: what a resolver has to say to an administrator, by ec_dns.h.
 */
#ifndef VERIFYING_CONSULT_H
#define VERIFYING_CONSULT_H

#include "keys/resolver.h"

/* While a configuration is built: "dig" and "dns_cache" ask this resolver from
 * then on.  It must live as long as the configuration. */
void consult_register(struct resolver *resolver);

/* For resolver_options: what happens is counted. */
void consult_count(void *context, enum resolver_event event, uint16_t type,
    const char *name, int64_t nanoseconds);

#endif
