/*
 * body_test.c: a body gives back every byte in order, in memory or in a file,
 * and a disk that is full is told and not survived with half a message.
 */
#include "fixture.h"

#include "host/message/body.h"

#include <errno.h>
#include <fcntl.h>
#include <sys/resource.h>
#include <signal.h>
#include <unistd.h>

static unsigned char
byte_at(size_t i)
{
	return (unsigned char)((i * 2654435761u) >> 13);
}

/* Fill with size bytes in chunks of every length from 0 to `longest`. */
static int
fill(struct body *body, size_t size, size_t longest)
{
	unsigned char *chunk = malloc(longest + 1);
	size_t done = 0, n = 0;
	int ret = 0;

	assert_non_null(chunk);
	while (done < size && ret == 0) {
		size_t take = n % (longest + 1);

		if (take > size - done)
			take = size - done;
		for (size_t i = 0; i < take; i++)
			chunk[i] = byte_at(done + i);
		ret = body_append(body, span_of(chunk, take));
		done += take;
		n = n * 7 + 1;
	}
	free(chunk);
	return ret;
}

static void
assert_content(const struct body *body, size_t size)
{
	struct span run;
	size_t offset = 0, done = 0;

	while (body_next(body, &offset, &run)) {
		assert_true(run.n > 0);
		for (size_t i = 0; i < run.n; i++, done++) {
			if (run.p[i] != byte_at(done))
				fail_msg("byte %zu is wrong", done);
		}
		assert_int_equal(offset, done);
	}
	assert_int_equal(done, size);
}

static void
gives_back_what_came_on_both_sides_of_the_threshold(void **state)
{
	static const struct {
		size_t threshold, size, longest;
		bool in_file;
	} rows[] = {
		{ 1024, 0, 1, false },
		{ 1024, 1024, 100, false },
		{ 1024, 1025, 100, true },
		{ 0, 1, 1, true },
		{ 0, 0, 1, false },
		{ 1 << 20, 300000, 70000, false },
		{ 100000, 300000, 70000, true },
		{ 16384, 300000, 3, true },
		{ 262144, 20 << 20, 65536, true }, /* 20 MiB */
	};

	(void)state;
	for (size_t i = 0; i < COUNT(rows); i++) {
		struct body body;

		body_init(&body, rows[i].threshold, "/tmp");
		assert_int_equal(fill(&body, rows[i].size, rows[i].longest), 0);
		assert_int_equal(body_finish(&body), 0);
		assert_int_equal(body_finish(&body), 0); /* again is fine */
		assert_int_equal(body.size, rows[i].size);
		assert_int_equal(body.fd >= 0, rows[i].in_file);
		assert_content(&body, rows[i].size);
		body_deinit(&body);
	}
}

static void
joins_pieces_into_one_run(void **state)
{
	struct body body;
	struct span whole;

	(void)state;
	body_init(&body, 1 << 20, "/tmp");
	assert_int_equal(fill(&body, 500000, 9999), 0);
	assert_int_equal(body_finish(&body), 0);
	whole = body_join(&body);
	assert_int_equal(whole.n, 500000);
	assert_ptr_equal(whole.p, body_join(&body).p);
	assert_content(&body, 500000);
	body_deinit(&body);
}

static void
equal_bodies_are_equal_wherever_they_are(void **state)
{
	struct body small, large, other;

	(void)state;
	body_init(&small, 1 << 20, "/tmp");
	body_init(&large, 10, "/tmp");
	body_init(&other, 10, "/tmp");
	assert_int_equal(fill(&small, 70000, 50), 0);
	assert_int_equal(fill(&large, 70000, 3000), 0);
	assert_int_equal(fill(&other, 69999, 3000), 0);
	assert_int_equal(body_append(&other, SPAN("!")), 0);
	assert_int_equal(body_finish(&small), 0);
	assert_int_equal(body_finish(&large), 0);
	assert_int_equal(body_finish(&other), 0);
	assert_true(body_equal(&small, &large));
	assert_false(body_equal(&small, &other));
	body_deinit(&small);
	body_deinit(&large);
	body_deinit(&other);
}

static void
a_folder_that_is_not_there_is_told(void **state)
{
	struct body body;

	(void)state;
	body_init(&body, 10, "/nonexistent/spool");
	assert_int_equal(body_append(&body, SPAN("0123456789")), 0);
	assert_int_equal(body_append(&body, SPAN("a")), -1);
	assert_int_equal(body.error, ENOENT);
	assert_int_equal(body_append(&body, SPAN("b")), -1); /* it sticks */
	assert_int_equal(body_finish(&body), -1);
	body_deinit(&body);
}

/* A limit on the size of files stands for a disk that is full. */
static void
a_disk_that_takes_no_more_is_told(void **state)
{
	struct rlimit before, limit;
	struct body body;

	(void)state;
	(void)signal(SIGXFSZ, SIG_IGN);
	assert_int_equal(getrlimit(RLIMIT_FSIZE, &before), 0);
	limit = before;
	limit.rlim_cur = 100000;
	assert_int_equal(setrlimit(RLIMIT_FSIZE, &limit), 0);
	body_init(&body, 10, "/tmp");
	assert_int_equal(fill(&body, 300000, 70000), -1);
	assert_int_equal(body.error, EFBIG);
	assert_int_equal(body_finish(&body), -1);
	body_deinit(&body);
	assert_int_equal(setrlimit(RLIMIT_FSIZE, &before), 0);
}

static void
the_file_has_no_name_and_goes_with_its_body(void **state)
{
	char link[64], target[256];
	struct body body;
	ssize_t n;
	int fd;

	(void)state;
	body_init(&body, 0, "/tmp");
	assert_int_equal(body_append(&body, SPAN("text")), 0);
	assert_int_equal(body_finish(&body), 0);
	fd = body.fd;
	(void)snprintf(link, sizeof(link), "/proc/self/fd/%d", fd);
	n = readlink(link, target, sizeof(target) - 1);
	assert_true(n > 0);
	target[n] = '\0';
	assert_non_null(strstr(target, "(deleted)"));
	assert_int_equal(fcntl(fd, F_GETFD) & FD_CLOEXEC, FD_CLOEXEC);
	body_deinit(&body);
	assert_int_equal(fcntl(fd, F_GETFD), -1);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(
		    gives_back_what_came_on_both_sides_of_the_threshold),
		cmocka_unit_test(joins_pieces_into_one_run),
		cmocka_unit_test(equal_bodies_are_equal_wherever_they_are),
		cmocka_unit_test(a_folder_that_is_not_there_is_told),
		cmocka_unit_test(a_disk_that_takes_no_more_is_told),
		cmocka_unit_test(the_file_has_no_name_and_goes_with_its_body),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
