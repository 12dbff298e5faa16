/*
 * network_key.h: addresses and blocks of addresses, as keys.
 */
#ifndef SCRIPTLET_NETWORK_KEY_H
#define SCRIPTLET_NETWORK_KEY_H

#include "ec_sockaddr.h"

#include <lua.h>

#include <stdbool.h>

#define NETWORK_KEY_TEXT 48 /* an address, and its NUL */

struct network_key {
	int family; /* AF_INET, AF_INET6 */
	unsigned char octets[16]; /* behind the bits: 0 */
	unsigned bits; /* of the prefix */
};

/* "192.0.2.0/24", "2001:db8::1", "[2001:db8::1]/64"; an address alone has all
 * its bits.  Returns false when it is none. */
bool network_key_parse(const char *text, size_t n,
    struct network_key *key_r);

/* The address of a peer, with all its bits; false when it is not known. */
bool network_key_of(const ec_sockaddr *address, struct network_key *key_r);

/* Is the key an address or block within the block? */
bool network_key_within(const struct network_key *key,
    const struct network_key *block);

/* Clear what is behind the bits. */
void network_key_cut(struct network_key *key);

/* Without the bits. */
void network_key_format(const struct network_key *key,
    char text_r[static NETWORK_KEY_TEXT]);

/* The key that an argument of a script means: a connection (its client), a
 * text, "/24" for the block that the client is in, an address object; nil is
 * the client of the running callout.  Raises an error when it is none. */
void network_key_at(lua_State *L, int arg, struct network_key *key_r);

#endif
