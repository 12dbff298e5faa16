/*
 * moving.c: out of one array of children, into another.
 */
#include "scriptlet/bindings/moving.h"

#include "scriptlet/bindings/parts.h"

#include <lauxlib.h>

/* The parts of the array on top know where they are in it. */
static void
number_children(lua_State *L)
{
	lua_Integer n = (lua_Integer)lua_rawlen(L, -1);

	for (lua_Integer i = 1; i <= n; i++) {
		(void)lua_rawgeti(L, -1, i);
		lua_pushinteger(L, i);
		parts_set(L, -2, PARTS_INDEX);
		lua_pop(L, 1);
	}
}

static void
take_out(lua_State *L, int index)
{
	lua_Integer at = parts_number(L, index, PARTS_INDEX), n;

	if (parts_get(L, index, PARTS_PARENT) == LUA_TNIL) {
		lua_pop(L, 1);
		return;
	}
	(void)parts_get(L, -1, PARTS_CHILDREN);
	n = (lua_Integer)lua_rawlen(L, -1);
	for (; at < n; at++) {
		(void)lua_rawgeti(L, -1, at + 1);
		lua_rawseti(L, -2, at);
	}
	lua_pushnil(L);
	lua_rawseti(L, -2, n);
	number_children(L);
	lua_pop(L, 2);
	lua_pushnil(L);
	parts_set(L, index, PARTS_PARENT);
	lua_pushnil(L);
	parts_set(L, index, PARTS_INDEX);
}

/* Put the part at `child` into that at `parent`, at a position from 1. */
static void
put_in(lua_State *L, int parent, int child, lua_Integer at)
{
	lua_Integer n;

	(void)parts_get(L, parent, PARTS_CHILDREN);
	n = (lua_Integer)lua_rawlen(L, -1);
	for (lua_Integer i = n; i >= at; i--) {
		(void)lua_rawgeti(L, -1, i);
		lua_rawseti(L, -2, i + 1);
	}
	lua_pushvalue(L, child);
	lua_rawseti(L, -2, at);
	number_children(L);
	lua_pop(L, 1);
	lua_pushvalue(L, parent);
	parts_set(L, child, PARTS_PARENT);
}

/* Is the part at `part` the one at `other`, or around it? */
static bool
is_around(lua_State *L, int part, int other)
{
	bool found = false;
	unsigned depth = 0;

	lua_pushvalue(L, other);
	while (!lua_isnil(L, -1) && !found) {
		found = lua_rawequal(L, -1, part) != 0;
		if (++depth > PARTS_DEPTH)
			(void)luaL_error(L, "parts are nested too deeply");
		(void)parts_get(L, -1, PARTS_PARENT);
		lua_remove(L, -2);
	}
	lua_pop(L, 1);
	return found;
}

/* A part from another place, or from nowhere, that may be put into the one at
 * `parent`. */
static void
check_move(lua_State *L, int parent, int child)
{
	if (parts_check(L, child)->top)
		(void)luaL_error(L, "the top part cannot be moved");
	if (is_around(L, child, parent))
		(void)luaL_error(L, "a part cannot be put into itself");
	parts_check_writable(L, parent);
	parts_check_writable(L, child);
}

/* Write the tree that a part is in now, and the one on top, where it was
 * before. */
static void
write_both(lua_State *L, int index)
{
	parts_write(L, index);
	parts_push_root(L, index);
	if (!lua_rawequal(L, -1, -2))
		parts_write(L, lua_gettop(L) - 1);
	lua_pop(L, 1);
}

static int
add_child(lua_State *L, bool first)
{
	lua_Integer at = 1;

	(void)parts_check(L, 1);
	(void)parts_check(L, 2);
	lua_settop(L, 2);
	if (!parts_has(L, 1, PARTS_CHILDREN)) {
		lua_pushboolean(L, 0);
		return 1;
	}
	check_move(L, 1, 2);
	parts_push_root(L, 2);
	take_out(L, 2);
	if (!first) {
		(void)parts_get(L, 1, PARTS_CHILDREN);
		at = (lua_Integer)lua_rawlen(L, -1) + 1;
		lua_pop(L, 1);
	}
	put_in(L, 1, 2, at);
	write_both(L, 1);
	lua_pushboolean(L, 1);
	return 1;
}

int
moving_add_first_child(lua_State *L)
{
	return add_child(L, true);
}

int
moving_add_last_child(lua_State *L)
{
	return add_child(L, false);
}

static int
insert_beside(lua_State *L, lua_Integer behind)
{
	(void)parts_check(L, 1);
	(void)parts_check(L, 2);
	lua_settop(L, 2);
	if (lua_rawequal(L, 1, 2) || parts_get(L, 2, PARTS_PARENT) == LUA_TNIL)
		return luaL_argerror(L, 2, "this part is in no container");
	check_move(L, 3, 1);
	parts_push_root(L, 1);
	take_out(L, 1);
	put_in(L, 3, 1, parts_number(L, 2, PARTS_INDEX) + behind);
	write_both(L, 1);
	lua_pushboolean(L, 1);
	return 1;
}

int
moving_insert_before(lua_State *L)
{
	return insert_beside(L, 0);
}

int
moving_insert_after(lua_State *L)
{
	return insert_beside(L, 1);
}

int
moving_unlink(lua_State *L)
{
	(void)parts_check(L, 1);
	if (parts_get(L, 1, PARTS_PARENT) == LUA_TNIL) {
		lua_pushboolean(L, 0);
		return 1;
	}
	parts_check_writable(L, 1);
	take_out(L, 1);
	parts_write(L, lua_gettop(L));
	lua_pushboolean(L, 1);
	return 1;
}
