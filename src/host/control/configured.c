/*
 * configured.c: config show, showrecurse, get and eval.
 */
#include "host/control/configured.h"

#include "host/control/commands.h"
#include "host/control/commands_of.h"
#include "host/generation.h"

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

void
configured_value(const char *name, const struct config_value *value,
    string *out)
{
	(void)stringprintf(out, "%s = ", name);
	show_written(value->written, out);
	(void)stringprintf(out, "\n");
}

const struct config_value *
configured_effective(const struct config *config, const struct where *where)
{
	struct config_query query = { 0 };

	if (where->depth > 0 && (where->steps[0].scope->flags &
	    CONFIG_SCOPE_MODULE) != 0)
		return where->node != NULL ?
		    node_value(where->node, where->slot) : NULL;
	for (unsigned i = 0; i < where->depth; i++)
		(void)config_query_add(config, &query,
		    where->steps[i].scope->name, where->steps[i].instance);
	return config_lookup(config, where->slot, &query);
}

/* Arrays have a line for each element here. */
static void
show_setting(const struct config_setting *setting, unsigned depth, string *out)
{
	const struct written *written = &setting->written;

	indent(depth, out);
	(void)stringprintf(out, "%s = ", setting->value.option->name);
	if (written->shape != WRITTEN_ARRAY || written->count == 0) {
		show_written(written, out);
		(void)stringprintf(out, "\n");
		return;
	}
	(void)stringprintf(out, "(\n");
	for (uint32_t i = 0; i < written->count; i++) {
		indent(depth + 1, out);
		show_atom(&written->atoms[i], out);
		(void)stringprintf(out, "\n");
	}
	indent(depth, out);
	(void)stringprintf(out, ")\n");
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

static void
show_options(const struct config_node *node, unsigned depth, string *out)
{
	const struct config_setting *s = node->first_setting;

	for (; s != NULL; s = s->next)
		show_setting(s, depth, out);
}

/* Stanzas do not nest deeper than the configuration's limit. */
static void
show_whole(const struct config_node *node, unsigned depth, string *out)
{
	const struct config_node *child = node->first_child;

	show_options(node, depth, out);
	for (; child != NULL; child = child->next) {
		show_head(child, depth, out);
		(void)stringprintf(out, "\n");
		show_whole(child, depth + 1, out);
		indent(depth, out);
		(void)stringprintf(out, "}\n");
	}
}

static const struct config *
config_of(command_construct *cc)
{
	return generation_of(cc->transaction)->config;
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

	(void)stringprintf(&cc->response, "Option '%s' is not set in scope '",
	    option->name);
	where_format(where, &cc->response);
	(void)stringprintf(&cc->response, "'.\n");
	return 1;
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
	configured_value(setting->value.option->name, &setting->value,
	    &cc->response);
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
	configured_value(value->option->name, value, &cc->response);
	return 1;
}

static int
run_show(command_construct *cc, void *closure)
{
	const struct config_node *child;
	struct where where;

	(void)closure;
	if (!where_read(cc, 2, config_of(cc), &where))
		return 0;
	if (where.option != NULL)
		return run_get(cc, NULL);
	if (where.node == NULL)
		return tell_no_stanza(cc, &where);
	show_options(where.node, 0, &cc->response);
	for (child = where.node->first_child; child != NULL;
	    child = child->next) {
		show_head(child, 0, &cc->response);
		(void)stringprintf(&cc->response, " ... }\n");
	}
	return 1;
}

static int
run_showrecurse(command_construct *cc, void *closure)
{
	struct where where;

	(void)closure;
	if (!where_read(cc, 2, config_of(cc), &where))
		return 0;
	if (where.option != NULL)
		return run_get(cc, NULL);
	if (where.node == NULL)
		return tell_no_stanza(cc, &where);
	if (where.depth == 0) {
		show_whole(where.node, 0, &cc->response);
		return 1;
	}
	show_head(where.node, 0, &cc->response);
	(void)stringprintf(&cc->response, "\n");
	show_whole(where.node, 1, &cc->response);
	(void)stringprintf(&cc->response, "}\n");
	return 1;
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
