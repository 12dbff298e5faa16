/*
 * shims.c: globals that published scripts expect, though nobody documents
 * them.
 */
#include "module.h"
#include "scriptlet/bindings/args.h"
#include "scriptlet/bindings/classes.h"
#include "scriptlet/running.h"

#include <string.h>

static int
trim(lua_State *L)
{
	size_t n, start = 0;
	const char *text = args_text(L, 1, &n);

	while (start < n && strchr(" \t\r\n\f\v", text[start]) != NULL &&
	    text[start] != '\0')
		start++;
	while (n > start && strchr(" \t\r\n\f\v", text[n - 1]) != NULL &&
	    text[n - 1] != '\0')
		n--;
	(void)lua_pushlstring(L, text + start, n - start);
	return 1;
}

static int
output(lua_State *L)
{
	int count = lua_gettop(L);

	luaL_checkstack(L, 2 * count + 1, NULL);
	for (int i = 1; i <= count; i++) {
		(void)lua_pushstring(L, i > 1 ? "\t" : "");
		(void)luaL_tolstring(L, i, NULL);
	}
	lua_concat(L, 2 * count);
	ec_mod_print(running_of(L)->self, "%s", lua_tostring(L, -1));
	return 0;
}

static const struct binding rows[] = {
	{ .name = "trim", .function = trim, .usage = "trim(text)",
	  .returns = "text",
	  .text = "The text without white space at its ends.",
	  .addition = true },
};

static const struct binding debug_rows[] = {
	{ .name = "output", .function = output, .usage = "output(...)",
	  .returns = "",
	  .text = "Writes its arguments to the log, as `print` does.",
	  .addition = true },
};

const struct binding_library library_shims = {
	.name = "_G",
	.text = "Global functions that published scripts expect.",
	.rows = rows,
	.count = sizeof(rows) / sizeof(rows[0]),
};

const struct binding_library library_shims_debug = {
	.name = "debug",
	.text = "What published scripts expect there.",
	.rows = debug_rows,
	.count = sizeof(debug_rows) / sizeof(debug_rows[0]),
};
