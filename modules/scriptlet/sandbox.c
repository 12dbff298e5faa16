/*
 * sandbox.c: which of the standard libraries are there, and how far they go.
 *
 * What is kept back either leaves the interpreter (io, os.execute, native
 * code, bytecode, which can be made to break it), or lasts longer than a
 * message is worth waiting for (see patterns.c).  The option unsafe_libraries
 * gives the first kind back.
 */
#include "scriptlet/sandbox.h"

#include "scriptlet/call.h"
#include "scriptlet/loading.h"
#include "modules/scriptlet_watch.h"
#include "scriptlet/older.h"
#include "scriptlet/patterns.h"
#include "scriptlet/scriptlet.h"
#include "scriptlet/state.h"

#include <lauxlib.h>
#include <lualib.h>

#include <string.h>

#define MAX_ANSWER (8 * 1024 * 1024) /* bytes printed for a console command */
#define MAX_DATE 1024 /* bytes of a format */
#define MAX_RANGE (1 << 24) /* positions of a table gone through in one call */

/* telling what is not there */

/* __index of the tables that stand in for libraries; upvalue 1: the name. */
static int
refuse_library(lua_State *L)
{
	return luaL_error(L, "%s.%s is not available to scripts (option "
	    "unsafe_libraries)", lua_tostring(L, lua_upvalueindex(1)),
	    luaL_tolstring(L, 2, NULL));
}

/* Upvalue 1: the name. */
static int
refuse_function(lua_State *L)
{
	return luaL_error(L, "%s is not available to scripts (option "
	    "unsafe_libraries)", lua_tostring(L, lua_upvalueindex(1)));
}

/* Into the table on top. */
static void
set_refused(lua_State *L, const char *field, const char *name)
{
	lua_pushstring(L, name);
	lua_pushcclosure(L, refuse_function, 1);
	lua_setfield(L, -2, field);
}

/* What the table on top does not have is refused by name. */
static void
refuse_others(lua_State *L, const char *name)
{
	lua_newtable(L);
	lua_pushstring(L, name);
	lua_pushcclosure(L, refuse_library, 1);
	lua_setfield(L, -2, "__index");
	(void)lua_setmetatable(L, -2);
}

/* base */

/* A __gc in the metatable has no effect.  Finalizers run where nothing can
 * stop them; in older Lua tables had none, so no script misses them. */
static int
safe_setmetatable(lua_State *L)
{
	luaL_checktype(L, 1, LUA_TTABLE);
	luaL_argexpected(L, lua_isnil(L, 2) || lua_istable(L, 2), 2,
	    "nil or table");
	if (luaL_getmetafield(L, 1, "__metatable") != LUA_TNIL)
		return luaL_error(L, "cannot change a protected metatable");
	lua_settop(L, 2);
	if (lua_isnil(L, 2)) {
		(void)lua_setmetatable(L, 1);
		return 1;
	}
	older_operators(L, 2);
	lua_pushliteral(L, "__gc");
	if (lua_rawget(L, 2) == LUA_TNIL) {
		lua_pop(L, 1);
		(void)lua_setmetatable(L, 1);
		return 1;
	}
	lua_pushliteral(L, "__gc");
	lua_pushnil(L);
	lua_rawset(L, 2);
	lua_pushvalue(L, 2);
	(void)lua_setmetatable(L, 1);
	lua_pushliteral(L, "__gc");
	lua_insert(L, -2);
	lua_rawset(L, 2);
	lua_settop(L, 1);
	return 1;
}

/* The collector itself is the administrator's (gc_pause, gc_stepmul). */
static int
safe_collectgarbage(lua_State *L)
{
	const char *what = luaL_optstring(L, 1, "collect");

	if (strcmp(what, "count") == 0) {
		lua_pushnumber(L, (lua_Number)state_of(L)->memory.used / 1024);
		return 1;
	}
	if (strcmp(what, "collect") == 0 || strcmp(what, "step") == 0) {
		state_charge(L, state_of(L)->memory.used / 64);
		(void)lua_gc(L, LUA_GCCOLLECT);
	}
	lua_pushinteger(L, 0);
	return 1;
}

/* What it says goes where the callout's words go. */
static int
print(lua_State *L)
{
	struct running *running = running_of(L);
	int n = lua_gettop(L);
	luaL_Buffer line;
	const char *text;

	luaL_buffinit(L, &line);
	for (int i = 1; i <= n; i++) {
		if (i > 1)
			luaL_addchar(&line, '\t');
		older_tostring(L, i);
		luaL_addvalue(&line);
	}
	luaL_pushresult(&line);
	text = lua_tostring(L, -1);
	state_charge(L, strlen(text) / 8);
	if (running->response != NULL && running->response->len > MAX_ANSWER)
		return luaL_error(L, "the answer is too long");
	if (running->response != NULL)
		(void)stringwrite_strings(running->response, 2, text, "\n");
	else if (!call_tell(state_of(L), SCRIPTLET_PRINTED, text))
		ec_mod_print(running->self, "%s", text);
	return 0;
}

/* table */

static void
check_range(lua_State *L, lua_Integer from, lua_Integer to)
{
	if (to < from)
		return;
	if ((lua_Unsigned)to - (lua_Unsigned)from >= MAX_RANGE)
		(void)luaL_error(L, "too many positions at once");
	state_charge(L, (size_t)(to - from));
}

static void
call_original(lua_State *L)
{
	lua_pushvalue(L, lua_upvalueindex(1));
	lua_insert(L, 1);
	lua_call(L, lua_gettop(L) - 1, LUA_MULTRET);
}

/* insert, remove, sort: what __len says is what they would walk. */
static int
table_by_length(lua_State *L)
{
	if (lua_istable(L, 1) &&
	    luaL_getmetafield(L, 1, "__len") != LUA_TNIL) {
		lua_pop(L, 1);
		check_range(L, 1, luaL_len(L, 1));
	}
	call_original(L);
	return lua_gettop(L);
}

static int
table_sort(lua_State *L)
{
	luaL_checktype(L, 1, LUA_TTABLE);
	check_range(L, 1, luaL_len(L, 1));
	call_original(L);
	return 0;
}

static int
table_move(lua_State *L)
{
	check_range(L, luaL_checkinteger(L, 2), luaL_checkinteger(L, 3));
	call_original(L);
	return 1;
}

static int
table_concat(lua_State *L)
{
	luaL_checktype(L, 1, LUA_TTABLE);
	check_range(L, luaL_optinteger(L, 3, 1), lua_isnoneornil(L, 4) ?
	    luaL_len(L, 1) : luaL_checkinteger(L, 4));
	call_original(L);
	return 1;
}

static int
table_unpack(lua_State *L)
{
	check_range(L, luaL_optinteger(L, 2, 1), lua_isnoneornil(L, 3) ?
	    luaL_len(L, 1) : luaL_checkinteger(L, 3));
	call_original(L);
	return lua_gettop(L);
}

/* string */

static int
string_rep(lua_State *L)
{
	size_t n, between;
	lua_Integer times = luaL_checkinteger(L, 2);

	(void)luaL_checklstring(L, 1, &n);
	(void)luaL_optlstring(L, 3, "", &between);
	/* empty texts are repeated in no memory at all, but in time */
	if (times > 0 && n + between == 0) {
		lua_pushliteral(L, "");
		return 1;
	}
	call_original(L);
	(void)luaL_checklstring(L, -1, &n);
	state_charge(L, n / 16);
	return 1;
}

/* coroutine: one that was stopped stops who resumed it */

/* The end of a coroutine's body.  An error that the hook raised goes on from
 * here: where the hook raises it no hook runs any more, and what the coroutine
 * has still to close would not be stopped. */
static int
body_ends(lua_State *L, int status, lua_KContext context)
{
	(void)context;
	if (status != LUA_OK && status != LUA_YIELD)
		return lua_error(L);
	return lua_gettop(L);
}

/* Upvalue 1: the function. */
static int
run_body(lua_State *L)
{
	lua_pushvalue(L, lua_upvalueindex(1));
	lua_insert(L, 1);
	return body_ends(L, lua_pcallk(L, lua_gettop(L) - 1, LUA_MULTRET, 0,
	    0, body_ends), 0);
}

static int
coroutine_create(lua_State *L)
{
	luaL_checktype(L, 1, LUA_TFUNCTION);
	lua_settop(L, 1);
	lua_pushcclosure(L, run_body, 1);
	call_original(L);
	return 1;
}

static int
coroutine_resume(lua_State *L)
{
	call_original(L);
	state_charge(L, 0);
	return lua_gettop(L);
}

/* Upvalue 1: what the original gave. */
static int
run_wrapped(lua_State *L)
{
	int status;

	lua_pushvalue(L, lua_upvalueindex(1));
	lua_insert(L, 1);
	status = lua_pcall(L, lua_gettop(L) - 1, LUA_MULTRET, 0);
	state_charge(L, 0);
	return status == LUA_OK ? lua_gettop(L) : lua_error(L);
}

static int
coroutine_wrap(lua_State *L)
{
	(void)coroutine_create(L);
	lua_pushcclosure(L, run_wrapped, 1);
	return 1;
}

/* xpcall: handlers run where the error is raised.  When that is in the hook
 * nothing could stop them, so then they do not run.  Upvalue 1: the script's
 * own. */
static int
handle(lua_State *L)
{
	if (state_of(L)->budget.over != NULL)
		return 1;
	lua_pushvalue(L, lua_upvalueindex(1));
	lua_insert(L, 1);
	lua_call(L, 1, 1);
	return 1;
}

static int
safe_xpcall_done(lua_State *L, int status, lua_KContext context)
{
	(void)status;
	(void)context;
	return lua_gettop(L);
}

static int
safe_xpcall(lua_State *L)
{
	luaL_checktype(L, 2, LUA_TFUNCTION);
	lua_pushvalue(L, 2);
	lua_pushcclosure(L, handle, 1);
	lua_replace(L, 2);
	lua_pushvalue(L, lua_upvalueindex(1));
	lua_insert(L, 1);
	lua_callk(L, lua_gettop(L) - 1, LUA_MULTRET, 0, safe_xpcall_done);
	return lua_gettop(L);
}

/* debug */

/* No function, as it would lead to what others keep to themselves. */
static int
debug_getinfo(lua_State *L)
{
	int what = lua_isthread(L, 1) ? 3 : 2;

	luaL_argcheck(L, strpbrk(luaL_optstring(L, what, "nSlut"), "fL>r") ==
	    NULL, what, "only n, S, l, t, u are available to scripts");
	if (lua_isnoneornil(L, what)) {
		lua_settop(L, what - 1);
		lua_pushliteral(L, "nSlut");
	}
	/* this function stands between the original and its caller */
	if (lua_isinteger(L, what - 1)) {
		lua_pushinteger(L, lua_tointeger(L, what - 1) +
		    (what == 2 ? 1 : 0));
		lua_replace(L, what - 1);
	}
	call_original(L);
	return lua_gettop(L);
}

/* os */

/* Each letter of the format is work for C. */
static int
os_date(lua_State *L)
{
	size_t n;

	(void)luaL_optlstring(L, 1, "", &n);
	luaL_argcheck(L, n <= MAX_DATE, 1, "too long");
	state_charge(L, n * 10);
	call_original(L);
	return lua_gettop(L);
}

/* opening */

struct wrapped {
	const char *library, *name;
	lua_CFunction function; /* upvalue 1: the original */
};

static const struct wrapped wrapped[] = {
	{ LUA_TABLIBNAME, "insert", table_by_length },
	{ LUA_TABLIBNAME, "remove", table_by_length },
	{ LUA_TABLIBNAME, "sort", table_sort },
	{ LUA_TABLIBNAME, "move", table_move },
	{ LUA_TABLIBNAME, "concat", table_concat },
	{ LUA_TABLIBNAME, "unpack", table_unpack },
	{ LUA_STRLIBNAME, "rep", string_rep },
	{ LUA_GNAME, "xpcall", safe_xpcall },
	{ LUA_COLIBNAME, "create", coroutine_create },
	{ LUA_COLIBNAME, "resume", coroutine_resume },
	{ LUA_COLIBNAME, "close", coroutine_resume },
	{ LUA_COLIBNAME, "wrap", coroutine_wrap },
};

static void
wrap_all(lua_State *L)
{
	for (size_t i = 0; i < sizeof(wrapped) / sizeof(wrapped[0]); i++) {
		(void)lua_getglobal(L, wrapped[i].library);
		(void)lua_getfield(L, -1, wrapped[i].name);
		lua_pushcclosure(L, wrapped[i].function, 1);
		lua_setfield(L, -2, wrapped[i].name);
		lua_pop(L, 1);
	}
}

/* A new global library of some functions of the one on top, which goes. */
static void
pick(lua_State *L, const char *library, const char *const *names)
{
	lua_newtable(L);
	for (; *names != NULL; names++) {
		(void)lua_getfield(L, -2, *names);
		lua_setfield(L, -2, *names);
	}
	refuse_others(L, library);
	lua_pushvalue(L, -1);
	lua_setglobal(L, library);
	(void)luaL_getsubtable(L, LUA_REGISTRYINDEX, LUA_LOADED_TABLE);
	lua_pushvalue(L, -2);
	lua_setfield(L, -2, library);
	lua_pop(L, 3);
}

static void
open_os(lua_State *L)
{
	static const char *const harmless[] = {
		"clock", "date", "difftime", "time", NULL
	};

	luaL_requiref(L, LUA_OSLIBNAME, luaopen_os, 1);
	pick(L, LUA_OSLIBNAME, harmless);
	(void)lua_getglobal(L, LUA_OSLIBNAME);
	(void)lua_getfield(L, -1, "date");
	lua_pushcclosure(L, os_date, 1);
	lua_setfield(L, -2, "date");
	lua_pop(L, 1);
}

static void
open_debug(lua_State *L)
{
	static const char *const harmless[] = { "traceback", NULL };

	luaL_requiref(L, LUA_DBLIBNAME, luaopen_debug, 1);
	(void)lua_getfield(L, -1, "getinfo");
	lua_insert(L, -2);
	pick(L, LUA_DBLIBNAME, harmless);
	(void)lua_getglobal(L, LUA_DBLIBNAME);
	lua_insert(L, -2);
	lua_pushcclosure(L, debug_getinfo, 1);
	lua_setfield(L, -2, "getinfo");
	lua_pop(L, 1);
}

static void
open_io(lua_State *L)
{
	static const char *const none[] = { NULL };

	lua_newtable(L);
	pick(L, LUA_IOLIBNAME, none);
}

static void
open_safe(lua_State *L)
{
	open_os(L);
	open_io(L);
	open_debug(L);
	lua_pushglobaltable(L);
	set_refused(L, "dofile", "dofile");
	set_refused(L, "loadfile", "loadfile");
	lua_pop(L, 1);
}

static void
open_unsafe(lua_State *L)
{
	luaL_requiref(L, LUA_OSLIBNAME, luaopen_os, 1);
	luaL_requiref(L, LUA_IOLIBNAME, luaopen_io, 1);
	luaL_requiref(L, LUA_DBLIBNAME, luaopen_debug, 1);
	lua_pop(L, 3);
}

static const luaL_Reg base[] = {
	{ "collectgarbage", safe_collectgarbage },
	{ "print", print },
	{ "setmetatable", safe_setmetatable },
	{ NULL, NULL },
};

static const struct {
	const char *name;
	lua_CFunction open;
} libraries[] = {
	{ LUA_GNAME, luaopen_base },
	{ LUA_COLIBNAME, luaopen_coroutine },
	{ LUA_TABLIBNAME, luaopen_table },
	{ LUA_STRLIBNAME, luaopen_string },
	{ LUA_MATHLIBNAME, luaopen_math },
	{ LUA_UTF8LIBNAME, luaopen_utf8 },
};

void
sandbox_open(lua_State *L)
{
	bool unsafe = state_of(L)->scriptlet->unsafe_libraries;

	for (size_t i = 0; i < sizeof(libraries) / sizeof(libraries[0]); i++) {
		luaL_requiref(L, libraries[i].name, libraries[i].open, 1);
		lua_pop(L, 1);
	}
	wrap_all(L);
	lua_pushglobaltable(L);
	luaL_setfuncs(L, base, 0);
	lua_pushnil(L);
	lua_setfield(L, -2, "warn");
	lua_pop(L, 1);
	(void)lua_getglobal(L, LUA_STRLIBNAME);
	if (!unsafe)
		set_refused(L, "dump", "string.dump");
	lua_pop(L, 1);
	patterns_open(L);
	if (unsafe)
		open_unsafe(L);
	else
		open_safe(L);
	older_open(L);
	loading_open(L, unsafe);
}
