/*
 * Many connections at once, while scripts are replaced: each session keeps what
 * is its own.  Run under ThreadSanitizer, too.
 */
#include "script.h"

#include <pthread.h>
#include <stdatomic.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define THREADS 32
#define MESSAGES 30 /* of each thread */
#define RELOADS 10

static const char script[] =
    "local mod = {}\n"
    "local shared = require('helper')\n"
    "function mod:validate_connect(ac, vctx)\n"
    "  assert(next(self) == nil and next(_TLS) == nil)\n"
    "  return msys.core.VALIDATE_CONT\n"
    "end\n"
    "function mod:validate_mailfrom(str, ac, vctx)\n"
    "  self.from = tostring(str) _TLS.n = 0\n"
    "  return msys.core.VALIDATE_CONT\n"
    "end\n"
    "function mod:validate_data(msg, ac, vctx)\n"
    "  self.id = msg:header('X-Id')[1]\n"
    "  current = self.id\n" /* a global: of this message alone meanwhile */
    "  vctx:set(msys.core.VCTX_MESS, 'id', self.id)\n"
    "  shared.remember(self.id)\n"
    "  return msys.core.VALIDATE_CONT\n"
    "end\n"
    "function mod:validate_data_spool_each_rcpt(msg, ac, vctx)\n"
    "  _TLS.n = _TLS.n + 1\n"
    "  for i = 1, 100 do local t = { i, tostring(i) } end\n"
    "  return msys.core.VALIDATE_CONT\n"
    "end\n"
    "function mod:core_final_validation(msg, ac, vctx)\n"
    "  local id = msg:header('X-Id')[1]\n"
    "  assert(id == self.id and id == current and _TLS.n == 1)\n"
    "  assert(id == vctx:get(msys.core.VCTX_MESS, 'id'))\n"
    "  assert(self.from == 'MAIL FROM:<ann@example.com>')\n"
    "  msg:header('X-Seen', id .. ' ' .. shared.recall())\n"
    "end\n"
    "msys.registerModule('test', mod)\n";

static const char helper[] =
    "local last\n"
    "return { remember = function(id) last = id end,\n"
    "  recall = function() return last end }\n";

struct worker {
	pthread_t thread;
	struct scene scene;
	unsigned number, wrong;
};

static void *
send_many(void *arg)
{
	struct worker *worker = arg;
	char text[256], wanted[64];

	for (int i = 0; i < MESSAGES; i++) {
		(void)snprintf(text, sizeof(text), "From: ann@example.com\r\n"
		    "X-Id: %u-%d\r\n\r\nhello\r\n", worker->number, i);
		(void)snprintf(wanted, sizeof(wanted), "X-Seen: %u-%d %u-%d\r\n",
		    worker->number, i, worker->number, i);
		scene_send(&worker->scene, &(struct mail){ .text = text });
		if (strstr(worker->scene.out, wanted) == NULL)
			worker->wrong++;
	}
	return NULL;
}

static void
sessions_keep_their_own_while_scripts_are_replaced(void **state)
{
	static struct worker workers[THREADS];
	static const char configuration[] = SCRIPT_STANZA("test", "");
	struct scene scene;
	char *stats;

	(void)state;
	scene_begin(&scene);
	scene_write(&scene, "test.lua", script, 0600);
	scene_write(&scene, "helper.lua", helper, 0600);
	if (!scene_open(&scene, configuration))
		fail_msg("%s", scene.errors);
	for (unsigned i = 0; i < THREADS; i++) {
		workers[i].number = i;
		assert_int_equal(pthread_create(&workers[i].thread, NULL,
		    send_many, &workers[i]), 0);
	}
	for (int i = 0; i < RELOADS; i++)
		assert_true(scene_reload(&scene, configuration));
	for (unsigned i = 0; i < THREADS; i++) {
		assert_int_equal(pthread_join(workers[i].thread, NULL), 0);
		if (workers[i].wrong != 0) {
			char *log = scene_log(&scene);

			fail_msg("%u wrong: %s\n%s", workers[i].wrong,
			    workers[i].scene.out, log);
		}
		free(workers[i].scene.out);
		free(workers[i].scene.context);
	}
	stats = scene_command("scriptlet:scriptlet stats");
	assert_says(stats, "sessions: 0");
	free(stats);
	scene_close(&scene);
	scene_end(&scene);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(
		    sessions_keep_their_own_while_scripts_are_replaced),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
