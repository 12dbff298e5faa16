/*
 * What scripts find, what they do not find, and how those that do not end are
 * ended.
 */
#include "script.h"

#include <stdlib.h>
#include <string.h>
#include <time.h>

static const struct script_case older[] = {
	{ "unpack", "print(unpack({ 1, 2, 3 }))", "1 2 3" },
	{ "table.getn", "print(table.getn({ 1, 2 }))", "2" },
	{ "table.maxn", "print(table.maxn({ 1, [10] = 2, x = 99 }))", "10" },
	{ "table.foreach", "table.foreach({ a = 1 }, function(k, v) "
	    "print(k, v) end)", "a 1" },
	{ "table.foreachi", "print(table.foreachi({ 'x', 'y', 'z' }, "
	    "function(i, v) if v == 'y' then return i end end))", "2" },
	{ "string.gfind", "for w in string.gfind('a b', '%a') do print(w) end",
	    "a\nb" },
	{ "loadstring", "print(loadstring('return 1 + 1')())", "2" },
	{ "loadstring takes the dialect",
	    "print(loadstring('return 1 != 2')())", "true" },
	{ "loadstring gives the error", "print(loadstring('x =', '=n'))",
	    "nil n:1: unexpected symbol near <eof>" },
	{ "load of a function", "local n = 0 print(load(function() n = n + 1 "
	    "return ({ 'return ', '5' })[n] end)())", "5" },
	{ "load with an environment",
	    "print(load('return x', '=n', 't', { x = 7 })())", "7" },
	{ "math.mod", "print(math.mod(7, 3))", "1" },
	{ "math.pow", "print(math.pow(2, 10))", "1024" },
	{ "math.log10", "print(math.log10(1000))", "3" },
	{ "math.ldexp and frexp", "print(math.ldexp(0.5, 4), math.frexp(8))",
	    "8 0.5 4" },
	{ "whole numbers have no fraction in print", "print(10 / 2, 2 ^ 3)",
	    "5 8" },
	{ "whole numbers have no fraction in tostring",
	    "print('n' .. tostring(10 / 2))", "n5" },
	{ "whole numbers have no fraction in variables",
	    "vctx:set(msys.core.VCTX_MESS, 'n', 10 / 2) "
	    "print(vctx:get(msys.core.VCTX_MESS, 'n'))", "5" },
	{ "string.format cuts fractions off",
	    "print(string.format('%d %5.1f %x', 7.9, 7.9, 255.5))",
	    "7   7.9 ff" },
	{ "positions cut fractions off", "print(('abcdef'):sub(5 / 2, 9 / 2), "
	    "('x'):rep(5 / 2), ('abc'):byte(3 / 2), ('aXbX'):find('X', 5 / 2), "
	    "unpack({ 1, 2, 3 }, 3 / 2, 5 / 2))", "bcd xx 97 2 1 2" },
	{ "table.insert cuts positions and no values", "local t = { 1, 2 } "
	    "table.insert(t, 3 / 2, 'x') table.insert(t, 2.5) "
	    "print(unpack(t))", "x 1 2 2.5" },
	{ "select and math.random", "print(select(5 / 2, 'a', 'b', 'c')) "
	    "print(math.random(3 / 2))", "b c\n1" },
	{ "string.format of %u", "print(string.format('%u', 3))", "3" },
	{ "operators cut fractions off", "print(7.9 & 3, 1.5 | 4, 8.2 >> 1, "
	    "1.5 << 2, ~0.5, 6.5 ^^ 3)", "3 5 4 4 -1 5" },
	{ "operators take texts", "print('7' & '3.0')", "3" },
	{ "metamethods by their old names",
	    "local t = setmetatable({}, { __and = function() return 'and' "
	    "end, __intdiv = function() return 'intdiv' end }) "
	    "print(t & 1, t \\ 1)", "and intdiv" },
	{ "integer division", "print(7 \\ 2)", "3" },
	{ "octal numbers", "print(0644)", "420" },
	{ "gcinfo", "print(gcinfo() > 0, collectgarbage('count') > 0)",
	    "true true" },
	{ "getfenv", "print(getfenv(1) == _G, getfenv() == _G)", "true true" },
	{ "setfenv of a function", "local f = function() return x end "
	    "setfenv(f, { x = 3 }) print(f(), x)", "3 nil" },
	{ "setfenv of one leaves others", "local function f() return x end "
	    "local function g() return x end setfenv(f, { x = 3 }) "
	    "print(f(), g())", "3 nil" },
	{ "print of several values", "print('a', nil, true, 1)",
	    "a nil true 1" },
	{ "__tostring in print", "print(setmetatable({}, { __tostring = "
	    "function() return 'me' end }))", "me" },
	{ "coroutines", "local co = coroutine.create(function(a) local b = "
	    "coroutine.yield(a + 1) error('e' .. b, 0) end) "
	    "print(coroutine.resume(co, 1)) print(coroutine.resume(co, 2)) "
	    "print(coroutine.resume(co), coroutine.status(co))",
	    "true 2\nfalse e2\nfalse dead" },
	{ "yield across pcall and xpcall", "print(coroutine.wrap(function() "
	    "return select(2, pcall(function() return select(2, "
	    "xpcall(coroutine.yield, print, 5)) end)) end)())", "5" },
	{ "xpcall", "print(xpcall(error, function(m) return 'h' .. m end, "
	    "'x'))", "false hx" },
	{ "percent in a replacement", "print((('a.b'):gsub('%.', '%-')))",
	    "a-b" },
};

static void
older_scripts_find_what_they_know(void **state)
{
	(void)state;
	SCRIPT_CHECK(older);
}

static const struct script_case closed[] = {
	{ "io", "io.open('/etc/passwd')",
	    "~io.open is not available to scripts (option unsafe_libraries)" },
	{ "io.popen", "io.popen('id')", "~io.popen is not available" },
	{ "os.execute", "os.execute('id')", "~os.execute is not available" },
	{ "os.exit", "os.exit(1)", "~os.exit is not available" },
	{ "os.getenv", "os.getenv('HOME')", "~os.getenv is not available" },
	{ "os.remove", "os.remove('x')", "~os.remove is not available" },
	{ "os.setlocale", "os.setlocale('C')",
	    "~os.setlocale is not available" },
	{ "dofile", "dofile('/etc/passwd')", "~dofile is not available" },
	{ "loadfile", "loadfile('/etc/passwd')", "~loadfile is not available" },
	{ "package.loadlib", "print(package.loadlib, package.searchers)",
	    "nil nil" },
	{ "debug.sethook", "debug.sethook()", "~debug.sethook is not" },
	{ "debug.getregistry", "debug.getregistry()",
	    "~debug.getregistry is not" },
	{ "debug.getinfo without functions", "debug.getinfo(1, 'f')",
	    "~only n, S, l, t, u are available" },
	{ "debug.getinfo", "print(debug.getinfo(1, 'l').currentline)", "4" },
	{ "debug.traceback", "print((debug.traceback('x'):match('^x')))", "x" },
	{ "string.dump", "string.dump(print)", "~string.dump is not" },
	{ "bytecode", "print(load('\\27Lua'))",
	    "~compiled chunks are not accepted" },
	{ "bytecode by mode", "print(load('return 1', 'x', 'b'))",
	    "~attempt to load a text chunk" },
	{ "harmless functions of os", "print(type(os.time()), os.date('!%Y', "
	    "0), type(os.clock()))", "number 1970 number" },
	{ "upward names of modules", "require('../secret')",
	    "~'../secret' is no name of a script" },
	{ "absolute names of modules", "require('/etc/secret')",
	    "~'/etc/secret' is no name of a script" },
	{ "a module that is not there", "require('not.there')",
	    "~there is no not/there.lua in" },
	{ "native modules", "require('socket.core')",
	    "~module 'socket.core' cannot be loaded" },
	{ "metatables of objects", "print(getmetatable(msg))", "false" },
	{ "metatable of texts", "print(type(getmetatable('').__index))",
	    "table" },
	{ "the number's metatable", "print(getmetatable(1))", "false" },
	{ "finalizers never run", "do local t = setmetatable({}, { __gc = "
	    "function() print('gc') end }) end collectgarbage() "
	    "print(getmetatable(setmetatable({}, { __gc = 1 })).__gc)", "1" },
};

static void
nothing_leads_out_of_the_sandbox(void **state)
{
	(void)state;
	SCRIPT_CHECK(closed);
}

static void
an_administrator_may_open_it(void **state)
{
	char *said = script_prints_with("print(type(io.open), "
	    "type(os.execute), type(debug.sethook), type(package.loadlib), "
	    "io.open('/dev/null'):read('a'))", "unsafe_libraries = true");

	(void)state;
	assert_string_equal(said,
	    "function function function function ");
	free(said);
}

/* each of these would go on for hours */
static const struct {
	const char *name, *statements;
} endless[] = {
	{ "loop", "while true do end" },
	{ "numeric loop", "for i = 1, 1e18 do end" },
	{ "goto", "::a:: goto a" },
	{ "recursion in the tail", "local function f() return f() end f()" },
	{ "loop inside pcall", "while true do pcall(function() while true do "
	    "end end) end" },
	{ "loop around pcall of an error", "while true do pcall(error) end" },
	{ "pcall in pcall", "local function f() pcall(f) return f() end f()" },
	{ "handler of xpcall", "xpcall(function() while true do end end, "
	    "function() while true do end end) while true do end" },
	{ "coroutine", "coroutine.wrap(function() while true do end end)()" },
	{ "coroutines in a loop", "while true do "
	    "coroutine.wrap(function() coroutine.yield() end)() end" },
	{ "coroutines in coroutines", "local function f(n) while true do "
	    "coroutine.resume(coroutine.create(function() if n > 0 then "
	    "f(n - 1) end while true do end end)) end end f(5)" },
	{ "wrapped coroutines inside pcall", "local function f(n) while true "
	    "do pcall(coroutine.wrap(function() if n > 0 then f(n - 1) end "
	    "while true do end end)) end end f(5)" },
	{ "metamethod", "local t = setmetatable({}, { __index = function(t, "
	    "k) return t[k + 1] end }) while true do pcall(function() return "
	    "t[1] end) end" },
	{ "comparison of sort", "table.sort({ 3, 1, 2 }, function() while "
	    "true do end end)" },
	{ "function of gsub", "('a'):rep(100):gsub('a', function() while true "
	    "do end end)" },
	{ "__close", "local x <close> = setmetatable({}, { __close = "
	    "function() while true do end end }) while true do end" },
	{ "__close in a coroutine", "coroutine.wrap(function() local x "
	    "<close> = setmetatable({}, { __close = function() while true do "
	    "end end }) while true do end end)()" },
	{ "handler of xpcall in a coroutine", "while true do "
	    "coroutine.resume(coroutine.create(function() xpcall(error, "
	    "function() while true do end end) end)) end" },
	{ "pattern", "string.find(('a'):rep(100), ('a*'):rep(30) .. 'b')" },
	{ "pattern inside pcall", "while true do pcall(string.find, "
	    "('a'):rep(100), ('a*'):rep(30) .. 'b') end" },
	{ "gmatch", "for _ in ('a'):rep(100):gmatch(('.-'):rep(30) .. 'b') do "
	    "end" },
	{ "string.rep in a loop", "while true do local s = ('x'):rep(2^25) "
	    "end" },
	{ "string.rep inside pcall", "while true do pcall(string.rep, 'x', "
	    "2^40) end" },
	{ "concatenation", "local s = ('x'):rep(2^24) while true do local t "
	    "= s .. 'y' end" },
	{ "table.move", "while true do pcall(table.move, {}, 1, 2^23, 2) "
	    "end" },
	{ "table.concat with a metatable", "while true do "
	    "pcall(table.concat, setmetatable({}, { __index = function() "
	    "return '' end, __len = function() return 2^23 end })) end" },
	{ "load", "while true do load(('x=1 '):rep(2^18)) end" },
	{ "load of a function without end", "while true do "
	    "pcall(load, function() return ' ' end) end" },
	{ "collector", "local t = {} for i = 1, 1e5 do t[i] = {} end while "
	    "true do collectgarbage() end" },
	{ "print", "while true do string.format('%99.99f', 1e300) end" },
	{ "tostring that calls itself", "local t = setmetatable({}, {}) "
	    "getmetatable(t).__tostring = function(x) return tostring(x) end "
	    "while true do pcall(tostring, t) end" },
};

static double
seconds(void)
{
	struct timespec now;

	(void)clock_gettime(CLOCK_MONOTONIC, &now);
	return (double)now.tv_sec + (double)now.tv_nsec / 1e9;
}

static void
scripts_without_end_are_stopped(void **state)
{
	unsigned wrong = 0;

	(void)state;
	for (size_t i = 0; i < sizeof(endless) / sizeof(endless[0]); i++) {
		double start = seconds();
		char *said = script_prints_with(endless[i].statements,
		    "script_time = 200");

		if (strstr(said, "stopped: ") == NULL) {
			print_error("%s: said '%s'\n", endless[i].name, said);
			wrong++;
		}
		print_message("# %s: %.2f s\n", endless[i].name,
		    seconds() - start);
		free(said);
	}
	assert_int_equal(wrong, 0);
}

static void
messages_of_a_script_are_let_go_or_refused(void **state)
{
	static const struct script_case cases[] = {
		{ "dropped", "for i = 1, 200 do msys.core.ec_message_new() end "
		    "print('done')", "done" },
		{ "kept", "local t = {} while true do t[#t + 1] = "
		    "msys.core.ec_message_new() end",
		    "~a script may keep 64 messages of its own at most" },
	};

	(void)state;
	SCRIPT_CHECK(cases);
}

static void
instructions_are_counted(void **state)
{
	char *said = script_prints_with("for i = 1, 1e9 do end",
	    "script_instructions = 100000 script_time = 100000000");

	(void)state;
	assert_says(said, "stopped: too many instructions (option "
	    "script_instructions)");
	free(said);
	said = script_prints_with("for i = 1, 1e4 do end print('done')",
	    "script_instructions = 100000");
	assert_string_equal(said, "done");
	free(said);
}

static void
memory_has_a_limit(void **state)
{
	static const char *const greedy[] = {
		"local t = {} while true do t[#t + 1] = {} end",
		"local s = 'x' while true do s = s .. s end",
		"print(#('x'):rep(2^25))",
		"local t = {} while true do t[#t + 1] = "
		"msys.core.string_new() end",
		"local function f() return 1 + f() end f()",
		"string.format('%s', ('x'):rep(2^27))",
		"local co = {} while true do co[#co + 1] = "
		"coroutine.create(print) end",
	};

	(void)state;
	for (size_t i = 0; i < sizeof(greedy) / sizeof(greedy[0]); i++) {
		char *said = script_prints_with(greedy[i],
		    "script_memory = 16777216");

		if (strstr(said, "not enough memory") == NULL &&
		    strstr(said, "stack overflow") == NULL)
			fail_msg("%s: said '%s'", greedy[i], said);
		free(said);
	}
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(older_scripts_find_what_they_know),
		cmocka_unit_test(nothing_leads_out_of_the_sandbox),
		cmocka_unit_test(an_administrator_may_open_it),
		cmocka_unit_test(scripts_without_end_are_stopped),
		cmocka_unit_test(messages_of_a_script_are_let_go_or_refused),
		cmocka_unit_test(instructions_are_counted),
		cmocka_unit_test(memory_has_a_limit),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
