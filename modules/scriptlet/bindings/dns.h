/*
 * dns.h: DNS for bindings.
 */
#ifndef SCRIPTLET_DNS_H
#define SCRIPTLET_DNS_H

#include "scriptlet/bindings/lookup.h"

#include <lua.h>

/* Ask, outside the script's time.  The records are those of an object that is
 * pushed, and live as long.  Returns the words for a failure, or NULL. */
const char *dns_ask(lua_State *L, const char *name, uint16_t type,
    const char *server, struct lookup_records **records_r);

/* "4.3.2.1.in-addr.arpa" for a text that is an address; false: it is none. */
#define DNS_REVERSE_BYTES 80
bool dns_reverse(const char *address, char text_r[static DNS_REVERSE_BYTES]);

#endif
