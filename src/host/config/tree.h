/*
 * tree.h: growing the tree of node.h, before anybody else sees it.
 */
#ifndef CONFIG_TREE_H
#define CONFIG_TREE_H

#include "host/config/node.h"

struct registry;

struct node_index {
	struct config_node **slots; /* open addressing, a power of two */
	size_t room, count;
	const struct registry *registry; /* for the defaults */
};

struct tree {
	struct arena *arena;
	struct node_index index;
	struct config_node *root;
	uint32_t order; /* given out so far */
};

/* A tree that holds Global alone.  The tree must not move: nodes know it. */
void tree_init(struct tree *tree, struct arena *arena,
    const struct registry *registry);

/* The child of that scope and instance, new if there was none: texts stay the
 * caller's.  *new_r tells. */
struct config_node *tree_child(struct tree *tree, struct config_node *parent,
    const struct config_scope *scope, const char *instance, bool *new_r);

/* Let a child with a regex or network set take part in matching. */
void tree_add_pattern(struct config_node *child);

/* Where an option's last definition is to be stored: the one before is
 * overwritten. */
struct config_setting *tree_setting(struct tree *tree,
    struct config_node *node, const struct config_option *option);

void tree_unset(struct config_node *node, const struct config_option *option);
void tree_remove(struct tree *tree, struct config_node *child);

/* The last step: every node's settings in the order of their slots. */
void tree_finish(struct tree *tree);

/* Before the arena goes. */
void tree_deinit(struct tree *tree);

/* The next node of a walk over all, parents before children; NULL at the end.
 * Begin with the root. */
struct config_node *tree_next(const struct config_node *node);

/* A binding by its name, in whichever group; NULL when no group holds it. */
struct config_node *tree_grouped(const struct config_node *root,
    const struct config_scope *scope, const char *instance);

#endif
