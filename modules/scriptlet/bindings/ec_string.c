/*
 * ec_string.c: the class ec_string.
 */
#include "scriptlet/bindings/ec_string.h"

#include "scriptlet/binding.h"
#include "scriptlet/bindings/args.h"
#include "scriptlet/bindings/classes.h"

#include <string.h>

void
ec_string_push(lua_State *L, const char *text, size_t n)
{
	(void)lua_newuserdatauv(L, 0, 1);
	(void)lua_pushlstring(L, text, n);
	(void)lua_setiuservalue(L, -2, 1);
	luaL_setmetatable(L, CLASS_EC_STRING);
}

bool
ec_string_is(lua_State *L, int index)
{
	return luaL_testudata(L, index, CLASS_EC_STRING) != NULL;
}

const char *
ec_string_text(lua_State *L, int index, size_t *n_r)
{
	const char *text;

	if (!ec_string_is(L, index))
		return NULL;
	(void)lua_getiuservalue(L, index, 1);
	text = lua_tolstring(L, -1, n_r);
	/* the object still holds it */
	lua_pop(L, 1);
	return text;
}

void
ec_string_set(lua_State *L, int index, const char *text, size_t n)
{
	index = lua_absindex(L, index);
	(void)luaL_checkudata(L, index, CLASS_EC_STRING);
	(void)lua_pushlstring(L, text, n);
	(void)lua_setiuservalue(L, index, 1);
}

static int
set(lua_State *L)
{
	size_t n;
	const char *text = args_text(L, 2, &n);

	ec_string_set(L, 1, text, n);
	return 0;
}

static int
append(lua_State *L)
{
	size_t n;

	(void)luaL_checkudata(L, 1, CLASS_EC_STRING);
	(void)args_text(L, 2, &n);
	(void)lua_getiuservalue(L, 1, 1);
	lua_pushvalue(L, 2);
	lua_concat(L, 2);
	(void)lua_setiuservalue(L, 1, 1);
	return 0;
}

static int
to_text(lua_State *L)
{
	(void)luaL_checkudata(L, 1, CLASS_EC_STRING);
	(void)lua_getiuservalue(L, 1, 1);
	return 1;
}

static int
length(lua_State *L)
{
	size_t n;

	(void)luaL_checkudata(L, 1, CLASS_EC_STRING);
	(void)ec_string_text(L, 1, &n);
	lua_pushinteger(L, (lua_Integer)n);
	return 1;
}

static int
get_member(lua_State *L)
{
	const char *name = lua_tostring(L, 2);

	if (name != NULL && strcmp(name, "buffer") == 0)
		return to_text(L);
	if (name != NULL && strcmp(name, "len") == 0)
		return length(L);
	return 0;
}

static int
set_member(lua_State *L)
{
	const char *name = lua_tostring(L, 2), *text;
	size_t n;

	if (name == NULL || strcmp(name, "buffer") != 0)
		return luaL_error(L, "an ec_string has no member '%s' to set",
		    name == NULL ? "?" : name);
	text = args_text(L, 3, &n);
	ec_string_set(L, 1, text, n);
	return 0;
}

static const struct binding rows[] = {
	{ .name = "set", .function = set, .usage = "set(text)",
	  .returns = "",
	  .text = "Replaces the text." },
	{ .name = "write", .function = append, .usage = "write(text)",
	  .returns = "",
	  .text = "Appends to the text.", .addition = true },
};

static const struct binding members[] = {
	{ .name = "buffer", .usage = "buffer", .returns = "the text",
	  .text = "The text itself; may be assigned to." },
	{ .name = "len", .usage = "len", .returns = "a number",
	  .text = "How many bytes it has, as `#` tells." },
};

const struct binding_class class_ec_string = {
	.name = CLASS_EC_STRING,
	.text = "A text that functions can write to. `tostring` gives it, `#` "
	    "its length in bytes, and `..` joins it with other texts. "
	    "Callouts get what the client said in one; "
	    "`msys.core.string_new` makes an empty one.",
	.rows = rows,
	.count = sizeof(rows) / sizeof(rows[0]),
	.get_member = get_member,
	.set_member = set_member,
	.members = members,
	.member_count = sizeof(members) / sizeof(members[0]),
	.to_text = to_text,
};

void
ec_string_prepare(lua_State *L)
{
	(void)luaL_newmetatable(L, CLASS_EC_STRING);
	lua_pushcfunction(L, length);
	lua_setfield(L, -2, "__len");
	lua_pushcfunction(L, args_concat);
	lua_setfield(L, -2, "__concat");
	lua_pop(L, 1);
}
