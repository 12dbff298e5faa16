/*
 * args.c: the arguments of bindings.
 */
#include "scriptlet/bindings/args.h"

#include "scriptlet/older.h"

#include <lauxlib.h>

#include <limits.h>
#include <string.h>

static bool
has_text_form(lua_State *L, int arg)
{
	if (lua_type(L, arg) == LUA_TBOOLEAN)
		return true;
	if (lua_type(L, arg) != LUA_TUSERDATA ||
	    luaL_getmetafield(L, arg, "__tostring") == LUA_TNIL)
		return false;
	lua_pop(L, 1);
	return true;
}

const char *
args_text(lua_State *L, int arg, size_t *n_r)
{
	arg = lua_absindex(L, arg);
	/* whole numbers are written without ".0", as scripts expect */
	if (has_text_form(L, arg) || lua_type(L, arg) == LUA_TNUMBER) {
		(void)older_tostring(L, arg);
		lua_replace(L, arg);
	}
	return luaL_checklstring(L, arg, n_r);
}

const char *
args_word(lua_State *L, int arg, const char *what)
{
	size_t n;
	const char *text = args_text(L, arg, &n);

	if (strlen(text) != n)
		(void)luaL_argerror(L, arg, lua_pushfstring(L,
		    "%s cannot hold a NUL byte", what));
	return text;
}

bool
args_given(lua_State *L, int arg)
{
	return !lua_isnoneornil(L, arg);
}

int
args_number(lua_State *L, int arg, const char *what)
{
	lua_Number number;
	int isnum;

	if (lua_type(L, arg) == LUA_TUSERDATA)
		(void)args_text(L, arg, NULL);
	number = lua_tonumberx(L, arg, &isnum);
	if (isnum == 0 || !(number >= INT_MIN && number <= INT_MAX))
		(void)luaL_argerror(L, arg, lua_pushfstring(L,
		    "%s must be a number", what));
	return (int)number;
}

bool
args_true(lua_State *L, int arg)
{
	return lua_type(L, arg) == LUA_TNUMBER ? lua_tonumber(L, arg) != 0 :
	    lua_toboolean(L, arg) != 0;
}

int
args_concat(lua_State *L)
{
	size_t n;

	(void)args_text(L, 1, &n);
	(void)args_text(L, 2, &n);
	lua_settop(L, 2);
	lua_concat(L, 2);
	return 1;
}

int
args_unavailable(lua_State *L, const char *name, const char *why)
{
	return luaL_error(L, "%s is not available in mailseal: %s", name, why);
}
