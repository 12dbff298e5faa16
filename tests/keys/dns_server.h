/*
 * dns_server.h: DNS servers on loopback, for one test.
 *
 * Two kinds: NSD, a real name server with the zones of the test, as a child;
 * and a puppet in a thread, that answers as badly as a test wants it to.
 */
#ifndef TESTS_KEYS_DNS_SERVER_H
#define TESTS_KEYS_DNS_SERVER_H

#include <stdbool.h>
#include <sys/types.h>

#include "folder.h"

#define DNS_ADDRESS_BYTES 32

struct nsd {
	struct folder folder;
	pid_t child;
	char address[DNS_ADDRESS_BYTES]; /* "127.0.0.1@port" */
};

struct nsd_zone {
	const char *name; /* "a.test" */
	struct span text; /* its master file */
};

/* Whether NSD is installed. */
bool nsd_present(void);

/* Returns when it answers.  Like all here, fails the test when it cannot. */
void nsd_start(struct nsd *nsd, const struct nsd_zone *zones, size_t n);
void nsd_stop(struct nsd *nsd);

enum puppet_mood {
	PUPPET_SILENT, /* reads queries and says nothing */
	PUPPET_SERVFAIL,
	PUPPET_REFUSED,
	PUPPET_ANSWERS, /* with one TXT record, the same for all names */
	PUPPET_DENIES, /* NXDOMAIN, with an SOA */
	PUPPET_BROKEN, /* TXT data whose lengths do not match */
};

struct puppet;

#define PUPPET_TEXT "v=DKIM1; p="
#define PUPPET_TTL 60 /* seconds, of the record and of "no" */

struct puppet *puppet_start(enum puppet_mood mood);
void puppet_stop(struct puppet **puppet);
const char *puppet_address(const struct puppet *puppet);
void puppet_set_mood(struct puppet *puppet, enum puppet_mood mood);

/* How many queries came so far. */
int puppet_count(const struct puppet *puppet);

#endif
