/*
 * core.c: msys.core: the names of numbers, and functions under the names that
 * they have in C.
 */
#include "ec_config.h"
#include "ec_thread_pool.h"
#include "hooks/core/final_validation.h"
#include "scriptlet/bindings/args.h"
#include "scriptlet/bindings/classes.h"
#include "scriptlet/bindings/ec_string.h"
#include "scriptlet/bindings/message.h"
#include "scriptlet/bindings/sockaddr.h"
#include "scriptlet/bindings/transfer.h"
#include "scriptlet/bindings/vctx.h"
#include "scriptlet/running.h"
#include "validate_module.h"

#include <fcntl.h>
#include <syslog.h>
#include <time.h>

#define COPY_STEPS 20000 /* of the budget, for a message of one's own */

struct constant {
	const char *name;
	int value;
};

#define CONSTANT(name_) { #name_, name_ }

static const struct constant constants[] = {
	CONSTANT(VALIDATE_CONT), CONSTANT(VALIDATE_DONE),
	CONSTANT(VALIDATE_AGAIN),
	CONSTANT(EC_HOOK_CONT), CONSTANT(EC_HOOK_DONE),
	CONSTANT(EC_HOOK_RETRY),
	CONSTANT(VCTX_CONN), CONSTANT(VCTX_MESS),
	CONSTANT(ECMESS_CTX_CONN), CONSTANT(ECMESS_CTX_MESS),
	CONSTANT(EC_MSG_ENV_FROM), CONSTANT(EC_MSG_ENV_TO),
	CONSTANT(EC_MSG_ENV_COMPLETE),
	CONSTANT(EC_AUTH_OK), CONSTANT(EC_AUTH_FAIL), CONSTANT(EC_AUTH_ERROR),
	CONSTANT(P_INTERNAL), CONSTANT(P_ESMTP),
	CONSTANT(ECTP_COMPLETE_NONE), CONSTANT(ECTP_COMPLETE_CALLBACK),
	CONSTANT(ECTP_COMPLETE_CALLBACK_SCHED),
	CONSTANT(AF_INET), CONSTANT(AF_INET6), CONSTANT(AF_UNIX),
	CONSTANT(AF_UNSPEC),
	CONSTANT(O_RDONLY), CONSTANT(O_WRONLY), CONSTANT(O_RDWR),
	{ "O_RDRW", O_RDWR }, /* as the manual spells it */
	{ "O_BINARY", 0 },
	CONSTANT(O_CREAT), CONSTANT(O_APPEND), CONSTANT(O_TRUNC),
	CONSTANT(O_EXCL),
	CONSTANT(LOG_EMERG), CONSTANT(LOG_ALERT), CONSTANT(LOG_CRIT),
	CONSTANT(LOG_ERR), CONSTANT(LOG_WARNING), CONSTANT(LOG_NOTICE),
	CONSTANT(LOG_INFO), CONSTANT(LOG_DEBUG),
	{ "EC_MIME_TE_7BIT", TRANSFER_7BIT },
	{ "EC_MIME_TE_8BIT", TRANSFER_8BIT },
	{ "EC_MIME_TE_QUOTED_PRINTABLE", TRANSFER_QUOTED_PRINTABLE },
	{ "EC_MIME_TE_BASE64", TRANSFER_BASE64 },
	{ "EC_MIME_TE_BINARY", TRANSFER_BINARY },
	CONSTANT(MC_STATE_START), CONSTANT(MC_STATE_EHLO),
	CONSTANT(MC_STATE_MAILFROM), CONSTANT(MC_STATE_RCPTTO),
	CONSTANT(MC_STATE_DATA), CONSTANT(MC_STATE_BODY),
	CONSTANT(MC_STATE_BODY_RESPONSE),
	CONSTANT(MC_STATE_ASYNC_BODY_RESPONSE), CONSTANT(MC_STATE_OK),
};

static int
string_new(lua_State *L)
{
	ec_string_push(L, "", 0);
	return 1;
}

/* Pushing the handle may run out of memory, and the message is not to leak
 * then. */
static int
push_message(lua_State *L)
{
	running_push_message(L, lua_touserdata(L, 1));
	return 1;
}

static int
give_message(lua_State *L, ec_message *msg)
{
	int status;

	if (msg == NULL)
		return luaL_error(L, "no room for another message");
	lua_pushcfunction(L, push_message);
	lua_pushlightuserdata(L, msg);
	status = lua_pcall(L, 1, 1, 0);
	ec_message_free(msg);
	return status == LUA_OK ? 1 : lua_error(L);
}

static int
message_new(lua_State *L)
{
	struct timeval now = { 0 };

	running_charge(L, COPY_STEPS);
	if (!args_given(L, 1))
		return give_message(L, ec_message_new(NULL));
	now.tv_sec = args_number(L, 1, "a time");
	return give_message(L, ec_message_new(&now));
}

/* The collector sees a handle, not what it costs. */
int
core_message_copy(lua_State *L)
{
	ec_message *msg = running_message(L, 1);

	running_charge(L, COPY_STEPS + ec_message_get_message_size(msg));
	return give_message(L, ec_message_copy(msg));
}

static int
get_now_ts(lua_State *L)
{
	lua_pushinteger(L, (lua_Integer)time(NULL));
	return 1;
}

static int
binding_id(lua_State *L)
{
	lua_pushinteger(L, config_get_binding_id_from_name(args_word(L, 1,
	    "the name of a binding")));
	return 1;
}

static int
binding_name(lua_State *L)
{
	(void)lua_pushstring(L, config_get_binding_name_from_id(
	    args_number(L, 1, "the number of a binding")));
	return 1;
}

static int
binding_group_size(lua_State *L)
{
	lua_pushinteger(L, config_get_binding_group_size(args_word(L, 1,
	    "the name of a group")));
	return 1;
}

static int
sockaddr_family(lua_State *L)
{
	lua_pushinteger(L, ec_sockaddr_family(sockaddr_check(L, 1)));
	return 1;
}

static int
get_hostname(lua_State *L)
{
	(void)lua_pushstring(L, config_get_hostname(NULL));
	return 1;
}

static int
delay_domain(lua_State *L)
{
	return args_unavailable(L, "msys.core.mail_queue_delay_domain",
	    "the mail server in front has the queues");
}

static int
get_domain(lua_State *L)
{
	return args_unavailable(L, "msys.core.dns_get_domain",
	    "the mail server in front has the queues; look names up with "
	    "msys.dnsLookup");
}

static int
get_construct(lua_State *L)
{
	return vctx_push_construct(L, running_accept(L, 1));
}

static const struct binding rows[] = {
	{ .name = "string_new", .function = string_new,
	  .usage = "string_new()", .returns = "an ec_string",
	  .text = "A new empty text for functions that write to one, such as "
	    "`msg:get_envelope2`." },
	{ .name = "ec_message_new", .function = message_new,
	  .usage = "ec_message_new([time])", .returns = "a message",
	  .text = "A new empty message, made by hand: `msg:build` fills it. "
	    "It is not sent anywhere." },
	{ .name = "ec_message_copy", .function = core_message_copy,
	  .usage = "ec_message_copy(msg)", .returns = "a message",
	  .text = "As `msg:copy()`.", .addition = true },
	{ .name = "accept_construct_get_message_construct",
	  .function = get_construct,
	  .usage = "accept_construct_get_message_construct(ac)",
	  .returns = "a message construct",
	  .text = "What belongs to the connection: its `message` and its "
	    "validation context, `ctx`. In phases that are not handed the "
	    "message this is how to get at it." },
	{ .name = "get_now_ts", .function = get_now_ts,
	  .usage = "get_now_ts()", .returns = "a number",
	  .text = "The time, in seconds since 1970 UTC." },
	{ .name = "config_get_binding_id_from_name", .function = binding_id,
	  .usage = "config_get_binding_id_from_name(name)",
	  .returns = "a number from 0, or -1",
	  .text = "The number of a binding that the configuration has; -1 "
	    "when it has none of that name. 0 is `default`." },
	{ .name = "config_get_binding_name_from_id", .function = binding_name,
	  .usage = "config_get_binding_name_from_id(number)",
	  .returns = "text, or nil",
	  .text = "The name of the binding with that number." },
	{ .name = "config_get_binding_group_size",
	  .function = binding_group_size,
	  .usage = "config_get_binding_group_size(name)",
	  .returns = "a number",
	  .text = "How many bindings a group of the configuration has; 0 "
	    "when there is none of that name." },
	{ .name = "config_get_hostname", .function = get_hostname,
	  .usage = "config_get_hostname()", .returns = "text",
	  .text = "The option `hostname`, else the name of the machine.",
	  .addition = true },
	{ .name = "ec_sockaddr_family", .function = sockaddr_family,
	  .usage = "ec_sockaddr_family(address)", .returns = "a number",
	  .text = "`AF_INET`, `AF_INET6`, or what else an address is of: "
	    "`AF_UNSPEC` when it is not known." },
	{ .name = "ec_message_context_get", .function = message_context_get,
	  .usage = "ec_message_context_get(msg, type, key)",
	  .returns = "text", .text = "As `msg:context_get(type, key)`." },
	{ .name = "ec_message_context_set", .function = message_context_set,
	  .usage = "ec_message_context_set(msg, type, key, value)",
	  .returns = "1 or 0",
	  .text = "As `msg:context_set(type, key, value)`." },
	{ .name = "ec_message_context_exists",
	  .function = message_context_exists,
	  .usage = "ec_message_context_exists(msg, type, key)",
	  .returns = "1 or 0",
	  .text = "As `msg:context_exists(type, key)`." },
	{ .name = "ec_message_context_exists_and_get",
	  .function = message_context_exists_and_get,
	  .usage = "ec_message_context_exists_and_get(msg, type, key)",
	  .returns = "1 and text, or 0 and nil",
	  .text = "As `msg:context_exists_and_get(type, key)`." },
	{ .name = "ec_message_context_delete",
	  .function = message_context_delete,
	  .usage = "ec_message_context_delete(msg, type, key)",
	  .returns = "1 or 0",
	  .text = "As `msg:context_delete(type, key)`." },
	{ .name = "validate_context_get", .function = vctx_get,
	  .usage = "validate_context_get(vctx, type, key)",
	  .returns = "text", .text = "As `vctx:get(type, key)`." },
	{ .name = "validate_context_set", .function = vctx_set,
	  .usage = "validate_context_set(vctx, type, key, value)",
	  .returns = "", .text = "As `vctx:set(type, key, value)`." },
	{ .name = "validate_context_exists", .function = vctx_exists,
	  .usage = "validate_context_exists(vctx, type, key)",
	  .returns = "1 or 0", .text = "As `vctx:exists(type, key)`." },
	{ .name = "validate_context_set_code", .function = vctx_set_code,
	  .usage = "validate_context_set_code(vctx, code, text)",
	  .returns = "1", .text = "As `vctx:set_code(code, text)`." },
	{ .name = "dns_get_domain", .function = get_domain,
	  .usage = "dns_get_domain(domain)", .returns = "",
	  .text = "Raises an error: this host delivers nothing, so it keeps "
	    "no record of domains." },
	{ .name = "mail_queue_delay_domain", .function = delay_domain,
	  .usage = "mail_queue_delay_domain(record, note)", .returns = "",
	  .text = "Raises an error, for the same reason." },
};

static void
more(lua_State *L)
{
	for (size_t i = 0; i < sizeof(constants) / sizeof(constants[0]); i++) {
		lua_pushinteger(L, constants[i].value);
		lua_setfield(L, -2, constants[i].name);
	}
	ec_string_prepare(L);
	sockaddr_prepare(L);
}

const struct binding_library library_core = {
	.name = "msys.core",
	.text = "Constants, and functions that other things are made with. "
	    "The constants are those of the C interface: `VALIDATE_CONT`, "
	    "`VALIDATE_DONE`, `VALIDATE_AGAIN`; `EC_HOOK_CONT`, "
	    "`EC_HOOK_DONE`, `EC_HOOK_RETRY`; `VCTX_CONN`, `VCTX_MESS` and "
	    "the equal `ECMESS_CTX_CONN`, `ECMESS_CTX_MESS`; "
	    "`EC_MSG_ENV_FROM`, `EC_MSG_ENV_TO`, `EC_MSG_ENV_COMPLETE`; "
	    "`EC_AUTH_OK`, `EC_AUTH_FAIL`, `EC_AUTH_ERROR`; `P_INTERNAL`, "
	    "`P_ESMTP`; `ECTP_COMPLETE_*`; `AF_*`; `O_*` of open(2); `LOG_*` "
	    "of syslog(3); `EC_MIME_TE_*`; `MC_STATE_*`.",
	.rows = rows,
	.count = sizeof(rows) / sizeof(rows[0]),
	.more = more,
};
