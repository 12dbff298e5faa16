/*
 * moments.h: dying at each moment at which a file is changed.
 *
 * What changes files on the disk goes through the functions below, for this
 * program defines them before the C library does.  In a child process that was
 * told moments_die_at(n), the change number n (from 0) does not come about: the
 * process is killed, as by kill -9; a write has got half of its octets to the
 * file by then.  So whoever counts n up sees every state that a kill can leave,
 * whatever the machine's speed.
 *
 *	for (int n = 0; moments_run(n, change, closure) == MOMENTS_KILLED; n++)
 *		look at what is there;
 *
 * For one source of a program, with a Linux underneath.
 */
#ifndef TESTS_HOST_MOMENTS_H
#define TESTS_HOST_MOMENTS_H

#include <fcntl.h>
#include <signal.h>
#include <stdbool.h>
#include <stdio.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

static int moments_left = -1; /* -1: for ever */

static bool
moments_is_over(void)
{
	if (moments_left < 0)
		return false;
	return moments_left-- == 0;
}

static void
moments_die(void)
{
	(void)kill(getpid(), SIGKILL);
}

ssize_t
pwrite64(int fd, const void *octets, size_t n, off64_t at)
{
	bool over = moments_is_over();
	ssize_t put = syscall(SYS_pwrite64, fd, octets, over ? n / 2 : n, at);

	if (over)
		moments_die();
	return put;
}

ssize_t
write(int fd, const void *octets, size_t n)
{
	bool over = moments_is_over();
	ssize_t put = syscall(SYS_write, fd, octets, over ? n / 2 : n);

	if (over)
		moments_die();
	return put;
}

int
ftruncate64(int fd, off64_t n)
{
	if (moments_is_over())
		moments_die();
	return (int)syscall(SYS_ftruncate, fd, n);
}

int
fsync(int fd)
{
	if (moments_is_over())
		moments_die();
	return (int)syscall(SYS_fsync, fd);
}

int
fdatasync(int fd)
{
	if (moments_is_over())
		moments_die();
	return (int)syscall(SYS_fdatasync, fd);
}

int
rename(const char *from, const char *to)
{
	if (moments_is_over())
		moments_die();
	return (int)syscall(SYS_renameat2, AT_FDCWD, from, AT_FDCWD, to, 0);
}

int
unlink(const char *path)
{
	if (moments_is_over())
		moments_die();
	return (int)syscall(SYS_unlinkat, AT_FDCWD, path, 0);
}

enum moments_end {
	MOMENTS_DONE, /* the change was made before moment n came */
	MOMENTS_KILLED,
};

/* Make a change in a child that dies at moment n.  It returns whether it was
 * good, when it comes to its end. */
static enum moments_end
moments_run(int n, bool (*change)(void *closure), void *closure)
{
	pid_t child;
	int status = 0;

	(void)fflush(NULL);
	child = fork();
	assert_true(child >= 0);
	if (child == 0) {
		moments_left = n;
		_exit(change(closure) ? 0 : 1);
	}
	assert_int_equal(waitpid(child, &status, 0), child);
	if (WIFSIGNALED(status)) {
		assert_int_equal(WTERMSIG(status), SIGKILL);
		return MOMENTS_KILLED;
	}
	assert_int_equal(WEXITSTATUS(status), 0);
	return MOMENTS_DONE;
}

#endif
