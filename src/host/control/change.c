/*
 * change.c: config set, unset, reload and writeback.
 */
#include "host/control/change.h"

#include "host/control/commands.h"
#include "host/control/commands_of.h"
#include "host/control/configured.h"
#include "host/generation.h"
#include "host/host.h"
#include "host/log/log.h"

#include <errno.h>
#include <fcntl.h>
#include <pthread.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#define CHANGES_BYTES (1u << 20) /* then they belong into a file */

static pthread_mutex_t changes_lock = PTHREAD_MUTEX_INITIALIZER;
static struct buffer changes; /* not in a file yet; under changes_lock */
static void (*tell_adopt)(void *closure);
static void *tell_closure;

void
change_tell(void (*adopt)(void *closure), void *closure)
{
	tell_adopt = adopt;
	tell_closure = closure;
}

static void
add_errors(const struct config_errors *errors, string *out)
{
	struct buffer text = { 0 };

	errors_format_all(errors, &text);
	(void)stringwrite2(out, (const char *)text.p, text.n);
	buffer_deinit(&text);
}

/* Load the files with these changes.  Under changes_lock. */
static int
load(command_construct *cc, const char *path, struct span text)
{
	struct host_source source = { .path = path, .changes = text };
	struct config_errors errors = { 0 };
	int ret;

	ret = host_reload(&source, &errors);
	if (ret != 0)
		add_errors(&errors, &cc->response);
	errors_deinit(&errors);
	if (ret == 0 && tell_adopt != NULL)
		tell_adopt(tell_closure);
	return ret;
}

static const struct config *
config_of(command_construct *cc)
{
	return generation_of(cc->transaction)->config;
}

/* The main file, or NULL with words in the answer. */
static const char *
main_file(command_construct *cc)
{
	const struct config_file *file = config_first_file(config_of(cc));

	if (file != NULL && !file->in_memory)
		return file->path;
	(void)stringprintf(&cc->response, "This configuration is from no "
	    "file\n");
	return NULL;
}

/* Take the changes with one more into use, or leave all as it is. */
static int
apply(command_construct *cc, struct span change)
{
	const char *path = main_file(cc);
	struct buffer all = { 0 };
	int ret = -1;

	if (path == NULL)
		return -1;
	(void)pthread_mutex_lock(&changes_lock);
	buffer_add(&all, buffer_span(&changes));
	buffer_add(&all, change);
	if (all.n > CHANGES_BYTES)
		(void)stringprintf(&cc->response, "Too many changes that are "
		    "in no file: \"config writeback\" saves them\n");
	else if (!buffer_failed(&all))
		ret = load(cc, path, buffer_span(&all));
	if (ret == 0) {
		struct buffer old = changes;

		changes = all;
		all = old;
	}
	(void)pthread_mutex_unlock(&changes_lock);
	buffer_deinit(&all);
	return ret;
}

/* changes as text */

static void
add_stanza_head(const struct where *where, unsigned step, struct buffer *out)
{
	struct written_atom name = { .text = where->steps[step].instance,
	    .quote = '"' };

	buffer_add_text(out, where->steps[step].scope->name);
	if (name.text != NULL) {
		buffer_add_text(out, " ");
		written_format_atom(&name, out);
	}
}

static void
open_stanzas(const struct where *where, unsigned depth, struct buffer *out)
{
	for (unsigned i = 0; i < depth; i++) {
		add_stanza_head(where, i, out);
		buffer_add_text(out, " {\n");
	}
}

static void
close_stanzas(unsigned depth, struct buffer *out)
{
	while (depth-- > 0)
		buffer_add_text(out, "}\n");
}

/* The value: a list as it was typed, else the words as one text. */
static bool
add_value(command_construct *cc, int first, struct buffer *out)
{
	const char *typed = cc->argv_offsets[first];
	struct written_atom atom = { .text = typed, .quote = '"' };

	if (typed[0] == '(' || typed[0] == '[') {
		/* a stanza's braces would end the one that it stands in */
		if (strpbrk(typed, "{}\r") != NULL)
			return false;
		buffer_add_text(out, typed);
		return true;
	}
	if (first + 1 == cc->argc) {
		atom.text = cc->argv[first];
		atom.quote = typed[0] == '"' ? '"' : 0;
	}
	written_format_atom(&atom, out);
	return true;
}

static int
tell_usage(command_construct *cc, const char *usage)
{
	(void)stringprintf(&cc->response, "%s\n", usage);
	return 0;
}

static int
run_set(command_construct *cc, void *closure)
{
	static const char usage[] =
	    "config set [SCOPE [INSTANCE]]... OPTION [=] VALUE";
	struct buffer text = { 0 };
	struct where where;
	size_t begins, ends;
	int at, ok = 0;

	(void)closure;
	if (!where_read(cc, 2, config_of(cc), &where))
		return 0;
	at = where.rest;
	if (at < cc->argc && strcmp(cc->argv[at], "=") == 0)
		at++;
	if (where.option == NULL || at >= cc->argc)
		return tell_usage(cc, usage);
	open_stanzas(&where, where.depth, &text);
	begins = text.n;
	buffer_add_text(&text, where.option);
	buffer_add_text(&text, " = ");
	if (!add_value(cc, at, &text)) {
		(void)tell_usage(cc, usage);
		goto out;
	}
	ends = text.n;
	buffer_add_text(&text, "\n");
	close_stanzas(where.depth, &text);
	if (apply(cc, buffer_span(&text)) != 0) {
		(void)stringprintf(&cc->response, "Nothing has changed\n");
		goto out;
	}
	(void)stringwrite2(&cc->response, (const char *)text.p + begins,
	    ends - begins);
	(void)stringprintf(&cc->response, "\n");
	ok = 1;
out:
	buffer_deinit(&text);
	return ok;
}

/* The words again, in the configuration that is in use by now. */
static void
tell_effective(command_construct *cc)
{
	struct generation *generation = generation_current();
	const struct config_value *value;
	struct where where;

	if (where_read(cc, 2, generation->config, &where)) {
		(void)stringprintf(&cc->response, "\"%s\" has been unset. "
		    "Effective value is now:\n\t", where.option);
		value = configured_effective(generation->config, &where);
		if (value != NULL)
			configured_value(value->option->name, value,
			    &cc->response);
		else
			(void)stringprintf(&cc->response, "(none)\n");
	}
	generation_unref(generation);
}

static int
run_unset(command_construct *cc, void *closure)
{
	struct buffer text = { 0 };
	struct where where;
	unsigned outer;
	int ret;

	(void)closure;
	if (!where_read(cc, 2, config_of(cc), &where))
		return 0;
	if ((where.option == NULL && where.depth == 0) ||
	    where.rest < cc->argc)
		return tell_usage(cc,
		    "config unset [SCOPE [INSTANCE]]... [OPTION]");
	if (where.node == NULL) {
		(void)stringprintf(&cc->response, "There is no stanza '");
		where_format(&where, &cc->response);
		(void)stringprintf(&cc->response, "'\n");
		return 0;
	}
	outer = where.option != NULL ? where.depth : where.depth - 1;
	open_stanzas(&where, outer, &text);
	buffer_add_text(&text, "unset ");
	if (where.option != NULL)
		buffer_add_text(&text, where.option);
	else
		add_stanza_head(&where, outer, &text);
	buffer_add_text(&text, "\n");
	close_stanzas(outer, &text);
	ret = apply(cc, buffer_span(&text));
	buffer_deinit(&text);
	if (ret != 0)
		(void)stringprintf(&cc->response, "Nothing has changed\n");
	else if (where.option != NULL)
		tell_effective(cc);
	else
		(void)stringprintf(&cc->response, "The stanza has been "
		    "unset\n");
	return ret == 0;
}

static int
run_reload(command_construct *cc, void *closure)
{
	const char *path = main_file(cc);
	size_t dropped;
	int ret;

	(void)closure;
	if (cc->argc > 2)
		return tell_usage(cc, "config reload");
	if (path == NULL)
		return 0;
	(void)pthread_mutex_lock(&changes_lock);
	dropped = changes.n;
	ret = load(cc, path, (struct span){ 0 });
	if (ret == 0)
		buffer_clear(&changes);
	(void)pthread_mutex_unlock(&changes_lock);
	if (ret != 0) {
		(void)stringprintf(&cc->response, "Reconfigure failed\n");
		return 0;
	}
	(void)stringprintf(&cc->response, "Configuration reloaded%s\n",
	    dropped > 0 ? "; changes that were in no file are dropped" : "");
	log_line(DNOTICE, "'%s' was loaded again, by the console", path);
	return 1;
}

/* writeback */

static bool
copy_into(int fd, const char *path)
{
	char room[8192];
	ssize_t n = 0;
	int from = open(path, O_RDONLY | O_CLOEXEC);

	if (from < 0)
		return errno == ENOENT;
	while ((n = read(from, room, sizeof(room))) > 0) {
		if (write(fd, room, (size_t)n) != n) {
			n = -1;
			break;
		}
	}
	(void)close(from);
	return n == 0;
}

/* The file as it is with the changes behind; whole or not at all. */
static int
append_changes(const char *path)
{
	char *aside;
	int fd, error, ret = -1;

	if (asprintf(&aside, "%s.XXXXXX", path) < 0)
		return -1;
	fd = mkostemp(aside, O_CLOEXEC);
	if (fd >= 0 && copy_into(fd, path) && fchmod(fd, 0644) == 0 &&
	    write(fd, changes.p, changes.n) == (ssize_t)changes.n &&
	    fsync(fd) == 0)
		ret = rename(aside, path);
	error = errno;
	if (fd >= 0) {
		(void)close(fd);
		if (ret != 0)
			(void)unlink(aside);
	}
	free(aside);
	errno = error;
	return ret;
}

static int
run_writeback(command_construct *cc, void *closure)
{
	const struct config *config = config_of(cc);
	const struct config_value *file = config_lookup(config,
	    registry_slot(config_registry(config), "", "Local_Changes_File"),
	    NULL);
	const char *main_path = main_file(cc);
	int ok = 0;

	(void)closure;
	if (cc->argc > 2)
		return tell_usage(cc, "config writeback");
	if (main_path == NULL)
		return 0;
	(void)pthread_mutex_lock(&changes_lock);
	if (changes.n == 0) {
		(void)stringprintf(&cc->response, "Nothing to write\n");
		ok = 1;
	} else if (file == NULL || file->one.string[0] == '\0') {
		(void)stringprintf(&cc->response, "No file to write to: "
		    "Local_Changes_File is not set. The changes are:\n");
		(void)stringwrite2(&cc->response, (const char *)changes.p,
		    changes.n);
	} else if (file->one.string[0] != '/') {
		(void)stringprintf(&cc->response, "Local_Changes_File '%s' is "
		    "no absolute path\n", file->one.string);
	} else if (append_changes(file->one.string) != 0) {
		(void)stringprintf(&cc->response, "%s: %s\n",
		    file->one.string, strerror(errno));
	} else {
		buffer_clear(&changes);
		(void)stringprintf(&cc->response, "Written to %s\n",
		    file->one.string);
		ok = load(cc, main_path, (struct span){ 0 }) == 0;
	}
	(void)pthread_mutex_unlock(&changes_lock);
	return ok;
}

void
change_add_commands(void)
{
	static const struct command_row rows[] = {
		{ "config reload", run_reload,
		  "read the files again, without changes made online", NULL },
		{ "config set", run_set, "set an option",
		  "config set [SCOPE [INSTANCE]]... OPTION [=] VALUE" },
		{ "config unset", run_unset, "unset an option or a stanza",
		  "config unset [SCOPE [INSTANCE]]... [OPTION]" },
		{ "config writeback", run_writeback,
		  "save changes made online", NULL },
	};

	commands_add_rows(rows, sizeof(rows) / sizeof(rows[0]));
}
