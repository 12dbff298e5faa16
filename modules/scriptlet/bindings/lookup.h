/*
 * lookup.h: DNS for scripts, records of any of a few types.
 *
 * The host's options say where answers come from, as they do for keys
 * (keys/resolver.h): dns_zone_file alone, or dns_forwarders, or
 * dns_resolv_conf, or /etc/resolv.conf, or the root servers.
 *
 * Any thread; nothing here calls an interpreter.
 */
#ifndef SCRIPTLET_LOOKUP_H
#define SCRIPTLET_LOOKUP_H

#include "base/span.h"

#define LOOKUP_SERVERS 8 /* named by scripts, beside the host's own */

struct lookup;

enum lookup_outcome {
	LOOKUP_FOUND = 0, /* or known to have no such record: n is 0 */
	LOOKUP_NXDOMAIN,
	LOOKUP_TIMEOUT,
	LOOKUP_FAILED, /* SERVFAIL, REFUSED, no server, too much to do */
	LOOKUP_BOGUS, /* DNSSEC says forged */
	LOOKUP_UNUSABLE, /* the options: see lookup_why() */
	LOOKUP_NO_SERVER, /* what the script named is no address */
	LOOKUP_E_NOMEM,
};

struct lookup_records { /* { 0 } is empty */
	struct span *items; /* in wire form, names whole; TXT: strings joined */
	size_t n;
	unsigned char *bytes;
};

/* Reads the options.  NULL: no memory. */
void *lookup_make(void);
void lookup_free(void *lookup);

/* Ask and wait.  server is "address" or "address@port", or NULL. */
enum lookup_outcome lookup_ask(struct lookup *lookup, const char *name,
    uint16_t type, const char *server, struct lookup_records *records_r);
void lookup_records_free(struct lookup_records *records);

/* What is wrong with the options. */
const char *lookup_why(const struct lookup *lookup);

#endif
