/*
 * signals_test.c: signals are heard once each, in any thread, and never
 * interrupt.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <pthread.h>
#include <signal.h>
#include <unistd.h>

#include <cmocka.h>

#include "daemon/signals.h"

static int
begin(void **state)
{
	(void)state;
	/* as nohup leaves it */
	(void)signal(SIGHUP, SIG_IGN);
	return signals_open();
}

static void
each_signal_has_a_meaning(void **state)
{
	static const struct {
		int number;
		unsigned meaning;
	} rows[] = {
		{ SIGTERM, SIGNALS_STOP },
		{ SIGINT, SIGNALS_STOP },
		{ SIGHUP, SIGNALS_RELOAD },
		{ SIGUSR1, SIGNALS_REOPEN },
	};

	(void)state;
	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		assert_int_equal(kill(getpid(), rows[i].number), 0);
		assert_int_equal(signals_wait(), rows[i].meaning);
	}
}

static void
many_are_told_as_one(void **state)
{
	(void)state;
	for (int i = 0; i < 1000; i++) {
		assert_int_equal(kill(getpid(), SIGHUP), 0);
		assert_int_equal(kill(getpid(), SIGUSR1), 0);
		signals_wake();
	}
	assert_int_equal(kill(getpid(), SIGTERM), 0);
	assert_int_equal(signals_wait(), SIGNALS_RELOAD | SIGNALS_REOPEN |
	    SIGNALS_WAKE | SIGNALS_STOP);
	signals_wake();
	assert_int_equal(signals_wait(), SIGNALS_WAKE);
}

static void *
wake(void *closure)
{
	(void)closure;
	signals_wake();
	return NULL;
}

static void
another_thread_wakes_the_one_that_waits(void **state)
{
	pthread_t thread;

	(void)state;
	assert_int_equal(pthread_create(&thread, NULL, wake, NULL), 0);
	assert_int_equal(signals_wait(), SIGNALS_WAKE);
	assert_int_equal(pthread_join(thread, NULL), 0);
}

static void
a_peer_that_is_gone_does_not_end_the_process(void **state)
{
	int ends[2];

	(void)state;
	assert_int_equal(pipe(ends), 0);
	(void)close(ends[0]);
	assert_int_equal(write(ends[1], "x", 1), -1);
	(void)close(ends[1]);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(each_signal_has_a_meaning),
		cmocka_unit_test(many_are_told_as_one),
		cmocka_unit_test(another_thread_wakes_the_one_that_waits),
		cmocka_unit_test(a_peer_that_is_gone_does_not_end_the_process),
	};

	return cmocka_run_group_tests(tests, begin, NULL);
}
