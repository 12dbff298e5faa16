/*
 * command_policy.c: mailseal policy.
 *
 * It takes the whole host, which the other subcommands should not have to
 * load: so it is a program of its own, and this finds it.
 */
#include "cli/command.h"

#include "cli/report.h"

#include <errno.h>
#include <limits.h>
#include <stdbool.h>
#include <stdio.h>
#include <string.h>
#include <sysexits.h>
#include <unistd.h>

#ifndef MAILSEAL_LIBEXEC_DIR
#define MAILSEAL_LIBEXEC_DIR "/usr/local/libexec/mailseal"
#endif
#define PROGRAM "mailseal-policy"
#define BUILD_LEVELS 3 /* src/cli/mailseal */

/* In the build tree around this program, which is known by what meson leaves
 * at its top. */
static bool
is_in_build_tree(char *path_r, size_t size)
{
	char top[PATH_MAX], mark[PATH_MAX + 32];
	ssize_t n = readlink("/proc/self/exe", top, sizeof(top) - 1);

	if (n <= 0)
		return false;
	top[n] = '\0';
	for (int level = 0; level < BUILD_LEVELS; level++) {
		char *slash = strrchr(top, '/');

		if (slash == NULL || slash == top)
			return false;
		*slash = '\0';
	}
	(void)snprintf(mark, sizeof(mark), "%s/meson-private", top);
	return access(mark, F_OK) == 0 &&
	    snprintf(path_r, size, "%s/src/frontends/" PROGRAM, top) <
	    (int)size;
}

int
command_policy(int argc, char **argv)
{
	char path[PATH_MAX];

	(void)argc;
	if (!is_in_build_tree(path, sizeof(path)))
		(void)snprintf(path, sizeof(path), "%s",
		    MAILSEAL_LIBEXEC_DIR "/" PROGRAM);
	(void)execv(path, argv);
	report_error("%s: cannot be run: %s", path, strerror(errno));
	return EX_UNAVAILABLE;
}
