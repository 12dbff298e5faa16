/*
 * audit.c: msys.audit: who is connected, and what clients did lately, as far as
 * this host sees them.
 *
 * The first interpreter of a configuration registers for what is to be
 * counted.
 */
#include "scriptlet/bindings/audit.h"

#include "scriptlet/bindings/args.h"
#include "scriptlet/bindings/audit_series.h"
#include "scriptlet/bindings/clients.h"
#include "scriptlet/bindings/utilities.h"
#include "scriptlet/scriptlet.h"
#include "scriptlet/state.h"

#include "hooks/core/log_reception_v1.h"
#include "hooks/core/log_rejection.h"
#include "hooks/core/validate_accept.h"
#include "hooks/core/validate_end.h"

#include <strings.h>

/* counting */

static int
on_accept(void *closure, accept_construct *ac, validate_context *vctx)
{
	(void)closure;
	(void)vctx;
	clients_begin(ac);
	return VALIDATE_CONT;
}

static void
on_end(void *closure, accept_construct *ac, validate_context *vctx)
{
	(void)closure;
	(void)vctx;
	clients_end(ac);
}

static void
on_reception(void *closure, accept_construct *ac, ec_message *msg,
    struct timeval *now, const char *note, int note_len)
{
	(void)closure;
	(void)msg;
	(void)now;
	(void)note;
	(void)note_len;
	clients_count(ac, CLIENT_SENT);
}

static void
on_rejection(void *closure, struct timeval *now, accept_construct *ac,
    validate_context *vctx, int phase, const char *format, va_list args)
{
	(void)closure;
	(void)now;
	(void)vctx;
	(void)phase;
	(void)format;
	(void)args;
	clients_count(ac, CLIENT_REFUSED);
}

static void
more(lua_State *L)
{
	struct scriptlet *scriptlet = state_of(L)->scriptlet;

	if (scriptlet->loaded)
		return;
	register_core_validate_accept_hook_first(on_accept, scriptlet->self);
	register_core_validate_dealloc_hook_last(on_end, scriptlet->self);
	register_core_log_reception_v1_hook_last(on_reception,
	    scriptlet->self);
	register_core_log_rejection_hook_last(on_rejection, scriptlet->self);
}

/* asking */

int
audit_push_sessions(lua_State *L, int block_arg, int service_arg)
{
	struct network_key block;

	if (args_given(L, service_arg) && strcasecmp(args_word(L, service_arg,
	    "a service"), "SMTP") != 0) {
		lua_pushinteger(L, 0);
		return 1;
	}
	network_key_at(L, block_arg, &block);
	running_charge(L, 1000);
	lua_pushinteger(L, (lua_Integer)clients_sessions(&block));
	return 1;
}

static int
inbound_session_count(lua_State *L)
{
	lua_settop(L, 2);
	return audit_push_sessions(L, 1, 2);
}

static int
push_count(lua_State *L, enum client_event event)
{
	const char *name = args_word(L, 1, "a monitor");
	struct series *series = clients_monitor(name, event);

	if (series == NULL)
		return luaL_error(L, "'%s' is no monitor, which is "
		    "\"SECONDS,WINDOWS\"; there may be %d", name,
		    CLIENTS_MONITORS);
	return audit_series_count(L, series, "cidr");
}

static int
connections(lua_State *L)
{
	return push_count(L, CLIENT_CONNECTED);
}

static int
receptions(lua_State *L)
{
	return push_count(L, CLIENT_SENT);
}

static int
rejections(lua_State *L)
{
	return push_count(L, CLIENT_REFUSED);
}

#define MONITOR "A monitor is `\"SECONDS,WINDOWS\"`, as in `\"60,1\"`; " \
	"counting begins when a script first asks for it. Options are " \
	"`startv` and `endv`, the windows to add up, and `cidr`, the address " \
	"or block, instead of the client's address."

static const struct binding rows[] = {
	{ .name = "connections", .function = connections,
	  .usage = "connections(monitor [, cidr | options])",
	  .returns = "a number",
	  .text = "How often clients connected. " MONITOR },
	{ .name = "connection", .function = connections,
	  .usage = "connection(monitor [, cidr | options])",
	  .returns = "a number",
	  .text = "The same.", .addition = true },
	{ .name = "receptions", .function = receptions,
	  .usage = "receptions(monitor [, cidr | options])",
	  .returns = "a number",
	  .text = "How many messages were accepted from them. " MONITOR },
	{ .name = "rejections", .function = rejections,
	  .usage = "rejections(monitor [, cidr | options])",
	  .returns = "a number",
	  .text = "How many commands and messages were refused. " MONITOR },
	{ .name = "inbound_session_count", .function = inbound_session_count,
	  .usage = "inbound_session_count([cidr [, service]])",
	  .returns = "a number",
	  .text = "How many sessions there are now from an address or a "
	      "block: `/32`, `/24` or `/0` of the client's address, or "
	      "`192.0.2.0/24`. Of the services this host sees `SMTP`." },
};

const struct binding_library library_audit = {
	.name = "msys.audit",
	.text = "Sessions and what clients did lately, as far as this host "
	    "sees them: of clients that the mail server refuses by itself it "
	    "knows nothing.",
	.rows = rows,
	.count = sizeof(rows) / sizeof(rows[0]),
	.more = more,
};
