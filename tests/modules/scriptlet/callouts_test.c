/*
 * Functions of scripts are called in the phases and for the hooks whose names
 * they have, with what belongs to the session, and what they do wrong has the
 * consequences that the options say.
 */
#include "script.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static struct scene scene;

/* A host with one script; ended by finish(). */
static void
start(const char *script, const char *options)
{
	char *configuration = NULL;

	assert_true(asprintf(&configuration, SCRIPT_STANZA("test", "%s"),
	    options) > 0);
	scene_begin(&scene);
	scene_write(&scene, "test.lua", script, 0600);
	if (!scene_open(&scene, configuration))
		fail_msg("%s", scene.errors);
	free(configuration);
}

static void
finish(void)
{
	scene_close(&scene);
	scene_end(&scene);
}

/* What scripts printed since the last call. */
static char *
printed(void)
{
	char *log = scene_log(&scene), *said = script_said(log);

	free(log);
	return said;
}

static void
assert_printed(const char *wanted)
{
	char *said = printed();

	assert_string_equal(said, wanted);
	free(said);
}

static void
send_letter(void)
{
	scene_send(&scene, &(struct mail){ 0 });
}

/* phases */

static const char all_phases[] =
    "local mod = {}\n"
    "local core = require('msys.core')\n"
    "local function tell(name)\n"
    "  mod[name] = function(self, ...)\n"
    "    local line = { name }\n"
    "    for i = 1, select('#', ...) do\n"
    "      local v = select(i, ...)\n"
    "      line[#line + 1] = type(v) == 'table' and table.concat(v, ',') or\n"
    "        type(v) == 'userdata' and tostring(v):match('^%u+ .*') or\n"
    "        type(v)\n"
    "    end\n"
    "    print(table.concat(line, ' '))\n"
    "    return core.VALIDATE_CONT\n"
    "  end\n"
    "end\n"
    "for _, name in ipairs({ 'core_validate_accept', 'validate_connect',\n"
    "  'core_validate_connect', 'validate_ehlo', 'validate_mailfrom',\n"
    "  'validate_rcptto', 'validate_rcptto_list',\n"
    "  'validate_rcptto_list_final', 'validate_data',\n"
    "  'validate_data_spool', 'core_pre_msg_each_rcpt',\n"
    "  'validate_data_spool_each_rcpt',\n"
    "  'core_validate_data_spool_each_rcpt',\n"
    "  'core_post_validate_data_spool_each_rcpt_v1',\n"
    "  'core_post_msg_each_rcpt', 'validate_set_binding',\n"
    "  'core_final_validation2', 'core_final_validation',\n"
    "  'core_post_final_validation', 'core_log_reception_v1',\n"
    "  'validate_dealloc' }) do tell(name) end\n"
    "msys.registerModule('test', mod)\n";

#define EACH_RCPT                                                        \
	"core_pre_msg_each_rcpt userdata userdata userdata\n"            \
	"validate_data_spool_each_rcpt userdata userdata userdata\n"     \
	"core_validate_data_spool_each_rcpt userdata userdata userdata\n" \
	"core_post_validate_data_spool_each_rcpt_v1 userdata userdata "  \
	"userdata\n"                                                     \
	"core_post_msg_each_rcpt userdata userdata userdata\n"

static void
every_phase_is_a_callout(void **state)
{
	(void)state;
	start(all_phases, "");
	free(printed());
	scene_send(&scene, &(struct mail){
		.rcpts = { "bob@example.net", "eve@example.net" } });
	assert_printed(
	    "core_validate_accept userdata userdata\n"
	    "validate_connect userdata userdata\n"
	    "core_validate_connect userdata userdata\n"
	    "validate_ehlo EHLO client.example userdata userdata\n"
	    "validate_mailfrom MAIL FROM:<ann@example.com> userdata "
	    "userdata\n"
	    "validate_rcptto userdata RCPT TO:<bob@example.net> userdata "
	    "userdata\n"
	    "validate_rcptto userdata RCPT TO:<eve@example.net> userdata "
	    "userdata\n"
	    "validate_rcptto_list bob@example.net,eve@example.net userdata\n"
	    "validate_rcptto_list_final bob@example.net,eve@example.net "
	    "userdata\n"
	    "validate_data userdata userdata userdata\n"
	    "validate_data_spool userdata userdata userdata\n"
	    EACH_RCPT EACH_RCPT
	    "validate_set_binding userdata\n"
	    "core_final_validation2 userdata userdata userdata\n"
	    "core_final_validation userdata userdata userdata\n"
	    "core_post_final_validation userdata userdata userdata\n"
	    "core_log_reception_v1 userdata userdata number userdata number\n"
	    "validate_dealloc");
	finish();
}

static void
hooks_are_known_by_their_own_names_too(void **state)
{
	(void)state;
	start("local mod = {}\n"
	    "function mod:core_validate_data(msg) print('data') return 0 end\n"
	    "function mod:core_validate_mailfrom(str) print(str) return 0 "
	    "end\n"
	    "function mod:core_log_rejection(now, ac, vctx, phase, note)\n"
	    "  print('rejected', note) end\n"
	    "function mod:validate_data_spool(msg, ac, vctx)\n"
	    "  vctx:set_code(550, '5.7.1 no') return 0 end\n"
	    "msys.registerModule('test', mod)\n", "");
	free(printed());
	send_letter();
	assert_printed("MAIL FROM:<ann@example.com>\ndata\n"
	    "rejected 550 5.7.1 no");
	assert_int_equal(scene.action, SESSION_REJECT);
	finish();
}

static void
what_a_callout_returns_decides_who_comes_next(void **state)
{
	(void)state;
	start("local a, b = {}, {}\n"
	    "function a:validate_data() print('a data')\n"
	    "  return msys.core.VALIDATE_CONT end\n"
	    "function b:validate_data() print('b data')\n"
	    "  return msys.core.VALIDATE_CONT end\n"
	    "function a:validate_data_spool() print('a spool')\n"
	    "  return msys.core.VALIDATE_DONE end\n"
	    "function b:validate_data_spool() print('b spool') return 0 end\n"
	    "function a:validate_ehlo() print('a ehlo') end\n"
	    "function b:validate_ehlo() print('b ehlo') return true end\n"
	    "msys.registerModule('a', a) msys.registerModule('b', b)\n", "");
	free(printed());
	send_letter();
	assert_printed("a ehlo\nb ehlo\na data\nb data\na spool");
	assert_int_equal(scene.action, SESSION_ACCEPT);
	finish();
}

static void
again_asks_the_same_module_once_more(void **state)
{
	(void)state;
	start("local a, b = {}, {}\n"
	    "function a:validate_data() print('a')\n"
	    "  return msys.core.VALIDATE_CONT end\n"
	    "function b:validate_data()\n"
	    "  self.n = (self.n or 0) + 1 print('b', self.n)\n"
	    "  return self.n < 3 and msys.core.VALIDATE_AGAIN or 0 end\n"
	    "msys.registerModule('a', a) msys.registerModule('b', b)\n", "");
	free(printed());
	send_letter();
	assert_printed("a\nb 1\nb 2\nb 3");
	finish();
}

static void
final_validation2_may_reject_or_defer(void **state)
{
	(void)state;
	start("local mod = {}\n"
	    "function mod:core_final_validation2(msg)\n"
	    "  return msg:header('Subject')[1] == 'later' and\n"
	    "    msys.core.EC_HOOK_RETRY or msys.core.EC_HOOK_DONE end\n"
	    "msys.registerModule('test', mod)\n", "");
	send_letter();
	assert_int_equal(scene.code, 550);
	scene_send(&scene, &(struct mail){ .text = "From: a@b.example\r\n"
	    "Subject: later\r\n\r\nx\r\n" });
	assert_int_equal(scene.code, 451);
	finish();
}

/* sessions */

static void
self_lasts_as_long_as_the_connection(void **state)
{
	(void)state;
	start("local mod = { mine = 'mod' }\n"
	    "function mod:validate_connect() print('connect', self.x)\n"
	    "  self.x, _TLS.y = 1, 2 return 0 end\n"
	    "function mod:validate_data() print('data', self.x, _TLS.y)\n"
	    "  self.x = self.x + 1 return 0 end\n"
	    "function mod:validate_set_binding() print(self.mine) return 0 "
	    "end\n"
	    "function mod:validate_dealloc() print('end', self.x) end\n"
	    "msys.registerModule('test', mod)\n", "");
	free(printed());
	send_letter();
	send_letter();
	assert_printed("connect nil\ndata 1 2\nmod\nend 2\n"
	    "connect nil\ndata 1 2\nmod\nend 2");
	finish();
}

static void
dealloc_is_for_modules_that_ran(void **state)
{
	(void)state;
	start("local a, b = {}, {}\n"
	    "function a:validate_ehlo() return 0 end\n"
	    "function a:validate_dealloc() print('a') end\n"
	    "function b:msg_gen_data_spool() end\n"
	    "function b:validate_dealloc() print('b') end\n"
	    "msys.registerModule('a', a) msys.registerModule('b', b)\n", "");
	free(printed());
	send_letter();
	assert_printed("a");
	finish();
}

static void
globals_stay_and_one_interpreter_is_enough(void **state)
{
	char *stats;

	(void)state;
	start("count = 0\n"
	    "local mod = {}\n"
	    "function mod:validate_data() count = count + 1 print(count)\n"
	    "  return 0 end\n"
	    "msys.registerModule('test', mod)\n", "");
	free(printed());
	for (int i = 0; i < 3; i++)
		send_letter();
	assert_printed("1\n2\n3");
	stats = scene_command("scriptlet:scriptlet stats");
	assert_says(stats, "interpreters: 1, idle: 1, sessions: 0");
	free(stats);
	finish();
}

static void
objects_that_are_gone_are_errors_of_the_script(void **state)
{
	char *said;

	(void)state;
	start("local mod = {}\n"
	    "function mod:validate_data(msg, ac, vctx)\n"
	    "  if kept then\n"
	    "    for i, f in ipairs({\n"
	    "      function() return kept[1]:header('From') end,\n"
	    "      function() return kept[2]:get(0, 'x') end,\n"
	    "      function() return kept[3].remote_addr end }) do\n"
	    "      print(pcall(f)) end\n"
	    "  end\n"
	    "  kept = { msg, vctx, ac } return 0 end\n"
	    "msys.registerModule('test', mod)\n", "");
	free(printed());
	send_letter();
	send_letter();
	said = printed();
	assert_says(said, "this message is gone");
	assert_says(said, "this validation context is gone");
	assert_says(said, "this connection is gone");
	assert_says_not(said, "true");
	free(said);
	finish();
}

/* errors */

static const char failing[] =
    "local mod = {}\n"
    "local function deep(x) return x.y.z end\n"
    "function mod:validate_data_spool(msg, ac, vctx)\n"
    "  deep({})\n"
    "end\n"
    "function mod:core_final_validation() print('final') end\n"
    "msys.registerModule('policy', mod)\n";

static void
an_error_is_logged_and_defers_the_message(void **state)
{
	char *log;

	(void)state;
	start(failing, "");
	free(scene_log(&scene));
	send_letter();
	assert_int_equal(scene.action, SESSION_TEMPFAIL);
	assert_string_equal(scene.reply,
	    "4.3.0 policy is not working, try again later");
	log = scene_log(&scene);
	assert_says(log, "QUEUEID1: scriptlet:scriptlet: validate_data_spool "
	    "error: module 'policy': ");
	assert_says(log, "test.lua:2: attempt to index a nil value (field "
	    "'y') | stack traceback:");
	assert_says(log, "test.lua:4: in ");
	assert_says_not(log, "final");
	free(log);
	finish();
}

static void
an_error_may_be_passed_over(void **state)
{
	char *log;

	(void)state;
	start(failing, "script_error = continue");
	free(scene_log(&scene));
	send_letter();
	assert_int_equal(scene.action, SESSION_ACCEPT);
	log = scene_log(&scene);
	assert_says(log, "test.lua:2: attempt to index a nil value");
	assert_says(log, "final");
	free(log);
	finish();
}

static void
an_error_while_signing_sends_nothing_out(void **state)
{
	(void)state;
	start("local mod = {}\n"
	    "function mod:core_final_validation() error({}) end\n"
	    "msys.registerModule('test', mod)\n", "");
	send_letter();
	assert_int_equal(scene.code, 451);
	finish();
}

static void
an_error_in_set_binding_defers_too(void **state)
{
	(void)state;
	start("local mod = {}\n"
	    "function mod:validate_data() return 0 end\n"
	    "function mod:validate_set_binding() error('x') end\n"
	    "msys.registerModule('test', mod)\n", "");
	send_letter();
	assert_int_equal(scene.code, 451);
	finish();
}

static void
a_strange_result_is_an_error(void **state)
{
	char *said;

	(void)state;
	start("local mod = {}\n"
	    "function mod:validate_data() return 'VALIDATE_CONT' end\n"
	    "msys.registerModule('test', mod)\n", "");
	send_letter();
	assert_int_equal(scene.code, 451);
	said = printed();
	assert_says(said, "validate_data returned a string instead of a "
	    "result");
	free(said);
	finish();
}

/* loading */

static void
refused(const char *script, const char *words)
{
	scene_begin(&scene);
	scene_write(&scene, "test.lua", script, 0600);
	if (scene_open(&scene, SCRIPT_STANZA("test", ""))) {
		scene_close(&scene);
		print_error("loaded: %s\n", script);
	}
	assert_says(scene.errors, words);
	scene_end(&scene);
}

static void
what_does_not_load_refuses_the_configuration(void **state)
{
	(void)state;
	refused("local x =\n\nif\n", "script 'test': ");
	refused("local x =\n\nif\n", "test.lua:3: unexpected symbol near "
	    "'if'");
	refused("x = nil + 1", "test.lua:1: attempt to perform arithmetic");
	refused("while true do end", "stopped: ");
	refused("require('nothing.there')", "there is no nothing/there.lua");
	refused("msys.registerModule('m', { init = function() end })",
	    "module 'm': init did not return true");
	refused("msys.registerModule('m', { init = function() error('no key') "
	    "end })", "module 'm': init ");
	refused("msys.registerModule('m', { init = function() error('no key') "
	    "end })", "no key");
	refused("\x1bLua", "attempt to load a binary chunk");
}

static void
all_that_does_not_load_is_told(void **state)
{
	(void)state;
	scene_begin(&scene);
	scene_write(&scene, "one.lua", "x =", 0600);
	assert_false(scene_open(&scene, "script_path = ( \"~\" ) scriptlet "
	    "\"scriptlet\" { script \"a\" { source = \"one\" } script \"b\" "
	    "{ source = \"two\" } }"));
	assert_says(scene.errors, "one.lua:1:");
	assert_says(scene.errors, "script 'two' not found: there is no "
	    "two.lua in");
	scene_end(&scene);
}

static void
the_search_path_has_dots_and_slashes(void **state)
{
	char path[SCENE_PATH_BYTES + 64];

	(void)state;
	scene_begin(&scene);
	(void)snprintf(path, sizeof(path), "mkdir -p %s/policy/lib",
	    scene.folder);
	assert_int_equal(system(path), 0);
	scene_write(&scene, "policy/lib/words.lua",
	    "module('policy.lib.words', package.seeall)\n"
	    "local greeting = 'hello'\n"
	    "function greet(name) return greeting .. ' ' .. tostring(name) "
	    "end\n", 0600);
	scene_write(&scene, "policy/main.lua",
	    "local words = require('policy.lib.words')\n"
	    "print(words.greet('a'), policy.lib.words.greet('b'), greet)\n"
	    "print(require('policy/lib/words') ~= nil, ...)\n", 0600);
	if (!scene_open(&scene, "script_path = ( \"~\" ) scriptlet "
	    "\"scriptlet\" { script \"x\" { source = \"policy.main\" } "
	    "script \"y\" { source = \"policy/main\" } }"))
		fail_msg("%s", scene.errors);
	assert_printed("hello a hello b nil\ntrue x\n"
	    "hello a hello b nil\ntrue y");
	finish();
}

static void
scripts_that_come_with_the_program_are_found(void **state)
{
	(void)state;
	scene_begin(&scene);
	if (!scene_open(&scene, "scriptlet \"scriptlet\" { script \"boot\" "
	    "{ source = \"msys.boot\" } }"))
		fail_msg("%s", scene.errors);
	finish();
}

static void
a_module_without_callouts_is_reported(void **state)
{
	char *log;

	(void)state;
	start("msys.registerModule('m', { validate_dataspool = print })", "");
	log = scene_log(&scene);
	assert_says(log, "no usable methods found for module m in "
	    "registerModule call");
	free(log);
	finish();
}

static void
modules_are_registered_while_scripts_load(void **state)
{
	char *said = script_prints("msys.registerModule('x', {})");

	(void)state;
	assert_says(said, "registerModule: only while scripts are loaded");
	free(said);
}

static void
the_documented_options_are_known(void **state)
{
	(void)state;
	start("msys.registerModule('m', { validate_data = function() "
	    "print('called') return 0 end })", "script_ttl = 60 "
	    "always_gc = true gc_pause = 150 gc_stepmul = 300 "
	    "max_spare_per_master = 1 reap_interval = 120 "
	    "script \"boot\" { source = \"msys.boot\" }");
	free(printed());
	send_letter();
	assert_printed("called");
	finish();
}

static void
a_module_that_is_not_enabled_is_silent(void **state)
{
	(void)state;
	start("msys.registerModule('m', { validate_data = function() "
	    "print('called') return 0 end })", "enabled = false");
	free(printed());
	send_letter();
	assert_printed("");
	finish();
}

/* reload */

static void
a_reload_takes_new_scripts_or_keeps_the_old(void **state)
{
	static const char configuration[] = SCRIPT_STANZA("test", "");

	(void)state;
	start("local mod = {}\n"
	    "function mod:init() print('init 1') return true end\n"
	    "function mod:deinit() print('deinit 1') return true end\n"
	    "function mod:validate_data() print('one') return 0 end\n"
	    "msys.registerModule('test', mod)\n", "");
	send_letter();
	assert_printed("init 1\none");
	scene_write(&scene, "test.lua", "x = = 1", 0600);
	assert_false(scene_reload(&scene, configuration));
	assert_says(scene.errors, "test.lua:1: unexpected symbol");
	send_letter();
	assert_printed("one");
	scene_write(&scene, "test.lua", "local mod = {}\n"
	    "function mod:validate_ehlo() print('two') return 0 end\n"
	    "msys.registerModule('test', mod)\n", 0600);
	assert_true(scene_reload(&scene, configuration));
	assert_printed("deinit 1");
	send_letter();
	assert_printed("two");
	finish();
}

/* the console */

static void
the_console_tells_what_is_registered(void **state)
{
	char *answer;

	(void)state;
	start("msys.registerModule('m', { validate_data = print, init = "
	    "function() return true end })", "");
	answer = scene_command("scriptlet:scriptlet modules");
	assert_string_equal(answer, "m: validate_data init\n");
	free(answer);
	finish();
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(every_phase_is_a_callout),
		cmocka_unit_test(hooks_are_known_by_their_own_names_too),
		cmocka_unit_test(what_a_callout_returns_decides_who_comes_next),
		cmocka_unit_test(again_asks_the_same_module_once_more),
		cmocka_unit_test(final_validation2_may_reject_or_defer),
		cmocka_unit_test(self_lasts_as_long_as_the_connection),
		cmocka_unit_test(dealloc_is_for_modules_that_ran),
		cmocka_unit_test(globals_stay_and_one_interpreter_is_enough),
		cmocka_unit_test(
		    objects_that_are_gone_are_errors_of_the_script),
		cmocka_unit_test(an_error_is_logged_and_defers_the_message),
		cmocka_unit_test(an_error_may_be_passed_over),
		cmocka_unit_test(an_error_while_signing_sends_nothing_out),
		cmocka_unit_test(an_error_in_set_binding_defers_too),
		cmocka_unit_test(a_strange_result_is_an_error),
		cmocka_unit_test(what_does_not_load_refuses_the_configuration),
		cmocka_unit_test(all_that_does_not_load_is_told),
		cmocka_unit_test(the_search_path_has_dots_and_slashes),
		cmocka_unit_test(scripts_that_come_with_the_program_are_found),
		cmocka_unit_test(a_module_without_callouts_is_reported),
		cmocka_unit_test(modules_are_registered_while_scripts_load),
		cmocka_unit_test(the_documented_options_are_known),
		cmocka_unit_test(a_module_that_is_not_enabled_is_silent),
		cmocka_unit_test(a_reload_takes_new_scripts_or_keeps_the_old),
		cmocka_unit_test(the_console_tells_what_is_registered),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
