/*
 * resolver.h: public keys from DNS, or from a zone file alone.
 *
 *	resolver_start_verifier(resolver, verifier, &lookup);  header complete
 *	… feed the body while the answers come in …
 *	resolver_answer_verifier(lookup, verifier);
 *	resolver_lookup_free(&lookup);
 *
 * All names of a message are asked for at once.  Answers are parsed once and
 * shared: a cache keeps records as long as their TTL and the options let it,
 * and threads that want the same name wait for one query.
 *
 * Where answers come from, the first that is set:
 *   zone_file    the file alone; no packet leaves the machine
 *   forwarders   these servers
 *   resolv_conf  the servers that this file names
 *   none of them: /etc/resolv.conf if it names a server, else recursion from
 *                the root servers
 * Files are read once, in resolver_new().
 *
 * Threads: any thread may start and wait; a lookup belongs to one thread.  The
 * first query over the network starts a thread of the resolver's own, so a
 * process may fork between resolver_new() and that.
 */
#ifndef KEYS_RESOLVER_H
#define KEYS_RESOLVER_H

#include "keys/cache.h"
#include "keys/why.h"
#include "seal.h"

#define RESOLVER_MAX_FORWARDERS 16 /* so for the servers of a resolv.conf */
#define RESOLVER_MAX_NAMES SEAL_MAX_QUERIES /* in one look-up */
#define RESOLVER_MAX_OUTSTANDING 4096 /* queries under way; past it SEAL_DNS_FAILED */
#define RESOLVER_DEFAULT_QUERY_TIMEOUT 5000 /* milliseconds */
#define RESOLVER_DEFAULT_MESSAGE_TIMEOUT 10000 /* milliseconds */
#define RESOLVER_DEFAULT_CACHE_SIZE 2048
#define RESOLVER_DEFAULT_POSITIVE_MAX 86400 /* seconds, as is the rest */
#define RESOLVER_DEFAULT_NEGATIVE_MAX 300
#define RESOLVER_DEFAULT_FAILURE_LIFETIME 2

struct resolver;
struct resolver_lookup;

enum resolver_error {
	RESOLVER_E_NOMEM = SEAL_E_NOMEM,
	RESOLVER_E_OPTION = -21, /* an option that cannot be used: see why */
	RESOLVER_E_ZONE = -22, /* the zone file cannot be read: see why */
	RESOLVER_E_DNS = -23, /* libunbound could not do its part: see why */
};

/* What is counted. */
enum resolver_event {
	RESOLVER_HIT, /* a name was in the cache */
	RESOLVER_MISS,
	RESOLVER_ASKED, /* a query over the network */
	RESOLVER_ANSWERED, /* with or without records */
	RESOLVER_BAD, /* an error, or forged */
	RESOLVER_TIMED_OUT,
};

struct resolver_options {
	const char *zone_file; /* NULL: none; so for all names here */
	const char *const *forwarders; /* "192.0.2.1", "::1@5353" */
	size_t n_forwarders;
	const char *resolv_conf;
	const char *hosts; /* a hosts file for libunbound */
	/* DNSSEC anchors, such as /usr/share/dns/root.key; kept up to date by
	 * RFC 5011 if auto, and then to be writable with its folder. */
	const char *trust_anchor;
	bool trust_anchor_auto;
	unsigned query_timeout; /* milliseconds for one name */
	unsigned message_timeout; /* milliseconds for all names of a look-up */
	size_t cache_size;
	int64_t positive_min; /* seconds: a lower TTL counts as this; default 0 */
	int64_t positive_max; /* seconds: a higher TTL counts as this */
	int64_t negative_max; /* seconds: the same where there is no key */
	int64_t failure_lifetime; /* seconds, for SERVFAIL and bogus; 0: not kept */
	/* Called with what each query over the network took, on the network's
	 * thread; NULL: nobody wants to know. */
	void (*observe)(void *context, int64_t nanoseconds, enum seal_dns dns);
	/* Called for each event, from any thread: type is that of DNS, name NULL
	 * but for RESOLVER_ASKED, nanoseconds 0 but for answers. */
	void (*count)(void *context, enum resolver_event event, uint16_t type,
	    const char *name, int64_t nanoseconds);
	void *observe_context; /* of both */
	cache_clock *clock; /* of the cache; default cache_clock_monotonic */
	void *clock_context;
};

void resolver_options_init(struct resolver_options *options);

/* Everything in options is copied.  Returns 0 or an enum resolver_error with
 * *why_r (which may be NULL) filled. */
int resolver_new(const struct resolver_options *options,
    struct resolver **resolver_r, struct why *why_r);

/* Look-ups under way end with SEAL_DNS_FAILED and may still be waited for and
 * freed; none may be started. */
void resolver_free(struct resolver **resolver);

/* Ask for the TXT records of n names, at most RESOLVER_MAX_NAMES, without
 * waiting.  The names are copied.  Returns 0, RESOLVER_E_NOMEM, or
 * RESOLVER_E_OPTION for too many names. */
int resolver_start(struct resolver *resolver, const char *const *names,
    size_t n, struct resolver_lookup **lookup_r);

/* Wait until all are answered or their time is up, and fill n answers in the
 * order of the names:
 *   records found, or none there: SEAL_DNS_ANSWERED with the parsed record
 *   no answer in time: SEAL_DNS_TIMEOUT
 *   SERVFAIL, REFUSED, no server: SEAL_DNS_FAILED
 *   DNSSEC says forged: SEAL_DNS_BOGUS
 * Each record is a reference for the caller to drop; NULL where there is none.
 * A second call gives the same answers, and what came in meanwhile. */
void resolver_wait(struct resolver_lookup *lookup,
    struct seal_answer *answers_r);

/* Before, after or without resolver_wait(), which it does not wait for. */
void resolver_lookup_free(struct resolver_lookup **lookup);

/* Start all queries of a verifier that is past its header.  Returns as
 * resolver_start(). */
int resolver_start_verifier(struct resolver *resolver,
    const struct seal_verifier *verifier, struct resolver_lookup **lookup_r);

/* Wait, and give the verifier its answers.  Returns 0 or what
 * seal_verifier_answer() did. */
int resolver_answer_verifier(struct resolver_lookup *lookup,
    struct seal_verifier *verifier);

/* Both in one, for callers with nothing else to do meanwhile. */
int resolver_verify_answers(struct resolver *resolver,
    struct seal_verifier *verifier);

/* Forget all answers, libunbound's included.  Returns how many of ours were
 * held. */
size_t resolver_flush(struct resolver *resolver);

void resolver_stats(struct resolver *resolver, struct cache_stats *stats_r);

/* What the cache holds for a name, without counting or waiting. */
struct resolver_sight {
	struct seal_answer answer; /* the record is a reference of the caller's */
	unsigned references; /* who holds it: the cache, and look-ups */
	int64_t left; /* seconds that it is kept */
};
bool resolver_peek(struct resolver *resolver, const char *name,
    struct resolver_sight *sight_r);
/* As cache_names(). */
int resolver_names(struct resolver *resolver,
    void (*each)(void *context, const char *name), void *context);

/* For dig.h: its parts.  NULL when there is no such part. */
struct network;
struct zone;
struct network *resolver_network(const struct resolver *resolver);
const struct zone *resolver_zone(const struct resolver *resolver);
struct cache *resolver_others(const struct resolver *resolver);
unsigned resolver_query_timeout(const struct resolver *resolver);
void resolver_count(const struct resolver *resolver,
    enum resolver_event event, uint16_t type, const char *name,
    int64_t nanoseconds);

/* Where a query for name would go and under what rules, in lines "word: text"
 * for people; name may be NULL.  NUL-terminated, freed by free(); NULL without
 * memory. */
char *resolver_describe(const struct resolver *resolver, const char *name);

#endif
