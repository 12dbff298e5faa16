/*
 * diff.c: both trees walked together, children found by their names.
 */
#include "host/config/diff.h"

struct walk {
	void (*each)(void *closure, const struct diff_item *item);
	void *closure;
};

/* Do two values say the same? */
static bool
is_same(const struct written *a, const struct written *b)
{
	if (a->shape != b->shape || a->count != b->count)
		return false;
	for (uint32_t i = 0; i < a->count; i++) {
		if (strcmp(a->atoms[i].text, b->atoms[i].text) != 0)
			return false;
	}
	return true;
}

static void
tell(const struct walk *walk, enum diff_kind kind,
    const struct config_node *node, const struct config_node *before,
    const struct config_setting *setting, const struct config_setting *old)
{
	struct diff_item item = { kind, node, before, setting, old };

	walk->each(walk->closure, &item);
}

static const struct config_setting *
same_option(const struct config_node *node,
    const struct config_setting *setting)
{
	return node == NULL ? NULL :
	    node_setting(node, setting->value.option->slot);
}

static const struct config_node *
same_child(const struct config_node *node, const struct config_node *child)
{
	return node == NULL ? NULL :
	    node_child(node, child->scope, child->instance);
}

/* from is NULL below a node that is new; as deep as stanzas are nested. */
static void
compare(const struct walk *walk, const struct config_node *from,
    const struct config_node *to)
{
	const struct config_setting *setting, *old;
	const struct config_node *child, *other;

	for (setting = from != NULL ? from->first_setting : NULL;
	    setting != NULL; setting = setting->next) {
		if (same_option(to, setting) == NULL)
			tell(walk, DIFF_UNSET, from, from, setting, NULL);
	}
	for (child = from != NULL ? from->first_child : NULL; child != NULL;
	    child = child->next) {
		if (same_child(to, child) == NULL)
			tell(walk, DIFF_REMOVED, child, child, NULL, NULL);
	}
	for (setting = to->first_setting; setting != NULL;
	    setting = setting->next) {
		old = same_option(from, setting);
		if (old == NULL || !is_same(&old->written,
		    &setting->written))
			tell(walk, DIFF_SET, to, from, setting, old);
	}
	for (child = to->first_child; child != NULL; child = child->next) {
		other = same_child(from, child);
		if (other == NULL)
			tell(walk, DIFF_ADDED, child, NULL, NULL, NULL);
		compare(walk, other, child);
	}
}

void
diff_each(const struct config *from, const struct config *to,
    void (*each)(void *closure, const struct diff_item *item), void *closure)
{
	struct walk walk = { each, closure };

	compare(&walk, config_root(from), config_root(to));
}

static bool
has_order(const struct config_node *node)
{
	return node->regex != NULL ||
	    (node->scope->flags & CONFIG_SCOPE_MODULE) != 0;
}

static const struct config_node *
next_ordered(const struct config_node *node)
{
	while (node != NULL && !has_order(node))
		node = node->next;
	return node;
}

static bool
is_same_order(const struct config_node *from, const struct config_node *to)
{
	const struct config_node *a = next_ordered(from->first_child);
	const struct config_node *b = next_ordered(to->first_child);

	while (a != NULL && b != NULL) {
		if (same_child(to, a) != b)
			return false;
		a = next_ordered(a->next);
		b = next_ordered(b->next);
	}
	if (a != NULL || b != NULL)
		return false;
	for (a = from->first_child; a != NULL; a = a->next) {
		b = same_child(to, a);
		if (b != NULL && !is_same_order(a, b))
			return false;
	}
	return true;
}

bool
diff_is_same_order(const struct config *from, const struct config *to)
{
	return is_same_order(config_root(from), config_root(to));
}
