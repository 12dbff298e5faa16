/*
 * configured.c: config show, showrecurse, get and eval.
 */
#include "host/online/configured.h"

#include "host/control/commands.h"
#include "host/control/commands_of.h"
#include "host/control/form.h"
#include "host/host.h"
#include "host/online/transaction.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>

static void
indent(unsigned depth, string *out)
{
	(void)stringprintf(out, "%*s", (int)depth * 2, "");
}

static void
show_written(const struct written *written, string *out)
{
	struct buffer text = { 0 };

	written_format(written, &text);
	(void)stringwrite2(out, (const char *)text.p, text.n);
	buffer_deinit(&text);
}

static void
show_atom(const struct written_atom *atom, string *out)
{
	struct buffer text = { 0 };

	written_format_atom(atom, &text);
	(void)stringwrite2(out, (const char *)text.p, text.n);
	buffer_deinit(&text);
}

/* Arrays have a line for each element.  Every line begins with the margin. */
static void
show_lines(const char *name, const struct written *written, const char *margin,
    unsigned depth, string *out)
{
	(void)stringprintf(out, "%s", margin);
	indent(depth, out);
	(void)stringprintf(out, "%s = ", name);
	if (written->shape != WRITTEN_ARRAY || written->count == 0) {
		show_written(written, out);
		(void)stringprintf(out, "\n");
		return;
	}
	(void)stringprintf(out, "(\n");
	for (uint32_t i = 0; i < written->count; i++) {
		(void)stringprintf(out, "%s", margin);
		indent(depth + 1, out);
		show_atom(&written->atoms[i], out);
		(void)stringprintf(out, "\n");
	}
}

/* The line that ends an array, when there is one. */
static void
show_end(const struct written *written, const char *margin, unsigned depth,
    string *out)
{
	if (written->shape != WRITTEN_ARRAY || written->count == 0)
		return;
	(void)stringprintf(out, "%s", margin);
	indent(depth, out);
	(void)stringprintf(out, ")\n");
}

/* The published default of a boolean is a number; one that is a word of its own
 * ("enabled") stays that. */
static bool
is_plain_default(const struct config_value *value)
{
	const char *text = value->written->atoms[0].text;

	return value->option->type == CONFIG_BOOL &&
	    value == value->option->default_value &&
	    (strcasecmp(text, "true") == 0 || strcasecmp(text, "false") == 0);
}

void
configured_value(const char *name, const struct config_value *value,
    const char *margin, string *out)
{
	if (is_plain_default(value)) {
		(void)stringprintf(out, "%s%s = %d\n", margin, name,
		    value->one.integer);
		return;
	}
	show_lines(name, value->written, margin, 0, out);
	show_end(value->written, margin, 0, out);
}

static json_t *
texts_model(const struct written *written)
{
	json_t *model = written->shape == WRITTEN_DICT ? json_object() :
	    json_array();

	for (uint32_t i = 0; i < written->count; i++) {
		if (written->shape == WRITTEN_ARRAY)
			(void)json_array_append_new(model,
			    form_text(written->atoms[i].text));
		else if (i + 1 < written->count) {
			(void)json_object_set_new(model,
			    written->atoms[i].text,
			    form_text(written->atoms[i + 1].text));
			i++;
		}
	}
	return model;
}

json_t *
configured_model(const struct config_value *value)
{
	struct arena arena = { 0 };
	struct buffer why = { 0 };
	struct config_value read;
	json_t *model = NULL;

	if (value->written->shape != WRITTEN_SCALAR)
		return texts_model(value->written);
	if (value->option->map == NULL &&
	    (value->option->flags & CONFIG_OPTION_ARRAY) == 0 &&
	    value_read(value->option, value->written, &arena, &read, &why)) {
		if (value->option->type == CONFIG_BOOL)
			model = json_boolean(read.one.integer != 0);
		else if (value->option->type == CONFIG_INT)
			model = json_integer(read.one.integer);
		else if (value->option->type == CONFIG_SIZE)
			model = json_integer((json_int_t)read.one.size);
		else if (value->option->type == CONFIG_UINT64)
			model = json_integer((json_int_t)read.one.u64);
	}
	buffer_deinit(&why);
	arena_deinit(&arena);
	return model != NULL ? model :
	    form_text(value->written->atoms[0].text);
}

char *
configured_path(const char *path)
{
	char *main_file = path[0] != '/' ? host_path() : NULL;
	char *slash = main_file != NULL ? strrchr(main_file, '/') : NULL;
	char *joined = NULL;

	if (slash == NULL) {
		free(main_file);
		return strdup(path);
	}
	slash[1] = '\0';
	if (asprintf(&joined, "%s%s", main_file, path) < 0)
		joined = NULL;
	free(main_file);
	return joined;
}

void
configured_add_lines(struct span text, json_t *list)
{
	struct span line;

	while (text.n > 0) {
		(void)span_cut(&text, '\n', &line);
		while (line.n > 0 && line.p[0] == ' ')
			line = span_from(line, 1);
		if (line.n > 0)
			(void)json_array_append_new(list, form_span(line));
	}
}

void
configured_add_warnings(const struct buffer *text, json_t *model)
{
	static const char head[] = "Warning: ";
	struct span rest = buffer_span(text), line;
	json_t *list = json_array();

	while (rest.n > 0) {
		(void)span_cut(&rest, '\n', &line);
		line = span_from(line, sizeof(head) - 1);
		(void)json_array_append_new(list, json_stringn(
		    (const char *)line.p, line.n));
	}
	if (json_array_size(list) > 0)
		(void)json_object_set(model, "warnings", list);
	json_decref(list);
}

const struct config_value *
configured_effective(const struct config *config, const struct where *where)
{
	struct config_query query = { 0 };

	if (where->depth > 0 && (where->steps[0].scope->flags &
	    CONFIG_SCOPE_MODULE) != 0)
		return node_value(where->nearest, where->slot);
	for (unsigned i = 0; i < where->depth; i++)
		(void)config_query_add(config, &query,
		    where->steps[i].scope->name, where->steps[i].instance);
	return config_lookup(config, where->slot, &query);
}

void
configured_echo(const char *name, const struct written *written, string *out)
{
	show_lines(name, written, "", 0, out);
	show_end(written, "", 1, out);
}

static void
show_setting(const struct config_setting *setting, unsigned depth, string *out)
{
	show_lines(setting->value.option->name, &setting->written, "", depth,
	    out);
	show_end(&setting->written, "", depth, out);
}

static void
show_head(const struct config_node *node, unsigned depth, string *out)
{
	const struct written_atom name = { .text = node->instance, .quote = '"' };

	indent(depth, out);
	(void)stringprintf(out, "%s ", node->scope->name);
	if (node->instance != NULL) {
		show_atom(&name, out);
		(void)stringprintf(out, " ");
	}
	(void)stringprintf(out, "{");
}

static void show_whole(const struct config_node *node, unsigned depth,
    bool recurse, string *out);

static void
show_child(const struct config_node *child, unsigned depth, bool recurse,
    string *out)
{
	show_head(child, depth, out);
	if (!recurse) {
		(void)stringprintf(out, " ... }\n");
		return;
	}
	(void)stringprintf(out, "\n");
	show_whole(child, depth + 1, true, out);
	indent(depth, out);
	(void)stringprintf(out, "}\n");
}

/* In the order of the files.  Stanzas do not nest deeper than the
 * configuration's limit. */
static void
show_whole(const struct config_node *node, unsigned depth, bool recurse,
    string *out)
{
	const struct config_setting *setting = node->first_setting;
	const struct config_node *child = node->first_child;

	while (setting != NULL || child != NULL) {
		if (child == NULL || (setting != NULL &&
		    setting->order < child->order)) {
			show_setting(setting, depth, out);
			setting = setting->next;
		} else {
			show_child(child, depth, recurse, out);
			child = child->next;
		}
	}
}

void
configured_whole(const struct config *config, string *out)
{
	show_whole(config_root(config), 0, true, out);
}

static json_t *
node_model(const struct config_node *node, bool recurse)
{
	json_t *options = json_object(), *children = json_array();
	const struct config_setting *setting = node->first_setting;
	const struct config_node *child = node->first_child;

	for (; setting != NULL; setting = setting->next)
		(void)json_object_set_new(options, setting->value.option->name,
		    configured_model(&setting->value));
	for (; child != NULL; child = child->next)
		(void)json_array_append_new(children, recurse ?
		    node_model(child, true) : json_pack("{s:s,s:o}", "scope",
		    child->scope->name, "instance",
		    form_text(child->instance)));
	return json_pack("{s:s,s:o,s:o,s:o}", "scope", node->scope->name,
	    "instance", form_text(node->instance), "options", options,
	    "scopes", children);
}

static const struct config *
config_of(command_construct *cc)
{
	return transaction_config(cc);
}

static int
tell_no_stanza(command_construct *cc, const struct where *where)
{
	(void)stringprintf(&cc->response, "There is no stanza '");
	where_format(where, &cc->response);
	(void)stringprintf(&cc->response, "'\n");
	return 0;
}

static int
tell_unset(command_construct *cc, const struct where *where)
{
	const struct config_option *option = registry_option(
	    config_registry(config_of(cc)), where->slot);

	if (form_is_wanted(cc))
		return form_answer(cc, "option", json_pack("{s:b,s:s,s:n}",
		    "ok", 1, "name", option->name, "value"));
	(void)stringprintf(&cc->response, "Option '%s' is not set in scope '",
	    option->name);
	where_format(where, &cc->response);
	(void)stringprintf(&cc->response, "'.\n");
	return 1;
}

static int
value_answer(command_construct *cc, const struct config_value *value)
{
	return form_answer(cc, "option", json_pack("{s:b,s:s,s:o}", "ok", 1,
	    "name", value->option->name, "value", configured_model(value)));
}

static int
run_get(command_construct *cc, void *closure)
{
	const struct config_setting *setting;
	struct where where;

	(void)closure;
	if (!where_read(cc, 2, config_of(cc), &where))
		return 0;
	if (where.option == NULL) {
		(void)stringprintf(&cc->response,
		    "config get [SCOPE [INSTANCE]]... OPTION\n");
		return 0;
	}
	setting = where.node != NULL ? node_setting(where.node, where.slot) :
	    NULL;
	if (setting == NULL)
		return tell_unset(cc, &where);
	if (form_is_wanted(cc))
		return value_answer(cc, &setting->value);
	/* as it is published */
	configured_value(setting->value.option->name, &setting->value,
	    where.depth > 0 ? "\t" : "", &cc->response);
	return 1;
}

static int
run_eval(command_construct *cc, void *closure)
{
	const struct config_value *value;
	struct where where;

	(void)closure;
	if (!where_read(cc, 2, config_of(cc), &where))
		return 0;
	if (where.option == NULL) {
		(void)stringprintf(&cc->response,
		    "config eval [SCOPE [INSTANCE]]... OPTION\n");
		return 0;
	}
	value = configured_effective(config_of(cc), &where);
	if (value == NULL)
		return tell_unset(cc, &where);
	if (form_is_wanted(cc))
		return value_answer(cc, value);
	configured_value(value->option->name, value, "", &cc->response);
	return 1;
}

static int
show(command_construct *cc, bool recurse)
{
	struct where where;

	if (!where_read(cc, 2, config_of(cc), &where))
		return 0;
	if (where.option != NULL)
		return run_get(cc, NULL);
	if (where.node == NULL)
		return tell_no_stanza(cc, &where);
	if (form_is_wanted(cc))
		return form_answer(cc, "stanza", node_model(where.node,
		    recurse));
	if (recurse && where.depth > 0)
		show_child(where.node, 0, true, &cc->response);
	else
		show_whole(where.node, 0, recurse, &cc->response);
	return 1;
}

static int
run_show(command_construct *cc, void *closure)
{
	(void)closure;
	return show(cc, false);
}

static int
run_showrecurse(command_construct *cc, void *closure)
{
	(void)closure;
	return show(cc, true);
}

void
configured_add_commands(void)
{
	static const struct command_row rows[] = {
		{ "config eval", run_eval, "an option as it holds there",
		  "config eval [SCOPE [INSTANCE]]... OPTION" },
		{ "config get", run_get, "an option as it is set there",
		  "config get [SCOPE [INSTANCE]]... OPTION" },
		{ "config show", run_show, "a stanza's options",
		  "config show [SCOPE [INSTANCE]]... [OPTION]" },
		{ "config showrecurse", run_showrecurse,
		  "a stanza with all within it",
		  "config showrecurse [SCOPE [INSTANCE]]..." },
	};

	commands_add_rows(rows, sizeof(rows) / sizeof(rows[0]));
}
