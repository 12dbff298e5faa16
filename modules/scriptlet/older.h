/*
 * older.h: what Lua 5.4 has no more and scripts for Lua 5.1 use.
 */
#ifndef SCRIPTLET_OLDER_H
#define SCRIPTLET_OLDER_H

#include <lua.h>

void older_open(lua_State *L);

/* Push the text of a value; whole numbers have no ".0" in it. */
const char *older_tostring(lua_State *L, int arg);

/* Operators of a metatable (__and, __intdiv ...) under their names of today. */
void older_operators(lua_State *L, int metatable);

#endif
