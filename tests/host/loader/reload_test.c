/*
 * reload_test.c ECXS SOURCES: messages go on in many threads while the
 * configuration is replaced again and again; each sees one configuration from
 * its beginning to its end, and every instance is ended once.
 */
#include <pthread.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdatomic.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "workshop.h"

#include "host/control/commands.h"
#include "host/generation.h"
#include "host/host.h"
#include "host/log/log.h"
#include "module-hooks.h"

/* As in modules/tracer.c. */
EC_DECLARE_VOID_HOOK(tracer, called,
    (void *, string *),
    (string *out),
    (EC_HOOK_CLOSURE, out))

enum { THREADS = 3, RELOADS = 40 };

static atomic_bool over;
static atomic_int mixed, messages;

/* "alpha:one=N;alpha:two=N;solo=N;": is it the same N each time? */
static bool
is_whole(const char *text)
{
	int first = -1, n;

	for (const char *at = strchr(text, '='); at != NULL;
	    at = strchr(at + 1, '=')) {
		n = atoi(at + 1);
		if (first >= 0 && n != first)
			return false;
		first = n;
	}
	return first >= 0;
}

static void
one_message(void)
{
	struct generation *generation = generation_current();
	struct generation *before = generation_pin(generation);
	string out;

	(void)string_init_type(&out, 64, STRING_TYPE_ECSTRING);
	for (int phase = 0; phase < 4; phase++)
		call_tracer_called_hook(&out);
	(void)generation_pin(before);
	generation_unref(generation);
	if (!is_whole(out.buffer))
		atomic_fetch_add(&mixed, 1);
	(void)string_destroy(&out);
	atomic_fetch_add(&messages, 1);
}

static void *
work(void *closure)
{
	(void)closure;
	while (!atomic_load(&over)) {
		string answer;

		one_message();
		(void)string_init_type(&answer, 1, STRING_TYPE_ECSTRING);
		(void)commands_run("module list", NULL, &answer);
		(void)commands_run("trace alpha word", NULL, &answer);
		(void)string_destroy(&answer);
	}
	return NULL;
}

static bool
load(int n, bool first)
{
	char text[256];

	(void)snprintf(text, sizeof(text), "alpha \"one\" { word = %d }\n"
	    "alpha \"two\" { word = %d }\nsolo { word = %d }\n%s", n, n, n,
	    n % 7 == 3 ? "nonsense = 1\n" : "");
	return first ? workshop_load(text) : workshop_reload(text);
}

static void
messages_finish_on_the_configuration_they_began_with(void **state)
{
	pthread_t threads[THREADS];
	const char *events;
	int begun = 0, ended = 0;

	(void)state;
	assert_true(load(0, true));
	for (int i = 0; i < THREADS; i++)
		assert_int_equal(pthread_create(&threads[i], NULL, work, NULL),
		    0);
	for (int n = 1; n < RELOADS; n++)
		assert_int_equal(load(n, false), n % 7 != 3);
	while (atomic_load(&messages) == 0)
		(void)sched_yield();
	atomic_store(&over, true);
	for (int i = 0; i < THREADS; i++)
		(void)pthread_join(threads[i], NULL);
	host_close();
	assert_int_equal(atomic_load(&mixed), 0);
	events = workshop_events();
	for (const char *at = events; (at = strstr(at, "alpha:")) != NULL;
	    at++) {
		begun += strncmp(at + 9, " INIT", 5) == 0;
		ended += strncmp(at + 9, " DESTROY", 8) == 0;
	}
	assert_true(begun > 2);
	assert_int_equal(begun, ended);
}

static char **arguments; /* of main; cmocka's setup takes none */

static int
build_all(void **state)
{
	(void)state;
	workshop_open(arguments[1], arguments[2]);
	workshop_build("alpha", "tracer.c", "-DNAME=alpha");
	workshop_build("solo", "tracer.c", "-DNAME=solo -DSINGLETON");
	return 0;
}

static int
remove_all(void **state)
{
	(void)state;
	workshop_close();
	return 0;
}

int
main(int argc, char **argv)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(
		    messages_finish_on_the_configuration_they_began_with),
	};
	struct log_targets silence = { 0 };

	if (argc != 3)
		return 64;
	(void)log_open(&silence);
	arguments = argv;
	return cmocka_run_group_tests(tests, build_all, remove_all);
}
