/*
 * pidfile_test.c: one holder at a time, and nothing else in the folder is
 * touched.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include <cmocka.h>

#include "daemon/pidfile.h"

#define PATH "pid"

static char folder[] = "/tmp/pidfile_test.XXXXXX";

static int
make_folder(void **state)
{
	(void)state;
	return mkdtemp(folder) != NULL && chdir(folder) == 0 ? 0 : -1;
}

static int
remove_folder(void **state)
{
	(void)state;
	(void)unlink(PATH);
	return chdir("/") == 0 && rmdir(folder) == 0 ? 0 : -1;
}

static void
write_text(const char *path, const char *text)
{
	FILE *file = fopen(path, "w");

	assert_non_null(file);
	assert_true(fputs(text, file) >= 0);
	assert_int_equal(fclose(file), 0);
}

static void
assert_text(const char *path, const char *wanted)
{
	char text[64] = "";
	FILE *file = fopen(path, "r");

	assert_non_null(file);
	(void)fread(text, 1, sizeof(text) - 1, file);
	(void)fclose(file);
	assert_string_equal(text, wanted);
}

/* What another process hears that wants the file; status 0: it got it. */
static int
ask_from_elsewhere(char *words, size_t size)
{
	int ends[2], status;
	ssize_t n;
	pid_t child;

	assert_int_equal(pipe(ends), 0);
	child = fork();
	assert_true(child >= 0);
	if (child == 0) {
		struct pidfile pidfile = { .fd = -1 };
		struct buffer why = { 0 };
		int ret = pidfile_open(&pidfile, PATH, &why);

		if (why.n > 0 && write(ends[1], why.p, why.n) < 0)
			_exit(2);
		_exit(ret == 0 ? 0 : 1);
	}
	(void)close(ends[1]);
	n = read(ends[0], words, size - 1);
	words[n > 0 ? n : 0] = '\0';
	(void)close(ends[0]);
	assert_int_equal(waitpid(child, &status, 0), child);
	assert_true(WIFEXITED(status));
	return WEXITSTATUS(status);
}

static void
holds_the_number_until_it_is_closed(void **state)
{
	struct pidfile pidfile = { .fd = -1 };
	struct buffer why = { 0 };
	struct stat st;
	char number[16];

	(void)state;
	/* longer than any number: nothing of it may be left */
	write_text(PATH, "999999999999999999999999999999\n");
	assert_int_equal(pidfile_open(&pidfile, PATH, &why), 0);
	(void)snprintf(number, sizeof(number), "%ld\n", (long)getpid());
	assert_text(PATH, number);
	pidfile_close(&pidfile);
	assert_int_equal(stat(PATH, &st), -1);
	pidfile_close(&pidfile); /* once more is nothing */
	buffer_deinit(&why);
}

static void
may_be_read_by_everybody_whatever_the_umask(void **state)
{
	struct pidfile pidfile = { .fd = -1 };
	struct buffer why = { 0 };
	mode_t before = umask(077);
	struct stat st;

	(void)state;
	assert_int_equal(pidfile_open(&pidfile, PATH, &why), 0);
	(void)umask(before);
	assert_int_equal(stat(PATH, &st), 0);
	assert_int_equal(st.st_mode & 0777, 0644);
	pidfile_close(&pidfile);
}

static void
tells_another_process_who_has_it(void **state)
{
	struct pidfile pidfile = { .fd = -1 };
	struct buffer why = { 0 };
	char words[256], wanted[256];

	(void)state;
	assert_int_equal(pidfile_open(&pidfile, PATH, &why), 0);
	(void)snprintf(wanted, sizeof(wanted), "process %ld has it: mailseald "
	    "is running already", (long)getpid());
	assert_int_equal(ask_from_elsewhere(words, sizeof(words)), 1);
	assert_string_equal(words, wanted);

	/* the holder has not written its number yet */
	assert_int_equal(truncate(PATH, 0), 0);
	assert_int_equal(ask_from_elsewhere(words, sizeof(words)), 1);
	assert_string_equal(words, "another process has it: mailseald is "
	    "running already");
	pidfile_close(&pidfile);
	assert_int_equal(ask_from_elsewhere(words, sizeof(words)), 0);
}

static void
does_not_take_away_the_file_of_another(void **state)
{
	struct pidfile pidfile = { .fd = -1 };
	struct buffer why = { 0 };

	(void)state;
	assert_int_equal(pidfile_open(&pidfile, PATH, &why), 0);
	assert_int_equal(unlink(PATH), 0);
	write_text(PATH, "1\n");
	pidfile_close(&pidfile);
	assert_text(PATH, "1\n");
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(holds_the_number_until_it_is_closed),
		cmocka_unit_test(may_be_read_by_everybody_whatever_the_umask),
		cmocka_unit_test(tells_another_process_who_has_it),
		cmocka_unit_test(does_not_take_away_the_file_of_another),
	};

	return cmocka_run_group_tests(tests, make_folder, remove_folder);
}
