/*
 * sockaddr.h: addresses of peers, as scripts see them.
 */
#ifndef SCRIPTLET_SOCKADDR_H
#define SCRIPTLET_SOCKADDR_H

#include "ec_sockaddr.h"

#include <lua.h>

/* Push a copy. */
void sockaddr_push(lua_State *L, const ec_sockaddr *address);

/* The address at an argument; raises an error when it is none. */
ec_sockaddr *sockaddr_check(lua_State *L, int arg);

/* Push "ip", "port" or both ("all", nil) of an address, as text. */
void sockaddr_push_part(lua_State *L, const ec_sockaddr *address, int arg);

#endif
