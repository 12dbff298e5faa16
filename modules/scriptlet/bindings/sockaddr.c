/*
 * sockaddr.c: the class ec_sockaddr.
 */
#include "scriptlet/bindings/sockaddr.h"

#include "scriptlet/bindings/args.h"
#include "scriptlet/bindings/classes.h"

#include <arpa/inet.h>
#include <string.h>

void
sockaddr_push(lua_State *L, const ec_sockaddr *address)
{
	ec_sockaddr *copy = lua_newuserdatauv(L, sizeof(*copy), 0);

	*copy = *address;
	luaL_setmetatable(L, CLASS_SOCKADDR);
}

ec_sockaddr *
sockaddr_check(lua_State *L, int arg)
{
	return luaL_checkudata(L, arg, CLASS_SOCKADDR);
}

static int
port_of(const ec_sockaddr *address)
{
	switch (address->sa.sa_family) {
	case AF_INET:
		return ntohs(address->sin.sin_port);
	case AF_INET6:
		return ntohs(address->sin6.sin6_port);
	default:
		return -1;
	}
}

static void
push_text(lua_State *L, const ec_sockaddr *address, int opt)
{
	ec_sockaddr copy = *address;
	char text[EC_SOCKADDR_TEXT];

	(void)sockaddr_to_string_opt(&copy.sa, text, sizeof(text), opt);
	(void)lua_pushstring(L, text);
}

void
sockaddr_push_part(lua_State *L, const ec_sockaddr *address, int arg)
{
	static const char *const parts[] = { "all", "ip", "port", NULL };

	switch (luaL_checkoption(L, arg, "all", parts)) {
	case 0:
		push_text(L, address, 0);
		break;
	case 1:
		push_text(L, address, EC_SA2S_NO_PORT);
		break;
	default:
		if (port_of(address) < 0)
			lua_pushliteral(L, "");
		else
			(void)lua_pushfstring(L, "%d", port_of(address));
		break;
	}
}

static int
to_text(lua_State *L)
{
	push_text(L, sockaddr_check(L, 1), 0);
	return 1;
}

static int
get_member(lua_State *L)
{
	const ec_sockaddr *address = sockaddr_check(L, 1);
	const char *name = lua_tostring(L, 2);

	if (name != NULL && strcmp(name, "ip") == 0) {
		push_text(L, address, EC_SA2S_NO_PORT);
		return 1;
	}
	if (name != NULL && strcmp(name, "port") == 0 &&
	    port_of(address) >= 0) {
		lua_pushinteger(L, port_of(address));
		return 1;
	}
	return 0;
}

/* Two are equal when they look the same. */
static int
equal(lua_State *L)
{
	push_text(L, sockaddr_check(L, 1), 0);
	push_text(L, sockaddr_check(L, 2), 0);
	lua_pushboolean(L, lua_rawequal(L, -1, -2));
	return 1;
}

static const struct binding members[] = {
	{ .name = "ip", .usage = "ip", .returns = "text",
	  .text = "The address without its port.", .addition = true },
	{ .name = "port", .usage = "port", .returns = "a number, or nil",
	  .text = "The port; an address that is not known has none.",
	  .addition = true },
};

const struct binding_class class_sockaddr = {
	.name = CLASS_SOCKADDR,
	.text = "The address of a client or listener. As text it is "
	    "`192.0.2.1:25`, `2001:db8::1.25`, or `unknown`.",
	.get_member = get_member,
	.members = members,
	.member_count = sizeof(members) / sizeof(members[0]),
	.to_text = to_text,
};

void
sockaddr_prepare(lua_State *L)
{
	(void)luaL_newmetatable(L, CLASS_SOCKADDR);
	lua_pushcfunction(L, args_concat);
	lua_setfield(L, -2, "__concat");
	lua_pushcfunction(L, equal);
	lua_setfield(L, -2, "__eq");
	lua_pop(L, 1);
}
