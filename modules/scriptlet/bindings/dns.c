/*
 * dns.c: msys.dnsLookup.
 */
#include "scriptlet/bindings/dns.h"

#include "keys/dnsname.h"
#include "keys/master.h"

#include "scriptlet/bindings/args.h"
#include "scriptlet/bindings/shared.h"
#include "scriptlet/bindings/utilities.h"
#include "scriptlet/running.h"

#include <arpa/inet.h>
#include <stdio.h>
#include <stdlib.h>
#include <strings.h>

static const struct shared_class lookup_class = {
	.name = "DNS",
	.make = lookup_make,
	.free = lookup_free,
};

static const struct {
	const char *name;
	uint16_t type;
} types[] = {
	{ "A", MASTER_TYPE_A },
	{ "AAAA", MASTER_TYPE_AAAA },
	{ "TXT", MASTER_TYPE_TXT },
	{ "MX", MASTER_TYPE_MX },
	{ "PTR", MASTER_TYPE_PTR },
	{ "NS", MASTER_TYPE_NS },
};

/* asking */

static int
collect(lua_State *L)
{
	lookup_records_free(lua_touserdata(L, 1));
	return 0;
}

static struct lookup_records *
push_records(lua_State *L)
{
	struct lookup_records *records = lua_newuserdatauv(L,
	    sizeof(*records), 0);

	*records = (struct lookup_records){ .n = 0 };
	if (luaL_newmetatable(L, "scriptlet_dns_records") != 0) {
		lua_pushcfunction(L, collect);
		lua_setfield(L, -2, "__gc");
		lua_pushboolean(L, 0);
		lua_setfield(L, -2, "__metatable");
	}
	(void)lua_setmetatable(L, -2);
	return records;
}

const char *
dns_ask(lua_State *L, const char *name, uint16_t type, const char *server,
    struct lookup_records **records_r)
{
	struct lookup *lookup = shared_get(L, &lookup_class);
	enum lookup_outcome outcome;

	*records_r = push_records(L);
	running_charge(L, 100);
	running_wait_begins(L);
	outcome = lookup_ask(lookup, name, type, server, *records_r);
	running_wait_ends(L);
	switch (outcome) {
	case LOOKUP_FOUND:
		return NULL;
	case LOOKUP_NXDOMAIN:
		return "NXDOMAIN";
	case LOOKUP_TIMEOUT:
		return "TIMEOUT";
	case LOOKUP_FAILED:
		return "SERVFAIL";
	case LOOKUP_BOGUS:
		return "BOGUS";
	case LOOKUP_UNUSABLE:
		return lookup_why(lookup);
	case LOOKUP_NO_SERVER:
		(void)luaL_error(L, "'%s' is no address of a server", server);
		break;
	case LOOKUP_E_NOMEM:
		(void)luaL_error(L, "not enough memory");
	}
	return "SERVFAIL";
}

bool
dns_reverse(const char *address, char text_r[static DNS_REVERSE_BYTES])
{
	unsigned char octets[sizeof(struct in6_addr)];
	size_t n = 0;

	if (inet_pton(AF_INET, address, octets) == 1) {
		(void)snprintf(text_r, DNS_REVERSE_BYTES,
		    "%u.%u.%u.%u.in-addr.arpa", octets[3], octets[2],
		    octets[1], octets[0]);
		return true;
	}
	if (inet_pton(AF_INET6, address, octets) != 1)
		return false;
	for (size_t i = sizeof(octets); i-- > 0; n += 4)
		(void)snprintf(text_r + n, DNS_REVERSE_BYTES - n, "%x.%x.",
		    octets[i] & 15u, octets[i] >> 4);
	(void)snprintf(text_r + n, DNS_REVERSE_BYTES - n, "ip6.arpa");
	return true;
}

/* answers */

static void
push_name(lua_State *L, struct span wire)
{
	char text[DNSNAME_MAX_TEXT];
	struct dnsname name;

	if (dnsname_from_wire(wire, &name) == 0) {
		lua_pushliteral(L, "");
		return;
	}
	dnsname_format(&name, text);
	lua_pushstring(L, text);
}

static void
push_address(lua_State *L, struct span octets, int family)
{
	char text[INET6_ADDRSTRLEN];
	size_t n = family == AF_INET ? sizeof(struct in_addr) :
	    sizeof(struct in6_addr);

	if (octets.n != n || inet_ntop(family, octets.p, text,
	    sizeof(text)) == NULL)
		text[0] = '\0';
	lua_pushstring(L, text);
}

static unsigned
preference(struct span data)
{
	return data.n < 2 ? 0 : (unsigned)data.p[0] << 8 | data.p[1];
}

static void
push_record(lua_State *L, uint16_t type, struct span data, bool priority)
{
	switch (type) {
	case MASTER_TYPE_A:
		push_address(L, data, AF_INET);
		break;
	case MASTER_TYPE_AAAA:
		push_address(L, data, AF_INET6);
		break;
	case MASTER_TYPE_TXT:
		(void)lua_pushlstring(L, (const char *)data.p, data.n);
		break;
	case MASTER_TYPE_MX:
		if (priority) {
			lua_createtable(L, 2, 0);
			lua_pushinteger(L, preference(data));
			lua_rawseti(L, -2, 1);
		}
		push_name(L, data.n < 2 ? data : span_from(data, 2));
		if (priority)
			lua_rawseti(L, -2, 2);
		break;
	default:
		push_name(L, data);
	}
}

static int
compare_preferences(const void *left, const void *right)
{
	const struct span *a = left, *b = right;

	return (int)preference(*a) - (int)preference(*b);
}

/* A record with a lower number goes first (RFC 5321 section 5.1). */
static void
sort_by_preference(struct lookup_records *records)
{
	qsort(records->items, records->n, sizeof(*records->items),
	    compare_preferences);
}

static int
push_records_as_table(lua_State *L, struct lookup_records *records,
    uint16_t type, bool priority)
{
	if (type == MASTER_TYPE_MX && records->n > 1)
		sort_by_preference(records);
	lua_createtable(L, (int)records->n, 0);
	for (size_t i = 0; i < records->n; i++) {
		push_record(L, type, records->items[i], priority);
		lua_rawseti(L, -2, (lua_Integer)i + 1);
	}
	return 1;
}

static uint16_t
type_at(lua_State *L, int arg)
{
	const char *name = args_given(L, arg) ? args_word(L, arg,
	    "the type of a record") : "A";

	for (size_t i = 0; i < sizeof(types) / sizeof(types[0]); i++) {
		if (strcasecmp(types[i].name, name) == 0)
			return types[i].type;
	}
	(void)luaL_argerror(L, arg, lua_pushfstring(L,
	    "'%s' is no type of record: A, AAAA, TXT, MX, PTR or NS", name));
	return 0;
}

static int
dns_lookup(lua_State *L)
{
	const char *server = NULL, *name, *why;
	struct lookup_records *records;
	char reverse[DNS_REVERSE_BYTES];
	bool priority = false;
	uint16_t type;
	size_t n;

	lua_settop(L, 3);
	name = args_text(L, 1, &n);
	type = type_at(L, 2);
	if (args_given(L, 3)) {
		luaL_checktype(L, 3, LUA_TTABLE);
		(void)lua_getfield(L, 3, "priority");
		priority = args_true(L, -1);
		if (lua_getfield(L, 3, "server") != LUA_TNIL)
			server = args_word(L, lua_gettop(L), "a server");
	}
	if (strlen(name) != n) {
		lua_pushnil(L);
		lua_pushliteral(L, "NXDOMAIN"); /* no name holds a NUL */
		return 2;
	}
	if (type == MASTER_TYPE_PTR && dns_reverse(name, reverse))
		name = reverse;
	why = dns_ask(L, name, type, server, &records);
	if (why != NULL) {
		lua_pushnil(L);
		lua_pushstring(L, why);
		return 2;
	}
	return push_records_as_table(L, records, type, priority);
}

static const struct binding rows[] = {
	{ .name = "dnsLookup", .function = dns_lookup,
	  .usage = "dnsLookup(name [, type [, options]])",
	  .returns = "a table of texts; or nil, text",
	  .text = "Asks DNS for records of type `A`, which is the default, "
	      "`AAAA`, `TXT`, `MX`, `PTR` or `NS`, in any case; another type "
	      "raises an error. MX records come best first; with "
	      "`priority = true` in the options each is a table of preference "
	      "and name. PTR takes an address as well as a name. The option "
	      "`server` names another server to ask, `192.0.2.1` or "
	      "`192.0.2.1@5353`, which has no effect with `dns_zone_file`. A "
	      "name that exists without such records gives an empty table. "
	      "The texts of failures are `NXDOMAIN`, `TIMEOUT`, `SERVFAIL` "
	      "and `BOGUS`, or what is wrong with the configuration." },
};

const struct binding_library library_dns = {
	.name = "msys",
	.text = "DNS. The host's `dns_` options say where answers come from.",
	.rows = rows,
	.count = sizeof(rows) / sizeof(rows[0]),
};
