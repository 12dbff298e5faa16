/*
 * network.h: queries over the network, by libunbound.
 *
 * One thread of its own sends the queries, watches their time and calls back;
 * it starts with the first query.  libunbound cares for retries, truncation
 * and TCP, EDNS0, CNAME chains and DNSSEC.
 */
#ifndef KEYS_NETWORK_H
#define KEYS_NETWORK_H

#include "keys/nameservers.h"
#include "keys/why.h"
#include "seal.h"

#define NETWORK_MAX_OUTSTANDING 4096 /* queries */

struct network;

struct network_options {
	const struct nameservers *servers; /* none in it: recursion from the root */
	const char *hosts; /* NULL: none; so for trust_anchor */
	const char *trust_anchor;
	bool trust_anchor_auto;
	unsigned query_timeout; /* milliseconds */
};

struct network_reply {
	enum seal_dns dns;
	enum seal_dnssec dnssec;
	/* each TXT record's strings, joined; of other types the data in wire
	 * form, names whole */
	const struct span *texts;
	size_t n; /* 0 with SEAL_DNS_ANSWERED: no such record */
	bool nxdomain; /* with SEAL_DNS_ANSWERED: no such name */
	int64_t ttl; /* seconds, with SEAL_DNS_ANSWERED */
	/* For people; texts live as long as the call. */
	int rcode; /* of the response; -1: there was none */
	const char *canonical; /* where CNAMEs led to, or NULL */
	const char *why; /* of a failure, or NULL */
};

/* Called once for each query, on the network's thread or in network_free(); it
 * must not call the network. */
typedef void network_callback(void *context,
    const struct network_reply *reply);

enum network_error {
	NETWORK_E_NOMEM = -1,
	NETWORK_E_OPTION = -21, /* see why */
	NETWORK_E_DNS = -23, /* libunbound failed, see why */
	NETWORK_E_BUSY = -24, /* too many queries under way */
};

/* Options are copied.  Returns 0 or an enum network_error. */
int network_new(const struct network_options *options,
    struct network **network_r, struct why *why_r);

/* Ends the thread.  Queries under way get SEAL_DNS_FAILED before it returns;
 * no other thread may be inside. */
void network_free(struct network **network);

/* Ask for the TXT records of name, which is in the form of dnsname_format().
 * Returns 0, and the callback will come, or an enum network_error. */
int network_ask(struct network *network, const char *name,
    network_callback *callback, void *context);

/* The same for any type of record. */
int network_ask_type(struct network *network, const char *name, uint16_t type,
    network_callback *callback, void *context);

/* Forget what libunbound has cached; queries under way are asked again. */
void network_flush(struct network *network);

#endif
