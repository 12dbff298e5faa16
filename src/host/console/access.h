/*
 * access.h: what a configuration says about a console, by where it comes from.
 *
 * Each option is resolved on its own, by the documented order: the most
 * specific Peer block within the Listen, then one beside it, then the Listen,
 * then the Control_Listener.  A socket file's consoles count as 127.0.0.1.
 */
#ifndef HOST_ACCESS_H
#define HOST_ACCESS_H

#include "host/console/passwords.h"

struct config;

struct access_place {
	const char *listener, *listen; /* instances; listener may be NULL */
	const char *peer; /* an address, or a block of them */
	bool is_file; /* a socket file: the system says who that is */
};

enum access_mechanism { /* the best first */
	ACCESS_DIGEST_MD5,
	ACCESS_CRAM_MD5,
	ACCESS_LOGIN,
	ACCESS_MECHANISMS
};

struct access_source { /* of a mechanism's passwords */
	bool is_offered;
	bool is_logged; /* successes, too */
	struct password_file file;
};

struct access { /* texts live as long as the configuration */
	bool is_denied; /* Always_Deny */
	bool wants_user; /* no command before it is known who that is */
	bool authorizes; /* each command needs a role that allows it */
	int timeout; /* seconds, 0: none */
	const char *groups; /* path of a file of roles, or NULL */
	struct access_source sources[ACCESS_MECHANISMS];
};

/* False, with words in why: nobody may come in from there.  *access_r is filled
 * in any case. */
bool access_read(const struct config *config,
    const struct access_place *place, struct access *access_r,
    struct buffer *why);

/* As the protocol has it, "digest-md5"; and back, -1 when it is none. */
const char *access_mechanism_name(enum access_mechanism mechanism);
int access_mechanism_of(const char *name, size_t n);

/* Is the address, or the whole block, this machine's own? */
bool access_is_loopback(const char *peer);

#endif
