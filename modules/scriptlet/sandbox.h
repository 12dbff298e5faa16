/*
 * sandbox.h: the standard libraries of a state, cut down to what cannot leave
 * it, and grown by what scripts for older Lua expect.
 */
#ifndef SCRIPTLET_SANDBOX_H
#define SCRIPTLET_SANDBOX_H

#include <lua.h>

/* Open all into a fresh state. */
void sandbox_open(lua_State *L);

#endif
