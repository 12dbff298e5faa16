/*
 * socket_file_test.c: files that may be taken over, and those that may not.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "host/console/socket_file.h"

#include <sys/socket.h>
#include <sys/un.h>
#include <unistd.h>

struct place {
	char folder[64], path[80];
	struct buffer why;
};

static int
begin(void **state)
{
	struct place *place = calloc(1, sizeof(*place));
	char template[] = "/tmp/socket_file_test.XXXXXX";

	if (place == NULL || mkdtemp(template) == NULL)
		return -1;
	(void)snprintf(place->folder, sizeof(place->folder), "%s", template);
	(void)snprintf(place->path, sizeof(place->path), "%s/s", template);
	*state = place;
	return 0;
}

static int
end(void **state)
{
	struct place *place = *state;

	(void)unlink(place->path);
	(void)rmdir(place->folder);
	buffer_deinit(&place->why);
	free(place);
	return 0;
}

static const char *
prepare(struct place *place)
{
	buffer_clear(&place->why);
	if (socket_file_prepare(place->path, (uid_t)-1, (gid_t)-1,
	    &place->why) == 0)
		return "";
	buffer_add_byte(&place->why, '\0');
	return (const char *)place->why.p;
}

static int
serve(const char *path)
{
	struct sockaddr_un un = { .sun_family = AF_UNIX };
	int fd = socket(AF_UNIX, SOCK_STREAM, 0);

	(void)snprintf(un.sun_path, sizeof(un.sun_path), "%s", path);
	assert_int_equal(bind(fd, (struct sockaddr *)&un, sizeof(un)), 0);
	assert_int_equal(listen(fd, 1), 0);
	return fd;
}

static void
a_free_place_is_fine(void **state)
{
	assert_string_equal(prepare(*state), "");
}

static void
what_a_dead_process_left_is_removed(void **state)
{
	struct place *place = *state;

	(void)close(serve(place->path));
	assert_int_equal(access(place->path, F_OK), 0);
	assert_string_equal(prepare(place), "");
	assert_int_not_equal(access(place->path, F_OK), 0);
}

static void
a_socket_that_is_served_is_left_alone(void **state)
{
	struct place *place = *state;
	int fd = serve(place->path);

	assert_non_null(strstr(prepare(place), "is served by another "
	    "process"));
	assert_int_equal(access(place->path, F_OK), 0);
	(void)close(fd);
}

static void
a_file_that_is_no_socket_is_left_alone(void **state)
{
	struct place *place = *state;
	FILE *file = fopen(place->path, "w");

	assert_non_null(file);
	(void)fclose(file);
	assert_non_null(strstr(prepare(place), "is there, and is no socket"));
	assert_int_equal(access(place->path, F_OK), 0);
}

/* Root makes the last folder of a path and no more; others are told. */
static void
a_missing_folder_is_made_by_root_alone(void **state)
{
	struct place *place = *state;
	struct stat st;

	assert_int_equal(rmdir(place->folder), 0);
	if (geteuid() == 0) {
		assert_string_equal(prepare(place), "");
		assert_int_equal(stat(place->folder, &st), 0);
		assert_int_equal(st.st_mode & 07777, 0755);
		assert_int_equal(rmdir(place->folder), 0);
	} else {
		assert_non_null(strstr(prepare(place), "cannot be used"));
	}
	(void)snprintf(place->path, sizeof(place->path), "%s/a/b",
	    place->folder);
	assert_string_not_equal(prepare(place), "");
	assert_int_not_equal(access(place->folder, F_OK), 0);
}

static void
only_the_same_file_is_removed(void **state)
{
	struct place *place = *state;
	char aside[96];
	struct stat st;
	int first = serve(place->path), second;

	assert_int_equal(socket_file_hand_over(place->path, 0640, (uid_t)-1,
	    (gid_t)-1, &st, &place->why), 0);
	assert_int_equal(st.st_mode & 0777, 0640);
	/* moved away, not removed: no other file gets its number */
	(void)snprintf(aside, sizeof(aside), "%s.aside", place->path);
	assert_int_equal(rename(place->path, aside), 0);
	second = serve(place->path);
	socket_file_remove(place->path, &st);
	assert_int_equal(access(place->path, F_OK), 0);
	socket_file_remove(aside, &st);
	assert_int_not_equal(access(aside, F_OK), 0);
	(void)close(first);
	(void)close(second);
}

/* The folder may belong to somebody who would like another file's mode and
 * owner changed by root. */
static void
what_took_the_place_of_the_socket_keeps_its_mode(void **state)
{
	struct place *place = *state;
	char other[96], second[112];
	struct stat st;
	int fd;

	(void)snprintf(other, sizeof(other), "%s.other", place->path);
	(void)snprintf(second, sizeof(second), "%s.second", place->path);
	fd = serve(other);
	assert_int_equal(chmod(other, 0600), 0);
	assert_int_equal(symlink(other, place->path), 0);
	assert_int_equal(socket_file_hand_over(place->path, 0666, (uid_t)-1,
	    (gid_t)-1, &st, &place->why), -1);
	assert_int_equal(unlink(place->path), 0);
	assert_int_equal(link(other, second), 0);
	assert_int_equal(socket_file_hand_over(second, 0666, (uid_t)-1,
	    (gid_t)-1, &st, &place->why), -1);
	assert_int_equal(stat(other, &st), 0);
	assert_int_equal(st.st_mode & 0777, 0600);
	assert_int_equal(unlink(second), 0);
	assert_int_equal(unlink(other), 0);
	(void)close(fd);
}

#define IN_PLACE(test) cmocka_unit_test_setup_teardown(test, begin, end)

int
main(void)
{
	const struct CMUnitTest tests[] = {
		IN_PLACE(a_free_place_is_fine),
		IN_PLACE(what_a_dead_process_left_is_removed),
		IN_PLACE(a_socket_that_is_served_is_left_alone),
		IN_PLACE(a_file_that_is_no_socket_is_left_alone),
		IN_PLACE(a_missing_folder_is_made_by_root_alone),
		IN_PLACE(only_the_same_file_is_removed),
		IN_PLACE(what_took_the_place_of_the_socket_keeps_its_mode),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
