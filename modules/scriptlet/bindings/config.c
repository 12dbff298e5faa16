/*
 * config.c: msys.config("get", ...): what the configuration says, with its
 * fallbacks, as the message at hand sees it.
 */
#include "ec_config.h"
#include "ec_sockaddr.h"
#include "scriptlet/bindings/args.h"
#include "scriptlet/bindings/classes.h"

#include <stdio.h>
#include <string.h>
#include <strings.h>

#define SCOPES 4 /* binding_group, binding, domain: and one to spare */
#define CAPABILITY_BYTES 512

/* Scopes as they are written in capabilities. */
static const char *
scope_name(const char *word)
{
	static const char *const names[] = {
		"Binding", "Binding_Group", "Domain", "Host", "Pathway",
		"Pathway_Group",
	};

	for (size_t i = 0; i < sizeof(names) / sizeof(names[0]); i++) {
		if (strcasecmp(word, names[i]) == 0)
			return names[i];
	}
	return word;
}

static bool
is_word(const char *word)
{
	size_t n = strspn(word, "abcdefghijklmnopqrstuvwxyz"
	    "ABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789_");

	return n > 0 && word[n] == '\0';
}

/* "config.Global:Binding:Domain.option" */
static int
find_slot(lua_State *L, int first, int last)
{
	char capability[CAPABILITY_BYTES] = "config.Global";
	size_t n = strlen(capability);

	for (int i = first; i <= last; i += 2) {
		const char *word = lua_tostring(L, i);

		if (!is_word(word))
			return -1;
		n += (size_t)snprintf(capability + n, sizeof(capability) - n,
		    "%c%s", i == last ? '.' : ':', i == last ? word :
		    scope_name(word));
		if (n >= sizeof(capability))
			return -1;
	}
	return ec_config_option_slot_from_capability(capability);
}

/* An option that cannot stand there is asked for in the scopes inside, then at
 * the top; its fallback says what holds. */
static int
find_slot_around(lua_State *L, int first, int last)
{
	int slot = -1;

	for (int i = first; slot < 0 && i <= last; i += 2)
		slot = find_slot(L, i, last);
	return slot;
}

static void
push_address(lua_State *L, struct sockaddr *address, int opt)
{
	char text[EC_SOCKADDR_TEXT];

	if (address == NULL) {
		lua_pushnil(L);
		return;
	}
	(void)sockaddr_to_string_opt(address, text, sizeof(text), opt);
	(void)lua_pushstring(L, text);
}

static void
push_storage(lua_State *L, ec_config_item_type_t type,
    const ec_config_value_storage *v)
{
	switch (type) {
	case ECCFGTYPE_STRING:
		(void)lua_pushstring(L, v->vstr);
		break;
	case ECCFGTYPE_INT:
	case ECCFGTYPE_PERMS:
		lua_pushinteger(L, v->vint);
		break;
	case ECCFGTYPE_BOOL:
		lua_pushboolean(L, v->vint);
		break;
	case ECCFGTYPE_UINT64:
		lua_pushinteger(L, (lua_Integer)v->vu64);
		break;
	case ECCFGTYPE_SIZE_T:
		lua_pushinteger(L, (lua_Integer)v->vsize);
		break;
	case ECCFGTYPE_FLOAT:
		lua_pushnumber(L, v->vdouble);
		break;
	case ECCFGTYPE_SOCKADDR:
		push_address(L, v->vsa, 0);
		break;
	case ECCFGTYPE_SOCKADDR_PORTLESS:
		push_address(L, v->vsa, EC_SA2S_NO_PORT);
		break;
	default:
		lua_pushnil(L);
		break;
	}
}

static void
push_dict(lua_State *L, ECDict dict)
{
	ECDict_Iterator iter;
	const char *key, *value;

	lua_newtable(L);
	if (dict == NULL)
		return;
	dict_iter2(dict, &iter);
	while (dict_next(dict, &iter, &key, &value) != 0) {
		(void)lua_pushstring(L, value);
		lua_setfield(L, -2, key);
	}
	dict_iter2_free(dict, &iter);
}

static void
push_array(lua_State *L, ec_config_item_type_t type, ec_ptr_array *items)
{
	lua_newtable(L);
	for (int i = 0; items != NULL && i < items->size; i++) {
		push_storage(L, type, items->items[i]);
		lua_rawseti(L, -2, i + 1);
	}
}

/* The value is a light userdata: called under lua_pcall, so that it can be
 * released whatever happens.  Its slot is behind it. */
static int
push_value(lua_State *L)
{
	const ec_config_value *value = lua_touserdata(L, 1);
	ec_config_item_type_t type = ECCFGTYPE_PTR;
	int is_array = 0;

	(void)ec_config_option_type((int)lua_tointeger(L, 2), &type,
	    &is_array);
	if (is_array != 0)
		push_array(L, type, value->v->varr);
	else if (type == ECCFGTYPE_ECDICT)
		push_dict(L, value->v->vdict);
	else
		push_storage(L, type, value->v);
	return 1;
}

static ec_config_value *
fetch(lua_State *L, int slot, int first, int last)
{
	void *words[SCOPES * 2];
	ec_ptr_array args = { .items = words };

	for (int i = first; i < last; i++)
		words[args.size++] = (void *)(uintptr_t)((i - first) % 2 == 0 ?
		    scope_name(lua_tostring(L, i)) : lua_tostring(L, i));
	if (args.size == 0)
		return ec_config_option_fetch(NULL, slot, NULL);
	return ec_config_option_fetch_generic(NULL, slot, NULL, 0, &args);
}

/* "option = value", as the console shows it */
static void
push_shown(lua_State *L, int name, int value)
{
	(void)lua_pushstring(L, lua_tostring(L, name));
	lua_pushliteral(L, " = ");
	if (lua_type(L, value) == LUA_TTABLE)
		lua_pushliteral(L, "(...)");
	else
		(void)luaL_tolstring(L, value, NULL);
	lua_concat(L, 3);
}

static int
get(lua_State *L, int first, int last)
{
	int slot = find_slot_around(L, first, last), status;
	ec_config_value *value = slot < 0 ? NULL : fetch(L, slot, first, last);

	if (value == NULL) {
		lua_pushnil(L);
		(void)lua_pushfstring(L, "there is no option '%s'",
		    lua_tostring(L, last));
		return 2;
	}
	lua_pushcfunction(L, push_value);
	lua_pushlightuserdata(L, value);
	lua_pushinteger(L, slot);
	status = lua_pcall(L, 2, 1, 0);
	ec_config_release_value(value);
	if (status != LUA_OK)
		return lua_error(L);
	push_shown(L, last, lua_gettop(L));
	return 2;
}

static int
config(lua_State *L)
{
	const char *action = args_word(L, 1, "an action");
	int last = lua_gettop(L);

	if (strcasecmp(action, "get") != 0)
		return args_unavailable(L, lua_pushfstring(L,
		    "msys.config(\"%s\")", action),
		    "scripts can read the configuration, not change it");
	if (last < 2 || last % 2 != 0 || last > 2 + 2 * SCOPES)
		return luaL_error(L, "config: pairs of scope and name, and "
		    "an option, are wanted");
	luaL_checkstack(L, 20, NULL);
	for (int i = 2; i <= last; i++)
		(void)args_word(L, i, "a word");
	return get(L, 2, last);
}

static const struct binding rows[] = {
	{ .name = "config", .function = config,
	  .usage = "config(\"get\", [scope, name, ...] option)",
	  .returns = "the value and text, or nil and text",
	  .text = "The value of an option: text, number or boolean, a table "
	    "for lists. `msys.config(\"get\", \"binding\", \"b\", "
	    "\"domain\", \"a.test\", \"dkim\")` asks in scopes, with the "
	    "fallbacks of the option. Unset is nil, and so is an option that "
	    "does not exist; the text says which. Actions other than `get` "
	    "raise an error." },
};

const struct binding_library library_config = {
	.name = "msys",
	.text = "What is there without a name of its own.",
	.rows = rows,
	.count = sizeof(rows) / sizeof(rows[0]),
};
