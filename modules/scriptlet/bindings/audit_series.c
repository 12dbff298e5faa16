/*
 * audit_series.c: msys.audit_series.
 */
#include "scriptlet/bindings/audit_series.h"

#include "scriptlet/bindings/args.h"
#include "scriptlet/bindings/network_key.h"
#include "scriptlet/bindings/series.h"
#include "scriptlet/bindings/utilities.h"
#include "scriptlet/running.h"

#include <math.h>
#include <netinet/in.h>

#define STEPS_ALL 20000 /* of the budget, to look at all keys */

struct key {
	struct span text; /* of a string, or the octets of an address */
	struct network_key network;
	bool is_block; /* with fewer bits than an address has */
};

static struct series *
series_at(lua_State *L)
{
	const char *name = args_word(L, 1, "a name");
	struct series *series = series_find(name);

	if (series == NULL)
		(void)luaL_error(L, "there is no series '%s'", name);
	return series;
}

static int
define(lua_State *L)
{
	static const char *const types[] = { "cidr", "cidr_ipv6", "string",
		NULL };
	const char *name = args_word(L, 1, "a name");
	int type = luaL_checkoption(L, 2, NULL, types);
	int interval = args_number(L, 3, "an interval");
	int windows = args_number(L, 4, "a number of windows");

	luaL_argcheck(L, interval > 0, 3, "an interval has some seconds");
	luaL_argcheck(L, windows > 0 && windows <= SERIES_WINDOWS, 4,
	    "there are 1 to 1024 windows");
	if (args_given(L, 5))
		luaL_checktype(L, 5, LUA_TTABLE);
	if (series_define(name, (enum series_type)type, (unsigned)interval,
	    (unsigned)windows) == NULL)
		return luaL_error(L, "there are too many series");
	lua_pushboolean(L, 1);
	return 1;
}

/* The key is argument `arg`, which is nil for the client. */
static void
take_key(lua_State *L, int arg, struct series *series, struct key *key_r)
{
	size_t n;
	const char *text;
	int family = series_type(series) == SERIES_CIDR_IPV6 ? AF_INET6 :
	    AF_INET;

	*key_r = (struct key){ .is_block = false };
	if (series_type(series) == SERIES_STRING) {
		luaL_argcheck(L, args_given(L, arg), arg,
		    "a series of strings wants a key");
		text = args_text(L, arg, &n);
		luaL_argcheck(L, n <= SERIES_KEY_BYTES, arg,
		    "the key is too long");
		key_r->text = span_of(text, n);
		return;
	}
	network_key_at(L, arg, &key_r->network);
	key_r->text = span_of(key_r->network.octets,
	    key_r->network.family == AF_INET ? 4 : 16);
	key_r->is_block = key_r->network.bits < 8 * key_r->text.n;
	/* a series has one family: nothing of the other is in it */
	if (series_type(series) != SERIES_CLIENTS &&
	    key_r->network.family != family)
		key_r->text = SPAN("");
}

/* Options or a key alone: leaves the key at 2 and the options, if any, at 3. */
static void
take_options(lua_State *L, const char *key)
{
	lua_settop(L, 2);
	if (!lua_istable(L, 2)) {
		lua_pushnil(L);
		return;
	}
	(void)lua_getfield(L, 2, key);
	lua_insert(L, 2);
}

static lua_Number
number_option(lua_State *L, const char *field, lua_Number if_unset)
{
	lua_Number number = if_unset;
	int isnum = 1;

	if (!lua_istable(L, 3))
		return if_unset;
	if (lua_getfield(L, 3, field) != LUA_TNIL)
		number = lua_tonumberx(L, -1, &isnum);
	if (isnum == 0)
		(void)luaL_error(L, "the option %s is a number", field);
	lua_pop(L, 1);
	return number;
}

static unsigned
window_option(lua_State *L, const char *field)
{
	lua_Number number = number_option(L, field, 0);

	return number > 0 && number <= SERIES_WINDOWS ? (unsigned)number : 0;
}

static int
add(lua_State *L)
{
	struct series *series = series_at(L);
	struct key key;
	lua_Number count;

	take_options(L, "key");
	count = number_option(L, "count", 1);
	take_key(L, 2, series, &key);
	running_charge(L, 10);
	if (key.text.n > 0 || series_type(series) == SERIES_STRING)
		series_add(series, key.text, count);
	return 0;
}

static bool
is_within(const void *closure, struct span text)
{
	const struct network_key *block = closure;
	struct network_key key = { .family = block->family,
		.bits = (unsigned)text.n * 8 };

	if (text.n != (block->family == AF_INET ? 4u : 16u))
		return false;
	memcpy(key.octets, text.p, text.n);
	return network_key_within(&key, block);
}

int
audit_series_count(lua_State *L, struct series *series, const char *field)
{
	struct key key;
	unsigned from, to;
	lua_Number total = 0;

	take_options(L, field);
	from = window_option(L, "startv");
	to = window_option(L, "endv");
	take_key(L, 2, series, &key);
	running_charge(L, key.is_block ? STEPS_ALL : 10);
	if (key.text.n > 0 || series_type(series) == SERIES_STRING)
		total = series_count(series, key.text,
		    key.is_block ? is_within : NULL, &key.network, from,
		    to < from ? from : to);
	if (total == floor(total) && fabs(total) < 9e15)
		lua_pushinteger(L, (lua_Integer)total);
	else
		lua_pushnumber(L, total);
	return 1;
}

static int
count(lua_State *L)
{
	return audit_series_count(L, series_at(L), "key");
}

static int
remove_item(lua_State *L)
{
	struct series *series = series_at(L);
	struct key key;

	lua_settop(L, 2);
	take_key(L, 2, series, &key);
	series_remove(series, key.text);
	return 0;
}

#define KEY "A key is a text for a series of strings; for the others an " \
	"address, or the connection, whose client is meant if there is none. "

static const struct binding rows[] = {
	{ .name = "define", .function = define,
	  .usage = "define(name, type, interval, windows [, options])",
	  .returns = "true",
	  .text = "Begins a series of counters, in `init`: `windows` of so "
	      "many seconds each. The type is `cidr`, `cidr_ipv6` or "
	      "`string`. The options `persist`, `replicate` and `serialize` "
	      "have no effect: counts are kept while the process runs, across "
	      "reloads." },
	{ .name = "add", .function = add,
	  .usage = "add(name [, key | { key =, count = }])",
	  .returns = "",
	  .text = KEY "Adds to the present window, 1 unless `count` says "
	      "otherwise. A series has 100000 keys at most; new ones are not "
	      "counted until old ones have passed." },
	{ .name = "count", .function = count,
	  .usage = "count(name [, key | { key =, startv =, endv = }])",
	  .returns = "a number",
	  .text = KEY "The sum of the windows from `startv` to `endv`, 0 being "
	      "the present one and the default. With a block such as "
	      "`192.0.2.0/24`, or `/24` for that of the client, the sum over "
	      "all addresses in it." },
	{ .name = "remove_item", .function = remove_item,
	  .usage = "remove_item(name [, key])", .returns = "",
	  .text = KEY "Forgets a key." },
};

const struct binding_library library_audit_series = {
	.name = "msys.audit_series",
	.text = "Counters in windows of time, for limits of rates.",
	.rows = rows,
	.count = sizeof(rows) / sizeof(rows[0]),
};
