/*
 * pager.c: it has the terminal to itself while it runs.
 *
 * Our signals are held back (cli/console/signals.h), so a ctrl-C is the pager's
 * alone; and when it is stopped, so are we, for the shell waits for both.
 */
#include "cli/console/pager.h"

#include "cli/console/signals.h"

#include <errno.h>
#include <spawn.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <termios.h>
#include <unistd.h>

#define NOT_FOUND 126 /* and 127: what the shell says then */

extern char **environ;

/* In a folder of PATH. */
static bool
is_there(const char *name)
{
	const char *path = getenv("PATH");
	bool found = false;
	char *folders = strdup(path == NULL ? "/usr/bin:/bin" : path);
	char *rest = folders, *folder, *file;

	while (!found && (folder = strsep(&rest, ":")) != NULL) {
		if (asprintf(&file, "%s/%s", folder, name) < 0)
			break;
		found = access(file, X_OK) == 0;
		free(file);
	}
	free(folders);
	return found;
}

const char *
console_pager_name(void)
{
	const char *program = getenv("PAGER");

	if (program != NULL && program[0] != '\0')
		return program;
	return is_there("less") ? "less" : "more";
}

static int
start(const char *program, int file, pid_t *pid_r)
{
	const char *const words[] = { "sh", "-c", program, NULL };
	posix_spawn_file_actions_t actions;
	posix_spawnattr_t attributes;
	sigset_t all;
	int error;

	(void)sigfillset(&all);
	(void)posix_spawn_file_actions_init(&actions);
	(void)posix_spawnattr_init(&attributes);
	(void)posix_spawn_file_actions_adddup2(&actions, file, STDIN_FILENO);
	(void)posix_spawnattr_setsigmask(&attributes, console_signals_mask());
	(void)posix_spawnattr_setsigdefault(&attributes, &all);
	(void)posix_spawnattr_setflags(&attributes,
	    POSIX_SPAWN_SETSIGMASK | POSIX_SPAWN_SETSIGDEF);
	error = posix_spawn(pid_r, "/bin/sh", &actions, &attributes,
	    (char *const *)words, environ);
	(void)posix_spawnattr_destroy(&attributes);
	(void)posix_spawn_file_actions_destroy(&actions);
	return error == 0 ? 0 : -1;
}

/* How it ended. */
static int
wait_for(pid_t pid)
{
	int status;

	for (;;) {
		if (waitpid(pid, &status, WUNTRACED) < 0) {
			if (errno == EINTR)
				continue;
			return -1;
		}
		if (!WIFSTOPPED(status))
			return status;
		console_signals_obey(SIGTSTP);
		(void)kill(pid, SIGCONT);
	}
}

/* A plain program takes the shell's place: then we see it stop when it has
 * given the terminal back, and not before, as the shell would. */
static char *
make_command(const char *program)
{
	bool is_plain = strpbrk(program, ";&|<>(){}[]$`'\"\\*?~#=\n") == NULL;
	char *command;

	if (asprintf(&command, "%s%s", is_plain ? "exec " : "", program) < 0)
		return NULL;
	return command;
}

int
console_pager_show(const char *program, int file)
{
	char *command = make_command(program == NULL ? console_pager_name() :
	    program);
	struct termios terminal;
	bool is_terminal = tcgetattr(STDIN_FILENO, &terminal) == 0;
	pid_t pid;
	int status, ret = -1;

	(void)fflush(stdout);
	if (command != NULL)
		ret = start(command, file, &pid);
	free(command);
	if (ret != 0)
		return ret;
	status = wait_for(pid);
	/* one that was killed leaves the terminal as it had it */
	if (is_terminal)
		(void)tcsetattr(STDIN_FILENO, TCSADRAIN, &terminal);
	/* what was meant for the pager */
	(void)console_signals_wait(-1, 0, 0);
	(void)console_signals_take(SIGINT);
	(void)console_signals_take(SIGTSTP);
	return status == -1 || (WIFEXITED(status) &&
	    WEXITSTATUS(status) >= NOT_FOUND) ? -1 : 0;
}
