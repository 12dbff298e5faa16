/*
 * background.c: fork, and a pipe that tells the first process the verdict.
 *
 * The process in the background keeps the terminal, as its standard error and
 * as the one it is interrupted from, until it is ready.  It stays in the folder
 * it was started in, for file names in the configuration may be relative.
 */
#include "daemon/background.h"

#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <stdio.h>
#include <string.h>
#include <sys/wait.h>
#include <sysexits.h>
#include <unistd.h>

static int pipe_end = -1; /* to the first process; -1: in the foreground */
static int null_device = -1;

static int
fail(const char *what, struct buffer *why)
{
	buffer_add_text(why, what);
	buffer_add_text(why, ": ");
	buffer_add_text(why, strerror(errno));
	return -1;
}

int
background_fill_standard(void)
{
	int fd;

	/* the lowest that is free comes first */
	do {
		fd = open("/dev/null", O_RDWR);
	} while (fd >= 0 && fd <= STDERR_FILENO);
	if (fd >= 0)
		(void)close(fd);
	return fd >= 0 ? 0 : -1;
}

/* Does the other one say that it is ready?  If it ends instead, so does the
 * pipe. */
static bool
hears(int from)
{
	char word;
	ssize_t n;

	do {
		n = read(from, &word, 1);
	} while (n < 0 && errno == EINTR);
	return n == 1;
}

static int
verdict_of(pid_t child)
{
	int status;

	while (waitpid(child, &status, 0) < 0) {
		if (errno != EINTR)
			return EX_OSERR;
	}
	if (WIFEXITED(status))
		return WEXITSTATUS(status);
	(void)fprintf(stderr, "mailseald: ended at the start by signal %d "
	    "(%s)\n", WTERMSIG(status), strsignal(WTERMSIG(status)));
	return EX_SOFTWARE;
}

int
background_enter(struct buffer *why)
{
	int ends[2];
	pid_t child;

	/* who started us may wait for the end of a pipe that we inherited */
	closefrom(STDERR_FILENO + 1);
	null_device = open("/dev/null", O_RDWR | O_CLOEXEC);
	if (null_device < 0)
		return fail("/dev/null", why);
	if (pipe2(ends, O_CLOEXEC) != 0)
		return fail("pipe", why);
	child = fork();
	if (child < 0)
		return fail("cannot go into the background", why);
	if (child > 0) {
		(void)close(ends[1]);
		_exit(hears(ends[0]) ? EX_OK : verdict_of(child));
	}
	(void)close(ends[0]);
	pipe_end = ends[1];
	return 0;
}

void
background_ready(void)
{
	if (pipe_end < 0)
		return;
	(void)setsid();
	for (int fd = STDIN_FILENO; fd <= STDERR_FILENO; fd++)
		(void)dup2(null_device, fd);
	(void)close(null_device);
	/* if nobody waits for it any more, that is fine, too */
	if (write(pipe_end, "", 1) < 0)
		errno = 0;
	(void)close(pipe_end);
	pipe_end = -1;
}
