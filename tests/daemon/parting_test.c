/*
 * parting_test.c: modules hear that the process is to end, and one that does
 * not come back does not keep others waiting (core_control_shutdown,
 * core_control_shutdown_ex).
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "daemon/parting.h"
#include "host/generation.h"
#include "host/hooks/hooks.h"
#include "hooks/core/control_shutdown.h"
#include "hooks/core/control_shutdown_ex.h"

#include <errno.h>
#include <semaphore.h>
#include <string.h>

#define STATUS 69
#define PATIENCE 60 /* seconds */

static sem_t may_go, is_done;
static int heard_die = -1, heard_status = -1;
static char heard_file[64];

static void
hang(void *closure)
{
	(void)closure;
	while (sem_wait(&may_go) != 0 && errno == EINTR)
		;
}

static void
hear(void *closure, int die, int ret, const char *file, int line)
{
	const char *name = strrchr(file, '/');

	(void)closure;
	(void)line;
	heard_die = die;
	heard_status = ret;
	(void)strncpy(heard_file, name != NULL ? name + 1 : file,
	    sizeof(heard_file) - 1);
}

static void
done(void)
{
	(void)sem_post(&is_done);
}

static void
publish_providers(void)
{
	struct generation *generation = generation_new();
	struct hooks_registration registration = {
		.into = generation->hooks,
	};
	string trouble;

	(void)string_init_type(&trouble, 1, STRING_TYPE_ECSTRING);
	registration.trouble = &trouble;
	hooks_begin(&registration);
	register_core_control_shutdown_hook_last(hang, NULL);
	register_core_control_shutdown_ex_hook_last(hear, NULL);
	hooks_end(&registration);
	assert_string_equal(trouble.buffer != NULL ? trouble.buffer : "", "");
	(void)string_destroy(&trouble);
	generation_commit(generation);
}

static void
who_hangs_is_waited_for_no_longer_than_is_said(void **state)
{
	(void)state;
	assert_int_equal(sem_init(&may_go, 0, 0), 0);
	assert_int_equal(sem_init(&is_done, 0, 0), 0);
	assert_true(parting_is_over()); /* nobody began */
	publish_providers();
	parting_begin(STATUS, done);
	assert_false(parting_is_over());
	assert_false(parting_wait(0));
	assert_int_equal(sem_trywait(&is_done), -1);
	(void)sem_post(&may_go);
	assert_true(parting_wait(PATIENCE));
	assert_true(parting_is_over());
	while (sem_wait(&is_done) != 0 && errno == EINTR)
		;
	/* in order, with the status and from where */
	assert_int_equal(heard_die, 0);
	assert_int_equal(heard_status, STATUS);
	assert_string_equal(heard_file, "parting.c");
	generation_commit(NULL);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(
		    who_hangs_is_waited_for_no_longer_than_is_said),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
