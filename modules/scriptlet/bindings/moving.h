/*
 * moving.h: parts put into others, and taken out: methods of parts.
 */
#ifndef SCRIPTLET_MOVING_H
#define SCRIPTLET_MOVING_H

#include <lua.h>

int moving_add_first_child(lua_State *L);
int moving_add_last_child(lua_State *L);
int moving_insert_before(lua_State *L);
int moving_insert_after(lua_State *L);
int moving_unlink(lua_State *L);

#endif
