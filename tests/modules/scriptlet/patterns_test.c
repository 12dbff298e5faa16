/*
 * Patterns match as Lua's own do, which stand beside them as the judge, and can
 * be stopped, which those cannot.
 */
#include "scriptlet/patterns.h"
#include "scriptlet/running.h"

#include <lauxlib.h>
#include <lualib.h>

#include <setjmp.h>
#include <stdarg.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdio.h>
#include <string.h>

#include <cmocka.h>

static size_t budget; /* steps left; 0 for no end */

/* The module's takes them from a callout. */
void
running_charge(lua_State *L, size_t steps)
{
	if (budget == 0)
		return;
	budget = steps < budget ? budget - steps : 0;
	if (budget == 0)
		(void)luaL_error(L, "stopped");
}

/* Lua's own as `judge`, ours as `string`. */
static lua_State *
open_both(void)
{
	lua_State *L = luaL_newstate();

	assert_non_null(L);
	luaL_openlibs(L);
	assert_int_equal(luaL_dostring(L, "judge = {} for k, v in "
	    "pairs(string) do judge[k] = v end"), LUA_OK);
	patterns_open(L);
	budget = 0;
	return L;
}

static void
run(lua_State *L, const char *script)
{
	if (luaL_dostring(L, script) != LUA_OK)
		fail_msg("%s", lua_tostring(L, -1));
}

static const char compare[] =
    "local subjects = { '', 'a', 'aa', 'abc', 'hello world', 'THE (quick) "
    "fox', '  trim me  ', 'key = value', 'f(a(b)c)d', 'a,b,,c', 'x\\0y', "
    "'ann@example.com', '<a@b>', '2001:db8::1', '\\255\\128', 'a.b.c', "
    "'%d', ('ab'):rep(40), '[]', 'a]b', '^$', '--', \"it's\" }\n"
    "local patterns = { '', '.', 'a', '^a', 'a$', '^$', '%a+', '%a*', "
    "'%a-', '%w+', '%s*$', '^%s*(.-)%s*$', '(%a+)%s*=%s*(%a+)', '%b()', "
    "'%f[%w]%w+', '()', '()a()', '(a)(b)(c)', '[^,]*', '[^,]+', '[%w_]+', "
    "'[a-c]+', '[]]', '[^]]', '[a%-]', '[%a-]', '%%', '%.', '(.)%1', "
    "'(a*(.)%w(%s*))', '^(.-)@(.+)$', '<(.-)>', '[\\128-\\255]', '%z', "
    "'\\0', 'a?b', 'a?', '.-b', '%x+', '%p', '%u+', '%l+', '%c', '%g+', "
    "'[%D]', '%S', '%W', '((a)b)', '(()a)', '^', '$', 'a^', '$a', '-', "
    "'%bxx', '%f[%z]', 'b*$', '.-.-.-$', '(a', 'a)', '%', '[a', '[', '[^', "
    "'%1', '(a)%2', '(%1)', '%b', '%f', '[a-', '[%', '%ba', '*', '+a', "
    "'?', '(*)', ('(a)'):rep(40) }\n"
    "local function same(what, f, ...)\n"
    "  local a = table.pack(pcall(judge[f], ...))\n"
    "  local b = table.pack(pcall(string[f], ...))\n"
    "  if a[1] == false then a = { false, (tostring(a[2]):gsub('^.-: ', "
    "'')), n = 2 } end\n"
    "  if b[1] == false then b = { false, (tostring(b[2]):gsub('^.-: ', "
    "'')), n = 2 } end\n"
    "  local good = a.n == b.n\n"
    "  for i = 1, a.n do good = good and a[i] == b[i] end\n"
    "  if not good then\n"
    "    for i = 1, a.n do a[i] = tostring(a[i]) end\n"
    "    for i = 1, b.n do b[i] = tostring(b[i]) end\n"
    "    error(('%s %q: judge %s, ours %s'):format(what, "
    "table.concat({ ... }, '|', 1, 2), table.concat(a, ','), "
    "table.concat(b, ',')))\n"
    "  end\n"
    "  return #b\n"
    "end\n"
    "local function all(lib)\n"
    "  return function(s, p) local out = {}\n"
    "    for a, b in lib.gmatch(s, p) do out[#out + 1] = tostring(a) .. ':' "
    ".. tostring(b) end\n"
    "    return table.concat(out, ' ') end\n"
    "end\n"
    "judge.all, string.all = all(judge), all(string)\n"
    "count = 0\n"
    "for _, s in ipairs(subjects) do for _, p in ipairs(patterns) do\n"
    "  same('find', 'find', s, p)\n"
    "  same('find from 2', 'find', s, p, 2)\n"
    "  same('find from the end', 'find', s, p, -1)\n"
    "  same('find plain', 'find', s, p, 1, true)\n"
    "  same('match', 'match', s, p)\n"
    "  same('match past the end', 'match', s, p, 100)\n"
    "  same('gmatch', 'all', s, p)\n"
    "  same('gsub', 'gsub', s, p, '<%0>')\n"
    "  same('gsub twice', 'gsub', s, p, '-', 2)\n"
    "  same('gsub by a capture', 'gsub', s, p, '%1%1')\n"
    "  same('gsub by a function', 'gsub', s, p, function(x, y) return y "
    "end)\n"
    "  same('gsub by a table', 'gsub', s, p, { a = 'A', ab = 1, [1] = "
    "'one' })\n"
    "  count = count + 1\n"
    "end end\n";

static void
every_pattern_does_what_luas_own_does(void **state)
{
	lua_State *L = open_both();

	(void)state;
	run(L, compare);
	(void)lua_getglobal(L, "count");
	assert_true(lua_tointeger(L, -1) > 1500);
	lua_close(L);
}

static void
replacements_are_as_lenient_as_in_lua_5_1(void **state)
{
	lua_State *L = open_both();

	(void)state;
	run(L, "assert(('a.b'):gsub('%.', '%-') == 'a-b')");
	run(L, "assert(('a'):gsub('a', '%%') == '%')");
	lua_close(L);
}

static const char *const endless[] = {
	"string.find(('a'):rep(60), ('a*'):rep(20) .. 'b')",
	"string.match(('a'):rep(60), ('a-'):rep(20) .. 'b')",
	"string.gsub(('a'):rep(60), ('a?'):rep(60) .. ('a'):rep(60) .. 'b', '')",
	"for _ in string.gmatch(('a'):rep(60), ('.-'):rep(20) .. 'b') do end",
	"string.find(('x'):rep(60), ('[^y]*'):rep(20) .. 'b')",
	"string.find(('a'):rep(4000), '(.-)(.-)%1%2b')",
	"string.find(('('):rep(100000), ('%b()'))",
};

static void
an_endless_search_is_stopped(void **state)
{
	(void)state;
	for (size_t i = 0; i < sizeof(endless) / sizeof(endless[0]); i++) {
		lua_State *L = open_both();

		budget = 1000000;
		assert_int_not_equal(luaL_dostring(L, endless[i]), LUA_OK);
		if (strstr(lua_tostring(L, -1), "stopped") == NULL)
			fail_msg("%s: %s", endless[i], lua_tostring(L, -1));
		lua_close(L);
	}
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(every_pattern_does_what_luas_own_does),
		cmocka_unit_test(replacements_are_as_lenient_as_in_lua_5_1),
		cmocka_unit_test(an_endless_search_is_stopped),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
