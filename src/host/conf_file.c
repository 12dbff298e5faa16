/*
 * conf_file.c: ec_find_conf_file(): where include would find a file.
 */
#include "util.h"

#include "host/config/config.h"
#include "misc/ec_string.h"

#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#define NODE "{NODENAME}"

/* A directory of the search path, with the machine's name put in. */
static int
format_candidate(const char *directory, size_t n, const char *base, char *out,
    size_t size)
{
	const char *node = memmem(directory, n, NODE, strlen(NODE));
	char name[HOST_NAME_MAX + 1] = "";
	size_t before = node != NULL ? (size_t)(node - directory) : n;
	const char *after = node != NULL ? node + strlen(NODE) : directory + n;

	if (node != NULL)
		(void)ec_gethostname(name, sizeof(name));
	return snprintf(out, size, "%.*s%s%.*s/%s", (int)before, directory,
	    name, (int)(directory + n - after), after, base) < (int)size;
}

int
ec_find_conf_file(const char *base, string *out, string *err)
{
	const char *at = getenv("EC_CONF_SEARCH_PATH");
	char path[PATH_MAX];

	if (at == NULL)
		at = CONFIG_SEARCH_PATH;
	if (base[0] == '/' && access(base, F_OK) == 0) {
		(void)stringprintf(out, "%s", base);
		return 1;
	}
	while (base[0] != '/' && *at != '\0') {
		size_t n = strcspn(at, ":");

		if (n > 0 && format_candidate(at, n, base, path,
		    sizeof(path)) && access(path, F_OK) == 0) {
			(void)stringprintf(out, "%s", path);
			return 1;
		}
		at += n + (at[n] == ':' ? 1 : 0);
	}
	(void)stringprintf(err, "no file '%s' in the search path", base);
	return 0;
}
