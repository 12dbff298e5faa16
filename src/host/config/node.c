/*
 * node.c: reading the tree; all of it is lock-free.  node_child() is with the
 * table that it searches, in tree.c.
 */
#include "host/config/node.h"

#include "host/config/registry.h"
#include "host/config/tree.h"

const struct config_setting *
node_setting(const struct config_node *node, int slot)
{
	uint32_t low = 0, high = node->setting_count;

	while (low < high) {
		uint32_t middle = low + (high - low) / 2;
		int at = node->by_slot[middle]->value.option->slot;

		if (at == slot)
			return node->by_slot[middle];
		if (at < slot)
			low = middle + 1;
		else
			high = middle;
	}
	return NULL;
}

const struct config_value *
node_value(const struct config_node *node, int slot)
{
	const struct config_option *option =
	    registry_option(node->index->registry, slot);
	const struct config_setting *setting = NULL;

	for (; setting == NULL && node != NULL; node = node->parent)
		setting = node_setting(node, slot);
	if (setting != NULL)
		return &setting->value;
	return option == NULL ? NULL : option->default_value;
}

/* A pattern that matches, from one on. */
static const struct config_node *
match_regex(const struct config_node *pattern,
    const struct config_scope *scope, const char *instance)
{
	while (pattern != NULL && (pattern->scope != scope ||
	    pattern->regex == NULL ||
	    !regex_matches(pattern->regex, instance)))
		pattern = pattern->next_pattern;
	return pattern;
}

static const struct config_node *
match_network(const struct config_node *pattern,
    const struct config_scope *scope, const char *instance)
{
	struct cidr address;

	if (pattern == NULL || !cidr_parse(instance, &address))
		return NULL;
	while (pattern != NULL && (pattern->scope != scope ||
	    pattern->network == NULL ||
	    !cidr_contains(pattern->network, &address)))
		pattern = pattern->next_pattern;
	return pattern;
}

const struct config_node *
node_match(const struct config_node *parent, const struct config_scope *scope,
    const char *instance, const struct config_node *previous)
{
	const struct config_node *exact;

	switch (scope->match) {
	case CONFIG_MATCH_EXACT:
	case CONFIG_MATCH_CASELESS:
		return previous != NULL ? NULL :
		    node_child(parent, scope, instance);
	case CONFIG_MATCH_NETWORK:
		return match_network(previous == NULL ? parent->first_pattern :
		    previous->next_pattern, scope, instance);
	case CONFIG_MATCH_DOMAIN:
		break;
	}
	if (previous == NULL) {
		exact = node_child(parent, scope, instance);
		if (exact != NULL)
			return exact;
	}
	return match_regex(previous == NULL || previous->regex == NULL ?
	    parent->first_pattern : previous->next_pattern, scope, instance);
}

static const struct config_node *
of_scope(const struct config_node *node, const struct config_scope *scope)
{
	while (node != NULL && scope != NULL && node->scope != scope)
		node = node->next;
	return node;
}

const struct config_node *
node_first(const struct config_node *parent, const struct config_scope *scope)
{
	return of_scope(parent->first_child, scope);
}

const struct config_node *
node_next(const struct config_node *child, const struct config_scope *scope)
{
	return of_scope(child->next, scope);
}
