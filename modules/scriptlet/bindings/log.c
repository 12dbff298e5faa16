/*
 * log.c: msys.log.
 */
#include "scriptlet/bindings/args.h"
#include "scriptlet/bindings/utilities.h"
#include "scriptlet/running.h"

#include "debug_tools.h"
#include "module.h"

#include <strings.h>

#define TEXT_MAX 16384 /* octets of a line */

/* As syslog numbers them, which scripts know as msys.core.LOG_ and the name. */
static const struct {
	const char *name;
	int number, level;
} levels[] = {
	{ "EMERG", 0, DCRITICAL },
	{ "ALERT", 1, DCRITICAL },
	{ "CRIT", 2, DCRITICAL },
	{ "CRITICAL", 2, DCRITICAL },
	{ "ERR", 3, DERROR },
	{ "ERROR", 3, DERROR },
	{ "WARNING", 4, DWARNING },
	{ "NOTICE", 5, DNOTICE },
	{ "INFO", 6, DINFO },
	{ "DEBUG", 7, DDEBUG },
};

static int
level_at(lua_State *L, int arg)
{
	bool is_number = lua_type(L, arg) == LUA_TNUMBER;
	lua_Integer number = is_number ? luaL_checkinteger(L, arg) : -1;
	const char *name = is_number ? "" : luaL_checkstring(L, arg);

	for (size_t i = 0; i < sizeof(levels) / sizeof(levels[0]); i++) {
		if (levels[i].number == number ||
		    strcasecmp(levels[i].name, name) == 0)
			return levels[i].level;
	}
	return luaL_argerror(L, arg, "this is no level of a log");
}

static int
write_log(lua_State *L)
{
	const struct running *running = running_of(L);
	int level = level_at(L, 1);
	size_t n;
	const char *text = args_text(L, 2, &n);

	running_charge(L, n);
	ec_mod_debug(running->self, level, "%s%s%.*s",
	    running->module != NULL ? running->module : "",
	    running->module != NULL ? ": " : "",
	    (int)(n < TEXT_MAX ? n : TEXT_MAX), text);
	return 0;
}

static const struct binding rows[] = {
	{ .name = "log", .function = write_log,
	  .usage = "log(level, text)", .returns = "",
	  .text = "Writes a line to the paniclog. The level is a number as in "
	      "`msys.core.LOG_WARNING`, or its name: `EMERG`, `ALERT`, "
	      "`CRIT`, `ERR`, `WARNING`, `NOTICE`, `INFO` or `DEBUG`. The "
	      "module's option `debug_level` says which are written: errors "
	      "and worse, unless configured." },
};

const struct binding_library library_log = {
	.name = "msys",
	.text = "The log.",
	.rows = rows,
	.count = sizeof(rows) / sizeof(rows[0]),
};
