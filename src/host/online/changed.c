/*
 * changed.c: differences, told one by one until it is enough.
 */
#include "host/online/changed.h"

#include "host/config/shown.h"

#include <stdio.h>
#include <stdlib.h>
#include <strings.h>

#define WAITS "; waits for a restart"

struct telling {
	const char *indent;
	struct buffer *out;
	unsigned count;
	unsigned most;
};

void
changed_node(const struct config_node *node, struct buffer *out)
{
	struct written_atom name = { .quote = '"' };

	if (node->parent == NULL)
		return;
	changed_node(node->parent, out);
	if (node->parent->parent != NULL)
		buffer_add_text(out, " ");
	buffer_add_text(out, node->scope->name);
	if (node->instance == NULL)
		return;
	name.text = node->instance;
	buffer_add_text(out, " ");
	written_format_atom(&name, out);
}

/* Sockets are opened with the process's first rights. */
static bool
is_socket(const struct config_node *node)
{
	return node != NULL && node->parent != NULL &&
	    strcasecmp(node->scope->name, "Listen") == 0 &&
	    (strcasecmp(node->parent->scope->name, "Milter_Listener") == 0 ||
	    strcasecmp(node->parent->scope->name, "Control_Listener") == 0);
}

bool
changed_waits(const struct config_node *node,
    const struct config_option *option)
{
	return option != NULL ? (option->flags & CONFIG_OPTION_STATIC) != 0 :
	    is_socket(node);
}

static void
add_value(const struct written *written, struct buffer *out)
{
	struct buffer text = { 0 };

	written_format(written, &text);
	buffer_add_text(out, shown_of(buffer_span(&text)).text);
	buffer_deinit(&text);
}

static void
add_old(const struct config_setting *old, struct buffer *out)
{
	if (old == NULL)
		return;
	buffer_add_text(out, " (was ");
	add_value(&old->written, out);
	buffer_add_text(out, ")");
}

static void
add_words(const struct diff_item *item, struct buffer *out)
{
	const struct config_option *option = item->setting != NULL ?
	    item->setting->value.option : NULL;

	changed_node(item->node, out);
	if (option != NULL && item->node->parent != NULL)
		buffer_add_text(out, " ");
	if (option != NULL)
		buffer_add_text(out, option->name);
	switch (item->kind) {
	case DIFF_SET:
		buffer_add_text(out, " = ");
		add_value(&item->setting->written, out);
		add_old(item->old, out);
		break;
	case DIFF_UNSET:
		buffer_add_text(out, " is not set any more");
		add_old(item->setting, out);
		break;
	case DIFF_ADDED:
		buffer_add_text(out, " is new");
		break;
	case DIFF_REMOVED:
		buffer_add_text(out, " is gone");
		break;
	}
	if (changed_waits(item->node, option))
		buffer_add_text(out, WAITS);
}

/* What stands in a new node says that it is there. */
static bool
is_told_by_others(const struct diff_item *item)
{
	return item->kind == DIFF_ADDED && (item->node->first_setting != NULL ||
	    item->node->first_child != NULL) &&
	    !changed_waits(item->node, NULL);
}

static void
tell(void *closure, const struct diff_item *item)
{
	struct telling *telling = closure;

	if (is_told_by_others(item) || ++telling->count > telling->most)
		return;
	buffer_add_text(telling->out, telling->indent);
	add_words(item, telling->out);
	buffer_add_text(telling->out, "\n");
}

unsigned
changed_tell(const struct config *from, const struct config *to,
    const char *indent, struct buffer *out)
{
	struct telling telling = { indent, out, 0, CHANGED_LINES };
	char more[64];

	diff_each(from, to, tell, &telling);
	if (telling.count == 0 && !diff_is_same_order(from, to)) {
		buffer_add_text(out, indent);
		buffer_add_text(out, "stanzas stand in another order\n");
		return 1;
	}
	if (telling.count > CHANGED_LINES) {
		(void)snprintf(more, sizeof(more), "%sand %u more\n", indent,
		    telling.count - CHANGED_LINES);
		buffer_add_text(out, more);
	}
	return telling.count;
}

json_t *
changed_model(const struct config *from, const struct config *to)
{
	struct buffer text = { 0 };
	json_t *list = json_array();
	char *lines, *rest, *line;

	(void)changed_tell(from, to, "", &text);
	rest = lines = buffer_take_text(&text);
	while (rest != NULL && (line = strsep(&rest, "\n")) != NULL) {
		if (line[0] != '\0')
			(void)json_array_append_new(list, json_string(line));
	}
	free(lines);
	return list;
}
