/*
 * absent.c: libraries that scripts may name, and that this host does not have:
 * other channels than mail that comes in, other ways of delivery, scanners of
 * other makers.
 *
 * Requiring one is no error, as scripts require more than they use; calling
 * one of its functions is, whatever its name.
 */
#include "scriptlet/bindings/args.h"
#include "scriptlet/bindings/utilities.h"

/* The name of the function is the upvalue. */
static int
refuse(lua_State *L)
{
	return args_unavailable(L, lua_tostring(L, lua_upvalueindex(1)),
	    lua_tostring(L, lua_upvalueindex(2)));
}

/* __index: any field is a function that refuses. */
static int
get_any(lua_State *L)
{
	(void)lua_getfield(L, lua_upvalueindex(1), "_NAME");
	if (lua_type(L, 2) != LUA_TSTRING || lua_isnil(L, -1))
		return 0;
	lua_pushfstring(L, "%s.%s", lua_tostring(L, -1), lua_tostring(L, 2));
	lua_pushvalue(L, lua_upvalueindex(2));
	lua_pushcclosure(L, refuse, 2);
	return 1;
}

/* Make the table on top of the stack one that refuses. */
static void
make_absent(lua_State *L, const char *name, const char *why)
{
	lua_pushstring(L, name);
	lua_setfield(L, -2, "_NAME");
	lua_createtable(L, 0, 1);
	lua_pushvalue(L, -2);
	lua_pushstring(L, why);
	lua_pushcclosure(L, get_any, 2);
	lua_setfield(L, -2, "__index");
	(void)lua_setmetatable(L, -2);
}

#define DELIVERY "it is the mail server in front of this host that delivers"
#define CHANNEL "this host has mail only"
#define NETWORK "scripts make no connections of their own"
#define SCANNER "scanners are milters of their own beside this host"
#define TIMER "scripts run for messages, and not between them"
#define DEPRECATED "its functions are methods of messages and contexts"
#define ARGV "the words of a command are in cc.argv"
#define OTHER_MODULE "this host does not have the module behind it"
#define COUNTERS "msys.audit_series counts"

#define ABSENT(id, title, why)                                                \
	static void id##_more(lua_State *L)                                   \
	{                                                                     \
		make_absent(L, (title), (why));                               \
	}                                                                     \
	static const struct binding_library id = {                            \
		.name = (title),                                              \
		.text = "Not available: " why ". Calling any of its "         \
		    "functions raises an error.",                             \
		.more = id##_more,                                            \
	};

ABSENT(absent_adaptive, "msys.adaptive", DELIVERY)
ABSENT(absent_apn, "msys.apn", CHANNEL)
ABSENT(absent_av, "msys.av", SCANNER)
ABSENT(absent_bounce, "msys.bounce", DELIVERY)
ABSENT(absent_brightmail, "msys.brightmail", SCANNER)
ABSENT(absent_cloudmark, "msys.cloudmark", SCANNER)
ABSENT(absent_commtouch, "msys.commtouch", SCANNER)
ABSENT(absent_counter, "msys.counter", COUNTERS)
ABSENT(absent_curl, "curl", NETWORK)
ABSENT(absent_delivery, "msys.delivery", DELIVERY)
ABSENT(absent_expurgate, "msys.expurgate", SCANNER)
ABSENT(absent_gauge_cache, "msys.gauge_cache", COUNTERS)
ABSENT(absent_gcm, "msys.gcm", CHANNEL)
ABSENT(absent_getopt, "msys.getopt", ARGV)
ABSENT(absent_http, "msys.http.client", NETWORK)
ABSENT(absent_http_lua, "msys.http_lua", NETWORK)
ABSENT(absent_httpclnt, "msys.httpclnt", NETWORK)
ABSENT(absent_httpsrv, "msys.httpsrv", NETWORK)
ABSENT(absent_policyeditor, "msys.policyeditor", DEPRECATED)
ABSENT(absent_rfc3464, "msys.rfc3464", DELIVERY)
ABSENT(absent_smpp, "msys.smpp", CHANNEL)
ABSENT(absent_snmp, "msys.snmp", OTHER_MODULE)
ABSENT(absent_symantec, "msys.symantec", SCANNER)
ABSENT(absent_timer, "msys.timer", TIMER)
ABSENT(absent_tls, "msys.tls", DELIVERY)
ABSENT(absent_arc, "msys.validate.openarc", OTHER_MODULE)
ABSENT(absent_dkim2, "msys.validate.dkim2", OTHER_MODULE)
ABSENT(absent_xml, "xml", OTHER_MODULE)

const struct binding_library *const absent_libraries[] = {
	&absent_adaptive,
	&absent_apn,
	&absent_arc,
	&absent_av,
	&absent_bounce,
	&absent_brightmail,
	&absent_cloudmark,
	&absent_commtouch,
	&absent_counter,
	&absent_curl,
	&absent_delivery,
	&absent_dkim2,
	&absent_expurgate,
	&absent_gauge_cache,
	&absent_gcm,
	&absent_getopt,
	&absent_http,
	&absent_http_lua,
	&absent_httpclnt,
	&absent_httpsrv,
	&absent_policyeditor,
	&absent_rfc3464,
	&absent_smpp,
	&absent_snmp,
	&absent_symantec,
	&absent_timer,
	&absent_tls,
	&absent_xml,
	NULL,
};
