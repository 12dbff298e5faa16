/*
 * folder.c: see folder.h.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "folder.h"

#include <fcntl.h>
#include <ftw.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <unistd.h>

void
folder_make(struct folder *folder)
{
	const char *base = getenv("TMPDIR");
	int n;

	n = snprintf(folder->path, sizeof(folder->path), "%s/keys-test-XXXXXX",
	    base != NULL && *base != '\0' ? base : "/tmp");
	assert_in_range(n, 1, sizeof(folder->path) - 1);
	assert_non_null(mkdtemp(folder->path));
}

static int
remove_one(const char *path, const struct stat *st, int kind, struct FTW *at)
{
	(void)st;
	(void)kind;
	(void)at;
	return remove(path);
}

void
folder_remove(struct folder *folder)
{
	assert_int_equal(nftw(folder->path, remove_one, 8,
	    FTW_DEPTH | FTW_PHYS), 0);
	folder->path[0] = '\0';
}

const char *
folder_file(const struct folder *folder, const char *name,
    char path_r[static FOLDER_PATH_BYTES])
{
	int n = snprintf(path_r, FOLDER_PATH_BYTES, "%s/%s", folder->path,
	    name);

	assert_in_range(n, 1, FOLDER_PATH_BYTES - 1);
	return path_r;
}

void
folder_write(const struct folder *folder, const char *name, struct span text,
    mode_t mode)
{
	char path[FOLDER_PATH_BYTES];
	int fd;

	folder_file(folder, name, path);
	unlink(path);
	fd = open(path, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0600);
	assert_true(fd >= 0);
	assert_int_equal(write(fd, text.p, text.n), text.n);
	assert_int_equal(fchmod(fd, mode), 0);
	assert_int_equal(close(fd), 0);
}
