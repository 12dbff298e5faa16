/*
 * changed.c: differences, told one by one until it is enough.
 */
#include "host/online/changed.h"

#include "host/config/shown.h"
#include "host/online/configured.h"

#include <stdio.h>
#include <stdlib.h>
#include <strings.h>

#define WAITS "; waits for a restart"

struct telling {
	const char *indent;
	struct buffer *out;
	unsigned count;
	unsigned told;
};

static bool
is_named(const struct config_node *node, const char *scope)
{
	return strcasecmp(node->scope->name, scope) == 0;
}

static bool
is_at_top(const struct config_node *node)
{
	return node->parent != NULL && node->parent->parent == NULL;
}

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
	    is_named(node, "Listen") &&
	    (is_named(node->parent, "Milter_Listener") ||
	    is_named(node->parent, "Control_Listener"));
}

static bool
is_listener(const struct config_node *node)
{
	return is_at_top(node) && (is_named(node, "Milter_Listener") ||
	    is_named(node, "Control_Listener") ||
	    is_named(node, "Metrics_Listener"));
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
tell_one(struct telling *telling, const struct diff_item *item, bool always)
{
	telling->count++;
	if (telling->told >= CHANGED_LINES && !always)
		return;
	telling->told++;
	buffer_add_text(telling->out, telling->indent);
	add_words(item, telling->out);
	buffer_add_text(telling->out, "\n");
}

/* Which sockets go is told of each, however much else there is to tell. */
static void
tell_listener(struct telling *telling, const struct diff_item *gone)
{
	struct diff_item item = *gone;
	const struct config_node *child = gone->node->first_child;

	tell_one(telling, gone, true);
	for (; child != NULL; child = child->next) {
		item.node = item.before = child;
		if (is_named(child, "Listen"))
			tell_one(telling, &item, true);
	}
}

static void
tell(void *closure, const struct diff_item *item)
{
	struct telling *telling = closure;

	if (is_told_by_others(item))
		return;
	if (item->kind == DIFF_REMOVED && is_listener(item->node))
		tell_listener(telling, item);
	else
		tell_one(telling, item, item->kind == DIFF_REMOVED &&
		    is_socket(item->node));
}

unsigned
changed_tell(const struct config *from, const struct config *to,
    const char *indent, struct buffer *out)
{
	struct telling telling = { indent, out, 0, 0 };
	char more[64];

	diff_each(from, to, tell, &telling);
	if (telling.count == 0 && !diff_is_same_order(from, to)) {
		buffer_add_text(out, indent);
		buffer_add_text(out, "stanzas stand in another order\n");
		return 1;
	}
	if (telling.count > telling.told) {
		(void)snprintf(more, sizeof(more), "%sand %u more\n", indent,
		    telling.count - telling.told);
		buffer_add_text(out, more);
	}
	return telling.count;
}

json_t *
changed_model(const struct config *from, const struct config *to)
{
	struct buffer text = { 0 };
	json_t *list = json_array();

	(void)changed_tell(from, to, "", &text);
	configured_add_lines(buffer_span(&text), list);
	buffer_deinit(&text);
	return list;
}

/* Is there a socket in a listener of this kind that is to be served? */
static bool
is_served(const struct config *config, const char *listener)
{
	char scope[64];
	const struct config_node *outer, *inner;
	const struct config_value *enable;
	int slot;

	(void)snprintf(scope, sizeof(scope), "%s:Listen", listener);
	slot = registry_slot(config_registry(config), scope, "Enable");
	outer = config_root(config)->first_child;
	for (; outer != NULL; outer = outer->next) {
		inner = is_named(outer, listener) ? outer->first_child : NULL;
		for (; inner != NULL; inner = inner->next) {
			enable = slot < 0 || !is_socket(inner) ? NULL :
			    node_value(inner, slot);
			if (enable != NULL && enable->one.integer != 0)
				return true;
		}
	}
	return false;
}

bool
changed_warn(const struct config *from, const struct config *to,
    struct buffer *out)
{
	static const struct {
		const char *listener, *words;
	} rows[] = {
		{ "Control_Listener", "Warning: no Control_Listener has a "
		  "Listen any more: after a restart there is no console\n" },
		{ "Milter_Listener", "Warning: no Milter_Listener has a Listen "
		  "any more: mailseald will not start again with this\n" },
	};
	size_t n = out->n;

	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		if (is_served(from, rows[i].listener) &&
		    !is_served(to, rows[i].listener))
			buffer_add_text(out, rows[i].words);
	}
	return out->n > n;
}
