/*
 * dig.h: what the DNS says, for people to read: any type of record, as text.
 *
 * Asked where a resolver asks, but past its cache of keys.  Answers that somebody
 * wants to come back to are kept beside that cache.
 *
 * Answers are counted and never change: any thread.
 */
#ifndef KEYS_DIG_H
#define KEYS_DIG_H

#include "base/buffer.h"
#include "keys/resolver.h"

struct dig_record {
	char *owner, *data; /* as in a master file, names with a final dot */
	char type[12]; /* "TXT", "TYPE65280" */
};

struct dig {
	_Atomic unsigned refs;
	char status[16]; /* NOERROR, NXDOMAIN, SERVFAIL ..., TIMEOUT, BOGUS; what
			   was not asked: NOTIMP, NOT A NAME */
	const char *dnssec; /* "secure", "insecure", "not validated"; NULL */
	char *why; /* of a failure, or NULL */
	int64_t ttl; /* seconds, of all records */
	int64_t nanoseconds; /* that it took */
	size_t n;
	struct dig_record *records;
};

void *dig_ref(void *dig);
void dig_unref(void *dig); /* NULL is fine */

/* The answer to what cannot be asked, with why; NULL: it can, or no memory. */
struct dig *dig_refusal(const struct resolver *resolver, const char *name,
    uint16_t type);

/* Ask, and wait as long as the resolver's query time-out.  Returns 0 with a
 * reference in *dig_r, whatever came; or RESOLVER_E_NOMEM. */
int dig_ask(struct resolver *resolver, const char *name, uint16_t type,
    struct dig **dig_r);

/* What is kept: TXT as the resolver itself has it, other types as they were
 * submitted; the time to live is what is left of it.  NULL: nothing is. */
struct dig *dig_cached(struct resolver *resolver, const char *name,
    uint16_t type);

/* Bring it into the cache, without waiting.  Returns 0, RESOLVER_E_NOMEM, or
 * RESOLVER_E_OPTION for what cannot be asked: see dig_refusal(). */
int dig_submit(struct resolver *resolver, const char *name, uint16_t type);

/* Call for all that is kept. */
void dig_each(struct resolver *resolver, void (*each)(void *context,
    const char *name, const char *type, unsigned references, int64_t ttl),
    void *context);

/* dig_data.c */
void dig_type_name(uint16_t type, char name_r[static 12]);
/* Append the data of a record: out of the wire, and TXT with its strings
 * joined.  What is not known, or malformed, is written as RFC 3597 has it. */
void dig_data(uint16_t type, struct span data, struct buffer *out);

#endif
