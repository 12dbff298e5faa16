/*
 * search.c: the functions of msys.pcre, called for others.
 */
#include "scriptlet/bindings/search.h"

#include "scriptlet/bindings/args.h"
#include "scriptlet/bindings/utilities.h"

#include <lauxlib.h>
#include <string.h>

static void
push_pcre(lua_State *L, const char *name)
{
	for (size_t i = 0; i < library_pcre.count; i++) {
		if (strcmp(library_pcre.rows[i].name, name) == 0) {
			lua_pushcfunction(L, library_pcre.rows[i].function);
			return;
		}
	}
	(void)luaL_error(L, "there is no msys.pcre.%s", name);
}

/* nil and words: a bad pattern, or one that hit the limits. */
static void
check_pattern(lua_State *L)
{
	if (lua_isnil(L, -2) && lua_type(L, -1) == LUA_TSTRING)
		(void)luaL_error(L, "pattern: %s", lua_tostring(L, -1));
	lua_pop(L, 1);
}

void
search_match(lua_State *L, int arg)
{
	(void)args_text(L, arg, NULL);
	push_pcre(L, "match");
	lua_insert(L, -2);
	lua_pushvalue(L, arg);
	lua_call(L, 2, 2);
	check_pattern(L);
	if (lua_isnil(L, -1)) {
		lua_pop(L, 1);
		lua_pushboolean(L, 0);
	}
}

/* Does the pattern speak of the end-of-data marker? */
static bool
wants_marker(lua_State *L, int arg)
{
	size_t n;
	const char *pattern = lua_tolstring(L, arg, &n);

	return memmem(pattern, n, "\r\n.\r\n", 5) != NULL;
}

/* To the text on top. */
static void
add_marker(lua_State *L)
{
	size_t n;
	const char *text = lua_tolstring(L, -1, &n);
	bool ends = n >= 2 && memcmp(text + n - 2, "\r\n", 2) == 0;

	(void)lua_pushstring(L, ends ? ".\r\n" : "\r\n.\r\n");
	lua_concat(L, 2);
}

void
search_replace(lua_State *L, int arg)
{
	int subject = lua_gettop(L);

	(void)args_text(L, arg, NULL);
	(void)args_text(L, arg + 1, NULL);
	push_pcre(L, "replace");
	lua_pushvalue(L, subject);
	if (wants_marker(L, arg)) {
		add_marker(L);
		lua_pushvalue(L, -1);
		lua_replace(L, subject);
	}
	lua_pushvalue(L, arg);
	lua_pushvalue(L, arg + 1);
	lua_call(L, 3, 2);
	check_pattern(L);
	if (lua_rawequal(L, -1, subject)) {
		lua_pop(L, 1);
		lua_pushboolean(L, 0);
	}
	lua_replace(L, subject);
}
