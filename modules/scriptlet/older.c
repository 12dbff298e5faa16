/*
 * older.c: functions that went, and functions that became stricter.
 *
 * In Lua 5.1 all numbers were of one kind.  Where a text is made of a number,
 * or a whole number is wanted and one with a fraction comes, these functions
 * do as was done then.
 */
#include "scriptlet/older.h"

#include "scriptlet/state.h"

#include <lauxlib.h>
#include <lualib.h>

#include <limits.h>
#include <math.h>
#include <string.h>

#define MAX_FORMAT 1024 /* bytes of a format that are looked over */

/* numbers */

/* As C cuts it; nothing for what is no number or does not fit. */
static bool
to_whole(lua_State *L, int index, lua_Integer *whole_r)
{
	int isnum;
	lua_Number number = lua_tonumberx(L, index, &isnum);

	if (isnum == 0)
		return false;
	if (lua_isinteger(L, index)) {
		*whole_r = lua_tointeger(L, index);
		return true;
	}
	number = number < 0 ? ceil(number) : floor(number);
	return lua_numbertointeger(number, whole_r);
}

static lua_Integer
check_whole(lua_State *L, int arg)
{
	lua_Integer whole;

	if (!to_whole(L, arg, &whole))
		return luaL_checkinteger(L, arg);
	return whole;
}

const char *
older_tostring(lua_State *L, int arg)
{
	size_t n;
	const char *text;

	arg = lua_absindex(L, arg);
	text = luaL_tolstring(L, arg, &n);
	if (lua_type(L, arg) != LUA_TNUMBER || lua_isinteger(L, arg) || n < 3 ||
	    strcmp(text + n - 2, ".0") != 0)
		return text;
	(void)lua_pushlstring(L, text, n - 2);
	lua_remove(L, -2);
	return lua_tostring(L, -1);
}

static int
tostring(lua_State *L)
{
	luaL_checkany(L, 1);
	(void)older_tostring(L, 1);
	return 1;
}

/* operators on numbers with a fraction, which Lua 5.4 refuses */

#define SHIFT_ALL 64

static lua_Integer
shift_left(lua_Integer a, lua_Integer by)
{
	if (by <= -SHIFT_ALL || by >= SHIFT_ALL)
		return 0;
	return by >= 0 ? (lua_Integer)((lua_Unsigned)a << by) :
	    (lua_Integer)((lua_Unsigned)a >> -by);
}

enum operator { OP_AND, OP_OR, OP_XOR, OP_SHL, OP_SHR, OP_NOT };

/* Upvalue 1: which operator. */
static int
operate(lua_State *L)
{
	lua_Integer a = check_whole(L, 1), b = check_whole(L, 2);

	switch ((enum operator)lua_tointeger(L, lua_upvalueindex(1))) {
	case OP_AND:
		a &= b;
		break;
	case OP_OR:
		a |= b;
		break;
	case OP_XOR:
		a ^= b;
		break;
	case OP_SHL:
		a = shift_left(a, b);
		break;
	case OP_SHR:
		a = shift_left(a, b == LUA_MININTEGER ? LUA_MAXINTEGER : -b);
		break;
	case OP_NOT:
		a = ~a;
		break;
	}
	lua_pushinteger(L, a);
	return 1;
}

/* Into the metatable on top. */
static void
set_operators(lua_State *L)
{
	static const char *const names[] = {
		[OP_AND] = "__band", [OP_OR] = "__bor", [OP_XOR] = "__bxor",
		[OP_SHL] = "__shl", [OP_SHR] = "__shr", [OP_NOT] = "__bnot",
	};

	for (int i = OP_AND; i <= OP_NOT; i++) {
		lua_pushinteger(L, i);
		lua_pushcclosure(L, operate, 1);
		lua_setfield(L, -2, names[i]);
	}
}

static void
open_operators(lua_State *L)
{
	lua_pushinteger(L, 0);
	lua_newtable(L);
	set_operators(L);
	lua_pushboolean(L, 0);
	lua_setfield(L, -2, "__metatable");
	(void)lua_setmetatable(L, -2); /* that of all numbers */
	lua_pop(L, 1);
	lua_pushliteral(L, "");
	if (lua_getmetatable(L, -1) != 0) { /* that of all texts */
		set_operators(L);
		lua_pop(L, 1);
	}
	lua_pop(L, 1);
}

void
older_operators(lua_State *L, int metatable)
{
	static const char *const pairs[][2] = {
		{ "__and", "__band" }, { "__or", "__bor" },
		{ "__xor", "__bxor" }, { "__not", "__bnot" },
		{ "__intdiv", "__idiv" },
	};

	for (size_t i = 0; i < sizeof(pairs) / sizeof(pairs[0]); i++) {
		(void)lua_pushstring(L, pairs[i][1]);
		(void)lua_pushstring(L, pairs[i][0]);
		if (lua_rawget(L, metatable) == LUA_TNIL) {
			lua_pop(L, 2);
			continue;
		}
		(void)lua_pushstring(L, pairs[i][1]);
		if (lua_rawget(L, metatable) == LUA_TNIL) {
			lua_pop(L, 1);
			lua_rawset(L, metatable);
		} else {
			lua_pop(L, 3);
		}
	}
}

/* table */

static int
getn(lua_State *L)
{
	luaL_checktype(L, 1, LUA_TTABLE);
	lua_pushinteger(L, (lua_Integer)lua_rawlen(L, 1));
	return 1;
}

static int
maxn(lua_State *L)
{
	lua_Number most = 0;

	luaL_checktype(L, 1, LUA_TTABLE);
	lua_pushnil(L);
	while (lua_next(L, 1) != 0) {
		lua_pop(L, 1);
		if (lua_type(L, -1) == LUA_TNUMBER &&
		    lua_tonumber(L, -1) > most)
			most = lua_tonumber(L, -1);
	}
	if (most <= (lua_Number)(1LL << 53))
		lua_pushinteger(L, (lua_Integer)most);
	else
		lua_pushnumber(L, most);
	return 1;
}

/* Calls the function for every pair until it gives something. */
static int
foreach(lua_State *L)
{
	luaL_checktype(L, 1, LUA_TTABLE);
	luaL_checktype(L, 2, LUA_TFUNCTION);
	lua_pushnil(L);
	while (lua_next(L, 1) != 0) {
		lua_pushvalue(L, 2);
		lua_pushvalue(L, -3);
		lua_pushvalue(L, -3);
		lua_call(L, 2, 1);
		if (!lua_isnil(L, -1))
			return 1;
		lua_pop(L, 2);
	}
	return 0;
}

static int
foreachi(lua_State *L)
{
	lua_Integer n;

	luaL_checktype(L, 1, LUA_TTABLE);
	luaL_checktype(L, 2, LUA_TFUNCTION);
	n = (lua_Integer)lua_rawlen(L, 1);
	for (lua_Integer i = 1; i <= n; i++) {
		lua_pushvalue(L, 2);
		lua_pushinteger(L, i);
		(void)lua_rawgeti(L, 1, i);
		lua_call(L, 2, 1);
		if (!lua_isnil(L, -1))
			return 1;
		lua_pop(L, 1);
	}
	return 0;
}

/* math */

static int
math_pow(lua_State *L)
{
	lua_pushnumber(L, pow(luaL_checknumber(L, 1), luaL_checknumber(L, 2)));
	return 1;
}

static int
math_log10(lua_State *L)
{
	lua_pushnumber(L, log10(luaL_checknumber(L, 1)));
	return 1;
}

static int
math_ldexp(lua_State *L)
{
	lua_Integer by = check_whole(L, 2);

	by = by > INT_MAX ? INT_MAX : by < INT_MIN ? INT_MIN : by;
	lua_pushnumber(L, ldexp(luaL_checknumber(L, 1), (int)by));
	return 1;
}

static int
math_frexp(lua_State *L)
{
	int exponent;

	lua_pushnumber(L, frexp(luaL_checknumber(L, 1), &exponent));
	lua_pushinteger(L, exponent);
	return 2;
}

#define MATH_ONE(name)                                               \
	static int                                                   \
	math_##name(lua_State *L)                                    \
	{                                                            \
		lua_pushnumber(L, name(luaL_checknumber(L, 1)));     \
		return 1;                                            \
	}
MATH_ONE(cosh)
MATH_ONE(sinh)
MATH_ONE(tanh)

/* string */

/* Cut the fraction off an argument, as C does for %d. */
static void
make_whole(lua_State *L, int arg)
{
	lua_Integer whole;

	if (lua_type(L, arg) < LUA_TNUMBER || lua_isinteger(L, arg) ||
	    !to_whole(L, arg, &whole))
		return;
	lua_pushinteger(L, whole);
	lua_replace(L, arg);
}

/* Look at each conversion: those of whole numbers get one, and %u, which there
 * is no more, is %d. */
static void
adapt_format(lua_State *L, char *format, size_t n)
{
	int arg = 1;

	for (size_t i = 0; i < n; i++) {
		if (format[i] != '%')
			continue;
		if (++i < n && format[i] == '%')
			continue;
		while (i < n && format[i] != '\0' &&
		    strchr("-+ #0123456789.", format[i]) != NULL)
			i++;
		if (i >= n)
			break;
		arg++;
		if (format[i] == '\0' || strchr("diuoxXc", format[i]) == NULL)
			continue;
		if (format[i] == 'u')
			format[i] = 'd';
		make_whole(L, arg);
	}
}

/* Adapt format and arguments, and call Lua's own; upvalue 1. */
static int
string_format(lua_State *L)
{
	size_t n;
	const char *format = luaL_checklstring(L, 1, &n);
	char ours[MAX_FORMAT];

	if (n < sizeof(ours)) {
		memcpy(ours, format, n);
		adapt_format(L, ours, n);
		(void)lua_pushlstring(L, ours, n);
		lua_replace(L, 1);
	}
	lua_pushvalue(L, lua_upvalueindex(1));
	lua_insert(L, 1);
	lua_call(L, lua_gettop(L) - 1, 1);
	return 1;
}

/* whole numbers as arguments */

/* Upvalues: the function, and a bit for each argument that is to be whole. */
static int
cut_fractions(lua_State *L)
{
	lua_Integer which = lua_tointeger(L, lua_upvalueindex(2)), whole;
	int n = lua_gettop(L);

	for (int arg = 1; arg <= n && arg < 8; arg++) {
		if ((which & (1 << arg)) != 0 &&
		    lua_type(L, arg) == LUA_TNUMBER && !lua_isinteger(L, arg) &&
		    to_whole(L, arg, &whole)) {
			lua_pushinteger(L, whole);
			lua_replace(L, arg);
		}
	}
	lua_pushvalue(L, lua_upvalueindex(1));
	lua_insert(L, 1);
	lua_call(L, n, LUA_MULTRET);
	return lua_gettop(L);
}

/* insert(table, value) has no position. */
static int
table_insert(lua_State *L)
{
	if (lua_gettop(L) == 3)
		return cut_fractions(L);
	lua_pushvalue(L, lua_upvalueindex(1));
	lua_insert(L, 1);
	lua_call(L, lua_gettop(L) - 1, 0);
	return 0;
}

#define ARG(n) (1 << (n))

static const struct {
	const char *library, *name;
	int which;
	lua_CFunction function; /* NULL: cut_fractions */
} positions[] = {
	{ LUA_GNAME, "select", ARG(1), NULL },
	{ LUA_MATHLIBNAME, "random", ARG(1) | ARG(2), NULL },
	{ LUA_OSLIBNAME, "date", ARG(2), NULL },
	{ LUA_STRLIBNAME, "byte", ARG(2) | ARG(3), NULL },
	{ LUA_STRLIBNAME, "char", ARG(1) | ARG(2) | ARG(3), NULL },
	{ LUA_STRLIBNAME, "find", ARG(3), NULL },
	{ LUA_STRLIBNAME, "gsub", ARG(4), NULL },
	{ LUA_STRLIBNAME, "match", ARG(3), NULL },
	{ LUA_STRLIBNAME, "rep", ARG(2), NULL },
	{ LUA_STRLIBNAME, "sub", ARG(2) | ARG(3), NULL },
	{ LUA_TABLIBNAME, "concat", ARG(3) | ARG(4), NULL },
	{ LUA_TABLIBNAME, "insert", ARG(2), table_insert },
	{ LUA_TABLIBNAME, "remove", ARG(2), NULL },
	{ LUA_TABLIBNAME, "unpack", ARG(2) | ARG(3), NULL },
};

static void
open_positions(lua_State *L)
{
	for (size_t i = 0; i < sizeof(positions) / sizeof(positions[0]); i++) {
		(void)lua_getglobal(L, positions[i].library);
		(void)lua_getfield(L, -1, positions[i].name);
		lua_pushinteger(L, positions[i].which);
		lua_pushcclosure(L, positions[i].function != NULL ?
		    positions[i].function : cut_fractions, 2);
		lua_setfield(L, -2, positions[i].name);
		lua_pop(L, 1);
	}
}

/* opening */

static int
gcinfo(lua_State *L)
{
	lua_pushinteger(L, (lua_Integer)(state_of(L)->memory.used / 1024));
	return 1;
}

static const luaL_Reg base_functions[] = {
	{ "gcinfo", gcinfo },
	{ "tostring", tostring },
	{ NULL, NULL },
};

static const luaL_Reg table_functions[] = {
	{ "foreach", foreach },
	{ "foreachi", foreachi },
	{ "getn", getn },
	{ "maxn", maxn },
	{ NULL, NULL },
};

static const luaL_Reg math_functions[] = {
	{ "cosh", math_cosh },
	{ "frexp", math_frexp },
	{ "ldexp", math_ldexp },
	{ "log10", math_log10 },
	{ "pow", math_pow },
	{ "sinh", math_sinh },
	{ "tanh", math_tanh },
	{ NULL, NULL },
};

static void
set_functions(lua_State *L, const char *library, const luaL_Reg *functions)
{
	(void)lua_getglobal(L, library);
	luaL_setfuncs(L, functions, 0);
	lua_pop(L, 1);
}

static void
alias(lua_State *L, const char *library, const char *old, const char *new)
{
	(void)lua_getglobal(L, library);
	(void)lua_getfield(L, -1, new);
	lua_setfield(L, -2, old);
	lua_pop(L, 1);
}

void
older_open(lua_State *L)
{
	set_functions(L, LUA_GNAME, base_functions);
	set_functions(L, LUA_TABLIBNAME, table_functions);
	set_functions(L, LUA_MATHLIBNAME, math_functions);
	open_positions(L);
	alias(L, LUA_MATHLIBNAME, "mod", "fmod");
	alias(L, LUA_STRLIBNAME, "gfind", "gmatch");
	(void)lua_getglobal(L, LUA_TABLIBNAME);
	(void)lua_getfield(L, -1, "unpack");
	lua_setglobal(L, "unpack");
	lua_pop(L, 1);
	(void)lua_getglobal(L, LUA_STRLIBNAME);
	(void)lua_getfield(L, -1, "format");
	lua_pushcclosure(L, string_format, 1);
	lua_setfield(L, -2, "format");
	lua_pop(L, 1);
	open_operators(L);
}
