/*
 * loading.c: text to functions, always by way of the dialect, never bytecode.
 */
#include "scriptlet/loading.h"

#include "scriptlet/dialect.h"
#include "scriptlet/scriptlet.h"
#include "scriptlet/state.h"

#include <lauxlib.h>
#include <lualib.h>

#include <stdio.h>
#include <string.h>

/* compiling */

static void
compile(lua_State *L, const char *text, size_t n, const char *chunk)
{
	state_charge(L, n / 8);
	if (luaL_loadbufferx(L, text, n, chunk, "t") != LUA_OK)
		(void)lua_error(L);
}

void
loading_push(lua_State *L, const struct source *source)
{
	compile(L, source->text, source->n, source->chunk);
}

/* The translation, on top of the stack. */
static const char *
push_translated(lua_State *L, const char *text, size_t n, size_t *n_r)
{
	char *out;

	luaL_argcheck(L, n <= SOURCE_MAX_BYTES, 1, "too long");
	luaL_argcheck(L, n == 0 || text[0] != LUA_SIGNATURE[0], 1,
	    "compiled chunks are not accepted");
	*n_r = dialect_translate(text, n, NULL);
	out = lua_newuserdatauv(L, *n_r + 1, 0);
	(void)dialect_translate(text, n, out);
	return out;
}

/* load, loadstring */

/* All pieces that the function at index 1 gives, in its place. */
static void
gather(lua_State *L)
{
	luaL_Buffer pieces;
	size_t n;

	luaL_buffinit(L, &pieces);
	for (;;) {
		lua_pushvalue(L, 1);
		lua_call(L, 0, 1);
		if (lua_isnil(L, -1))
			break;
		if (lua_tolstring(L, -1, &n) == NULL)
			(void)luaL_error(L, "reader function must return a "
			    "string");
		if (n == 0)
			break;
		luaL_addvalue(&pieces);
	}
	lua_pop(L, 1);
	luaL_pushresult(&pieces);
	lua_replace(L, 1);
}

static int
compile_argument(lua_State *L)
{
	size_t n, translated;
	const char *text = lua_tolstring(L, 1, &n);
	const char *chunk = lua_tostring(L, 2);
	const char *out = push_translated(L, text, n, &translated);

	compile(L, out, translated, chunk);
	return 1;
}

/* load(text or function [, name [, mode [, environment]]]) */
static int
load(lua_State *L)
{
	bool has_environment = !lua_isnone(L, 4);

	lua_settop(L, 4);
	if (lua_isfunction(L, 1)) {
		gather(L);
		if (lua_isnil(L, 2)) {
			lua_pushliteral(L, "=(load)");
			lua_replace(L, 2);
		}
	}
	(void)luaL_checkstring(L, 1);
	if (lua_isnil(L, 2)) {
		lua_pushvalue(L, 1);
		lua_replace(L, 2);
	}
	(void)luaL_checkstring(L, 2);
	if (strchr(luaL_optstring(L, 3, "bt"), 't') == NULL) {
		lua_pushnil(L);
		lua_pushliteral(L, "attempt to load a text chunk (mode has no "
		    "'t')");
		return 2;
	}
	lua_pushcfunction(L, compile_argument);
	lua_pushvalue(L, 1);
	lua_pushvalue(L, 2);
	if (lua_pcall(L, 2, 1, 0) != LUA_OK) {
		lua_pushnil(L);
		lua_insert(L, -2);
		return 2;
	}
	if (has_environment) {
		lua_pushvalue(L, 4);
		if (lua_setupvalue(L, -2, 1) == NULL)
			lua_pop(L, 1);
	}
	return 1;
}

/* require */

/* Push the source's function, or false with words on top when there is no such
 * source. */
static bool
push_source(lua_State *L, const char *name)
{
	struct scriptlet *scriptlet = state_of(L)->scriptlet;
	const struct source *source;
	bool absent;
	string why;

	(void)string_init_type(&why, 128, STRING_TYPE_ECSTRING);
	source = sources_get(scriptlet->sources, name, false, &absent, &why);
	if (source == NULL) {
		char words[1024];

		(void)snprintf(words, sizeof(words), "%s", why.buffer);
		(void)string_destroy(&why);
		lua_pushstring(L, words);
		return false;
	}
	(void)string_destroy(&why);
	loading_push(L, source);
	return true;
}

/* package.preload, then the search path.  Returns false when it is neither
 * there, with words on top. */
static bool
push_loader(lua_State *L, const char *name)
{
	(void)luaL_getsubtable(L, LUA_REGISTRYINDEX, LUA_PRELOAD_TABLE);
	if (lua_getfield(L, -1, name) != LUA_TNIL) {
		lua_remove(L, -2);
		return true;
	}
	lua_pop(L, 2);
	return push_source(L, name);
}

/* Lua's own, which loads native modules: upvalue 1, nil unless an administrator
 * opened it. */
static int
require_native(lua_State *L, const char *name)
{
	if (lua_isnil(L, lua_upvalueindex(1)))
		return luaL_error(L, "module '%s' cannot be loaded: %s", name,
		    lua_tostring(L, -1));
	lua_pushvalue(L, lua_upvalueindex(1));
	lua_pushvalue(L, 1);
	lua_call(L, 1, 1);
	return 1;
}

static int
require(lua_State *L)
{
	const char *name = luaL_checkstring(L, 1);
	static const char busy; /* stands for a module that is being loaded */

	lua_settop(L, 1);
	(void)luaL_getsubtable(L, LUA_REGISTRYINDEX, LUA_LOADED_TABLE);
	(void)lua_getfield(L, 2, name);
	if (lua_touserdata(L, 3) == &busy)
		return luaL_error(L, "module '%s' requires itself", name);
	if (lua_toboolean(L, 3) != 0)
		return 1;
	lua_settop(L, 2);
	if (!push_loader(L, name))
		return require_native(L, name);
	lua_pushlightuserdata(L, (void *)(uintptr_t)&busy);
	lua_setfield(L, 2, name);
	lua_pushvalue(L, 1);
	if (lua_pcall(L, 1, 1, 0) != LUA_OK) {
		lua_pushnil(L);
		lua_setfield(L, 2, name);
		return lua_error(L);
	}
	if (!lua_isnil(L, -1))
		lua_setfield(L, 2, name);
	else
		lua_pop(L, 1);
	(void)lua_getfield(L, 2, name);
	if (lua_touserdata(L, -1) == &busy) {
		/* neither gave anything nor called module() */
		lua_pushboolean(L, 1);
		lua_pushvalue(L, -1);
		lua_setfield(L, 2, name);
	}
	return 1;
}

/* environments */

/* The place of _ENV among the upvalues of the function at index; 0: none. */
static int
find_environment(lua_State *L, int function)
{
	const char *name;

	for (int i = 1; (name = lua_getupvalue(L, function, i)) != NULL; i++) {
		lua_pop(L, 1);
		if (strcmp(name, "_ENV") == 0)
			return i;
	}
	return 0;
}

/* Push the function at a level of the stack, 1 being the caller. */
static void
push_caller(lua_State *L, lua_Integer level)
{
	lua_Debug ar;

	if (level < 1 || level > 1000 ||
	    lua_getstack(L, (int)level, &ar) == 0 ||
	    lua_getinfo(L, "f", &ar) == 0 || lua_iscfunction(L, -1))
		(void)luaL_error(L, "no Lua function at level %d", (int)level);
}

static void
push_function(lua_State *L, int arg)
{
	if (lua_isfunction(L, arg))
		lua_pushvalue(L, arg);
	else
		push_caller(L, luaL_optinteger(L, arg, 1));
}

static int
getfenv(lua_State *L)
{
	int i;

	if (lua_isnumber(L, 1) && lua_tointeger(L, 1) == 0) {
		lua_pushglobaltable(L);
		return 1;
	}
	push_function(L, 1);
	i = lua_iscfunction(L, -1) ? 0 : find_environment(L, -1);
	if (i == 0)
		lua_pushglobaltable(L);
	else
		(void)lua_getupvalue(L, -1, i);
	return 1;
}

static int
setfenv(lua_State *L)
{
	int i;

	luaL_checktype(L, 2, LUA_TTABLE);
	push_function(L, 1);
	if (lua_iscfunction(L, -1))
		return luaL_error(L, "'setfenv' cannot change the environment "
		    "of this function");
	i = find_environment(L, -1);
	/* an upvalue of its own, so that functions beside it keep theirs */
	if (i != 0 && luaL_loadstring(L, "return x") == LUA_OK) {
		/* its only upvalue is _ENV */
		lua_pushvalue(L, 2);
		(void)lua_setupvalue(L, -2, 1);
		lua_upvaluejoin(L, -2, i, -1, 1);
		lua_pop(L, 1);
	}
	return 1;
}

/* Push the table at a path of names with dots, from the globals on; what is
 * missing of it is made. */
static void
push_path(lua_State *L, const char *path)
{
	lua_pushglobaltable(L);
	for (const char *at = path, *dot;; at = dot + 1) {
		dot = strchr(at, '.');
		(void)lua_pushlstring(L, at, dot == NULL ? strlen(at) :
		    (size_t)(dot - at));
		lua_pushvalue(L, -1);
		if (lua_rawget(L, -3) == LUA_TNIL) {
			lua_pop(L, 1);
			lua_newtable(L);
			lua_pushvalue(L, -2);
			lua_pushvalue(L, -2);
			lua_rawset(L, -5);
		} else if (!lua_istable(L, -1)) {
			(void)luaL_error(L, "name conflict for module '%s'",
			    path);
		}
		lua_replace(L, -3);
		lua_pop(L, 1);
		if (dot == NULL)
			break;
	}
}

/* Push the table of a module, the one that was loaded or one from now on. */
static void
push_module(lua_State *L, const char *name)
{
	(void)luaL_getsubtable(L, LUA_REGISTRYINDEX, LUA_LOADED_TABLE);
	if (lua_getfield(L, -1, name) != LUA_TTABLE) {
		lua_pop(L, 1);
		push_path(L, name);
		lua_pushvalue(L, -1);
		lua_setfield(L, -3, name);
	}
	lua_remove(L, -2);
}

/* What the table on top says of itself, in the manner of Lua 5.1. */
static void
describe_module(lua_State *L, const char *name)
{
	const char *dot = strrchr(name, '.');

	lua_pushvalue(L, -1);
	lua_setfield(L, -2, "_M");
	(void)lua_pushstring(L, name);
	lua_setfield(L, -2, "_NAME");
	(void)lua_pushlstring(L, name,
	    dot == NULL ? 0 : (size_t)(dot + 1 - name));
	lua_setfield(L, -2, "_PACKAGE");
}

/* Let the table on top be the globals of who called. */
static void
give_environment(lua_State *L)
{
	int i;

	push_caller(L, 1);
	i = find_environment(L, -1);
	if (i != 0) {
		lua_pushvalue(L, -2);
		(void)lua_setupvalue(L, -2, i);
	}
	lua_pop(L, 1);
}

/* module(name, ...): the caller's globals are from here on fields of a table,
 * which is also found under that name.  Functions behind it are given the
 * table. */
static int
module(lua_State *L)
{
	const char *name = luaL_checkstring(L, 1);
	int last = lua_gettop(L);

	push_module(L, name);
	describe_module(L, name);
	give_environment(L);
	for (int option = 2; option <= last; option++) {
		if (!lua_isfunction(L, option))
			continue;
		lua_pushvalue(L, option);
		lua_pushvalue(L, -2);
		lua_call(L, 1, 0);
	}
	return 1;
}

/* package.seeall */
static int
see_all(lua_State *L)
{
	luaL_checktype(L, 1, LUA_TTABLE);
	if (lua_getmetatable(L, 1) == 0) {
		lua_createtable(L, 0, 1);
		lua_pushvalue(L, -1);
		(void)lua_setmetatable(L, 1);
	}
	lua_pushglobaltable(L);
	lua_setfield(L, -2, "__index");
	return 0;
}

/* opening */

static const luaL_Reg functions[] = {
	{ "getfenv", getfenv },
	{ "load", load },
	{ "loadstring", load },
	{ "module", module },
	{ "setfenv", setfenv },
	{ NULL, NULL },
};

/* package, empty but for what scripts use; or Lua's own, with what else it
 * has. */
static void
open_package(lua_State *L, bool unsafe)
{
	if (unsafe) {
		luaL_requiref(L, LUA_LOADLIBNAME, luaopen_package, 1);
		(void)lua_getglobal(L, "require");
	} else {
		lua_newtable(L);
		lua_pushvalue(L, -1);
		lua_setglobal(L, LUA_LOADLIBNAME);
		lua_pushnil(L);
	}
	lua_pushcclosure(L, require, 1);
	lua_setglobal(L, "require");
	(void)luaL_getsubtable(L, LUA_REGISTRYINDEX, LUA_LOADED_TABLE);
	lua_pushvalue(L, -2);
	lua_setfield(L, -2, LUA_LOADLIBNAME);
	lua_setfield(L, -2, "loaded");
	(void)luaL_getsubtable(L, LUA_REGISTRYINDEX, LUA_PRELOAD_TABLE);
	lua_setfield(L, -2, "preload");
	lua_pushcfunction(L, see_all);
	lua_setfield(L, -2, "seeall");
	if (!unsafe) {
		/* for those who add to them without looking */
		lua_pushliteral(L, "");
		lua_setfield(L, -2, "path");
		lua_pushliteral(L, "");
		lua_setfield(L, -2, "cpath");
	}
	lua_pop(L, 1);
}

void
loading_open(lua_State *L, bool unsafe)
{
	lua_pushglobaltable(L);
	luaL_setfuncs(L, functions, 0);
	lua_pop(L, 1);
	open_package(L, unsafe);
}
