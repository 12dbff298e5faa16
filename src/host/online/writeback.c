/*
 * writeback.c: config writeback and write config.
 *
 * Writing goes: texts are found that give the configuration in use; all files
 * are written aside; each is put in place by a rename.  An end in between
 * leaves every file whole, old or new.
 */
#include "host/config/errors.h"
#include "host/control/commands.h"
#include "host/control/commands_of.h"
#include "host/control/form.h"
#include "host/generation.h"
#include "host/host.h"
#include "host/log/log.h"
#include "host/online/configured.h"
#include "host/online/online.h"
#include "host/online/placing.h"
#include "host/online/save.h"
#include "host/online/transaction.h"
#include "host/types/alloc.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define NEW_MODE 0640 /* when there is no main file to take it from */

static void
add_buffer(const struct buffer *text, string *out)
{
	if (text->n > 0)
		(void)stringwrite2(out, (const char *)text->p, text->n);
}

/* What the main file has: others may read the new file who may read that. */
static mode_t
mode_of_main(const struct config *config)
{
	const struct config_file *file = config_first_file(config);
	struct stat st;

	if (file == NULL || file->in_memory || stat(file->path, &st) != 0)
		return NEW_MODE;
	return st.st_mode & 0777;
}

/* Is the file still what the new text was made of? */
static bool
is_same_text(const char *path, const struct placed *placed)
{
	FILE *file = fopen(path, "re");
	size_t n = 0, got;
	char room[8192];
	bool same = true;

	if (file == NULL)
		return placed->is_new;
	while (same && (got = fread(room, 1, sizeof(room), file)) > 0) {
		same = got <= placed->before.n - n &&
		    memcmp(placed->before.p + n, room, got) == 0;
		n += got;
	}
	same = same && n == placed->before.n && !placed->is_new;
	(void)fclose(file);
	return same;
}

static int
prepare(const struct placing *placing, struct save *saves, struct buffer *why)
{
	mode_t mode = mode_of_main(placing->files);

	for (size_t i = 0; i < placing->count; i++) {
		const struct placed *placed = &placing->list[i];

		if (save_prepare(&saves[i], placed->path,
		    buffer_span(&placed->after), mode, why) != 0)
			return -1;
		if (!is_same_text(placed->path, placed)) {
			buffer_add_text(why, placed->path);
			buffer_add_text(why, " is not any more what was "
			    "read");
			return -1;
		}
	}
	return 0;
}

/* 0, or -1 with words; *written_r says how many files are new. */
static int
save_all(const struct placing *placing, size_t *written_r, struct buffer *why)
{
	struct save *saves = xcalloc(placing->count + 1, sizeof(*saves));
	int ret = prepare(placing, saves, why);

	*written_r = 0;
	for (size_t i = 0; i < placing->count && ret == 0; i++) {
		ret = save_commit(&saves[i], why);
		if (ret == 0)
			++*written_r;
	}
	for (size_t i = 0; i < placing->count; i++)
		save_deinit(&saves[i]);
	free(saves);
	return ret;
}

/* What the files hold now. */
static struct config *
read_again(const struct placing *placing)
{
	struct config_load load = {
		.path = config_first_file(placing->files)->path,
		.local_changes = placing->local,
	};
	struct config_errors errors = { 0 };
	struct config *config = host_read(&load, &errors);

	errors_deinit(&errors);
	return config;
}

static void
tell_nowhere(const struct placing *placing, string *out)
{
	if (placing->nowhere.n == 0)
		return;
	(void)stringprintf(out, "Warning: not all of it could be saved, for "
	    "there is no file for the rest:\n");
	if (placing->local == NULL)
		(void)stringprintf(out, "Local_Changes_File is not set\n");
	add_buffer(&placing->hindrance, out);
	(void)stringprintf(out, "The rest is:\n");
	add_buffer(&placing->nowhere, out);
}

static int
writeback_model(command_construct *cc, const struct placing *placing)
{
	json_t *files = json_array();

	for (size_t i = 0; i < placing->count; i++)
		(void)json_array_append_new(files,
		    form_text(placing->list[i].path));
	return form_answer(cc, "writeback", json_pack("{s:b,s:o,s:o}", "ok",
	    placing->nowhere.n == 0, "written", files, "unsaved",
	    form_span(buffer_span(&placing->nowhere))));
}

static int
tell_written(command_construct *cc, const struct placing *placing)
{
	for (size_t i = 0; i < placing->count; i++)
		log_line(DNOTICE, "'%s' was written, by the console",
		    placing->list[i].path);
	if (form_is_wanted(cc)) {
		(void)writeback_model(cc, placing);
		return placing->nowhere.n == 0;
	}
	if (placing->count == 0 && placing->nowhere.n == 0)
		(void)stringprintf(&cc->response, "Nothing to write\n");
	for (size_t i = 0; i < placing->count; i++)
		(void)stringprintf(&cc->response, "Written to %s\n",
		    placing->list[i].path);
	tell_nowhere(placing, &cc->response);
	return placing->nowhere.n == 0;
}

static int
tell_failed(command_construct *cc, const struct buffer *why)
{
	add_buffer(why, &cc->response);
	if (why->n > 0 && why->p[why->n - 1] != '\n')
		(void)stringprintf(&cc->response, "\n");
	(void)stringprintf(&cc->response, "Nothing is written. \"config "
	    "writeback PATH\" saves all that is in use to a file of its "
	    "own;\n\"config reload\" reads the files, and drops what is in "
	    "none.\n");
	return 0;
}

/* Some are new, and the next is not: what they hold is read again. */
static int
tell_torn(command_construct *cc, const struct placing *placing, size_t written,
    const struct buffer *why)
{
	for (size_t i = 0; i < written; i++)
		(void)stringprintf(&cc->response, "Written to %s\n",
		    placing->list[i].path);
	add_buffer(why, &cc->response);
	(void)stringprintf(&cc->response, "\nThe others are not written: "
	    "\"config writeback\" tries again\n");
	return 0;
}

static int
write_back(command_construct *cc, struct online *online,
    struct config **files_r)
{
	struct placing placing = { .files = online->files,
		.running = online->running->config };
	struct buffer why = { 0 };
	size_t written = 0;
	int ok;

	if (placing_find(&placing, &why) != 0) {
		ok = tell_failed(cc, &why);
	} else if (save_all(&placing, &written, &why) != 0) {
		ok = written == 0 ? tell_failed(cc, &why) :
		    tell_torn(cc, &placing, written, &why);
	} else {
		ok = tell_written(cc, &placing);
	}
	if (written > 0)
		*files_r = read_again(&placing);
	placing_deinit(&placing);
	buffer_deinit(&why);
	return ok;
}

/* a file with all of it */

static const char head[] =
    "# The configuration in use, as \"write config\" or \"config writeback "
    "PATH\"\n# wrote it: all files in one.\n";

static bool
is_file_of(const struct config *config, const char *path)
{
	const struct config_file *file = config_first_file(config);
	struct stat st, other;

	if (stat(path, &st) != 0)
		return false;
	for (; file != NULL; file = file->next) {
		if (!file->in_memory && stat(file->path, &other) == 0 &&
		    other.st_dev == st.st_dev && other.st_ino == st.st_ino)
			return true;
	}
	return false;
}

/* A path that was mistyped must not cost a key or a log: what is replaced is
 * empty, or was written by this command before. */
static bool
is_to_replace(const char *path)
{
	FILE *file = fopen(path, "re");
	char begins[sizeof(head)] = "";
	size_t n;

	if (file == NULL)
		return errno == ENOENT;
	n = fread(begins, 1, sizeof(head) - 1, file);
	(void)fclose(file);
	return n == 0 || strcmp(begins, head) == 0;
}

static int
save_whole(const struct online *online, const char *path, struct buffer *why)
{
	struct save save = { 0 };
	string text;
	int ret;

	if (is_file_of(online->files, path)) {
		buffer_add_text(why, path);
		buffer_add_text(why, " is one of the files in use (\"config "
		    "writeback\" without a path writes to these)");
		return -1;
	}
	if (!is_to_replace(path)) {
		buffer_add_text(why, path);
		buffer_add_text(why, " is there already, and was not written "
		    "by this command");
		return -1;
	}
	(void)string_init_type(&text, 4096, STRING_TYPE_ECSTRING);
	(void)stringprintf(&text, "%s", head);
	configured_whole(online->running->config, &text);
	ret = save_prepare(&save, path, span_of(text.buffer,
	    (size_t)text.len), mode_of_main(online->files), why);
	if (ret == 0)
		ret = save_commit(&save, why);
	save_deinit(&save);
	(void)string_destroy(&text);
	return ret;
}

static int
write_whole(command_construct *cc, const struct online *online,
    const char *path)
{
	struct buffer why = { 0 };
	int ok = save_whole(online, path, &why) == 0;

	if (ok) {
		if (form_is_wanted(cc))
			(void)form_answer(cc, "writeback", json_pack(
			    "{s:b,s:[o],s:s}", "ok", 1, "written",
			    form_text(path), "unsaved", ""));
		else
			(void)stringprintf(&cc->response, "Written to %s\n",
			    path);
		log_line(DNOTICE, "'%s' was written, by the console", path);
	} else {
		add_buffer(&why, &cc->response);
		(void)stringprintf(&cc->response, "\n");
	}
	buffer_deinit(&why);
	return ok;
}

static bool
has_files(const struct online *online)
{
	const struct config_file *file = config_first_file(online->files);

	return file != NULL && !file->in_memory;
}

static int
run_writeback(command_construct *cc, void *closure)
{
	struct online online;
	struct config *files = NULL;
	char *path = NULL;
	int ok = 0;

	(void)closure;
	if (cc->argc > 3) {
		(void)stringprintf(&cc->response, "config writeback [PATH]\n");
		return 0;
	}
	if (transaction_is_begun()) {
		(void)stringprintf(&cc->response, "There is a transaction: "
		    "what it changes is not in use before \"config "
		    "commit\"\n");
		return 0;
	}
	if (cc->argc > 2)
		path = configured_path(cc->argv[2]);
	online_begin(&online);
	if (path != NULL)
		ok = write_whole(cc, &online, path);
	else if (!has_files(&online))
		(void)stringprintf(&cc->response, "This configuration is from "
		    "no file\n");
	else
		ok = write_back(cc, &online, &files);
	online_end(&online, files);
	free(path);
	return ok;
}

/* What is in use, whatever a transaction is about to change.  As data it is a
 * text as well: "config showrecurse" has it in parts. */
static int
show_whole(command_construct *cc)
{
	string text;
	int ret;

	(void)string_init_type(&text, 4096, STRING_TYPE_ECSTRING);
	configured_whole(generation_of(cc->transaction)->config, &text);
	ret = form_answer_done(cc, "configuration", NULL, text.buffer);
	(void)string_destroy(&text);
	return ret;
}

static int
run_write_config(command_construct *cc, void *closure)
{
	struct online online;
	char *path;
	int ok;

	(void)closure;
	if (cc->argc > 3) {
		(void)stringprintf(&cc->response, "write config [PATH]\n");
		return 0;
	}
	if (cc->argc < 3)
		return show_whole(cc);
	path = configured_path(cc->argv[2]);
	online_begin(&online);
	ok = write_whole(cc, &online, path);
	online_end(&online, NULL);
	free(path);
	return ok;
}

void
writeback_add_commands(void)
{
	static const struct command_row rows[] = {
		{ "config writeback", run_writeback,
		  "save changes made online",
		  "config writeback [PATH]\nEach goes to the file that it "
		  "belongs to. With a path, all that is in use goes to\nthat "
		  "one file, and the others stay as they are." },
		{ "write config", run_write_config,
		  "the configuration in use, as one file",
		  "write config [PATH]" },
	};

	commands_add_rows(rows, sizeof(rows) / sizeof(rows[0]));
}
