/*
 * placing.c: differences to edits, until there are none.
 *
 * In each round the texts are loaded, and what still differs from the
 * configuration in use gets its edit.  One round is the rule; more are needed
 * where an option was set several times, and where a change turns out not to
 * hold: then all begins anew, with that change in the Local_Changes_File.
 */
#include "host/online/placing.h"

#include "host/config/diff.h"
#include "host/host.h"
#include "host/online/changed.h"
#include "host/online/edit.h"
#include "host/online/save.h"
#include "host/types/alloc.h"

#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>
#include <unistd.h>

#define ROUNDS 50 /* an option that is set more often is no accident */

enum target_kind {
	TARGET_VALUE, /* in place */
	TARGET_REMOVE,
	TARGET_INTO, /* a stanza */
	TARGET_BEHIND, /* a stanza in brackets */
	TARGET_END, /* of a file */
	TARGET_NOWHERE,
};

struct change { /* what is to be done about one difference */
	enum diff_kind kind;
	enum target_kind target;
	const char *path; /* of the file */
	struct config_place place;
	unsigned depth; /* of stanzas that the target is in already */
	const struct config_node *node;
	const struct config_setting *setting, *old;
};

struct round {
	struct placing *placing;
	const struct config *now; /* what the texts give */
	struct change *changes;
	size_t count, room;
	bool must_begin_anew;
	bool is_torn; /* a file has changed while we work */
};

/* The file for changes that have no place in the others; NULL: there is none. */
static char *
local_of(const struct config *running, const struct config *files)
{
	const struct config_value *value = config_global(running,
	    "Local_Changes_File");
	const struct config_file *main_file = config_first_file(files);
	const char *path = value != NULL ? value->one.string : "", *slash;
	char *joined = NULL;

	if (path[0] == '\0')
		return NULL;
	slash = main_file != NULL ? strrchr(main_file->path, '/') : NULL;
	if (path[0] == '/' || slash == NULL)
		return xstrdup(path);
	if (asprintf(&joined, "%.*s/%s", (int)(slash - main_file->path),
	    main_file->path, path) < 0)
		return NULL;
	return joined;
}

/* files */

static bool
read_file(const char *path, struct buffer *text)
{
	unsigned char *room;
	ssize_t n = 0;
	int fd = open(path, O_RDONLY | O_CLOEXEC | O_NONBLOCK);

	if (fd < 0)
		return false;
	while ((room = buffer_extend(text, 65536)) != NULL) {
		n = read(fd, room, 65536);
		text->n -= 65536 - (n > 0 ? (size_t)n : 0);
		if (n <= 0)
			break;
	}
	(void)close(fd);
	return n == 0 && !buffer_failed(text);
}

/* Places are those of what was loaded: is this it? */
static bool
is_what_was_loaded(const struct config *now, const struct placed *placed)
{
	const struct config_file *file = config_first_file(now);

	while (file != NULL && (file->in_memory ||
	    strcmp(file->path, placed->path) != 0))
		file = file->next;
	if (file == NULL)
		return placed->is_new;
	return !placed->is_new &&
	    sources_digest(buffer_span(&placed->before)) == file->digest;
}

static struct placed *
placed_at(struct round *round, const char *path)
{
	struct placing *placing = round->placing;
	struct placed *placed;

	for (size_t i = 0; i < placing->count; i++) {
		if (strcmp(placing->list[i].path, path) == 0)
			return &placing->list[i];
	}
	placing->list = xrealloc(placing->list, (placing->count + 1) *
	    sizeof(*placing->list));
	placed = &placing->list[placing->count++];
	*placed = (struct placed){ .path = xstrdup(path) };
	placed->is_new = access(path, F_OK) != 0;
	if (!placed->is_new)
		(void)read_file(path, &placed->before);
	if (!is_what_was_loaded(round->now, placed))
		round->is_torn = true;
	buffer_add(&placed->after, buffer_span(&placed->before));
	return placed;
}

static void
forget_texts(struct placing *placing)
{
	for (size_t i = 0; i < placing->count; i++) {
		free(placing->list[i].path);
		buffer_deinit(&placing->list[i].before);
		buffer_deinit(&placing->list[i].after);
	}
	free(placing->list);
	placing->list = NULL;
	placing->count = 0;
	buffer_clear(&placing->nowhere);
	for (size_t i = 0; i < placing->tried_count; i++)
		free(placing->tried[i]);
	placing->tried_count = 0;
}

/* May it be written?  What hinders is told once. */
static bool
may_write(struct placing *placing, const char *path)
{
	struct buffer why = { 0 };
	bool may = save_is_possible(path, &why);

	if (!may && (placing->hindrance.n == 0 || memmem(
	    placing->hindrance.p, placing->hindrance.n, why.p, why.n) ==
	    NULL)) {
		buffer_add(&placing->hindrance, buffer_span(&why));
		buffer_add_text(&placing->hindrance, "\n");
	}
	buffer_deinit(&why);
	return may;
}

static bool
is_writable(struct placing *placing, const struct config_file *file)
{
	return file != NULL && !file->readonly && !file->in_memory &&
	    may_write(placing, file->path);
}

/* targets */

static unsigned
depth_of(const struct config_node *node)
{
	unsigned depth = 0;

	for (; node->parent != NULL; node = node->parent)
		depth++;
	return depth;
}

/* The same node in what the texts give, or NULL. */
static const struct config_node *
same_node(const struct config *now, const struct config_node *node)
{
	const struct config_node *parent;

	if (node->parent == NULL)
		return config_root(now);
	parent = same_node(now, node->parent);
	return parent == NULL ? NULL : node_child(parent, node->scope,
	    node->instance);
}

static void
to_end(struct change *change, const char *path)
{
	change->target = TARGET_END;
	change->path = path;
	change->depth = 0;
}

static bool
is_named(const struct change *change, const char *option)
{
	return change->setting != NULL && change->node->parent == NULL &&
	    strcasecmp(change->setting->value.option->name, option) == 0;
}

/* The Local_Changes_File; false: there is none that may be written.  What it is
 * called cannot be said in itself. */
static bool
to_local(struct round *round, struct change *change)
{
	struct placing *placing = round->placing;

	if (placing->local == NULL || is_named(change, "Local_Changes_File") ||
	    !may_write(placing, placing->local))
		return false;
	to_end(change, placing->local);
	return true;
}

/* The first definition of a stanza in a file that may be written. */
static bool
to_definition(struct round *round, struct change *change,
    const struct config_node *node)
{
	const struct config_definition *definition = node->first_definition;

	while (definition != NULL && !is_writable(round->placing,
	    definition->place.file))
		definition = definition->next;
	if (definition == NULL)
		return false;
	change->target = definition->in_brackets ? TARGET_BEHIND :
	    TARGET_INTO;
	change->path = definition->place.file->path;
	change->place = definition->place;
	change->depth = depth_of(node) - (definition->in_brackets ? 1 : 0);
	return true;
}

/* Global is defined in the main file, and wherever it has options. */
static bool
to_global(struct round *round, struct change *change)
{
	const struct config_file *main_file = config_first_file(round->now);
	const struct config_setting *setting =
	    config_root(round->now)->first_setting;

	if (is_writable(round->placing, main_file)) {
		to_end(change, main_file->path);
		return true;
	}
	while (setting != NULL && (setting->place.file == NULL ||
	    setting->place.file->local ||
	    !is_writable(round->placing, setting->place.file)))
		setting = setting->next;
	if (setting == NULL)
		return false;
	to_end(change, setting->place.file->path);
	return true;
}

static bool
to_defined(struct round *round, struct change *change)
{
	const struct config_node *outer = change->node, *node;

	if (outer->parent == NULL)
		return to_global(round, change);
	for (; outer->parent != NULL; outer = outer->parent) {
		node = same_node(round->now, outer);
		if (node != NULL && to_definition(round, change, node))
			return true;
	}
	return false;
}

static bool
to_main(struct round *round, struct change *change)
{
	const struct config_file *main_file = config_first_file(round->now);

	if (!is_writable(round->placing, main_file))
		return false;
	to_end(change, main_file->path);
	return true;
}

static void
to_nowhere(struct change *change)
{
	change->target = TARGET_NOWHERE;
	change->depth = 0;
}

static bool
to_place(struct round *round, struct change *change,
    const struct config_setting *setting, enum target_kind target)
{
	if (setting == NULL || setting->in_brackets ||
	    !is_writable(round->placing, setting->place.file))
		return false;
	change->target = target;
	change->path = setting->place.file->path;
	change->place = setting->place;
	return true;
}

static bool
has(char *const *list, size_t n, const char *key)
{
	for (size_t i = 0; i < n; i++) {
		if (strcmp(list[i], key) == 0)
			return true;
	}
	return false;
}

static void
note(char ***list, size_t *n, const char *key)
{
	*list = xrealloc(*list, (*n + 1) * sizeof(**list));
	(*list)[(*n)++] = xstrdup(key);
}

static char *
key_of(const struct change *change)
{
	struct buffer key = { 0 };
	char *text;

	changed_node(change->node, &key);
	buffer_add_byte(&key, '\n');
	if (change->setting != NULL)
		buffer_add_text(&key, change->setting->value.option->name);
	text = buffer_take_text(&key);
	return text != NULL ? text : xstrdup("");
}

/* Has this change to go to the Local_Changes_File?  One that was made already
 * in this attempt did not hold where it was made. */
static bool
is_forced(struct round *round, const struct change *change)
{
	struct placing *placing = round->placing;
	char *key = key_of(change);
	bool forced = has(placing->forced, placing->forced_count, key);

	if (!forced && has(placing->tried, placing->tried_count, key)) {
		note(&placing->forced, &placing->forced_count, key);
		round->must_begin_anew = true;
	}
	note(&placing->tried, &placing->tried_count, key);
	free(key);
	return forced || placing->is_local_only;
}

static void
find_set(struct round *round, struct change *change)
{
	if (is_forced(round, change)) {
		if (!to_local(round, change))
			to_nowhere(change);
		return;
	}
	if (!to_place(round, change, change->old, TARGET_VALUE) &&
	    !to_defined(round, change) && !to_local(round, change) &&
	    !to_main(round, change))
		to_nowhere(change);
}

static void
find_unset(struct round *round, struct change *change)
{
	if (!round->placing->is_local_only &&
	    to_place(round, change, change->setting, TARGET_REMOVE))
		return;
	if (!to_local(round, change))
		to_nowhere(change);
}

static struct change *
add_change(struct round *round, const struct change *change)
{
	if (round->count == round->room) {
		round->room = round->room == 0 ? 64 : round->room * 2;
		round->changes = xrealloc(round->changes, round->room *
		    sizeof(*round->changes));
	}
	round->changes[round->count] = *change;
	return &round->changes[round->count++];
}

/* Each of its stanzas goes, if all of them can. */
static void
find_removed(struct round *round, struct change *change)
{
	const struct config_definition *definition =
	    change->node->first_definition;
	bool can = !round->placing->is_local_only;

	for (; definition != NULL; definition = definition->next)
		can = can && is_writable(round->placing,
		    definition->place.file);
	if (!can) {
		if (!to_local(round, change))
			to_nowhere(change);
		(void)add_change(round, change);
		return;
	}
	for (definition = change->node->first_definition; definition != NULL;
	    definition = definition->next) {
		change->target = TARGET_REMOVE;
		change->path = definition->place.file->path;
		change->place = definition->place;
		(void)add_change(round, change);
	}
}

static void
find_target(void *closure, const struct diff_item *item)
{
	struct round *round = closure;
	struct change change = { .kind = item->kind, .node = item->node,
		.setting = item->setting, .old = item->old };

	switch (item->kind) {
	case DIFF_ADDED:
		if (item->node->first_setting != NULL ||
		    item->node->first_child != NULL)
			return; /* it comes with what is in it */
		/* fallthrough */
	case DIFF_SET:
		find_set(round, &change);
		(void)add_change(round, &change);
		break;
	case DIFF_UNSET:
		find_unset(round, &change);
		(void)add_change(round, &change);
		break;
	case DIFF_REMOVED:
		find_removed(round, &change);
		break;
	}
}

/* texts: statements in as few stanzas as their order allows */

struct writing {
	struct buffer *out;
	const struct config_node *path[64]; /* open stanzas, outermost first */
	unsigned base, depth; /* base: open before the text begins */
};

static void
add_indent(struct writing *writing)
{
	for (unsigned i = writing->base; i < writing->depth; i++)
		buffer_add_text(writing->out, "  ");
}

static void
add_name(const struct config_node *node, struct buffer *out)
{
	struct written_atom name = { .text = node->instance, .quote = '"' };

	buffer_add_text(out, node->scope->name);
	if (name.text == NULL)
		return;
	buffer_add_text(out, " ");
	written_format_atom(&name, out);
}

static void
close_to(struct writing *writing, unsigned depth)
{
	while (writing->depth > depth) {
		writing->depth--;
		add_indent(writing);
		buffer_add_text(writing->out, "}\n");
	}
}

/* Open what has to be open for a statement in this node. */
static void
open_to(struct writing *writing, const struct config_node *node)
{
	const struct config_node *path[64];
	unsigned depth = depth_of(node), same = writing->base;

	for (unsigned i = depth; i > 0; i--, node = node->parent)
		path[i - 1] = node;
	while (same < depth && same < writing->depth &&
	    writing->path[same] == path[same])
		same++;
	close_to(writing, same);
	for (; writing->depth < depth; writing->depth++) {
		add_indent(writing);
		add_name(path[writing->depth], writing->out);
		buffer_add_text(writing->out, " {\n");
		writing->path[writing->depth] = path[writing->depth];
	}
}

static void
add_change_text(struct writing *writing, const struct change *change)
{
	const struct config_node *node = change->node;

	if (change->kind == DIFF_REMOVED)
		node = node->parent;
	open_to(writing, node);
	if (change->kind == DIFF_ADDED)
		return;
	add_indent(writing);
	if (change->kind == DIFF_SET) {
		buffer_add_text(writing->out,
		    change->setting->value.option->name);
		buffer_add_text(writing->out, " = ");
		written_format(&change->setting->written, writing->out);
	} else {
		buffer_add_text(writing->out, "unset ");
		if (change->setting != NULL)
			buffer_add_text(writing->out,
			    change->setting->value.option->name);
		else
			add_name(change->node, writing->out);
	}
	buffer_add_text(writing->out, "\n");
}

static bool
is_at(const struct change *change, const struct change *first)
{
	return change->target == first->target &&
	    change->depth == first->depth &&
	    change->place.start == first->place.start &&
	    change->place.end == first->place.end &&
	    (change->path == first->path || (change->path != NULL &&
	    first->path != NULL && strcmp(change->path, first->path) == 0));
}

/* The statements of all changes that go to the place of this one. */
static void
add_statements(const struct round *round, size_t first, bool *is_done,
    struct buffer *out)
{
	struct writing writing = { .out = out,
		.base = round->changes[first].depth,
		.depth = round->changes[first].depth };

	for (size_t i = first; i < round->count; i++) {
		if (!is_at(&round->changes[i], &round->changes[first]))
			continue;
		add_change_text(&writing, &round->changes[i]);
		is_done[i] = true;
	}
	close_to(&writing, writing.base);
}

static struct edit
edit_of(const struct round *round, size_t i, struct span file, bool *is_done)
{
	const struct change *change = &round->changes[i];
	struct buffer lines = { 0 };
	struct edit edit = { 0 };

	switch (change->target) {
	case TARGET_VALUE:
		return edit_value(file, change->place, &change->old->written,
		    &change->setting->written);
	case TARGET_REMOVE:
		return edit_remove(file, change->place);
	case TARGET_INTO:
		add_statements(round, i, is_done, &lines);
		edit = edit_into(file, change->place, buffer_span(&lines));
		break;
	case TARGET_BEHIND:
		add_statements(round, i, is_done, &lines);
		edit = edit_behind(file, change->place, buffer_span(&lines));
		break;
	case TARGET_END:
		add_statements(round, i, is_done, &lines);
		edit = edit_append(file, buffer_span(&lines));
		break;
	case TARGET_NOWHERE:
		break;
	}
	buffer_deinit(&lines);
	return edit;
}

/* All edits of one file, from the i-th change on. */
static void
edit_file(struct round *round, size_t first, bool *is_done)
{
	struct placed *placed = placed_at(round, round->changes[first].path);
	struct edit *edits;
	struct buffer out = { 0 };
	size_t n = 0;

	if (round->is_torn)
		return;
	edits = xcalloc(round->count, sizeof(*edits));
	for (size_t i = first; i < round->count; i++) {
		if (is_done[i] || round->changes[i].target == TARGET_NOWHERE ||
		    strcmp(round->changes[i].path, placed->path) != 0)
			continue;
		is_done[i] = true;
		edits[n++] = edit_of(round, i, buffer_span(&placed->after),
		    is_done);
	}
	edit_apply(buffer_span(&placed->after), edits, n, &out);
	for (size_t i = 0; i < n; i++)
		edit_deinit(&edits[i]);
	free(edits);
	buffer_deinit(&placed->after);
	placed->after = out;
}

static void
make_edits(struct round *round)
{
	bool *is_done = xcalloc(round->count + 1, sizeof(*is_done));

	for (size_t i = 0; i < round->count; i++) {
		if (is_done[i])
			continue;
		if (round->changes[i].target == TARGET_NOWHERE)
			add_statements(round, i, is_done,
			    &round->placing->nowhere);
		else
			edit_file(round, i, is_done);
	}
	free(is_done);
}

/* loading */

static struct config *
load(const struct placing *placing, struct buffer *why)
{
	struct config_text *texts = xcalloc(placing->count + 1,
	    sizeof(*texts));
	struct config_load load = {
		.path = config_first_file(placing->files)->path,
		.texts = texts,
		.text_count = placing->count,
		.local_changes = placing->local,
		.changes = buffer_span(&placing->nowhere),
	};
	struct config_errors errors = { 0 };
	struct config *config;

	for (size_t i = 0; i < placing->count; i++)
		texts[i] = (struct config_text){ placing->list[i].path,
		    buffer_span(&placing->list[i].after) };
	config = host_read(&load, &errors);
	if (config == NULL)
		errors_format_all(&errors, why);
	errors_deinit(&errors);
	free(texts);
	return config;
}

static void
tell_changed(struct buffer *why, const char *path)
{
	buffer_add_text(why, path);
	buffer_add_text(why, " is not any more what was read\n");
}

/* Do the files hold what they held when they were read? */
static bool
are_as_read(const struct placing *placing, const struct config *now,
    struct buffer *why)
{
	const struct config_file *a = config_first_file(placing->files);
	const struct config_file *b = config_first_file(now);
	bool same = true;

	while (a != NULL || b != NULL) {
		if (a != NULL && a->in_memory) {
			a = a->next;
			continue;
		}
		/* the Local_Changes_File that is named by now */
		if (a == NULL && b->local)
			break;
		if (a == NULL || b == NULL ||
		    strcmp(a->path, b->path) != 0) {
			tell_changed(why, b != NULL ? b->path : a->path);
			return false;
		}
		if (a->digest != b->digest) {
			tell_changed(why, a->path);
			same = false;
		}
		a = a->next;
		b = b->next;
	}
	return same;
}

enum outcome { DONE, ANOTHER_ROUND, BEGIN_ANEW, FAILED };

static enum outcome
run_round(struct placing *placing, bool is_first, struct buffer *why)
{
	struct round round = { .placing = placing };
	struct config *now = load(placing, why);
	enum outcome outcome = ANOTHER_ROUND;

	if (now == NULL || (is_first && !are_as_read(placing, now, why))) {
		config_unref(&now);
		return FAILED;
	}
	round.now = now;
	diff_each(now, placing->running, find_target, &round);
	if (round.must_begin_anew) {
		outcome = BEGIN_ANEW;
	} else if (round.count == 0) {
		outcome = DONE;
		if (!diff_is_same_order(now, placing->running)) {
			buffer_add_text(why, "modules or patterns would stand "
			    "in another order\n");
			outcome = FAILED;
		}
	} else {
		make_edits(&round);
	}
	if (round.is_torn) {
		buffer_add_text(why, "a file has changed meanwhile\n");
		outcome = FAILED;
	}
	free(round.changes);
	config_unref(&now);
	return outcome;
}

int
placing_find(struct placing *placing, struct buffer *why)
{
	const struct config_value *only = config_global(placing->running,
	    "Local_Changes_Only");
	enum outcome outcome = BEGIN_ANEW;
	unsigned attempts = 0;

	placing->local = local_of(placing->running, placing->files);
	placing->is_local_only = only != NULL && only->one.integer != 0;
	while (outcome == BEGIN_ANEW && attempts++ < ROUNDS) {
		forget_texts(placing);
		outcome = run_round(placing, attempts == 1, why);
		for (unsigned i = 1; outcome == ANOTHER_ROUND && i < ROUNDS;
		    i++)
			outcome = run_round(placing, false, why);
	}
	if (outcome == ANOTHER_ROUND || outcome == BEGIN_ANEW)
		buffer_add_text(why, "no place was found where all of it "
		    "holds\n");
	return outcome == DONE ? 0 : -1;
}

static void
free_list(char **list, size_t n)
{
	for (size_t i = 0; i < n; i++)
		free(list[i]);
	free(list);
}

void
placing_deinit(struct placing *placing)
{
	forget_texts(placing);
	buffer_deinit(&placing->nowhere);
	buffer_deinit(&placing->hindrance);
	free(placing->local);
	free_list(placing->forced, placing->forced_count);
	free(placing->tried);
}
