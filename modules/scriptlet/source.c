/*
 * source.c: from a name to the text of a script.
 */
#include "scriptlet/source.h"

#include "dkim/memory.h"
#include "dkim/option.h"
#include "scriptlet/dialect.h"

#include <lua.h>

#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <pthread.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <unistd.h>

#define MAX_DIRECTORIES 32 /* a search path is not longer */
#define MAX_NAME 256
#define BUILD_LEVELS 4 /* programs are not deeper in a build tree */

/* Where Momentum's documentation has policy and helpers. */
static const char *const documented[] = {
	"/opt/msys/ecelerity/etc/conf/global",
	"/opt/msys/ecelerity/etc/conf/default",
	"/opt/msys/ecelerity/libexec/scriptlets",
	"/opt/msys/ecelerity/libexec/embed/lua",
};

struct sources {
	char *directories[MAX_DIRECTORIES];
	size_t count;
	pthread_mutex_t lock; /* guards first */
	struct source *first;
};

static void
add_directory(struct sources *sources, const char *path)
{
	if (sources->count < MAX_DIRECTORIES)
		sources->directories[sources->count++] = memory_text(path);
}

/* Relative directories are beside the configuration's file. */
static void
add_script_path(void *closure, const char *path)
{
	struct sources *sources = closure;
	char whole[PATH_MAX];
	int n;

	if (path[0] == '/') {
		add_directory(sources, path);
		return;
	}
	n = snprintf(whole, sizeof(whole), "%s/%s", sources->directories[0],
	    path);
	if (n > 0 && n < (int)sizeof(whole))
		add_directory(sources, whole);
}

static void
add_configuration(struct sources *sources, ec_config_header *transaction)
{
	const char *file = ec_config_file(transaction);
	const char *slash = file == NULL ? NULL : strrchr(file, '/');
	char *path;

	if (slash == NULL || slash == file) {
		add_directory(sources, slash == NULL ? "." : "/");
		return;
	}
	path = ec_mt_strndup(MEMTYPE_IS_MALLOC_3C, file,
	    (size_t)(slash - file));
	add_directory(sources, path);
	memory_free(path);
}

/* The scripts that come with the program: in the build tree around it, which is
 * known by what meson leaves at its top, or installed. */
static void
add_ours(struct sources *sources)
{
	char top[PATH_MAX], mark[PATH_MAX + 32];
	ssize_t n = readlink("/proc/self/exe", top, sizeof(top) - 1);
	char *slash;

	top[n > 0 ? n : 0] = '\0';
	for (int level = 0; level < BUILD_LEVELS &&
	    (slash = strrchr(top, '/')) != NULL; level++) {
		*slash = '\0';
		(void)snprintf(mark, sizeof(mark), "%s/meson-private", top);
		if (access(mark, F_OK) != 0)
			continue;
		(void)snprintf(mark, sizeof(mark), "%s/lua", top);
		add_directory(sources, mark);
	}
	add_directory(sources, MAILSEAL_LUA_DIR);
}

struct sources *
sources_new(ec_config_header *transaction)
{
	struct sources *sources = memory_new(sizeof(*sources));

	(void)pthread_mutex_init(&sources->lock, NULL);
	add_configuration(sources, transaction);
	option_global_each(transaction, "script_path", add_script_path,
	    sources);
	for (size_t i = 0; i < sizeof(documented) / sizeof(documented[0]); i++)
		add_directory(sources, documented[i]);
	add_ours(sources);
	return sources;
}

static void
source_free(struct source *source)
{
	memory_free(source->name);
	memory_free(source->chunk);
	memory_free(source->text);
	memory_free(source);
}

void
sources_free(struct sources **sources)
{
	struct sources *s = *sources;
	struct source *next;

	*sources = NULL;
	if (s == NULL)
		return;
	for (struct source *source = s->first; source != NULL; source = next) {
		next = source->next;
		source_free(source);
	}
	for (size_t i = 0; i < s->count; i++)
		memory_free(s->directories[i]);
	(void)pthread_mutex_destroy(&s->lock);
	memory_free(s);
}

/* files */

/* The text of a file, or NULL with errno set. */
static char *
read_file(const char *path, size_t *n_r)
{
	/* a pipe is not waited for, but refused */
	int fd = open(path, O_RDONLY | O_CLOEXEC | O_NOCTTY | O_NONBLOCK);
	struct stat st = { 0 };
	char *text = NULL;
	size_t n = 0;
	ssize_t got;

	if (fd < 0)
		return NULL;
	if (fstat(fd, &st) != 0 || !S_ISREG(st.st_mode) ||
	    st.st_size > SOURCE_MAX_BYTES) {
		(void)close(fd);
		errno = st.st_size > SOURCE_MAX_BYTES ? EFBIG : EINVAL;
		return NULL;
	}
	text = memory_new((size_t)st.st_size + 1);
	while (n < (size_t)st.st_size && (got = read(fd, text + n,
	    (size_t)st.st_size - n)) > 0)
		n += (size_t)got;
	(void)close(fd);
	*n_r = n;
	return text;
}

/* Lua cuts the beginning off a long path; then the name says more. */
static struct source *
source_new(const char *name, const char *path, const char *file,
    const char *text, size_t n)
{
	struct source *source = memory_new(sizeof(*source));
	char chunk[PATH_MAX + 2];

	(void)snprintf(chunk, sizeof(chunk), "@%s",
	    strlen(path) < LUA_IDSIZE - 1 ? path : file);
	source->name = memory_text(name);
	source->chunk = memory_text(chunk);
	source->n = dialect_translate(text, n, NULL);
	source->text = memory_new(source->n + 1);
	(void)dialect_translate(text, n, source->text);
	return source;
}

/* names */

/* "a.b" and "a/b" become "a/b.lua"; false when that is no name. */
static bool
file_of_name(const char *name, bool in_configuration, char *out, size_t size)
{
	size_t n = strlen(name);

	if (n > 4 && strcmp(name + n - 4, ".lua") == 0)
		n -= 4;
	if (n == 0 || n > MAX_NAME || n + sizeof(".lua") > size)
		return false;
	if (name[0] == '/' && in_configuration) {
		(void)snprintf(out, size, "%.*s.lua", (int)n, name);
		return true;
	}
	for (size_t i = 0; i < n; i++) {
		out[i] = name[i] == '.' ? '/' : name[i];
		/* neither upward nor to the root */
		if (out[i] == '/' && (i == 0 || i + 1 == n ||
		    out[i - 1] == '/'))
			return false;
	}
	memcpy(out + n, ".lua", sizeof(".lua"));
	return true;
}

static struct source *
try(const char *name, const char *path, const char *file, bool *absent_r,
    string *why)
{
	size_t n = 0;
	char *text = read_file(path, &n);
	struct source *source;

	if (text == NULL && (errno == ENOENT || errno == ENOTDIR))
		return NULL;
	*absent_r = false;
	if (text == NULL) {
		(void)stringprintf(why, "'%s' cannot be read: %s", path,
		    strerror(errno));
		return NULL;
	}
	source = source_new(name, path, file, text, n);
	memory_free(text);
	return source;
}

static struct source *
search(struct sources *sources, const char *name, const char *file,
    bool *absent_r, string *why)
{
	char path[PATH_MAX];
	struct source *source = NULL;

	*absent_r = true;
	if (file[0] == '/')
		return try(name, file, file, absent_r, why);
	for (size_t i = 0; i < sources->count && source == NULL && *absent_r;
	    i++) {
		int n = snprintf(path, sizeof(path), "%s/%s",
		    sources->directories[i], file);

		if (n > 0 && n < (int)sizeof(path))
			source = try(name, path, file, absent_r, why);
	}
	return source;
}

static void
tell_absent(const struct sources *sources, const char *name, const char *file,
    string *why)
{
	(void)stringprintf(why, "script '%s' not found: there is no %s in",
	    name, file);
	for (size_t i = 0; i < sources->count; i++)
		(void)stringprintf(why, "%s %s", i > 0 ? "," : "",
		    sources->directories[i]);
}

static struct source *
find_known(struct sources *sources, const char *name)
{
	struct source *source = sources->first;

	while (source != NULL && strcmp(source->name, name) != 0)
		source = source->next;
	return source;
}

const struct source *
sources_get(struct sources *sources, const char *name, bool in_configuration,
    bool *absent_r, string *why)
{
	char file[MAX_NAME + 8];
	struct source *source;

	*absent_r = false;
	if (!file_of_name(name, in_configuration, file, sizeof(file))) {
		(void)stringprintf(why, "'%s' is no name of a script", name);
		return NULL;
	}
	(void)pthread_mutex_lock(&sources->lock);
	source = find_known(sources, name);
	if (source == NULL) {
		source = search(sources, name, file, absent_r, why);
		if (source != NULL) {
			source->next = sources->first;
			sources->first = source;
		}
	}
	(void)pthread_mutex_unlock(&sources->lock);
	if (source == NULL && *absent_r)
		tell_absent(sources, name, file, why);
	return source;
}
