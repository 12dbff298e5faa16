/*
 * manifest.c: reading .ecm files, and asking them.
 */
#include "host/loader/manifest.h"

#include "base/arena.h"
#include "ec_atomic.h"
#include "host/types/alloc.h"

#include <ctype.h>
#include <dirent.h>
#include <errno.h>
#include <pthread.h>
#include <stdlib.h>
#include <stdio.h>
#include <string.h>
#include <strings.h>
#include <sys/stat.h>

struct manifests {
	ec_atomic_t refcnt;
	struct arena arena; /* all below lives here */
	struct manifest *first; /* by module name */
};

struct reading { /* one scan */
	struct manifests *into;
	string *trouble;
	unsigned files;
	const char *path; /* of the file being read */
	const char *object;
	unsigned line;
	struct manifest *section;
	bool passing; /* the section is known from another file */
};

static pthread_mutex_t current_lock = PTHREAD_MUTEX_INITIALIZER;
static struct manifests *current; /* under current_lock */

static void *
in_arena(void *memory)
{
	if (memory == NULL) {
		(void)fputs("out of memory\n", stderr);
		_Exit(75);
	}
	return memory;
}

static const char *
copy(struct reading *r, const char *text, size_t n)
{
	return in_arena(arena_text(&r->into->arena, span_of(text, n)));
}

static void
complain(struct reading *r, const char *what)
{
	(void)stringprintf(r->trouble, "%s:%u: %s\n", r->path, r->line, what);
}

static bool
is_module_name(const char *p, size_t n)
{
	if (n == 0 || n > 64)
		return false;
	for (size_t i = 0; i < n; i++) {
		if (!isalnum((unsigned char)p[i]) && p[i] != '_')
			return false;
	}
	return true;
}

static struct manifest **
place_of(struct manifests *manifests, const char *name, size_t n)
{
	struct manifest **at = &manifests->first;

	while (*at != NULL) {
		int order = strncasecmp((*at)->module, name, n);

		if (order > 0 || (order == 0 && (*at)->module[n] == '\0'))
			break;
		at = &(*at)->next;
	}
	return at;
}

static void
section_begin(struct reading *r, const char *name, size_t n)
{
	struct manifest **at, *manifest;

	r->section = NULL;
	r->passing = false;
	if (!is_module_name(name, n)) {
		complain(r, "the section's name is not that of a module "
		    "(expected letters, digits and '_')");
		r->passing = true;
		return;
	}
	at = place_of(r->into, name, n);
	if (*at != NULL && strncasecmp((*at)->module, name, n) == 0 &&
	    (*at)->module[n] == '\0') {
		r->passing = strcmp((*at)->path, r->path) != 0;
		r->section = r->passing ? NULL : *at;
		return;
	}
	manifest = in_arena(arena_calloc(&r->into->arena, 1,
	    sizeof(*manifest)));
	manifest->module = copy(r, name, n);
	manifest->path = r->path;
	manifest->object = r->object;
	manifest->line = r->line;
	manifest->next = *at;
	*at = manifest;
	r->section = manifest;
}

static void
value_add(struct reading *r, struct span key, struct span text)
{
	struct manifest_value **end = &r->section->values, *value;
	size_t n = span_find(key, ':'); /* a tag says who wrote the line */

	while (*end != NULL)
		end = &(*end)->next;
	value = in_arena(arena_calloc(&r->into->arena, 1, sizeof(*value)));
	key = span_trim_wsp(span_first(key, n));
	value->key = copy(r, (const char *)key.p, key.n);
	value->text = copy(r, (const char *)text.p, text.n);
	*end = value;
}

static void
line_read(struct reading *r, struct span line)
{
	struct span key;

	line = span_trim_fws(line);
	if (line.n == 0 || line.p[0] == '#' || line.p[0] == ';')
		return;
	if (line.p[0] == '[') {
		if (line.p[line.n - 1] != ']')
			complain(r, "the section's ']' is missing");
		else
			section_begin(r, (const char *)line.p + 1, line.n - 2);
		return;
	}
	if (span_find(line, '=') == line.n) {
		complain(r, "neither a [section] nor KEY = VALUE");
		return;
	}
	if (r->passing)
		return;
	if (r->section == NULL) {
		complain(r, "a value stands before the first [section]");
		return;
	}
	(void)span_cut(&line, '=', &key);
	value_add(r, span_trim_wsp(key), span_trim_wsp(line));
}

static void
text_read(struct reading *r, struct span text)
{
	struct span line;
	bool more = true;

	r->line = 0;
	r->section = NULL;
	r->passing = false;
	while (more) {
		more = span_cut(&text, '\n', &line);
		r->line++;
		if (memchr(line.p != NULL ? (const void *)line.p : "", '\0',
		    line.n) != NULL) {
			complain(r, "not a text file");
			return;
		}
		line_read(r, line);
	}
}

static void
file_read(struct reading *r, const char *path)
{
	FILE *file = fopen(path, "re");
	char *text;
	size_t n;

	r->path = copy(r, path, strlen(path));
	r->object = in_arena(arena_printf(&r->into->arena, "%.*s.so",
	    (int)(strlen(path) - strlen(".ecm")), path));
	r->line = 0;
	if (file == NULL) {
		complain(r, strerror(errno));
		return;
	}
	text = xmalloc(MANIFEST_FILE_BYTES + 1);
	n = fread(text, 1, MANIFEST_FILE_BYTES + 1, file);
	if (ferror(file) != 0)
		complain(r, "cannot be read");
	else if (n > MANIFEST_FILE_BYTES)
		complain(r, "too long for a manifest");
	else
		text_read(r, span_of(text, n));
	free(text);
	(void)fclose(file);
}

static int
seen(const struct dirent *entry)
{
	return entry->d_name[0] != '.';
}

static bool
ends_with(const char *text, const char *end)
{
	size_t n = strlen(text), m = strlen(end);

	return n > m && strcmp(text + n - m, end) == 0;
}

static void
directory_read(struct reading *r, const char *path, unsigned depth)
{
	struct dirent **entries;
	int n = scandir(path, &entries, seen, alphasort);

	for (int i = 0; i < n; i++) {
		char *name = NULL;
		struct stat st;

		(void)ec_mt_asprintf(MEMTYPE_STRING, &name, "%s/%s", path,
		    entries[i]->d_name);
		if (stat(name, &st) != 0)
			; /* gone since, or a link to nowhere */
		else if (S_ISDIR(st.st_mode) && depth < MANIFEST_DEPTH)
			directory_read(r, name, depth + 1);
		else if (S_ISREG(st.st_mode) && ends_with(name, ".ecm") &&
		    r->files++ < MANIFEST_FILES)
			file_read(r, name);
		ec_free(MEMTYPE_STRING, name);
		free(entries[i]);
	}
	if (n >= 0)
		free(entries);
}

struct manifests *
manifests_read(const char *const *directories, size_t count, string *trouble)
{
	struct manifests *manifests = xcalloc(1, sizeof(*manifests));
	struct reading r = { .into = manifests, .trouble = trouble };

	manifests->refcnt = 1;
	for (size_t i = 0; i < count; i++)
		directory_read(&r, directories[i], 0);
	return manifests;
}

struct manifests *
manifests_ref(struct manifests *manifests)
{
	(void)ec_atomic_inc(&manifests->refcnt);
	return manifests;
}

void
manifests_unref(struct manifests *manifests)
{
	if (manifests == NULL || ec_atomic_dec(&manifests->refcnt) > 0)
		return;
	arena_deinit(&manifests->arena);
	free(manifests);
}

const struct manifest *
manifests_first(const struct manifests *manifests)
{
	return manifests != NULL ? manifests->first : NULL;
}

const struct manifest *
manifests_find(const struct manifests *manifests, const char *module)
{
	for (const struct manifest *m = manifests_first(manifests); m != NULL;
	    m = m->next) {
		if (strcasecmp(m->module, module) == 0)
			return m;
	}
	return NULL;
}

bool
manifest_word(const char **at, const char **word_r, size_t *n_r)
{
	*at += strspn(*at, " \t,");
	*word_r = *at;
	*n_r = strcspn(*at, " \t,");
	*at += *n_r;
	return *n_r > 0;
}

static bool
same_capability(const char *a, size_t n, const char *b)
{
	if (strlen(b) != n)
		return false;
	for (size_t i = 0; i < n; i++) {
		char x = a[i] == ':' ? '.' : a[i];
		char y = b[i] == ':' ? '.' : b[i];

		if (tolower((unsigned char)x) != tolower((unsigned char)y))
			return false;
	}
	return true;
}

static bool
provides(const struct manifest *manifest, const char *capability)
{
	static const char own[] = "config.Global:";
	const struct manifest_value *value = NULL;
	const char *at, *word;
	size_t n;

	if (strncasecmp(capability, own, sizeof(own) - 2) == 0 &&
	    strcasecmp(capability + sizeof(own) - 1, manifest->module) == 0)
		return true;
	while ((value = manifest_value(manifest, "msys.provides", value)) !=
	    NULL) {
		at = value->text;
		while (manifest_word(&at, &word, &n)) {
			if (same_capability(word, n, capability))
				return true;
		}
	}
	return false;
}

const struct manifest *
manifests_provider(const struct manifests *manifests, const char *capability)
{
	for (const struct manifest *m = manifests_first(manifests); m != NULL;
	    m = m->next) {
		if (provides(m, capability))
			return m;
	}
	return NULL;
}

const struct manifest_value *
manifest_value(const struct manifest *manifest, const char *key,
    const struct manifest_value *after)
{
	const struct manifest_value *value = after != NULL ? after->next :
	    manifest->values;

	while (value != NULL && strcasecmp(value->key, key) != 0)
		value = value->next;
	return value;
}

struct manifests *
manifests_current(void)
{
	struct manifests *manifests;

	(void)pthread_mutex_lock(&current_lock);
	manifests = current != NULL ? manifests_ref(current) : NULL;
	(void)pthread_mutex_unlock(&current_lock);
	return manifests;
}

void
manifests_set_current(struct manifests *manifests)
{
	struct manifests *old;

	(void)pthread_mutex_lock(&current_lock);
	old = current;
	current = manifests;
	(void)pthread_mutex_unlock(&current_lock);
	manifests_unref(old);
}
