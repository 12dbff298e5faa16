/*
 * objects.c: functions of msys about values and their classes, and
 * parseRFC2822Addresses.
 */
#include "scriptlet/bindings/args.h"
#include "scriptlet/bindings/classes.h"
#include "scriptlet/bindings/utilities.h"
#include "scriptlet/running.h"

#include "sieve/address.h"

#include <string.h>
#include <strings.h>

/* Classes that scripts know by longer names. */
static const struct {
	const char *class, *published;
} names[] = {
	{ CLASS_MESSAGE, "msys.core:_ec_message" },
	{ CLASS_PART, "msys.core:_ec_message_part" },
	{ CLASS_CONTEXT, "msys.core:_validate_context" },
	{ CLASS_ACCEPT, "msys.core:_accept_construct" },
	{ CLASS_CONSTRUCT, "msys.core:_message_construct" },
	{ CLASS_EC_STRING, "msys.core:_ec_string" },
	{ CLASS_SOCKADDR, "msys.core:_ec_sockaddr" },
	{ "io_object", "msys.core:_io_object" },
	{ "command_construct", "msys.core:_command_construct" },
};
#define NAMES (sizeof(names) / sizeof(names[0]))

/* The name of an object's class, or NULL. */
static const char *
class_of(lua_State *L, int arg)
{
	const char *class = NULL;

	if (luaL_getmetafield(L, arg, "__name") != LUA_TNIL) {
		/* the metatable holds it */
		class = lua_type(L, -1) == LUA_TSTRING ?
		    lua_tostring(L, -1) : NULL;
		lua_pop(L, 1);
	}
	return class;
}

/* The class that a name means, in either form. */
static const char *
class_named(const char *name)
{
	for (size_t i = 0; i < NAMES; i++) {
		if (strcmp(names[i].published, name) == 0)
			return names[i].class;
	}
	return name;
}

static int
type(lua_State *L)
{
	const char *class;

	luaL_checkany(L, 1);
	class = class_of(L, 1);
	for (size_t i = 0; class != NULL && i < NAMES; i++) {
		if (strcmp(names[i].class, class) == 0)
			class = names[i].published;
	}
	lua_pushstring(L, class != NULL ? class : luaL_typename(L, 1));
	return 1;
}

static int
cast(lua_State *L)
{
	const char *name = luaL_checkstring(L, 2), *class = class_of(L, 1);

	if (class == NULL || strcmp(class, class_named(name)) != 0)
		return luaL_error(L, "msys.cast: a %s is no %s",
		    class != NULL ? class : luaL_typename(L, 1), name);
	lua_settop(L, 1);
	return 1;
}

/* Not the metatable itself: its other functions trust what they are given. */
static int
class_metatable(lua_State *L)
{
	const char *class = class_named(luaL_checkstring(L, 1));

	if (luaL_getmetatable(L, class) != LUA_TTABLE) {
		lua_pushnil(L);
		return 1;
	}
	lua_createtable(L, 0, 2);
	lua_pushstring(L, class);
	lua_setfield(L, -2, "__name");
	/* where there are members as well, __index is a function and holds
	 * the methods */
	if (lua_getfield(L, -2, "__index") == LUA_TFUNCTION &&
	    lua_getupvalue(L, -1, 1) != NULL)
		lua_remove(L, -2);
	if (lua_istable(L, -1))
		lua_setfield(L, -2, "__index");
	else
		lua_pop(L, 1);
	return 1;
}

/* addresses */

static void
push_part(lua_State *L, const struct rfc2822_address *address,
    const char *component)
{
	const struct rfc2822_address_part_string *part = NULL;

	if (strcasecmp(component, "localpart") == 0)
		part = &address->localpart;
	else if (strcasecmp(component, "user") == 0)
		part = &address->user;
	else if (strcasecmp(component, "detail") == 0)
		part = &address->detail;
	else if (strcasecmp(component, "domain") == 0)
		part = &address->domain;
	if (part == NULL)
		(void)lua_pushlstring(L, address->complete,
		    (size_t)address->len);
	else
		(void)lua_pushlstring(L, part->s != NULL ? part->s : "",
		    part->s != NULL ? (size_t)part->l : 0);
}

/* The parsed addresses, freed with the object that is pushed. */
static int
collect_addresses(lua_State *L)
{
	rfc2822_address_destroy(luaL_checkudata(L, 1, "rfc2822_addresses"));
	return 0;
}

static rfc2822_address_context *
push_addresses(lua_State *L)
{
	rfc2822_address_context *context = lua_newuserdatauv(L,
	    sizeof(*context), 0);

	memset(context, 0, sizeof(*context));
	if (luaL_newmetatable(L, "rfc2822_addresses") != 0) {
		lua_pushcfunction(L, collect_addresses);
		lua_setfield(L, -2, "__gc");
		lua_pushboolean(L, 0);
		lua_setfield(L, -2, "__metatable");
	}
	(void)lua_setmetatable(L, -2);
	return context;
}

static int
parse_addresses(lua_State *L)
{
	static const char *const components[] = {
		"all", "localpart", "user", "detail", "domain", NULL,
	};
	rfc2822_address_context *context;
	lua_Integer count = 0;
	const char *text, *component;
	size_t n;

	text = args_text(L, 1, &n);
	component = components[luaL_checkoption(L, 2, "all", components)];
	running_charge(L, n);
	context = push_addresses(L);
	if (n <= RFC2822_ADDRESS_TEXT_MAX)
		(void)rfc2822_address_parse(context, text, (int)n);
	lua_newtable(L);
	for (const struct rfc2822_address *a = context->addr; a != NULL;
	    a = a->next) {
		push_part(L, a, component);
		lua_rawseti(L, -2, ++count);
	}
	rfc2822_address_destroy(context);
	return 1;
}

static const struct binding rows[] = {
	{ .name = "type", .function = type,
	  .usage = "type(value)",
	  .returns = "the name of the value's type",
	  .text = "As Lua's own `type`, but objects give the name of their "
	      "class, such as `msys.core:_ec_message`." },
	{ .name = "cast", .function = cast,
	  .usage = "cast(object, class)",
	  .returns = "the object",
	  .text = "Objects here know what they are, so this only checks: an "
	      "object of another class raises an error." },
	{ .name = "getClassMetaTable", .function = class_metatable,
	  .usage = "getClassMetaTable(class)",
	  .returns = "a table with `__name` and, for classes with methods, "
	      "`__index`; nil for no class",
	  .text = "What a script puts into `__index` is a method of all "
	      "objects of the class." },
	{ .name = "parseRFC2822Addresses", .function = parse_addresses,
	  .usage = "parseRFC2822Addresses(text [, component])",
	  .returns = "a table of texts",
	  .text = "The addresses of a text such as a To field. `component` is "
	      "`all`, which is the default, `localpart`, `user`, `detail` or "
	      "`domain`; an address without that gives \"\"." },
};

const struct binding_library library_objects = {
	.name = "msys",
	.text = "Values and their classes; addresses.",
	.rows = rows,
	.count = sizeof(rows) / sizeof(rows[0]),
};
