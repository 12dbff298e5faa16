/*
 * vctx.c: the class validate_context.
 *
 * "disconnect" is a method and a field: reading gives the method, and writing
 * sets the field.
 */
#include "scriptlet/bindings/vctx.h"

#include "scriptlet/bindings/args.h"
#include "scriptlet/bindings/classes.h"
#include "scriptlet/running.h"
#include "validate_module.h"

#include <math.h>
#include <string.h>

#define MOST_RECIPIENTS 10000 /* the host keeps no more for a message */

int
vctx_which(lua_State *L, int arg)
{
	int which = args_number(L, arg, "the type of a context");

	if (which != VCTX_CONN && which != VCTX_MESS)
		(void)luaL_argerror(L, arg, "the type of a context must be "
		    "msys.core.VCTX_CONN or msys.core.VCTX_MESS");
	return which;
}

int
vctx_get(lua_State *L)
{
	validate_context *vctx = running_context(L, 1);
	int which = vctx_which(L, 2);

	(void)lua_pushstring(L, validate_context_get(vctx, which,
	    args_word(L, 3, "a key")));
	return 1;
}

static int
exists_and_get(lua_State *L)
{
	validate_context *vctx = running_context(L, 1);
	int which = vctx_which(L, 2);
	const char *value = NULL;
	int exists = validate_context_exists_and_get(vctx, which,
	    args_word(L, 3, "a key"), &value);

	lua_pushinteger(L, exists);
	(void)lua_pushstring(L, exists != 0 ? value : NULL);
	return 2;
}

int
vctx_exists(lua_State *L)
{
	(void)exists_and_get(L);
	lua_pop(L, 1);
	return 1;
}

int
vctx_set(lua_State *L)
{
	validate_context *vctx = running_context(L, 1);
	int which = vctx_which(L, 2);
	const char *key = args_word(L, 3, "a key");

	/* nil is logged and not set, as in C */
	validate_context_set(vctx, which, key, args_given(L, 4) ?
	    args_word(L, 4, "a value") : NULL);
	return 0;
}

static int
unset(lua_State *L)
{
	validate_context *vctx = running_context(L, 1);
	int which = vctx_which(L, 2);
	const char *key = args_word(L, 3, "a key");

	lua_pushinteger(L, validate_context_exists(vctx, which, key));
	validate_context_delete(vctx, which, key);
	return 1;
}

/* A number, or text that begins with one; the text may bring the number. */
static void
take_code(lua_State *L, validate_context *vctx)
{
	int code = args_number(L, 2, "a code");
	const char *text = args_given(L, 3) ? args_word(L, 3, "a reply") :
	    NULL;

	if (validate_context_set_code(vctx, code, text) == 0)
		(void)luaL_argerror(L, 2, "a code is a number from 200 to "
		    "599, or 0 for that in the text");
}

int
vctx_set_code(lua_State *L)
{
	take_code(L, running_context(L, 1));
	lua_pushinteger(L, 1);
	return 1;
}

static int
disconnect(lua_State *L)
{
	validate_context *vctx = running_context(L, 1);

	if (args_given(L, 2))
		take_code(L, vctx);
	vctx->disconnect = 1;
	return 0;
}

static int
tarpit(lua_State *L)
{
	validate_context *vctx = running_context(L, 1);
	lua_Number seconds;
	int isnum;

	seconds = lua_tonumberx(L, 2, &isnum);
	if (isnum == 0 || !(seconds >= 0) || seconds > 1e6)
		return luaL_argerror(L, 2, "an interval is a number of "
		    "seconds from 0");
	vctx->tcost.tv_sec = (time_t)floor(seconds);
	vctx->tcost.tv_usec = (suseconds_t)((seconds - floor(seconds)) * 1e6);
	return 0;
}

/* recipients */

static void
check_phase(lua_State *L, validate_context *vctx, const char *name)
{
	if (validate_context_can_modify_rcpts(vctx) == 0)
		(void)luaL_error(L, "%s: recipients cannot be changed in this "
		    "phase", name);
}

/* Call for an address, or for each of a table's. */
static void
each_address(lua_State *L, validate_context *vctx, int arg,
    void (*each)(lua_State *L, validate_context *vctx, int index))
{
	lua_Unsigned n;

	if (lua_type(L, arg) != LUA_TTABLE) {
		each(L, vctx, arg);
		return;
	}
	n = lua_rawlen(L, arg);
	if (n > MOST_RECIPIENTS)
		(void)luaL_argerror(L, arg, "there are too many addresses");
	running_charge(L, (size_t)n);
	for (lua_Unsigned i = 1; i <= n; i++) {
		(void)lua_rawgeti(L, arg, (lua_Integer)i);
		each(L, vctx, lua_gettop(L));
		lua_pop(L, 1);
	}
}

static void
add_one(lua_State *L, validate_context *vctx, int index)
{
	const char *address = args_word(L, index, "an address");

	if (validate_context_add_rcpt(vctx, address, 0) < 0)
		(void)luaL_error(L, "add_recipient: '%s' cannot be a "
		    "recipient", address);
}

static void
remove_one(lua_State *L, validate_context *vctx, int index)
{
	(void)validate_context_remove_rcpt(vctx, args_word(L, index,
	    "an address"));
}

static int
add_recipient(lua_State *L)
{
	validate_context *vctx = running_context(L, 1);

	check_phase(L, vctx, "add_recipient");
	each_address(L, vctx, 2, add_one);
	return 0;
}

static int
remove_recipient(lua_State *L)
{
	validate_context *vctx = running_context(L, 1);

	check_phase(L, vctx, "remove_recipient");
	each_address(L, vctx, 2, remove_one);
	return 0;
}

static void
check_one(lua_State *L, validate_context *vctx, int index)
{
	(void)vctx;
	(void)args_word(L, index, "an address");
}

/* Counting from 1; published examples go from 0, and join what they find. */
static int
push_list(lua_State *L, validate_context *vctx)
{
	message_construct *mc;
	ec_message *msg = NULL;
	const char *address;

	if (validate_context_find_message_construct(vctx, &mc) != 0)
		msg = mc->message;
	lua_newtable(L);
	lua_newtable(L);
	lua_newtable(L);
	lua_pushliteral(L, "");
	lua_rawseti(L, -2, 0);
	lua_setfield(L, -2, "__index");
	(void)lua_setmetatable(L, -2);
	for (int i = 0; msg != NULL &&
	    (address = ec_message_rcpt(msg, i)) != NULL; i++) {
		(void)lua_pushstring(L, address);
		lua_rawseti(L, -2, i + 1);
	}
	return 1;
}

static int
recipient_list(lua_State *L)
{
	validate_context *vctx = running_context(L, 1);

	if (args_given(L, 2)) {
		check_phase(L, vctx, "recipient_list");
		/* all or nothing, as far as types go */
		each_address(L, vctx, 2, check_one);
		(void)validate_context_remove_all_rcpts(vctx);
		each_address(L, vctx, 2, add_one);
	}
	return push_list(L, vctx);
}

/* fields */

static int
get_member(lua_State *L)
{
	validate_context *vctx = running_context(L, 1);
	const char *name = lua_tostring(L, 2);

	if (name == NULL)
		return 0;
	if (strcmp(name, "code") == 0)
		lua_pushinteger(L, vctx->code);
	else if (strcmp(name, "note") == 0)
		(void)lua_pushstring(L, vctx->note);
	else if (strcmp(name, "needs_auth_results") == 0)
		lua_pushinteger(L, vctx->needs_auth_results);
	else
		return 0;
	return 1;
}

static int
set_member(lua_State *L)
{
	validate_context *vctx = running_context(L, 1);
	const char *name = lua_tostring(L, 2);

	if (name != NULL && strcmp(name, "disconnect") == 0) {
		vctx->disconnect = args_true(L, 3);
	} else if (name != NULL && strcmp(name, "needs_auth_results") == 0) {
		vctx->needs_auth_results = args_true(L, 3);
	} else if (name != NULL && strcmp(name, "code") == 0) {
		int code = args_number(L, 3, "a code");

		if (code != 0 && (code < 200 || code > 599))
			return luaL_error(L, "a code is a number from 200 to "
			    "599, or 0");
		vctx->code = code;
	} else {
		return luaL_error(L, "a validation context has no member '%s' "
		    "to set", name == NULL ? "?" : name);
	}
	return 0;
}

static const struct binding rows[] = {
	{ .name = "get", .function = vctx_get, .usage = "get(type, key)",
	  .returns = "text",
	  .text = "The value of a context variable, `\"\"` when there is "
	    "none. `type` is `msys.core.VCTX_CONN`, variables that live as "
	    "long as the connection, or `msys.core.VCTX_MESS`, those that "
	    "live as long as the message." },
	{ .name = "set", .function = vctx_set,
	  .usage = "set(type, key, value)", .returns = "",
	  .text = "Sets a context variable to the text of a value; nil is "
	    "logged and changes nothing." },
	{ .name = "exists", .function = vctx_exists,
	  .usage = "exists(type, key)", .returns = "1 or 0",
	  .text = "Whether there is such a variable. Compare with the "
	    "number: 0 is true in Lua." },
	{ .name = "exists_and_get", .function = exists_and_get,
	  .usage = "exists_and_get(type, key)",
	  .returns = "1 and the text, or 0 and nil",
	  .text = "Both in one.", .addition = true },
	{ .name = "unset", .function = unset, .usage = "unset(type, key)",
	  .returns = "1, or 0 when there was none",
	  .text = "Removes a variable.", .addition = true },
	{ .name = "delete", .function = unset, .usage = "delete(type, key)",
	  .returns = "1, or 0 when there was none",
	  .text = "The same as `unset`.", .addition = true },
	{ .name = "set_code", .function = vctx_set_code,
	  .usage = "set_code(code, text)", .returns = "1",
	  .text = "The reply to the client. From 400 on it refuses the "
	    "command, and from validate_data on the message. `code` is a "
	    "number or its text, and 0 when the text begins with it. What a "
	    "reply cannot carry, line ends say, becomes `?`. Raises an error "
	    "for a code outside 200 to 599." },
	{ .name = "disconnect", .function = disconnect,
	  .usage = "disconnect([code, text])", .returns = "",
	  .text = "Ends the connection after this reply; without a code it "
	    "is 421. The same with `vctx.disconnect = 1`." },
	{ .name = "tarpit", .function = tarpit, .usage = "tarpit(seconds)",
	  .returns = "",
	  .text = "Makes the client wait for the reply, at most 60 seconds." },
	{ .name = "add_recipient", .function = add_recipient,
	  .usage = "add_recipient(address)", .returns = "",
	  .text = "Adds a recipient, or a table of them. One that is there "
	    "already is not added twice. Raises an error where recipients "
	    "cannot be changed any more, or not yet: before validate_data "
	    "and after validate_data_spool." },
	{ .name = "remove_recipient", .function = remove_recipient,
	  .usage = "remove_recipient(address)", .returns = "",
	  .text = "Takes a recipient away, or a table of them; errors as "
	    "before. One that is not there does not matter." },
	{ .name = "recipient_list", .function = recipient_list,
	  .usage = "recipient_list([addresses])", .returns = "a table",
	  .text = "The recipients, counting from 1. With an address or a "
	    "table of them, they become the recipients first; errors as "
	    "before." },
};

static const struct binding members[] = {
	{ .name = "code", .usage = "code", .returns = "a number",
	  .text = "The code of the reply, 0 when it is the usual one; may be "
	    "set." },
	{ .name = "note", .usage = "note", .returns = "text, or nil",
	  .text = "The text that goes with it.", .addition = true },
	{ .name = "disconnect", .usage = "disconnect = 1", .returns = "",
	  .text = "May be set; reading gives the method." },
	{ .name = "needs_auth_results", .usage = "needs_auth_results",
	  .returns = "1 or 0",
	  .text = "Whether the message is to get an Authentication-Results "
	    "field; may be set." },
};

const struct binding_class class_context = {
	.name = CLASS_CONTEXT,
	.text = "What the phases of one connection share: two sets of "
	    "variables, and the reply that policy wants to give.",
	.rows = rows,
	.count = sizeof(rows) / sizeof(rows[0]),
	.get_member = get_member,
	.set_member = set_member,
	.members = members,
	.member_count = sizeof(members) / sizeof(members[0]),
};

const struct binding_library library_extended_vctx = {
	.name = "msys.extended.vctx",
	.text = "Gives validation contexts their methods. They are always "
	    "there; scripts require this by custom.",
};
