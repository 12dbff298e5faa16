/*
 * pbp.c: msys.pbp: what the published default policy calls.
 *
 * Nobody documents these; they do what that policy relies on.
 */
#include "scriptlet/bindings/args.h"
#include "scriptlet/bindings/dns.h"
#include "scriptlet/bindings/network_key.h"
#include "scriptlet/bindings/utilities.h"
#include "scriptlet/running.h"

#include "keys/dnsname.h"
#include "keys/master.h"

#include "validate.h"

#include <math.h>
#include <netinet/in.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define KEY_BYTES 256
#define NAMES 10 /* of one address; more are no help (RFC 7208 section 4.6.4) */

static int
size_in_bytes(lua_State *L)
{
	const char *text = args_word(L, 1, "a size");
	char *end;
	double size = strtod(text, &end);

	switch (*end) {
	case 'g':
	case 'G':
		size *= 1024;
		/* fall through */
	case 'm':
	case 'M':
		size *= 1024;
		/* fall through */
	case 'k':
	case 'K':
		size *= 1024;
		break;
	default:
		break;
	}
	luaL_argcheck(L, end != text && size >= 0 && size < 9e15, 1,
	    "a size is a number with k, m or g");
	lua_pushinteger(L, (lua_Integer)floor(size));
	return 1;
}

/* whitelists */

static void
format_key(lua_State *L, const char *name, char key[KEY_BYTES])
{
	if (snprintf(key, KEY_BYTES, "dp_whitelist_%s", name) >= KEY_BYTES)
		(void)luaL_error(L, "the name of a whitelist is too long");
}

static bool
is_listed(lua_State *L, validate_context *vctx, const char *name)
{
	char key[KEY_BYTES];

	format_key(L, name, key);
	return strcmp(validate_context_get(vctx, VCTX_CONN, key), "true") ==
	    0 || strcmp(validate_context_get(vctx, VCTX_MESS, key), "true") ==
	    0;
}

static int
set_whitelist(lua_State *L)
{
	validate_context *vctx = running_context(L, 1);
	int which = args_number(L, 2, "the type of a context");
	char key[KEY_BYTES];

	luaL_argcheck(L, which == VCTX_CONN || which == VCTX_MESS, 2,
	    "the type of a context is VCTX_CONN or VCTX_MESS");
	format_key(L, args_word(L, 3, "a name"), key);
	validate_context_set(vctx, which, key, args_true(L, 4) ? "true" :
	    "false");
	return 0;
}

static int
check_whitelist(lua_State *L)
{
	validate_context *vctx = running_context(L, 1);
	bool listed = false;

	lua_settop(L, 2);
	/* a policy's configuration holds the names under this key */
	if (lua_istable(L, 2) &&
	    lua_getfield(L, 2, "honor_whitelist") != LUA_TNIL)
		lua_replace(L, 2);
	if (lua_type(L, 2) == LUA_TSTRING)
		listed = is_listed(L, vctx, lua_tostring(L, 2));
	for (lua_Integer i = 1; !listed && lua_istable(L, 2); i++) {
		if (lua_geti(L, 2, i) != LUA_TSTRING)
			break;
		listed = is_listed(L, vctx, lua_tostring(L, -1));
		lua_pop(L, 1);
	}
	lua_pushboolean(L, listed);
	return 1;
}

/* forward-confirmed reverse DNS */

static bool
has_address(const struct lookup_records *records,
    const struct network_key *key, size_t octets)
{
	for (size_t i = 0; i < records->n; i++) {
		if (records->items[i].n == octets &&
		    memcmp(records->items[i].p, key->octets, octets) == 0)
			return true;
	}
	return false;
}

/* Do any of the names lead back to the address?  *why_r: of the last one that
 * failed. */
static bool
leads_back(lua_State *L, const struct lookup_records *names,
    const struct network_key *key, const char **why_r)
{
	bool is_v4 = key->family == AF_INET, found = false;
	struct lookup_records *addresses;
	char text[DNSNAME_MAX_TEXT];
	struct dnsname name;
	const char *why;

	for (size_t i = 0; i < names->n && i < NAMES && !found; i++) {
		if (dnsname_from_wire(names->items[i], &name) == 0)
			continue;
		dnsname_format(&name, text);
		why = dns_ask(L, text, is_v4 ? MASTER_TYPE_A :
		    MASTER_TYPE_AAAA, NULL, &addresses);
		if (why != NULL)
			*why_r = why;
		else
			found = has_address(addresses, key, is_v4 ? 4 : 16);
		lookup_records_free(addresses);
		lua_pop(L, 1);
	}
	return found;
}

static int
fcdns_check(lua_State *L)
{
	validate_context *vctx = running_context(L, 2);
	const char *reverse_why, *forward_why = NULL;
	char address[NETWORK_KEY_TEXT], reverse[DNS_REVERSE_BYTES];
	char text[DNSNAME_MAX_TEXT] = "";
	struct lookup_records *names;
	struct network_key key;
	struct dnsname name;
	bool good = false;

	lua_settop(L, 2);
	network_key_at(L, 1, &key);
	network_key_format(&key, address);
	(void)dns_reverse(address, reverse);
	reverse_why = dns_ask(L, reverse, MASTER_TYPE_PTR, NULL, &names);
	if (reverse_why == NULL && names->n > 0 &&
	    dnsname_from_wire(names->items[0], &name) != 0)
		dnsname_format(&name, text);
	if (reverse_why == NULL)
		good = leads_back(L, names, &key, &forward_why);
	validate_context_set(vctx, VCTX_CONN, "reverse_dns", text);
	validate_context_set(vctx, VCTX_CONN, "fcdns_status", good ? "true" :
	    "false");
	lua_pushboolean(L, good);
	lua_pushstring(L, reverse_why);
	lua_pushstring(L, good ? NULL : forward_why);
	return 3;
}

static const struct binding rows[] = {
	{ .name = "check_whitelist", .function = check_whitelist,
	  .usage = "check_whitelist(vctx, names)",
	  .returns = "whether the connection or the message is on one of the "
	      "lists",
	  .text = "`names` is a name, a table of names, or a table with such a "
	      "one at `honor_whitelist`." },
	{ .name = "set_whitelist", .function = set_whitelist,
	  .usage = "set_whitelist(vctx, type, name, on)", .returns = "",
	  .text = "Puts the connection (`msys.core.VCTX_CONN`) or the message "
	      "(`VCTX_MESS`) on a list, or takes it off: the variable "
	      "`dp_whitelist_NAME`." },
	{ .name = "fcdns_check", .function = fcdns_check,
	  .usage = "fcdns_check(ac, vctx)",
	  .returns = "whether a name of the client's address leads back to it; "
	      "the error of asking for names, of asking for addresses",
	  .text = "Sets the variables `reverse_dns`, the first name, and "
	      "`fcdns_status`, `true` or `false`, of the connection." },
	{ .name = "size_in_bytes", .function = size_in_bytes,
	  .usage = "size_in_bytes(text)", .returns = "a number",
	  .text = "The number that a text such as `30m` stands for." },
};

const struct binding_library library_pbp = {
	.name = "msys.pbp",
	.text = "Helpers of the published default policy.",
	.rows = rows,
	.count = sizeof(rows) / sizeof(rows[0]),
};
