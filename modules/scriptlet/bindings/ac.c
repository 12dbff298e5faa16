/*
 * ac.c: the classes accept_construct and message_construct.
 *
 * A message construct is the same connection looked at from the other side, so
 * its handle holds that of the connection, and ends with it.
 */
#include "scriptlet/bindings/args.h"
#include "scriptlet/bindings/audit.h"
#include "scriptlet/bindings/classes.h"
#include "scriptlet/bindings/sockaddr.h"
#include "scriptlet/bindings/vctx.h"
#include "scriptlet/running.h"
#include "validate_module.h"

#include <string.h>

static int
capability_add(lua_State *L)
{
	(void)running_accept(L, 1);
	return args_unavailable(L, "ac:esmtp_capability_add",
	    "the mail server in front answers EHLO");
}

static int
capability_remove(lua_State *L)
{
	(void)running_accept(L, 1);
	return args_unavailable(L, "ac:esmtp_capability_remove",
	    "the mail server in front answers EHLO");
}

static int
session_count(lua_State *L)
{
	(void)running_accept(L, 1);
	lua_settop(L, 3);
	if (!args_given(L, 2)) {
		lua_pushvalue(L, 1);
		lua_replace(L, 2);
	}
	return audit_push_sessions(L, 2, 3);
}

/* The same with its arguments the other way round. */
static int
session_count_of_service(lua_State *L)
{
	lua_settop(L, 3);
	lua_insert(L, 2);
	return session_count(L);
}

static int
get_member(lua_State *L)
{
	accept_construct *ac = running_accept(L, 1);
	const char *name = lua_tostring(L, 2);
	char id[MESSAGE_ID_TEXT];

	if (name != NULL && strcmp(name, "remote_addr") == 0)
		sockaddr_push(L, &ac->remote_addr);
	else if (name != NULL && strcmp(name, "conn_id") == 0)
		(void)lua_pushstring(L, message_id_text(&ac->conn_id, id));
	else if (name != NULL && strcmp(name, "protocol") == 0)
		lua_pushinteger(L, ac->protocol);
	else
		return 0;
	return 1;
}

static const struct binding rows[] = {
	{ .name = "esmtp_capability_add", .function = capability_add,
	  .usage = "esmtp_capability_add(name)", .returns = "",
	  .text = "Raises an error: the mail server in front of this host "
	    "tells clients what it can do." },
	{ .name = "esmtp_capability_remove", .function = capability_remove,
	  .usage = "esmtp_capability_remove(name)", .returns = "",
	  .text = "Raises an error, for the same reason." },
	{ .name = "inbound_session_count", .function = session_count,
	  .usage = "inbound_session_count([cidr [, service]])",
	  .returns = "a number",
	  .text = "As `msys.audit.inbound_session_count`." },
	{ .name = "pbp_inbound_session_count_service",
	  .function = session_count_of_service,
	  .usage = "pbp_inbound_session_count_service(service, cidr)",
	  .returns = "a number", .text = "The same." },
};

static const struct binding members[] = {
	{ .name = "remote_addr", .usage = "remote_addr",
	  .returns = "an ec_sockaddr", .text = "The client." },
	{ .name = "conn_id", .usage = "conn_id", .returns = "text",
	  .text = "What tells this connection apart." },
	{ .name = "protocol", .usage = "protocol", .returns = "a number",
	  .text = "`msys.core.P_ESMTP`.", .addition = true },
};

const struct binding_class class_accept = {
	.name = CLASS_ACCEPT,
	.text = "The connection.",
	.rows = rows,
	.count = sizeof(rows) / sizeof(rows[0]),
	.get_member = get_member,
	.members = members,
	.member_count = sizeof(members) / sizeof(members[0]),
};

const struct binding_library library_extended_ac = {
	.name = "msys.extended.ac",
	.text = "Gives connections their methods. They are always there; "
	    "scripts require this by custom.",
};

/* message_construct */

int
vctx_push_construct(lua_State *L, accept_construct *ac)
{
	if (accept_construct_get_message_construct(ac) == NULL) {
		lua_pushnil(L);
		return 1;
	}
	(void)lua_newuserdatauv(L, 0, 1);
	running_push_accept(L, ac);
	(void)lua_setiuservalue(L, -2, 1);
	luaL_setmetatable(L, CLASS_CONSTRUCT);
	return 1;
}

static message_construct *
construct_at(lua_State *L, int arg)
{
	accept_construct *ac;

	(void)luaL_checkudata(L, arg, CLASS_CONSTRUCT);
	(void)lua_getiuservalue(L, arg, 1);
	ac = running_accept(L, -1);
	lua_pop(L, 1);
	return accept_construct_get_message_construct(ac);
}

static int
get_construct_member(lua_State *L)
{
	message_construct *mc = construct_at(L, 1);
	const char *name = lua_tostring(L, 2);

	if (name == NULL)
		return 0;
	if (strcmp(name, "message") == 0)
		running_push_message(L, mc->message);
	else if (strcmp(name, "ctx") == 0)
		running_push_context(L, &mc->ctx);
	else if (strcmp(name, "ac") == 0)
		running_push_accept(L, mc->ac);
	else if (strcmp(name, "state") == 0)
		lua_pushinteger(L, mc->state);
	else if (strcmp(name, "relayable") == 0)
		lua_pushinteger(L, mc->relayable);
	else if (strcmp(name, "connection_message_count") == 0)
		lua_pushinteger(L, mc->connection_message_count);
	else if (strcmp(name, "connection_rcpt_count") == 0)
		lua_pushinteger(L, mc->connection_rcpt_count);
	else if (strcmp(name, "message_rcpt_count") == 0)
		lua_pushinteger(L, mc->message_rcpt_count);
	else if (strcmp(name, "peer_address") == 0)
		(void)lua_pushstring(L, mc->peer_address);
	else
		return 0;
	return 1;
}

static const struct binding construct_members[] = {
	{ .name = "message", .usage = "message", .returns = "a message, or nil",
	  .text = "The message at hand; nil between messages." },
	{ .name = "ctx", .usage = "ctx", .returns = "a validation context",
	  .text = "As the `vctx` that callouts are handed." },
	{ .name = "ac", .usage = "ac", .returns = "an accept construct",
	  .text = "The connection." },
	{ .name = "state", .usage = "state", .returns = "a number",
	  .text = "How far the session is: `msys.core.MC_STATE_*`." },
	{ .name = "relayable", .usage = "relayable", .returns = "1 or 0",
	  .text = "Whether the client may relay." },
	{ .name = "connection_message_count",
	  .usage = "connection_message_count", .returns = "a number",
	  .text = "Messages of this connection so far." },
	{ .name = "connection_rcpt_count", .usage = "connection_rcpt_count",
	  .returns = "a number", .text = "Its recipients so far." },
	{ .name = "message_rcpt_count", .usage = "message_rcpt_count",
	  .returns = "a number",
	  .text = "Recipients of this message so far." },
	{ .name = "peer_address", .usage = "peer_address", .returns = "text",
	  .text = "The client's address without port." },
};

const struct binding_class class_construct = {
	.name = CLASS_CONSTRUCT,
	.text = "What belongs to a connection. From "
	    "`msys.core.accept_construct_get_message_construct(ac)`.",
	.get_member = get_construct_member,
	.members = construct_members,
	.member_count = sizeof(construct_members) /
	    sizeof(construct_members[0]),
};
