/*
 * scratch.c: userdata that frees.
 */
#include "scriptlet/bindings/scratch.h"

#include <lauxlib.h>

#define BUFFER "scratch_buffer"
#define ARENA "scratch_arena"

static int
collect_buffer(lua_State *L)
{
	buffer_deinit(lua_touserdata(L, 1));
	return 0;
}

static int
collect_arena(lua_State *L)
{
	arena_deinit(lua_touserdata(L, 1));
	return 0;
}

/* The metatable is there before the object holds anything. */
void *
scratch_owner(lua_State *L, size_t size, const char *name,
    lua_CFunction collect)
{
	void *thing = lua_newuserdatauv(L, size, 0);

	memset(thing, 0, size);
	if (luaL_newmetatable(L, name) != 0) {
		lua_pushcfunction(L, collect);
		lua_setfield(L, -2, "__gc");
		/* nobody else gets at it */
		lua_pushboolean(L, 0);
		lua_setfield(L, -2, "__metatable");
	}
	(void)lua_setmetatable(L, -2);
	return thing;
}

struct buffer *
scratch_buffer(lua_State *L)
{
	return scratch_owner(L, sizeof(struct buffer), BUFFER, collect_buffer);
}

struct arena *
scratch_arena(lua_State *L)
{
	return scratch_owner(L, sizeof(struct arena), ARENA, collect_arena);
}

void
scratch_free(lua_State *L, int index)
{
	struct buffer *buffer = luaL_testudata(L, index, BUFFER);
	struct arena *arena = luaL_testudata(L, index, ARENA);

	if (buffer != NULL)
		buffer_deinit(buffer);
	if (arena != NULL)
		arena_deinit(arena);
}

void
scratch_push(lua_State *L, struct buffer *buffer)
{
	struct span s = buffer_span(buffer);

	if (buffer_failed(buffer))
		(void)luaL_error(L, "not enough memory");
	(void)lua_pushlstring(L, s.p == NULL ? "" : (const char *)s.p, s.n);
	buffer_deinit(buffer);
}
