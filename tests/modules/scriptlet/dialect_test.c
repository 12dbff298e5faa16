/*
 * What Momentum's Lua has beyond Lua 5.1 loads as Lua 5.4, and nothing else is
 * touched.
 */
#include "scriptlet/dialect.h"

#include <lauxlib.h>
#include <lua.h>
#include <lualib.h>

#include <setjmp.h>
#include <stdarg.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

struct row {
	const char *name, *momentum, *lua;
};

static const struct row rows[] = {
	{ "not equal", "a != b", "a ~= b" },
	{ "not equal, no blanks", "if a!=nil then", "if a~=nil then" },
	{ "prefix not", "if !x then", "if  not x then" },
	{ "prefix not behind a word", "return!x", "return not x" },
	{ "prefix not twice", "!!x", " not  not x" },
	{ "exclusive or", "a ^^ b", "a ~ b" },
	{ "exclusive or of a complement", "a ^^~b", "a ~~b" },
	{ "power stays", "a ^ b", "a ^ b" },
	{ "integer division", "7 \\ 2", "7 // 2" },
	{ "operators of both", "a & b | ~c << 2 >> 1",
	    "a & b | ~c << 2 >> 1" },
	{ "octal", "0644", "0x1a4" },
	{ "zero", "0", "0" },
	{ "two zeros", "00", "0x0" },
	{ "no octal: a digit past 7", "089", "089" },
	{ "no octal: a fraction", "00.5", "00.5" },
	{ "no octal: hexadecimal", "0x10", "0x10" },
	{ "no octal: an exponent", "01e5", "01e5" },
	{ "no octal: within a name", "a0644", "a0644" },
	{ "no octal: behind a dot", "1.0644", "1.0644" },
	{ "concatenation of a number", "a..0660", "a..0x1b0" },
	{ "exponent with a sign", "1e-07", "1e-07" },
	{ "hexadecimal that ends in e", "0xe-01", "0xe-0x1" },
	{ "unknown escape", "\"a\\@b\"", "\"a@b\"" },
	{ "unknown escapes in single quotes", "'\\.\\-'", "'.-'" },
	{ "known escapes", "\"\\n\\t\\\\\\\"\\'\\065\"",
	    "\"\\n\\t\\\\\\\"\\'\\065\"" },
	{ "hexadecimal escape", "\"\\x41\"", "\"\\x41\"" },
	{ "x that is no escape", "\"\\xyz\"", "\"xyz\"" },
	{ "escape of Unicode", "\"\\u{20ac}\"", "\"\\u{20ac}\"" },
	{ "u that is no escape", "\"\\user\"", "\"user\"" },
	{ "z that is no escape", "\"\\zone\"", "\"zone\"" },
	{ "escape of white space", "\"a\\z\n  b\"", "\"a\\z\n  b\"" },
	{ "line end in a string", "\"a\\\nb\"", "\"a\\\nb\"" },
	{ "line end of two in a string", "\"a\\\r\nb\"", "\"a\\\r\nb\"" },
	{ "signs in a string", "\"!= ! ^^ 0644\"", "\"!= ! ^^ 0644\"" },
	{ "quote of the other kind", "'\"' != \"'\"", "'\"' ~= \"'\"" },
	{ "long string", "[[ != \\@ 0644 ]] != x",
	    "[[ != \\@ 0644 ]] ~= x" },
	{ "long string with signs", "[==[ ]] != ]=] ]==]!=x",
	    "[==[ ]] != ]=] ]==]~=x" },
	{ "index is no long string", "a[b[1]] != 2", "a[b[1]] ~= 2" },
	{ "comment", "a -- != !\n!= b", "a -- != !\n~= b" },
	{ "long comment", "--[[ !=\n! ]] != b", "--[[ !=\n! ]] ~= b" },
	{ "long comment with signs", "--[=[ ]] != ]=]!=",
	    "--[=[ ]] != ]=]~=" },
	{ "comment that opens no long one", "--[ !=\n!=", "--[ !=\n~=" },
	{ "goto as a variable", "goto = 1", "goto_ = 1" },
	{ "goto as a field", "t.goto\nx = 1", "t.goto_\nx = 1" },
	{ "goto as a method", "t:goto (1)", "t:goto_ (1)" },
	{ "goto as a local", "local goto\nx = 1", "local goto_\nx = 1" },
	{ "goto as a statement", "goto done", "goto done" },
	{ "label", "::done:: goto done", "::done:: goto done" },
	{ "first line for the shell", "#!/usr/bin/lua != \nx", "\nx" },
	{ "mark of the byte order", "\xef\xbb\xbfx", "x" },
	{ "string without an end", "\"a\n!=", "\"a\n~=" },
	{ "backslash at the end", "\"\\", "\"\\" },
	{ "long string without an end", "[[ !=", "[[ !=" },
	{ "nothing", "", "" },
};

static char *
translate(const char *text, size_t n, size_t *n_r)
{
	char *out;

	*n_r = dialect_translate(text, n, NULL);
	out = calloc(1, *n_r + 1);
	assert_non_null(out);
	/* what was announced is what is written */
	assert_int_equal(dialect_translate(text, n, out), *n_r);
	return out;
}

static void
each_row_becomes_lua(void **state)
{
	unsigned wrong = 0;

	(void)state;
	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		size_t n;
		char *out = translate(rows[i].momentum,
		    strlen(rows[i].momentum), &n);

		if (strcmp(out, rows[i].lua) != 0) {
			print_error("%s: got '%s', wanted '%s'\n",
			    rows[i].name, out, rows[i].lua);
			wrong++;
		}
		free(out);
	}
	assert_int_equal(wrong, 0);
}

static void
bytes_of_zero_go_through(void **state)
{
	size_t n;
	char *out;

	(void)state;
	out = translate("\"a\0b\" != 1", 10, &n);
	assert_int_equal(n, 10);
	assert_memory_equal(out, "\"a\0b\" ~= 1", 10);
	free(out);
}

static const char script[] =
    "-- a comment of\n"
    "--[==[ several\n"
    "lines != ]==]\n"
    "local t, mode = { goto = 1 }, 0644\n"
    "local s = [[\n"
    "!=]]\n"
    "if t.goto != 2 and !false and \"\\@\" == \"@\" then\n"
    "  error(mode ^^ 1)\n" /* line 8 */
    "end\n";

static void
lines_keep_their_numbers(void **state)
{
	lua_State *L = luaL_newstate();
	size_t n;
	char *out;

	(void)state;
	luaL_openlibs(L);
	out = translate(script, sizeof(script) - 1, &n);
	assert_int_equal(luaL_loadbuffer(L, out, n, "=s"), LUA_OK);
	assert_int_equal(lua_pcall(L, 0, 0, 0), LUA_ERRRUN);
	assert_string_equal(lua_tostring(L, -1), "421");
	lua_pop(L, 1);
	free(out);
	out = translate("\n\n!= 0644\n", 10, &n);
	assert_int_not_equal(luaL_loadbuffer(L, out, n, "=s"), LUA_OK);
	assert_memory_equal(lua_tostring(L, -1), "s:3:", 4);
	free(out);
	lua_close(L);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(each_row_becomes_lua),
		cmocka_unit_test(bytes_of_zero_go_through),
		cmocka_unit_test(lines_keep_their_numbers),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
