/*
 * permastore_test.c: totals survive restarts, kills and broken files
 * (MasterDB_File).
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "../moments.h"
#include "host/stats/permastore.h"

#include <signal.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

static char folder[] = "/tmp/permastore-test.XXXXXX", path[64];
static uint64_t total; /* what is saved of everything */

struct loaded {
	struct ledger_sums all[LEDGER_KINDS], b1[LEDGER_KINDS];
	int rows;
};

static void
tell(void (*each)(void *closure, const char *name,
    const struct ledger_sums *sums), void *closure)
{
	struct ledger_sums sums[LEDGER_KINDS] = {
		[EC_SIGNING_DOMAINKEYS] = { 5, 0, 0, total },
		[EC_SIGNING_DKIM] = { total, total, total, total },
	};

	each(closure, NULL, sums);
	each(closure, "b1", sums);
	each(closure, "it's \"b2\"", sums);
}

static void
tell_b1_alone(void (*each)(void *closure, const char *name,
    const struct ledger_sums *sums), void *closure)
{
	struct ledger_sums sums[LEDGER_KINDS] = { { 0 } };

	each(closure, NULL, sums);
	each(closure, "b1", sums);
}

static void
take(void *closure, const char *name, const struct ledger_sums *sums)
{
	struct loaded *loaded = closure;

	loaded->rows++;
	if (name == NULL)
		memcpy(loaded->all, sums, sizeof(loaded->all));
	else if (strcmp(name, "b1") == 0)
		memcpy(loaded->b1, sums, sizeof(loaded->b1));
}

static struct loaded
load(int wanted)
{
	struct loaded loaded = { .rows = 0 };
	struct buffer why = { 0 };

	assert_int_equal(permastore_load(path, take, &loaded, &why), wanted);
	if (wanted < 0)
		assert_true(why.n > strlen(path));
	buffer_deinit(&why);
	return loaded;
}

static int
save(bool anew, void (*totals)(void (*each)(void *closure, const char *name,
    const struct ledger_sums *sums), void *closure))
{
	struct buffer why = { 0 };
	int ret = permastore_save(path, anew, totals, &why);

	assert_true((ret == 0) == (why.n == 0));
	buffer_deinit(&why);
	return ret;
}

static int
begin(void **state)
{
	(void)state;
	(void)unlink(path);
	total = 0;
	return 0;
}

static void
what_was_saved_is_there_again(void **state)
{
	struct loaded loaded;

	(void)state;
	assert_int_equal(load(1).rows, 0);
	total = UINT64_C(1) << 40;
	assert_int_equal(save(false, tell), 0);
	loaded = load(0);
	assert_int_equal(loaded.rows, 3);
	assert_int_equal(loaded.all[EC_SIGNING_DKIM].signed_ok, total);
	assert_int_equal(loaded.b1[EC_SIGNING_DOMAINKEYS].processed, total);
	assert_int_equal(loaded.b1[EC_SIGNING_DOMAINKEYS].nanoseconds, 5);
}

static void
bindings_that_nobody_speaks_of_stay_until_a_reset(void **state)
{
	(void)state;
	assert_int_equal(save(false, tell), 0);
	assert_int_equal(save(false, tell_b1_alone), 0);
	assert_int_equal(load(0).rows, 3);
	assert_int_equal(save(true, tell_b1_alone), 0);
	assert_int_equal(load(0).rows, 2);
}

static void
a_file_that_is_no_database_is_left_as_it_is(void **state)
{
	static const char words[] = "this is a shopping list, and long enough "
	    "to be taken for the header of a database: it is not one at all";
	char found[sizeof(words)] = "";
	FILE *file = fopen(path, "w");

	(void)state;
	assert_non_null(file);
	(void)fputs(words, file);
	(void)fclose(file);
	(void)load(-1);
	assert_int_equal(save(false, tell), -1);
	file = fopen(path, "r");
	assert_int_equal(fread(found, 1, sizeof(words) - 1, file),
	    sizeof(words) - 1);
	(void)fclose(file);
	assert_string_equal(found, words);
}

static void
a_folder_that_is_not_there_is_told_of(void **state)
{
	struct buffer why = { 0 };

	(void)state;
	assert_int_equal(permastore_save("/nonexistent/ecdb", false, tell,
	    &why), -1);
	assert_true(why.n > 0);
	buffer_deinit(&why);
}

/* In a child, without rights, and with files that may not grow beyond `most`
 * octets: whether a save works. */
static bool
child_saves(rlim_t most)
{
	const struct rlimit limit = { most, most };
	pid_t child = fork();
	int status = -1;

	assert_true(child >= 0);
	if (child == 0) {
		(void)signal(SIGXFSZ, SIG_IGN);
		if (geteuid() == 0 && setuid(65534) != 0)
			_exit(2);
		(void)setrlimit(RLIMIT_FSIZE, &limit);
		total = 9;
		_exit(save(false, tell) == 0 ? 0 : 1);
	}
	(void)waitpid(child, &status, 0);
	assert_true(WIFEXITED(status) && WEXITSTATUS(status) < 2);
	return WEXITSTATUS(status) == 0;
}

static void
on_a_full_disk_the_save_before_stays(void **state)
{
	static const rlim_t sizes[] = { 0, 100, 512, 1024, 4096, 6000 };

	(void)state;
	total = 5;
	assert_int_equal(save(false, tell), 0);
	assert_int_equal(chmod(path, 0666), 0);
	assert_int_equal(chmod(folder, 0777), 0);
	for (size_t i = 0; i < sizeof(sizes) / sizeof(sizes[0]); i++) {
		uint64_t wanted = child_saves(sizes[i]) ? 9 : 5;
		struct loaded loaded = load(0);

		assert_int_equal(loaded.all[EC_SIGNING_DKIM].signed_ok, wanted);
		assert_int_equal(loaded.b1[EC_SIGNING_DKIM].processed, wanted);
		if (i == 0)
			assert_int_equal(wanted, 5);
	}
	assert_true(child_saves(RLIM_INFINITY));
	assert_int_equal(chmod(folder, 0700), 0);
}

static void
a_folder_that_may_not_be_written_to_is_told_of(void **state)
{
	(void)state;
	total = 5;
	assert_int_equal(save(false, tell), 0);
	assert_int_equal(chmod(path, 0644), 0);
	assert_int_equal(chmod(folder, 0555), 0);
	assert_false(child_saves(RLIM_INFINITY));
	assert_int_equal(chmod(folder, 0700), 0);
	assert_int_equal(load(0).all[EC_SIGNING_DKIM].signed_ok, 5);
}

/* What a disk may do to a file: a part of it is lost, or is something else. */
static void
a_damaged_file_is_told_of_and_not_written_to(void **state)
{
	static const long places[] = { 100, 4096 }; /* schema, first table */
	char garbage[512];
	struct stat before, after;
	FILE *file;

	(void)state;
	memset(garbage, 0x5a, sizeof(garbage));
	for (size_t i = 0; i < sizeof(places) / sizeof(places[0]); i++) {
		(void)unlink(path);
		assert_int_equal(save(false, tell), 0);
		file = fopen(path, "r+");
		assert_non_null(file);
		assert_int_equal(fseek(file, places[i], SEEK_SET), 0);
		assert_int_equal(fwrite(garbage, sizeof(garbage), 1, file), 1);
		(void)fclose(file);
		assert_int_equal(stat(path, &before), 0);
		(void)load(-1);
		assert_int_equal(save(false, tell), -1);
		assert_int_equal(stat(path, &after), 0);
		assert_int_equal(after.st_size, before.st_size);
	}
	(void)unlink(path);
	assert_int_equal(save(false, tell), 0);
	assert_int_equal(truncate(path, 5000), 0);
	(void)load(-1);
}

static void
two_processes_do_not_save_into_one_file(void **state)
{
	struct buffer why = { 0 };
	int one = -1, two = -1;
	char moved[80];

	(void)state;
	assert_int_equal(permastore_hold(path, false, &one, &why), 1);
	assert_int_equal(permastore_hold(path, true, &one, &why), 0);
	assert_int_equal(permastore_hold(path, true, &one, &why), 0);
	assert_int_equal(permastore_hold(path, true, &two, &why), -1);
	buffer_add_byte(&why, '\0');
	assert_non_null(strstr((char *)why.p, "another process"));
	/* the one who holds it can save */
	assert_int_equal(save(false, tell), 0);
	/* moved away, it does not keep the new one from being held */
	(void)snprintf(moved, sizeof(moved), "%s.old", path);
	assert_int_equal(rename(path, moved), 0);
	assert_int_equal(permastore_hold(path, true, &two, &why), 0);
	buffer_clear(&why);
	assert_int_equal(permastore_hold(path, true, &one, &why), -1);
	permastore_release(&two);
	assert_int_equal(permastore_hold(path, true, &one, &why), 0);
	permastore_release(&one);
	assert_int_equal(unlink(moved), 0);
	buffer_deinit(&why);
}

/* The child saves the same number for all, so a torn save would show. */
static void
a_kill_at_any_moment_leaves_a_whole_save(void **state)
{
	uint64_t least = 1;

	(void)state;
	total = 1;
	assert_int_equal(save(false, tell), 0);
	for (int round = 0; round < 20; round++) {
		struct loaded loaded;
		pid_t child = fork();

		assert_true(child >= 0);
		for (total = least; child == 0; total++) {
			if (save(false, tell) != 0)
				_exit(1);
		}
		(void)usleep((useconds_t)(3000 + round * 1700));
		(void)kill(child, SIGKILL);
		(void)waitpid(child, NULL, 0);
		loaded = load(0);
		assert_int_equal(loaded.rows, 3);
		assert_true(loaded.all[EC_SIGNING_DKIM].signed_ok >= least);
		least = loaded.all[EC_SIGNING_DKIM].signed_ok;
		assert_int_equal(loaded.b1[EC_SIGNING_DKIM].processed, least);
		assert_int_equal(loaded.b1[EC_SIGNING_DOMAINKEYS].processed,
		    least);
	}
}

static bool
save_next(void *closure)
{
	total = *(uint64_t *)closure;
	return save(false, tell) == 0;
}

/* What is there is what was saved at one time, of all rows. */
static uint64_t
load_whole(void)
{
	struct loaded loaded = load(0);
	uint64_t n = loaded.all[EC_SIGNING_DKIM].signed_ok;

	assert_int_equal(loaded.rows, 3);
	assert_int_equal(loaded.all[EC_SIGNING_DKIM].processed, n);
	assert_int_equal(loaded.b1[EC_SIGNING_DKIM].processed, n);
	assert_int_equal(loaded.b1[EC_SIGNING_DOMAINKEYS].processed, n);
	return n;
}

/* Every octet, every call: half a page in the file, a journal with half a page
 * in it, one that is to be deleted. */
static void
a_kill_within_each_step_of_a_save_leaves_that_or_the_one_before(void **state)
{
	uint64_t before = 1, next;
	int n = 0, olds = 0;

	(void)state;
	total = before;
	assert_int_equal(save(false, tell), 0);
	for (;; n++) {
		next = before + 1;
		if (moments_run(n, save_next, &next) == MOMENTS_DONE)
			break;
		total = load_whole();
		assert_true(total == before || total == next);
		olds += total == before;
		before = total;
	}
	assert_int_equal(load_whole(), next);
	/* there were steps, and those on the way to the new totals */
	assert_true(n >= 5);
	assert_true(olds >= 5);
}

/* The first save makes the file: what is there has no totals, or all. */
static void
a_kill_within_each_step_of_the_first_save_leaves_it_or_nothing(void **state)
{
	struct loaded loaded = { .rows = 0 };
	struct buffer why = { 0 };
	uint64_t first = 7;
	char journal[80];
	int n = 0, ret;

	(void)state;
	(void)snprintf(journal, sizeof(journal), "%s-journal", path);
	while (moments_run(n, save_next, &first) == MOMENTS_KILLED) {
		ret = permastore_load(path, take, &loaded, &why);
		assert_true(ret == 1 || (ret == 0 && load_whole() == first));
		(void)unlink(path);
		(void)unlink(journal);
		n++;
	}
	assert_true(n >= 5);
	assert_int_equal(load_whole(), first);
	buffer_deinit(&why);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup(what_was_saved_is_there_again, begin),
		cmocka_unit_test_setup(
		    bindings_that_nobody_speaks_of_stay_until_a_reset, begin),
		cmocka_unit_test_setup(
		    a_file_that_is_no_database_is_left_as_it_is, begin),
		cmocka_unit_test_setup(a_folder_that_is_not_there_is_told_of,
		    begin),
		cmocka_unit_test_setup(on_a_full_disk_the_save_before_stays,
		    begin),
		cmocka_unit_test_setup(
		    a_folder_that_may_not_be_written_to_is_told_of, begin),
		cmocka_unit_test_setup(
		    a_damaged_file_is_told_of_and_not_written_to, begin),
		cmocka_unit_test_setup(two_processes_do_not_save_into_one_file,
		    begin),
		cmocka_unit_test_setup(
		    a_kill_at_any_moment_leaves_a_whole_save, begin),
		cmocka_unit_test_setup(
		    a_kill_within_each_step_of_a_save_leaves_that_or_the_one_before,
		    begin),
		cmocka_unit_test_setup(
		    a_kill_within_each_step_of_the_first_save_leaves_it_or_nothing,
		    begin),
	};
	int ret;

	if (mkdtemp(folder) == NULL)
		return 1;
	(void)snprintf(path, sizeof(path), "%s/ecdb", folder);
	ret = cmocka_run_group_tests(tests, NULL, NULL);
	(void)unlink(path);
	(void)rmdir(folder);
	return ret;
}
