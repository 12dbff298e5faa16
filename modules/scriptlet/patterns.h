/*
 * patterns.h: find, match, gmatch and gsub of the library string.
 *
 * They are ours because those of Lua can search for hours without being
 * stopped: see patterns.c.
 */
#ifndef SCRIPTLET_PATTERNS_H
#define SCRIPTLET_PATTERNS_H

#include <lua.h>

/* Put them into string, in place of Lua's own. */
void patterns_open(lua_State *L);

#endif
