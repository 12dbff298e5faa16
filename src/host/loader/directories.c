/*
 * directories.c: the build tree is known by what meson leaves at its top, so
 * nothing about where the program was built stands in the program.
 */
#include "host/loader/directories.h"

#include "host/types/alloc.h"

#include <limits.h>
#include <pthread.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#ifndef MAILSEAL_MODULE_DIR
#define MAILSEAL_MODULE_DIR "/usr/local/lib/mailseal/modules"
#endif
#define BUILD_LEVELS 4 /* programs are not deeper in a build tree */

static pthread_mutex_t path_lock = PTHREAD_MUTEX_INITIALIZER;
static char **module_path; /* under path_lock */
static size_t module_path_count;

/* The modules folder of the build tree around this program: 1, or 0 when there
 * is none. */
static int
build_modules(char *out, size_t size)
{
	char top[PATH_MAX], mark[PATH_MAX + 32];
	ssize_t n = readlink("/proc/self/exe", top, sizeof(top) - 1);

	if (n <= 0)
		return 0;
	top[n] = '\0';
	for (int level = 0; level < BUILD_LEVELS; level++) {
		char *slash = strrchr(top, '/');

		if (slash == NULL || slash == top)
			return 0;
		*slash = '\0';
		(void)snprintf(mark, sizeof(mark), "%s/meson-private", top);
		if (access(mark, F_OK) != 0)
			continue;
		return snprintf(out, size, "%s/modules", top) < (int)size;
	}
	return 0;
}

void
directories_set_module_path(const char *const *paths, size_t count)
{
	(void)pthread_mutex_lock(&path_lock);
	for (size_t i = 0; i < module_path_count; i++)
		free(module_path[i]);
	module_path = xrealloc(module_path, count * sizeof(*module_path));
	for (size_t i = 0; i < count; i++)
		module_path[i] = xstrdup(paths[i]);
	module_path_count = count;
	(void)pthread_mutex_unlock(&path_lock);
}

void
directories_refresh(string *trouble)
{
	char build[PATH_MAX];
	const char **all;
	size_t n = 0;
	struct manifests *manifests;

	(void)pthread_mutex_lock(&path_lock);
	all = xcalloc(module_path_count + 2, sizeof(*all));
	if (build_modules(build, sizeof(build)))
		all[n++] = build;
	all[n++] = MAILSEAL_MODULE_DIR;
	for (size_t i = 0; i < module_path_count; i++)
		all[n++] = module_path[i];
	manifests = manifests_read(all, n, trouble);
	(void)pthread_mutex_unlock(&path_lock);
	free(all);
	manifests_set_current(manifests);
}
