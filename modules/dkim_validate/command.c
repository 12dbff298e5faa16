/*
 * command.c: spawn, feed, wait.
 *
 * One loop does all three, for a program may complain before it has read
 * everything, or never read at all.
 */
#include "command.h"

#include "dkim/memory.h"

#include <ctype.h>
#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <signal.h>
#include <spawn.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/wait.h>
#include <unistd.h>

#define ARGS_BEFORE 5 /* COMMAND -i -f <> -- */
#define LOOK_MS 20 /* between two looks whether it has ended */
#define SAID_BYTES 160 /* of what it wrote to its standard error */

struct run {
	pid_t pid;
	int in, err; /* our ends; -1: closed */
	char *text; /* the mail with LF */
	size_t length, written;
	char said[SAID_BYTES];
	size_t said_n;
};

static void
close_fd(int *fd)
{
	if (*fd >= 0)
		(void)close(*fd);
	*fd = -1;
}

static void
take_text(struct run *run, const struct letter *letter)
{
	run->text = memory_new(letter->length + 1);
	for (size_t i = 0; i < letter->length; i++) {
		if (letter->text[i] != '\r' || i + 1 == letter->length ||
		    letter->text[i + 1] != '\n')
			run->text[run->length++] = letter->text[i];
	}
}

/* Threads of a pool have all signals blocked, and we ignore SIGPIPE. */
static int
spawn_in(const struct letter *letter, struct run *run,
    posix_spawn_file_actions_t *files, posix_spawnattr_t *how)
{
	static char *const environment[] = {
		(char *)(uintptr_t)"PATH=/usr/local/sbin:/usr/local/bin:"
		    "/usr/sbin:/usr/bin:/sbin:/bin", NULL
	};
	const char *argv[ARGS_BEFORE + POST_RCPTS + 1] = {
		letter->command, "-i", "-f", "<>", "--"
	};
	sigset_t none, all;

	for (size_t i = 0; letter->rcpts[i] != NULL; i++)
		argv[ARGS_BEFORE + i] = letter->rcpts[i];
	(void)sigemptyset(&none);
	(void)sigfillset(&all);
	(void)posix_spawnattr_setsigmask(how, &none);
	(void)posix_spawnattr_setsigdefault(how, &all);
	(void)posix_spawnattr_setpgroup(how, 0); /* to be killed as one */
	(void)posix_spawnattr_setflags(how, POSIX_SPAWN_SETSIGMASK |
	    POSIX_SPAWN_SETSIGDEF | POSIX_SPAWN_SETPGROUP);
	return posix_spawn(&run->pid, letter->command, files, how,
	    (char *const *)(uintptr_t)argv, environment);
}

/* Returns 0 or an errno. */
static int
start(const struct letter *letter, struct run *run)
{
	posix_spawn_file_actions_t files;
	posix_spawnattr_t how;
	int in[2] = { -1, -1 }, err[2] = { -1, -1 }, ret;

	if (pipe2(in, O_CLOEXEC) != 0 || pipe2(err, O_CLOEXEC) != 0) {
		ret = errno;
	} else {
		(void)posix_spawn_file_actions_init(&files);
		(void)posix_spawnattr_init(&how);
		(void)posix_spawn_file_actions_adddup2(&files, in[0], 0);
		(void)posix_spawn_file_actions_addopen(&files, 1, "/dev/null",
		    O_WRONLY, 0);
		(void)posix_spawn_file_actions_adddup2(&files, err[1], 2);
		(void)posix_spawn_file_actions_addclosefrom_np(&files, 3);
		ret = spawn_in(letter, run, &files, &how);
		(void)posix_spawnattr_destroy(&how);
		(void)posix_spawn_file_actions_destroy(&files);
	}
	close_fd(&in[0]);
	close_fd(&err[1]);
	run->in = in[1];
	run->err = err[0];
	if (ret == 0) {
		(void)fcntl(run->in, F_SETFL, O_NONBLOCK);
		(void)fcntl(run->err, F_SETFL, O_NONBLOCK);
	}
	return ret;
}

static void
feed(struct run *run)
{
	ssize_t n = write(run->in, run->text + run->written,
	    run->length - run->written);

	if (n > 0)
		run->written += (size_t)n;
	else if (n < 0 && errno != EAGAIN && errno != EINTR)
		close_fd(&run->in); /* it reads no more: its status tells */
	if (run->written == run->length)
		close_fd(&run->in);
}

/* What it says is kept as far as there is room, and read in any case. */
static void
listen_to(struct run *run)
{
	char bytes[512];
	ssize_t n = read(run->err, bytes, sizeof(bytes));

	if (n == 0 || (n < 0 && errno != EAGAIN && errno != EINTR))
		close_fd(&run->err);
	for (ssize_t i = 0; i < n && run->said_n < SAID_BYTES - 1; i++) {
		char c = bytes[i];

		run->said[run->said_n++] = isprint((unsigned char)c) ? c : ' ';
	}
	while (run->said_n > 0 && run->said[run->said_n - 1] == ' ')
		run->said_n--;
	run->said[run->said_n] = '\0';
}

static void
exchange(struct run *run)
{
	struct pollfd fds[2] = {
		{ .fd = run->in, .events = POLLOUT },
		{ .fd = run->err, .events = POLLIN },
	};

	if (poll(fds, 2, LOOK_MS) <= 0)
		return;
	if (fds[0].revents != 0)
		feed(run);
	if (fds[1].revents != 0)
		listen_to(run);
}

static bool
judge(const struct run *run, const struct letter *letter, int status,
    char why[POST_WHY_BYTES])
{
	const char *colon = run->said_n > 0 ? ": " : "";

	if (WIFEXITED(status) && WEXITSTATUS(status) == 0)
		return true;
	if (WIFEXITED(status))
		(void)snprintf(why, POST_WHY_BYTES, "%.100s ended with status "
		    "%d%s%s", letter->command, WEXITSTATUS(status), colon,
		    run->said);
	else
		(void)snprintf(why, POST_WHY_BYTES, "%.100s was ended by "
		    "signal %d%s%s", letter->command, WTERMSIG(status), colon,
		    run->said);
	return false;
}

static bool
wait_for(struct run *run, const struct letter *letter,
    char why[POST_WHY_BYTES])
{
	int status;

	for (;;) {
		pid_t ended = waitpid(run->pid, &status, WNOHANG);

		if (ended == run->pid) {
			if (run->err >= 0)
				listen_to(run);
			return judge(run, letter, status, why);
		}
		if (ended < 0 && errno != EINTR) {
			(void)snprintf(why, POST_WHY_BYTES, "what became of "
			    "%.100s is unknown", letter->command);
			return false;
		}
		if (letter_time_left(letter) == 0)
			break;
		exchange(run);
	}
	(void)kill(-run->pid, SIGKILL);
	while (waitpid(run->pid, &status, 0) < 0 && errno == EINTR)
		;
	(void)snprintf(why, POST_WHY_BYTES, "%.100s took more than %d s",
	    letter->command, letter->timeout);
	return false;
}

bool
command_send(const struct letter *letter, char why[POST_WHY_BYTES])
{
	struct run run = { .in = -1, .err = -1 };
	bool sent = false;
	int ret;

	take_text(&run, letter);
	ret = start(letter, &run);
	if (ret == 0)
		sent = wait_for(&run, letter, why);
	else
		(void)snprintf(why, POST_WHY_BYTES, "%.100s cannot be run: %s",
		    letter->command, strerrordesc_np(ret));
	close_fd(&run.in);
	close_fd(&run.err);
	memory_free(run.text);
	return sent;
}
