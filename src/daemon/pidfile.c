/*
 * pidfile.c: open, lock, and only then write.
 *
 * The folder may belong to another user than the one who opens the file (root
 * opens it first): links are not followed.
 */
#include "daemon/pidfile.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <unistd.h>

#define PIDFILE_MODE 0644 /* init scripts of anybody may read it */
#define PIDFILE_TRIES 10 /* each is a process that ended right then */

enum attempt {
	ATTEMPT_GOT,
	ATTEMPT_AGAIN, /* locked, but it is not the file of that name now */
	ATTEMPT_FAILED, /* why is told */
};

static enum attempt
fail(const char *what, struct buffer *why)
{
	buffer_add_text(why, what);
	return ATTEMPT_FAILED;
}

static enum attempt
fail_taken(int fd, struct buffer *why)
{
	char text[128] = "", *end;
	char number[16] = "";
	ssize_t n = pread(fd, number, sizeof(number) - 1, 0);
	long pid = n > 0 ? strtol(number, &end, 10) : 0;

	if (pid > 0)
		(void)snprintf(text, sizeof(text), "process %ld has it: "
		    "mailseald is running already", pid);
	return fail(text[0] != '\0' ? text :
	    "another process has it: mailseald is running already", why);
}

static bool
is_still_named(const struct stat *locked, const char *path)
{
	struct stat named;

	return lstat(path, &named) == 0 && named.st_ino == locked->st_ino &&
	    named.st_dev == locked->st_dev;
}

static enum attempt
lock(int fd, const char *path, struct buffer *why)
{
	struct stat st;

	if (fstat(fd, &st) != 0)
		return fail(strerror(errno), why);
	if (!S_ISREG(st.st_mode) || st.st_nlink > 1)
		return fail("that is not an ordinary file with one name", why);
	if (flock(fd, LOCK_EX | LOCK_NB) != 0)
		return errno == EWOULDBLOCK ? fail_taken(fd, why) :
		    fail(strerror(errno), why);
	return is_still_named(&st, path) ? ATTEMPT_GOT : ATTEMPT_AGAIN;
}

static enum attempt
attempt(const char *path, int *fd_r, struct buffer *why)
{
	enum attempt done;
	/* not blocking, should it be a pipe */
	int fd = open(path, O_RDWR | O_CREAT | O_CLOEXEC | O_NOFOLLOW |
	    O_NOCTTY | O_NONBLOCK, PIDFILE_MODE);

	if (fd < 0)
		return fail(errno == ELOOP ? "that is a symbolic link" :
		    strerror(errno), why);
	done = lock(fd, path, why);
	if (done == ATTEMPT_GOT)
		*fd_r = fd;
	else
		(void)close(fd);
	return done;
}

static int
write_number(int fd)
{
	/* the process's umask is stricter; somebody else's file keeps its
	 * mode */
	(void)fchmod(fd, PIDFILE_MODE);
	if (ftruncate(fd, 0) != 0 || dprintf(fd, "%ld\n", (long)getpid()) < 0)
		return -1;
	return 0;
}

int
pidfile_open(struct pidfile *pidfile, const char *path, struct buffer *why)
{
	enum attempt done = ATTEMPT_AGAIN;
	int fd = -1;

	for (int i = 0; i < PIDFILE_TRIES && done == ATTEMPT_AGAIN; i++)
		done = attempt(path, &fd, why);
	if (done == ATTEMPT_AGAIN)
		(void)fail("others make it and take it away all the time",
		    why);
	if (done != ATTEMPT_GOT)
		return -1;
	pidfile->path = strdup(path);
	if (pidfile->path == NULL || write_number(fd) != 0) {
		(void)fail(strerror(errno), why);
		(void)unlink(path);
		(void)close(fd);
		free(pidfile->path);
		pidfile->path = NULL;
		return -1;
	}
	pidfile->fd = fd;
	return 0;
}

void
pidfile_close(struct pidfile *pidfile)
{
	struct stat st;

	if (pidfile->path == NULL)
		return;
	/* a process without its first rights may not change the folder, but
	 * the file is open */
	if (fstat(pidfile->fd, &st) == 0 &&
	    (!is_still_named(&st, pidfile->path) ||
	    unlink(pidfile->path) != 0) && ftruncate(pidfile->fd, 0) != 0)
		errno = 0; /* the lock, which counts, goes in any case */
	(void)close(pidfile->fd);
	free(pidfile->path);
	*pidfile = (struct pidfile){ .fd = -1 };
}
