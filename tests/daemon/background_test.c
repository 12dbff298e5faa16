/*
 * background_test.c: the command that starts a daemon ends when the daemon is
 * ready, or as the daemon ended.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include <cmocka.h>

#include "daemon/background.h"

struct run {
	int status; /* of the command */
	char said[256]; /* on standard error, by either process */
};

/* Run a program that goes into the background and does something there. */
static struct run
run(void (*act)(void))
{
	struct run run = { 0 };
	struct buffer why = { 0 };
	int ends[2];
	size_t n = 0;
	ssize_t more;
	pid_t command;

	assert_int_equal(pipe(ends), 0);
	command = fork();
	assert_true(command >= 0);
	if (command == 0) {
		(void)dup2(ends[1], STDERR_FILENO);
		if (background_enter(&why) != 0)
			_exit(99);
		act();
		_exit(0);
	}
	(void)close(ends[1]);
	/* to the end of the pipe: the background may keep nothing of it */
	while ((more = read(ends[0], run.said + n,
	    sizeof(run.said) - 1 - n)) > 0)
		n += (size_t)more;
	(void)close(ends[0]);
	assert_int_equal(waitpid(command, &run.status, 0), command);
	return run;
}

static void
fail_with_42(void)
{
	(void)dprintf(STDERR_FILENO, "no luck\n");
	_exit(42);
}

static void
end_without_a_word(void)
{
	_exit(0);
}

static void
die(void)
{
	(void)raise(SIGKILL);
}

static void
a_start_that_fails_gives_its_status(void **state)
{
	struct run it = run(fail_with_42);

	(void)state;
	assert_true(WIFEXITED(it.status));
	assert_int_equal(WEXITSTATUS(it.status), 42);
	assert_string_equal(it.said, "no luck\n");
	it = run(end_without_a_word);
	assert_int_equal(it.status, 0);
}

static void
a_start_that_crashes_is_told(void **state)
{
	struct run it = run(die);

	(void)state;
	assert_true(WIFEXITED(it.status));
	assert_int_equal(WEXITSTATUS(it.status), 70);
	assert_string_equal(it.said, "mailseald: ended at the start by "
	    "signal 9 (Killed)\n");
}

/* What there is to see from the background goes to this pipe, which has a
 * number that background_enter() closes; its name in the file system does
 * not. */
static char fifo[64];

static void
look_around(void)
{
	struct stat null, st;
	int all_null = 1, others = 0, to;

	background_ready();
	(void)stat("/dev/null", &null);
	for (int fd = 0; fd < 3; fd++) {
		if (fstat(fd, &st) != 0 || st.st_rdev != null.st_rdev)
			all_null = 0;
	}
	for (int fd = 3; fd < 64; fd++) {
		if (fcntl(fd, F_GETFD) >= 0)
			others++;
	}
	to = open(fifo, O_WRONLY);
	(void)dprintf(to, "%d %d %d", all_null, others,
	    getsid(0) == getpid());
}

static void
what_is_ready_keeps_nothing_of_the_terminal(void **state)
{
	char text[64] = "";
	struct run it;
	int from;

	(void)state;
	(void)snprintf(fifo, sizeof(fifo), "/tmp/background_test.%ld",
	    (long)getpid());
	assert_int_equal(mkfifo(fifo, 0600), 0);
	it = run(look_around);
	assert_int_equal(it.status, 0);
	assert_string_equal(it.said, "");
	from = open(fifo, O_RDONLY);
	assert_true(read(from, text, sizeof(text) - 1) > 0);
	(void)close(from);
	(void)unlink(fifo);
	assert_string_equal(text, "1 0 1");
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(a_start_that_fails_gives_its_status),
		cmocka_unit_test(a_start_that_crashes_is_told),
		cmocka_unit_test(what_is_ready_keeps_nothing_of_the_terminal),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
