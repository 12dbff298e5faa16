/*
 * What the interpreters of one host have in common: console commands, locks,
 * counters, databases and their answers, DNS; from many threads and across
 * reloads.  Run under ThreadSanitizer, too.
 */
#include "script.h"

#include "hooks/core/control_shutdown.h"

#include <pthread.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#define THREADS 32
#define MESSAGES 4 /* of each thread */
#define RELOADS 6

static const char commands[] =
    "msys.registerControl('tell', function(cc)\n"
    "  print(cc.argc, cc.argv[0], cc.argv[1], cc.argv[9])\n"
    "  print(msys.type(cc))\n"
    "end)\n"
    "msys.registerControl('tell twice', function(cc)\n"
    "  print('%s')\n"
    "end)\n"
    "msys.registerControl('fail', function(cc)\n"
    "  print('before') error('on purpose')\n"
    "end)\n"
    "local mod = {}\n"
    "function mod:init()\n"
    "  msys.registerControl('late', function() print('from init') end)\n"
    "  return true\n"
    "end\n"
    "function mod:validate_data() return msys.core.VALIDATE_CONT end\n"
    "msys.registerModule('test', mod)\n";

static void
write_commands(const struct scene *scene, const char *answer)
{
	char *text = NULL;

	assert_true(asprintf(&text, commands, answer) > 0);
	scene_write(scene, "test.lua", text, 0600);
	free(text);
}

static void
check_command(const char *line, const char *wanted)
{
	char *answer = scene_command(line);

	assert_says(answer, wanted);
	free(answer);
}

static void
commands_in_lua_answer_on_the_console(void **state)
{
	struct scene scene;
	char *answer;

	(void)state;
	scene_begin(&scene);
	write_commands(&scene, "once");
	assert_true(scene_open(&scene, SCRIPT_STANZA("test", "")));
	check_command("tell \"me more\"", "2\ttell\tme more\tnil\n"
	    "msys.core:_command_construct\n");
	check_command("tell twice", "once\n");
	check_command("late", "from init\n");
	check_command("help", "tell twice");
	check_command("fail", "before\n");
	check_command("fail", "on purpose");
	answer = scene_log(&scene);
	assert_says(answer, "on purpose");
	free(answer);
	scene_close(&scene);
	scene_end(&scene);
}

static void
a_reload_brings_the_commands_of_the_new_scripts(void **state)
{
	struct scene scene;

	(void)state;
	scene_begin(&scene);
	write_commands(&scene, "old");
	assert_true(scene_open(&scene, SCRIPT_STANZA("test", "")));
	check_command("tell twice", "old\n");
	write_commands(&scene, "new");
	assert_true(scene_reload(&scene, SCRIPT_STANZA("test", "")));
	check_command("tell twice", "new\n");
	/* what cannot be loaded leaves the old ones */
	scene_write(&scene, "test.lua", "error('bad')", 0600);
	assert_false(scene_reload(&scene, SCRIPT_STANZA("test", "")));
	check_command("tell twice", "new\n");
	scene_write(&scene, "test.lua", "local x = 1", 0600);
	assert_true(scene_reload(&scene, SCRIPT_STANZA("test", "")));
	check_command("tell twice", "Unknown command");
	scene_close(&scene);
	scene_end(&scene);
}

/* Each message counts in four ways: two of them read, add and write back, which
 * comes out right only if the locks hold. */
static const char counting[] =
    "local function sql(...) return msys.db.execute('d', ...) end\n"
    "local function get(name) return msys.db.fetch_row('d',\n"
    "  'SELECT x FROM n WHERE name = ?', { name }, { nocache = true }).x end\n"
    "sql('PRAGMA synchronous = OFF')\n"
    "sql('CREATE TABLE IF NOT EXISTS n (name TEXT PRIMARY KEY, x INTEGER)')\n"
    "sql(\"INSERT OR IGNORE INTO n VALUES ('lock', 0), ('mutex', 0)\")\n"
    "local mutex = thread.mutex()\n"
    "local mod = {}\n"
    "function mod:init()\n"
    "  msys.audit_series.define('hits', 'string', 3600, 2)\n"
    "  msys.cidr.define('own', { type = 'rbldnsd', source = '%s' })\n"
    "  return true\n"
    "end\n"
    "local function add(name)\n"
    "  sql('UPDATE n SET x = ? WHERE name = ?', { get(name) + 1, name })\n"
    "end\n"
    "function mod:validate_data_spool(msg, ac, vctx)\n"
    "  msys.lock('count') add('lock') msys.unlock('count')\n"
    "  mutex:lock() add('mutex') mutex:unlock()\n"
    "  msys.audit_series.add('hits', 'all')\n"
    "  local row = msys.db.fetch_row('d', 'SELECT 1 AS x, ? AS y',\n"
    "                                { msg.id and 'same' })\n"
    "  local txt = msys.dnsLookup('rsa._domainkey.example.com', 'TXT')\n"
    "  local o = json.decode('{\"a\":[1,2]}')\n"
    "  local m = msys.pcre.match('abc', '(b)')\n"
    "  if row.y == 'same' and #txt == 1 and o.a[2] == 2 and m[1] == 'b'\n"
    "     and msys.cidr.query('own') == '127.0.0.2' then\n"
    "    msys.audit_series.add('hits', 'good')\n"
    "  end\n"
    "  return msys.core.VALIDATE_CONT\n"
    "end\n"
    "msys.registerModule('test', mod)\n"
    "msys.registerControl('tally', function()\n"
    "  local count = msys.audit_series.count\n"
    "  print(get('lock'), get('mutex'), count('hits', 'all'),\n"
    "        count('hits', 'good'))\n"
    "end)\n";

static void *
send_many(void *arg)
{
	struct scene *scene = arg;

	for (int i = 0; i < MESSAGES; i++)
		scene_send(scene, &(struct mail){ 0 });
	return NULL;
}

static void
many_threads_share_what_is_one(void **state)
{
	static struct scene scenes[THREADS];
	static const char configuration[] =
	    "dns_zone_file = \"~/keys.zone\" "
	    "Datasource \"d\" { uri = ( \"sqlite:~/d.db\" ) } "
	    SCRIPT_STANZA("test", "script_time = 60000");
	pthread_t threads[THREADS];
	struct scene scene;
	char *text = NULL, *answer, wanted[64];
	char path[SCENE_PATH_BYTES];

	(void)state;
	scene_begin(&scene);
	scene_write(&scene, "own", "192.0.2.0/24\n", 0600);
	assert_true(asprintf(&text, counting, scene_path(&scene, "own",
	    path)) > 0);
	scene_write(&scene, "test.lua", text, 0600);
	assert_true(scene_open(&scene, configuration));
	for (int i = 0; i < THREADS; i++) {
		memset(&scenes[i], 0, sizeof(scenes[i]));
		memcpy(scenes[i].folder, scene.folder, sizeof(scene.folder));
		assert_int_equal(pthread_create(&threads[i], NULL, send_many,
		    &scenes[i]), 0);
	}
	for (int i = 0; i < RELOADS; i++) {
		assert_true(scene_reload(&scene, configuration));
		free(scene_command("tally"));
	}
	for (int i = 0; i < THREADS; i++) {
		assert_int_equal(pthread_join(threads[i], NULL), 0);
		free(scenes[i].out);
		free(scenes[i].context);
	}
	answer = scene_command("tally");
	(void)snprintf(wanted, sizeof(wanted), "%d\t", THREADS * MESSAGES);
	assert_says(answer, wanted);
	/* a mutex of a script is one within its configuration, not across
	 * reloads, so that count may lack some */
	(void)snprintf(wanted, sizeof(wanted), "\t%d\t%d\n",
	    THREADS * MESSAGES, THREADS * MESSAGES);
	assert_says(answer, wanted);
	free(answer);
	answer = scene_log(&scene);
	assert_says_not(answer, "error");
	free(answer);
	scene_close(&scene);
	scene_end(&scene);
	free(text);
}

static const char watching[] =
    "local mod = {}\n"
    "function mod:validate_data_spool(msg, ac, vctx)\n"
    "  local a = msys.audit\n"
    "  print(a.connections('3600,1'), a.receptions('3600,1'),\n"
    "        a.rejections('3600,1'), a.inbound_session_count())\n"
    "  if vctx:get(0, 'refuse') == 'true' then vctx:set_code(550, 'no') end\n"
    "  return msys.core.VALIDATE_CONT\n"
    "end\n"
    "msys.registerModule('test', mod)\n";

static void
clients_are_counted_from_session_to_session(void **state)
{
	struct scene scene;
	char *log, *said;

	(void)state;
	scene_begin(&scene);
	scene_write(&scene, "test.lua", watching, 0600);
	assert_true(scene_open(&scene, SCRIPT_STANZA("test", "")));
	free(scene_log(&scene));
	scene_send(&scene, &(struct mail){ 0 });
	scene_send(&scene, &(struct mail){ .variable = "refuse" });
	assert_true(scene_reload(&scene, SCRIPT_STANZA("test", "")));
	scene_send(&scene, &(struct mail){ 0 });
	scene_send(&scene, &(struct mail){ .client = "192.0.2.99" });
	log = scene_log(&scene);
	said = script_said(log);
	assert_string_equal(said, "1 0 0 1\n2 1 0 1\n3 1 1 1\n"
	    "1 0 0 1");
	free(said);
	free(log);
	scene_close(&scene);
	scene_end(&scene);
}

static void *
shut_down(void *arg)
{
	struct timespec moment = { .tv_nsec = 100000000 };

	(void)nanosleep(&moment, arg);
	call_core_control_shutdown_hook();
	return NULL;
}

/* The sleep is longer than a test may take. */
static void
the_end_of_the_process_wakes_who_sleeps(void **state)
{
	struct scene scene;
	pthread_t ender;
	char *log;

	(void)state;
	scene_begin(&scene);
	scene_write(&scene, "test.lua", "local mod = {}\n"
	    "function mod:validate_data_spool()\n"
	    "  msys.sleep(299) print('awake') return 0\n"
	    "end\n"
	    "msys.registerModule('test', mod)\n", 0600);
	assert_true(scene_open(&scene, SCRIPT_STANZA("test", "")));
	assert_int_equal(pthread_create(&ender, NULL, shut_down, NULL), 0);
	scene_send(&scene, &(struct mail){ 0 });
	assert_int_equal(pthread_join(ender, NULL), 0);
	log = scene_log(&scene);
	assert_says(log, "awake");
	free(log);
	scene_close(&scene);
	scene_end(&scene);
}

/* A name of a lock would have to be given back by the state that ended with an
 * error: the next message takes it at once. */
static void
a_script_that_fails_gives_its_locks_back(void **state)
{
	char *said = script_prints("msys.lock('left') error('gone')");

	(void)state;
	assert_says(said, "gone");
	free(said);
	said = script_prints("msys.lock('left') print('free')");
	assert_string_equal(said, "free");
	free(said);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(commands_in_lua_answer_on_the_console),
		cmocka_unit_test(
		    a_reload_brings_the_commands_of_the_new_scripts),
		cmocka_unit_test(a_script_that_fails_gives_its_locks_back),
		cmocka_unit_test(clients_are_counted_from_session_to_session),
		cmocka_unit_test(the_end_of_the_process_wakes_who_sleeps),
		cmocka_unit_test(many_threads_share_what_is_one),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
