/*
 * post.c of dkim_validate: the queue of reports has an end, nobody waits for
 * it, and time runs from the moment a letter is queued.
 */
#include "dkim_validate/post.h"

#include "dkim/memory.h"
#include "host/jobs/jobs.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <time.h>
#include <unistd.h>

#include <cmocka.h>

static char folder[] = "/tmp/mailseal-post-XXXXXX";
static char command[64], gate[64], count[64];

static void
put(const char *path, const char *text, unsigned mode)
{
	FILE *file = fopen(path, "w");

	assert_non_null(file);
	assert_true(fputs(text, file) >= 0);
	assert_int_equal(fclose(file), 0);
	assert_int_equal(chmod(path, mode), 0);
}

static struct letter *
letter_new(int timeout)
{
	struct letter *letter = memory_new(sizeof(*letter));

	letter->about = memory_text("QUEUEID1");
	letter->rcpts[0] = memory_text("ann@example.com");
	letter->text = memory_text("Subject: x\r\n\r\nbody\r\n");
	letter->length = strlen(letter->text);
	letter->host = memory_text("mx.example.com");
	letter->command = memory_text(command);
	letter->timeout = timeout;
	return letter;
}

static size_t
lines_of(const char *path)
{
	FILE *file = fopen(path, "r");
	size_t n = 0;
	int c;

	while (file != NULL && (c = fgetc(file)) != EOF)
		n += c == '\n';
	if (file != NULL)
		(void)fclose(file);
	return n;
}

/* Every command hangs until the gate is there, so all that we queue is
 * outstanding: were one of the calls to wait, this would not end. */
static void
takes_a_hundred_letters_and_drops_more(void **state)
{
	(void)state;
	put(command, "#!/bin/sh\ncd \"${0%/*}\"\n"
	    "while [ ! -e gate ]; do sleep 0.05; done\n"
	    "cat >/dev/null\necho x >>count\n", 0700);
	for (int i = 0; i < POST_OUTSTANDING; i++)
		assert_true(post_queue(letter_new(300)));
	assert_false(post_queue(letter_new(300)));
	assert_false(post_queue(letter_new(300)));
	put(gate, "", 0600);
	jobs_close(); /* finishes what is queued */
	assert_int_equal(lines_of(count), POST_OUTSTANDING);
	jobs_open();
	/* there is room again */
	assert_true(post_queue(letter_new(300)));
	jobs_close();
	assert_int_equal(lines_of(count), POST_OUTSTANDING + 1);
	jobs_open();
}

/* What waits behind letters that take long is not tried any more when its time
 * is over: the gate opens only after that. */
static void
letters_that_wait_run_out_of_time(void **state)
{
	const struct timespec time = { .tv_sec = 1, .tv_nsec = 1000000 };

	(void)state;
	put(command, "#!/bin/sh\ncd \"${0%/*}\"\necho x >>count\n"
	    "while [ ! -e gate ]; do sleep 0.05; done\ncat >/dev/null\n",
	    0700);
	(void)unlink(count);
	(void)unlink(gate);
	for (int i = 0; i < 40; i++)
		assert_true(post_queue(letter_new(i < POST_WORKERS ? 300 : 1)));
	(void)nanosleep(&time, NULL);
	put(gate, "", 0600);
	jobs_close();
	assert_int_equal(lines_of(count), POST_WORKERS);
	jobs_open();
}

/* The end of the host waits for a letter no longer than its time. */
static void
a_command_that_hangs_is_ended(void **state)
{
	(void)state;
	put(command, "#!/bin/sh\nexec sleep 1000\n", 0700);
	assert_true(post_queue(letter_new(1)));
	jobs_close();
	jobs_open();
}

static void
a_host_that_ends_takes_no_letters(void **state)
{
	(void)state;
	put(command, "#!/bin/sh\necho x >>\"${0%/*}/count\"\n", 0700);
	(void)unlink(count);
	jobs_close();
	assert_false(post_queue(letter_new(300)));
	jobs_open();
	assert_true(post_queue(letter_new(300)));
	jobs_close();
	assert_int_equal(lines_of(count), 1);
	jobs_open();
}

static int
begin(void **state)
{
	(void)state;
	assert_non_null(mkdtemp(folder));
	(void)snprintf(command, sizeof(command), "%s/sendmail", folder);
	(void)snprintf(gate, sizeof(gate), "%s/gate", folder);
	(void)snprintf(count, sizeof(count), "%s/count", folder);
	return 0;
}

static int
end(void **state)
{
	(void)state;
	(void)unlink(command);
	(void)unlink(gate);
	(void)unlink(count);
	return rmdir(folder);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(takes_a_hundred_letters_and_drops_more),
		cmocka_unit_test(letters_that_wait_run_out_of_time),
		cmocka_unit_test(a_command_that_hangs_is_ended),
		cmocka_unit_test(a_host_that_ends_takes_no_letters),
	};

	return cmocka_run_group_tests_name("post", tests, begin, end);
}
