/*
 * ec_dns.h: modules that ask the DNS, seen from the console (addition).
 *
 * The host asks nothing itself.  Who does tells it two things: what happens,
 * for "summary" and "dns_cache stats", and, when an administrator wants to see
 * what the module sees ("dig", "dns_cache lookup"), the answer of the module's
 * own resolver, as a provider of the hook core_dns.
 */
#ifndef EC_DNS_H
#define EC_DNS_H

#include "module-hooks.h"

/* Counting: any thread, no lock.  type is a number of RFC 1035 (16 is TXT). */
#define EC_DNS_ASKED 1 /* a query goes out */
#define EC_DNS_ANSWERED 2 /* there are records, or there is none */
#define EC_DNS_BAD 3 /* an error came, or what came is forged */
#define EC_DNS_TIMED_OUT 4
#define EC_DNS_HIT 5 /* a cache in front had the answer */
#define EC_DNS_MISS 6
/* name may be NULL but for EC_DNS_ASKED; nanoseconds matter for answers. */
EC_ADDITION void ec_dns_count(int event, unsigned type, const char *name,
    u_int64_t nanoseconds);

/* What the administrator wants. */
#define EC_DNS_ASK 1 /* the answer now, whatever a cache has */
#define EC_DNS_LOOKUP 2 /* what the cache holds for that name */
#define EC_DNS_SUBMIT 3 /* bring it into the cache; do not wait */
#define EC_DNS_ENTRIES 4 /* all that the cache holds */
#define EC_DNS_COUNT 5 /* how many names that is: added to `entries` */

typedef struct _ec_dns_request {
	int what; /* EC_DNS_... */
	const char *name; /* NULL for EC_DNS_ENTRIES and EC_DNS_COUNT */
	unsigned type;
	int is_answered; /* somebody did it: others leave it alone */
	u_int64_t entries; /* of EC_DNS_COUNT */
	void *reserved; /* the host's */
} ec_dns_request;

EC_DECLARE_VOID_HOOK(core, dns,
    (void *, ec_dns_request *),
    (ec_dns_request *request),
    (EC_HOOK_CLOSURE, request))

/*
 * For providers.  status is what dig calls it (NOERROR, NXDOMAIN, SERVFAIL) or
 * TIMEOUT; dnssec, source and why may be NULL.  This sets is_answered.
 */
EC_ADDITION void ec_dns_tell_status(ec_dns_request *request,
    const char *status, const char *dnssec, const char *source,
    const char *why, u_int64_t nanoseconds);
/* A record of the answer, its data as in a master file. */
EC_ADDITION void ec_dns_tell_record(ec_dns_request *request,
    const char *owner, u_int64_t ttl, const char *type, const char *data);
/* Of EC_DNS_ENTRIES: a name that is held, with who holds it and how long. */
EC_ADDITION void ec_dns_tell_entry(ec_dns_request *request, const char *name,
    const char *type, unsigned references, u_int64_t ttl);
/* Several instances may share a resolver: 1 for the first that asks about
 * `source`, then 0. */
EC_ADDITION int ec_dns_is_first(ec_dns_request *request, const void *source);

#endif
