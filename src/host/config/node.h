/*
 * node.h: the tree of a loaded configuration.
 *
 * A node is all stanzas of one scope and instance within one parent, merged.
 * Trees are immutable once loaded, and live as long as their configuration.
 */
#ifndef CONFIG_NODE_H
#define CONFIG_NODE_H

#include "host/config/cidr.h"
#include "host/config/place.h"
#include "host/config/regex.h"
#include "host/config/scope.h"
#include "host/config/value.h"

struct config_setting { /* one option in one node: its last definition */
	struct config_setting *next; /* in the order of first definition */
	const char *name; /* as spelled in the file */
	struct written written;
	struct config_value value;
	struct config_place place;
	uint32_t order; /* among all settings and nodes, by first definition */
	bool in_brackets; /* the place is that of the whole NAME [ k = v ] */
};

struct config_definition { /* one of the stanzas that make a node */
	struct config_definition *next; /* in reading order */
	struct config_place place;
	bool in_brackets; /* written as NAME [ k = v ] */
};

struct node_index;
struct scope_path;

struct config_node {
	const struct config_scope *scope;
	const char *name; /* of the scope, as spelled in the file */
	const char *instance; /* as first written; NULL: none */
	struct config_node *parent; /* NULL: this is Global */
	struct config_node *first_child, *last_child, *next; /* in file order */
	uint32_t order; /* as that of a setting */
	struct config_setting *first_setting;
	const struct config_setting **by_slot; /* ascending, setting_count */
	uint32_t setting_count;
	struct config_definition *first_definition, *last_definition;
	const struct regex *regex; /* of an instance "/.../" */
	const struct cidr *network; /* of an instance matched as one */
	struct config_node *first_pattern; /* the children with regex or
	    network, in the order they are to be tried ... */
	struct config_node *next_pattern; /* ... linked by this */
	const struct scope_path *path; /* for registry and checker */
	const struct node_index *index; /* of the whole tree */
};

/* The option as set in this very node, or NULL. */
const struct config_setting *node_setting(const struct config_node *node,
    int slot);

/* The option here, else in the stanza around, and so on up to Global, else the
 * default; NULL when there is none.  This is how module stanzas and their
 * sub-scopes resolve: dk_domain, else dkim_sign, else default. */
const struct config_value *node_value(const struct config_node *node,
    int slot);

/* The child of that scope and exact instance (NULL: without a name), in
 * constant time; NULL when there is none.  Patterns are not tried. */
const struct config_node *node_child(const struct config_node *node,
    const struct config_scope *scope, const char *instance);

/* Walk the children of one scope that apply to an instance: the exact one, then
 * the patterns that match, in their order.  previous is NULL at first; NULL is
 * returned at the end. */
const struct config_node *node_match(const struct config_node *parent,
    const struct config_scope *scope, const char *instance,
    const struct config_node *previous);

/* The first child of a scope (NULL: of any), and the next of the same after
 * child; NULL at the end. */
const struct config_node *node_first(const struct config_node *parent,
    const struct config_scope *scope);
const struct config_node *node_next(const struct config_node *child,
    const struct config_scope *scope);

#endif
