/*
 * signing.c: tables of options into arguments of C.
 */
#include "scriptlet/bindings/signing.h"

#include "scriptlet/bindings/args.h"
#include "scriptlet/running.h"

#include "debug_tools.h"

#include <lauxlib.h>
#include <stdlib.h>
#include <string.h>

#define HOURS_MAX (100 * 366 * 24)
#define STEPS_SIGN 20000 /* and one for so many octets */
#define OCTETS_OF_STEP 16

void *
signing_found(lua_State *L, void *function, const char *module)
{
	if (function == NULL)
		(void)luaL_error(L, "this needs the module %s, and the "
		    "configuration has no stanza of it", module);
	return function;
}

/* The value stands on top of the stack, and stays there for the time of the
 * call. */
static const char *
read_text(lua_State *L, const char *name)
{
	size_t n;
	const char *text = lua_tolstring(L, -1, &n);

	if (text == NULL || strlen(text) != n)
		(void)luaL_error(L, "option '%s' of sign() must be text%s",
		    name, text == NULL ? "" : " without NUL bytes");
	return text;
}

/* "From:To" or { "From", "To" }: the array is how opendkim writes it. */
static const char *
read_list(lua_State *L, const char *name)
{
	luaL_Buffer list;
	int table = lua_gettop(L);
	lua_Integer n;

	if (!lua_istable(L, table))
		return read_text(L, name);
	n = luaL_len(L, table);
	luaL_buffinit(L, &list);
	for (lua_Integer i = 1; i <= n; i++) {
		if (i > 1)
			luaL_addchar(&list, ':');
		if (lua_geti(L, table, i) != LUA_TSTRING)
			(void)luaL_error(L, "option '%s' of sign() holds "
			    "something that is no name", name);
		luaL_addvalue(&list);
	}
	luaL_pushresult(&list);
	lua_replace(L, table);
	return read_text(L, name);
}

static int
read_flag(lua_State *L)
{
	const char *text = lua_type(L, -1) == LUA_TSTRING ?
	    lua_tostring(L, -1) : NULL;

	/* texts as the configuration has them, for those who copy from it */
	if (text != NULL)
		return strcmp(text, "true") == 0 || strcmp(text, "1") == 0;
	if (lua_isnumber(L, -1) != 0 && lua_tonumber(L, -1) < 0)
		return -1;
	return args_true(L, lua_gettop(L));
}

static int
read_hours(lua_State *L, const char *name)
{
	lua_Number hours = lua_tonumber(L, -1);

	if (lua_isnumber(L, -1) == 0 || !(hours >= 0 && hours <= HOURS_MAX))
		(void)luaL_error(L, "option '%s' of sign() is a number of "
		    "hours from 0 to %d", name, HOURS_MAX);
	return (int)hours;
}

static void
read_option(lua_State *L, const struct signing_option *option, void *args)
{
	void *place = (char *)args + option->offset;

	switch (option->kind) {
	case SIGNING_TEXT:
		*(const char **)place = read_text(L, option->name);
		break;
	case SIGNING_LIST:
		*(const char **)place = read_list(L, option->name);
		break;
	case SIGNING_FLAG:
		*(int *)place = read_flag(L);
		break;
	case SIGNING_HOURS:
		*(int *)place = read_hours(L, option->name);
		break;
	}
}

/* What nobody reads here is told, for it may be a slip. */
static void
tell_unknown(lua_State *L, int table, const struct signing_call *call)
{
	lua_pushnil(L);
	while (lua_next(L, table) != 0) {
		const char *name = lua_type(L, -2) == LUA_TSTRING ?
		    lua_tostring(L, -2) : "?";
		size_t i = 0;

		while (i < call->count &&
		    strcmp(call->options[i].name, name) != 0)
			i++;
		if (i == call->count)
			(void)ec_debug_printf(DINFO, DMOD, "scriptlet: "
			    "%s: option '%s' is unknown and has no effect",
			    call->name, name);
		lua_pop(L, 1);
	}
}

/* Values stay on the stack until the call is over, since a converted one is
 * in no table. */
static void
read_options(lua_State *L, int table, const struct signing_call *call,
    void *args)
{
	luaL_checktype(L, table, LUA_TTABLE);
	luaL_checkstack(L, (int)call->count + LUA_MINSTACK, NULL);
	for (size_t i = 0; i < call->count; i++) {
		if (lua_getfield(L, table, call->options[i].name) == LUA_TNIL)
			lua_pop(L, 1);
		else
			read_option(L, &call->options[i], args);
	}
	tell_unknown(L, table, call);
}

static bool
is_final(const char *callout)
{
	static const char *const names[] = { "core_final_validation",
		"core_final_validation2", "core_post_final_validation" };

	for (size_t i = 0; callout != NULL &&
	    i < sizeof(names) / sizeof(names[0]); i++) {
		if (strcmp(names[i], callout) == 0)
			return true;
	}
	return false;
}

ec_message *
signing_read(lua_State *L, const struct signing_call *call,
    validate_context **vctx_r, void *args)
{
	ec_message *msg = running_message(L, 1);

	lua_settop(L, 3);
	*vctx_r = lua_isnil(L, 2) ? running_of(L)->vctx :
	    running_context(L, 2);
	if (!is_final(running_of(L)->callout))
		(void)luaL_error(L, "sign() signs what leaves: call it in "
		    "core_final_validation, after the last change");
	if (!lua_isnil(L, 3))
		read_options(L, 3, call, args);
	running_charge(L, STEPS_SIGN +
	    ec_message_get_message_size(msg) / OCTETS_OF_STEP);
	return msg;
}

void
signing_push_and_free(lua_State *L, struct buffer *room, char *text)
{
	buffer_add_text(room, text != NULL ? text : "");
	free(text);
	scratch_push(L, room);
}
