/*
 * sources.c: everything that touches the file system while a configuration is
 * loaded.
 */
#include "host/config/sources.h"

#include "host/config/limits.h"
#include "host/config/must.h"
#include "host/config/shown.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <strings.h>
#include <sys/stat.h>
#include <unistd.h>

static struct config_file *
add_file(struct sources *sources, const char *path)
{
	struct config_file *file = must(arena_calloc(sources->arena, 1,
	    sizeof(*file)));

	file->path = must(arena_text(sources->arena, span_of_text(path)));
	file->number = sources->files_known++;
	if (sources->last == NULL)
		sources->first = file;
	else
		sources->last->next = file;
	sources->last = file;
	return file;
}

struct config_file *
sources_copy_file(struct sources *sources, const struct config_file *file)
{
	struct config_file *copy = add_file(sources, file->path);

	copy->dev = file->dev;
	copy->ino = file->ino;
	copy->times_read = file->times_read;
	copy->readonly = file->readonly;
	copy->in_memory = file->in_memory;
	copy->local = file->local;
	copy->digest = file->digest;
	return copy;
}

const struct config_text *
sources_given(const struct sources *sources, const char *path)
{
	for (size_t i = 0; i < sources->text_count; i++) {
		if (strcmp(sources->texts[i].path, path) == 0)
			return &sources->texts[i];
	}
	return NULL;
}

/* FNV-1a: it is to see accidents, nobody forges his own configuration. */
uint64_t
sources_digest(struct span text)
{
	uint64_t hash = UINT64_C(0xcbf29ce484222325);

	for (size_t i = 0; i < text.n; i++)
		hash = (hash ^ text.p[i]) * UINT64_C(0x100000001b3);
	return hash;
}

struct source
sources_text(struct sources *sources, struct span text, const char *name)
{
	struct source source = { .file = add_file(sources, name),
	    .text = text };

	source.file->in_memory = true;
	source.file->times_read = 1;
	return source;
}

/* The record of a file that may have been read before, by another name. */
static struct config_file *
note_file(struct sources *sources, const char *path, const struct stat *st)
{
	struct config_file *file;

	for (file = sources->first; file != NULL; file = file->next) {
		if (!file->in_memory && file->dev == st->st_dev &&
		    file->ino == st->st_ino)
			return file;
	}
	file = add_file(sources, path);
	file->dev = st->st_dev;
	file->ino = st->st_ino;
	return file;
}

/* Read up to n octets; what a file grew by meanwhile is left out. */
static size_t
read_all(int fd, unsigned char *bytes, size_t n)
{
	size_t done = 0;
	ssize_t got;

	while (done < n) {
		got = read(fd, bytes + done, n - done);
		if (got < 0 && errno == EINTR)
			continue;
		if (got <= 0)
			break;
		done += (size_t)got;
	}
	return done;
}

static bool
within_limits(struct sources *sources, const char *path, off_t size,
    struct config_place place)
{
	if (++sources->files_read > CONFIG_FILES) {
		if (sources->files_read == CONFIG_FILES + 1)
			errors_add(sources->errors, place, "more than %d files "
			    "are included (is there a loop?)", CONFIG_FILES);
		return false;
	}
	if (size > CONFIG_FILE_BYTES ||
	    sources->total_bytes + (size_t)size > CONFIG_TOTAL_BYTES) {
		errors_add(sources->errors, place, "'%s' has %lld octets, "
		    "too many (expected at most %u, and %u in all files)",
		    path, (long long)size, CONFIG_FILE_BYTES,
		    CONFIG_TOTAL_BYTES);
		return false;
	}
	return true;
}

static bool
is_cycle(struct sources *sources, const struct config_file *file,
    const struct source *from, struct config_place place)
{
	unsigned depth = 0;

	for (; from != NULL; from = from->from, depth++) {
		if (from->file == file) {
			errors_add(sources->errors, place, "'%s' includes "
			    "itself", file->path);
			return true;
		}
	}
	if (depth > CONFIG_INCLUDE_DEPTH) {
		errors_add(sources->errors, place, "includes are nested more "
		    "than %d deep", CONFIG_INCLUDE_DEPTH);
		return true;
	}
	return false;
}

/* UTF-16 looks like NUL bytes everywhere; say what it is. */
static bool
is_utf16(struct span text)
{
	return text.n >= 2 && ((text.p[0] == 0xff && text.p[1] == 0xfe) ||
	    (text.p[0] == 0xfe && text.p[1] == 0xff));
}

static bool
read_open_file(struct sources *sources, int fd, const struct stat *st,
    const char *path, struct config_place place, struct source *source)
{
	const struct config_text *given;
	size_t n = (size_t)st->st_size;

	if (!within_limits(sources, path, st->st_size, place))
		return false;
	given = sources_given(sources, path);
	if (given != NULL) {
		source->text = given->text;
	} else {
		source->bytes = must(malloc(n == 0 ? 1 : n));
		source->text = span_of(source->bytes,
		    read_all(fd, source->bytes, n));
	}
	source->file->digest = sources_digest(source->text);
	sources->total_bytes += n;
	if (is_utf16(source->text)) {
		errors_add(sources->errors, (struct config_place){
		    .file = source->file, .line = 1 },
		    "this is UTF-16 (expected UTF-8)");
		return false;
	}
	return true;
}

bool
sources_read(struct sources *sources, const char *path,
    const struct source *from, bool readonly, struct config_place place,
    struct source *source_r)
{
	struct source source = { .readonly = readonly, .from = from };
	bool ok = false;
	struct stat st;
	/* a FIFO must not hold us until somebody writes */
	int fd = open(path, O_RDONLY | O_CLOEXEC | O_NONBLOCK);

	if (fd < 0 || fstat(fd, &st) < 0) {
		errors_add(sources->errors, place, "'%s' cannot be read: %s",
		    path, strerror(errno));
		goto out;
	}
	if (!S_ISREG(st.st_mode)) {
		errors_add(sources->errors, place, "'%s' is no regular file",
		    path);
		goto out;
	}
	source.file = note_file(sources, path, &st);
	if (is_cycle(sources, source.file, from, place) ||
	    !read_open_file(sources, fd, &st, path, place, &source))
		goto out;
	source.file->times_read++;
	if (readonly || source.file->times_read > 1)
		source.file->readonly = true;
	*source_r = source;
	source.bytes = NULL; /* the caller's now */
	ok = true;
out:
	if (fd >= 0)
		(void)close(fd);
	free(source.bytes);
	return ok;
}

void
source_close(struct source *source)
{
	free(source->bytes);
	*source = (struct source){ 0 };
}

/* scheme "://" path: the path, or NULL when the scheme is none we can read. */
static const char *
strip_scheme(struct sources *sources, const char *operand,
    struct config_place place)
{
	const char *end = strstr(operand, "://");

	if (end == NULL)
		return operand;
	if (strncasecmp(operand, "file://", 7) == 0 ||
	    strncasecmp(operand, "persist://", 10) == 0)
		return end + 3;
	errors_add(sources->errors, place, "'%s' cannot be included (expected "
	    "a path, \"file://\" or \"persist://\")", shown(operand).text);
	return NULL;
}

/* folder "/" name, with "{NODENAME}" in the folder replaced. */
static const char *
join(struct sources *sources, struct span folder, const char *name)
{
	static const char mark[] = "{NODENAME}";
	const unsigned char *at = memmem(folder.p, folder.n, mark,
	    sizeof(mark) - 1);
	struct span head = folder, tail = SPAN("");
	char node[256] = "";

	if (at != NULL) {
		(void)gethostname(node, sizeof(node) - 1);
		node[strcspn(node, ".")] = '\0';
		head = span_of(folder.p, (size_t)(at - folder.p));
		tail = span_from(folder, head.n + sizeof(mark) - 1);
	}
	return must(arena_printf(sources->arena, "%.*s%s%.*s/%s", (int)head.n,
	    (const char *)head.p, node, (int)tail.n, (const char *)tail.p,
	    name));
}

static struct span
folder_of(const struct config_file *file)
{
	const char *slash = strrchr(file->path, '/');

	if (file->in_memory || slash == NULL)
		return SPAN(".");
	if (slash == file->path)
		return SPAN("/.");
	return span_of(file->path, (size_t)(slash - file->path));
}

static bool
exists(const char *path)
{
	struct stat st;

	/* what exists and may not be seen is an error for the reader to find */
	return stat(path, &st) == 0 || errno == EACCES;
}

static const char *
search(struct sources *sources, const char *name, const struct source *from)
{
	const char *path = join(sources, folder_of(from->file), name);
	struct span rest = span_of_text(sources->search_path), folder;
	bool more;

	if (exists(path))
		return path;
	do {
		more = span_cut(&rest, ':', &folder);
		path = join(sources, folder.n == 0 ? SPAN(".") : folder, name);
		if (exists(path))
			return path;
	} while (more);
	return NULL;
}

const char *
sources_find(struct sources *sources, const char *operand,
    const struct source *from, struct config_place place)
{
	const char *name = strip_scheme(sources, operand, place);
	const char *path;
	struct span folder;

	if (name == NULL)
		return NULL;
	if (name[0] == '/')
		return name;
	if (name[0] == '\0') {
		errors_add(sources->errors, place,
		    "nothing to include (expected a file or a directory)");
		return NULL;
	}
	path = search(sources, name, from);
	if (path == NULL) {
		folder = folder_of(from->file);
		errors_add(sources->errors, place, "'%s' is not found "
		    "(expected in '%.*s', or in one of '%s')",
		    shown(name).text, (int)folder.n, (const char *)folder.p,
		    sources->search_path);
	}
	return path;
}

const char *
sources_beside(struct sources *sources, const char *name,
    const struct config_file *file)
{
	return name[0] == '/' ? name : join(sources, folder_of(file), name);
}

static int
is_listed(const struct dirent *entry)
{
	return entry->d_name[0] != '.';
}

/* By octets: a load must not depend on anybody's locale. */
static int
by_name(const struct dirent **a, const struct dirent **b)
{
	return strcmp((*a)->d_name, (*b)->d_name);
}

static bool
is_directory(const char *path)
{
	struct stat st;

	return stat(path, &st) == 0 && S_ISDIR(st.st_mode);
}

static int
keep_files(struct sources *sources, const char *path, struct dirent **entries,
    int n, const char **paths)
{
	int count = 0;

	for (int i = 0; i < n; i++) {
		const char *file = must(arena_printf(sources->arena, "%s/%s",
		    path, entries[i]->d_name));

		if (!is_directory(file))
			paths[count++] = file;
		free(entries[i]);
	}
	free(entries);
	return count;
}

int
sources_list(struct sources *sources, const char *path,
    struct config_place place, const char ***paths_r)
{
	struct dirent **entries = NULL;
	struct stat st;
	int n = -1;

	if (stat(path, &st) == 0) {
		if (!S_ISDIR(st.st_mode))
			return -2;
		n = scandir(path, &entries, is_listed, by_name);
	}
	if (n < 0) {
		errors_add(sources->errors, place,
		    "CFG-07961 failed to stat '%s': %s", path,
		    strerror(errno));
		return -1;
	}
	*paths_r = must(arena_calloc(sources->arena, (size_t)n + 1,
	    sizeof(**paths_r)));
	return keep_files(sources, path, entries, n, *paths_r);
}
