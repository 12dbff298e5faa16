/*
 * tree.c: nodes, and one hash table over all of them, so that a child is found
 * in constant time however many siblings it has.
 *
 * A binding in a group is in the table twice: below its group, and below
 * nothing, where a message finds it that knows its binding alone.
 */
#include "host/config/tree.h"

#include "host/config/must.h"
#include "host/config/paths.h"

#include <strings.h>

static uint64_t
mix(uint64_t hash, uint64_t word)
{
	hash = (hash ^ word) * UINT64_C(0x9e3779b97f4a7c15);
	return hash ^ hash >> 29;
}

static bool
is_caseless(const struct config_scope *scope)
{
	return scope->match == CONFIG_MATCH_CASELESS ||
	    scope->match == CONFIG_MATCH_DOMAIN;
}

static size_t
hash_of(const struct config_node *parent, const struct config_scope *scope,
    const char *instance)
{
	uint64_t hash = mix((uint64_t)(uintptr_t)parent,
	    (uint64_t)scope->id + (instance == NULL ? 0 : 0x10000));
	bool caseless = is_caseless(scope);

	for (const char *p = instance; p != NULL && *p != '\0'; p++)
		hash = (hash ^ (caseless ? byte_lower((unsigned char)*p) :
		    (unsigned char)*p)) * UINT64_C(0x100000001b3);
	return (size_t)mix(hash, 0);
}

static bool
same_instance(const struct config_scope *scope, const char *a, const char *b)
{
	if (a == NULL || b == NULL)
		return a == b;
	return (is_caseless(scope) ? strcasecmp(a, b) : strcmp(a, b)) == 0;
}

/* What a node is filed below: its parent, or nothing for the second entry of
 * one in a group. */
static bool
is_below(const struct config_node *node, const struct config_node *parent)
{
	if (parent != NULL)
		return node->parent == parent;
	return node->parent != NULL &&
	    (node->parent->scope->flags & CONFIG_SCOPE_GROUP) != 0;
}

static struct config_node *
index_find(const struct node_index *index, const struct config_node *parent,
    const struct config_scope *scope, const char *instance)
{
	size_t mask = index->room - 1;
	struct config_node *node;

	if (index->room == 0)
		return NULL;
	for (size_t i = hash_of(parent, scope, instance);; i++) {
		node = index->slots[i & mask];
		if (node == NULL)
			return NULL;
		if (node->scope == scope && is_below(node, parent) &&
		    same_instance(scope, node->instance, instance))
			return node;
	}
}

static void
index_put(struct node_index *index, struct config_node *node,
    const struct config_node *parent)
{
	size_t mask = index->room - 1;
	size_t i = hash_of(parent, node->scope, node->instance);

	while (index->slots[i & mask] != NULL)
		i++;
	index->slots[i & mask] = node;
	index->count++;
}

static bool
is_grouped(const struct config_node *node)
{
	return (node->scope->flags & CONFIG_SCOPE_GROUPED) != 0 &&
	    is_below(node, NULL);
}

static void
index_file(struct node_index *index, struct config_node *node)
{
	index_put(index, node, node->parent);
	if (is_grouped(node) && index_find(index, NULL, node->scope,
	    node->instance) == NULL)
		index_put(index, node, NULL);
}

/* Room for two more entries, half of it kept free. */
static void
index_grow(struct tree *tree)
{
	struct node_index *index = &tree->index;

	if ((index->count + 2) * 2 <= index->room)
		return;
	free(index->slots);
	index->room = index->room == 0 ? 64 : index->room * 2;
	index->slots = must(calloc(index->room, sizeof(struct config_node *)));
	index->count = 0;
	for (struct config_node *node = tree_next(tree->root); node != NULL;
	    node = tree_next(node))
		index_file(index, node);
}

void
tree_init(struct tree *tree, struct arena *arena,
    const struct registry *registry)
{
	tree->arena = arena;
	tree->index.registry = registry;
	tree->root = must(arena_calloc(arena, 1, sizeof(*tree->root)));
	tree->root->scope = registry_global(registry);
	tree->root->name = tree->root->scope->name;
	tree->root->path = registry_root_path(registry);
	tree->root->index = &tree->index;
}

static struct config_node *
add_child(struct tree *tree, struct config_node *parent,
    const struct config_scope *scope, const char *instance)
{
	struct config_node *node = must(arena_calloc(tree->arena, 1,
	    sizeof(*node)));

	index_grow(tree);
	node->scope = scope;
	node->instance = instance;
	node->parent = parent;
	node->order = ++tree->order;
	node->index = &tree->index;
	if (parent->last_child == NULL)
		parent->first_child = node;
	else
		parent->last_child->next = node;
	parent->last_child = node;
	index_file(&tree->index, node);
	return node;
}

struct config_node *
tree_child(struct tree *tree, struct config_node *parent,
    const struct config_scope *scope, const char *instance, bool *new_r)
{
	struct config_node *node = index_find(&tree->index, parent, scope,
	    instance);

	*new_r = node == NULL;
	return node != NULL ? node : add_child(tree, parent, scope, instance);
}

/* Networks: the longer prefix first, equal ones in file order. */
static bool
goes_before(const struct config_node *child, const struct config_node *other)
{
	return child->network != NULL && other->network != NULL &&
	    child->network->bits > other->network->bits;
}

void
tree_add_pattern(struct config_node *child)
{
	struct config_node **at = &child->parent->first_pattern;

	while (*at != NULL && !goes_before(child, *at))
		at = &(*at)->next_pattern;
	child->next_pattern = *at;
	*at = child;
}

static struct config_setting **
find_setting(struct config_node *node, const struct config_option *option)
{
	struct config_setting **at = &node->first_setting;

	while (*at != NULL && (*at)->value.option != option)
		at = &(*at)->next;
	return at;
}

struct config_setting *
tree_setting(struct tree *tree, struct config_node *node,
    const struct config_option *option)
{
	struct config_setting **at = find_setting(node, option);

	if (*at == NULL) {
		*at = must(arena_calloc(tree->arena, 1, sizeof(**at)));
		(*at)->order = ++tree->order;
		node->setting_count++;
	}
	return *at;
}

void
tree_unset(struct config_node *node, const struct config_option *option)
{
	struct config_setting **at = find_setting(node, option);

	if (*at == NULL)
		return;
	*at = (*at)->next;
	node->setting_count--;
}

static void
remove_pattern(struct config_node *child)
{
	struct config_node **at = &child->parent->first_pattern;

	while (*at != NULL && *at != child)
		at = &(*at)->next_pattern;
	if (*at != NULL)
		*at = child->next_pattern;
}

/* Rebuilding the table is slow, and unsetting a whole scope is rare. */
void
tree_remove(struct tree *tree, struct config_node *child)
{
	struct config_node *parent = child->parent, *before = NULL;

	for (struct config_node *node = parent->first_child; node != child;
	    node = node->next)
		before = node;
	if (before == NULL)
		parent->first_child = child->next;
	else
		before->next = child->next;
	if (parent->last_child == child)
		parent->last_child = before;
	remove_pattern(child);
	tree->index.count = 0;
	if (tree->index.room > 0)
		memset(tree->index.slots, 0,
		    tree->index.room * sizeof(struct config_node *));
	for (struct config_node *node = tree_next(tree->root); node != NULL;
	    node = tree_next(node))
		index_file(&tree->index, node);
}

static int
by_slot(const void *a, const void *b)
{
	const struct config_setting *const *x = a, *const *y = b;

	return ((*x)->value.option->slot > (*y)->value.option->slot) -
	    ((*x)->value.option->slot < (*y)->value.option->slot);
}

static void
finish_node(struct tree *tree, struct config_node *node)
{
	const struct config_setting **sorted;
	size_t n = 0;

	if (node->setting_count == 0)
		return;
	sorted = must(arena_calloc(tree->arena, node->setting_count,
	    sizeof(const struct config_setting *)));
	for (const struct config_setting *setting = node->first_setting;
	    setting != NULL; setting = setting->next)
		sorted[n++] = setting;
	qsort(sorted, n, sizeof(const struct config_setting *), by_slot);
	node->by_slot = sorted;
}

void
tree_finish(struct tree *tree)
{
	for (struct config_node *node = tree->root; node != NULL;
	    node = tree_next(node))
		finish_node(tree, node);
}

void
tree_deinit(struct tree *tree)
{
	free(tree->index.slots);
	tree->index = (struct node_index){ 0 };
}

struct config_node *
tree_next(const struct config_node *node)
{
	if (node->first_child != NULL)
		return node->first_child;
	while (node != NULL && node->next == NULL)
		node = node->parent;
	return node == NULL ? NULL : node->next;
}

struct config_node *
tree_grouped(const struct config_node *root, const struct config_scope *scope,
    const char *instance)
{
	return index_find(root->index, NULL, scope, instance);
}

const struct config_node *
node_child(const struct config_node *node, const struct config_scope *scope,
    const char *instance)
{
	return index_find(node->index, node, scope, instance);
}
