/*
 * audit.h: counts of sessions for methods of connections.
 */
#ifndef SCRIPTLET_AUDIT_H
#define SCRIPTLET_AUDIT_H

#include <lua.h>

/* Push how many sessions there are from the block at an argument, the client's
 * own address unless given, to the service at another. */
int audit_push_sessions(lua_State *L, int block_arg, int service_arg);

#endif
