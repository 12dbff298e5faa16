/*
 * complete_config.c: scopes, instances, options and values, as far as the
 * registry and the configuration in use know them.
 */
#include "host/control/candidates.h"

#include "host/config/config.h"
#include "host/online/where.h"

#include <string.h>
#include <strings.h>

/* Is word one of a list with blanks between? */
static bool
is_among(const char *list, const char *word)
{
	size_t n = strlen(word);

	while (list != NULL && *list != '\0') {
		size_t length = strcspn(list, " ");

		if (length == n && strncasecmp(list, word, n) == 0)
			return true;
		list += length;
		list += strspn(list, " ");
	}
	return false;
}

static void
add_scopes(const struct registry *registry, const struct where *where,
    struct candidates *candidates)
{
	const char *parent = where->depth > 0 ?
	    where->steps[where->depth - 1].scope->name : "Global";
	const struct config_scope *scope;

	for (int id = 0; (scope = registry_scope_at(registry, id)) != NULL;
	    id++) {
		if (is_among(scope->parents, parent))
			candidates_add(candidates, scope->name);
	}
}

/* "dkim_sign:dk_domain"; false: too long. */
static bool
path_of(const struct where *where, char *path, size_t size)
{
	size_t n = 0;

	path[0] = '\0';
	for (unsigned i = 0; i < where->depth; i++) {
		size_t length = strlen(where->steps[i].scope->name);

		if (n + length + 2 > size)
			return false;
		if (n > 0)
			path[n++] = ':';
		memcpy(path + n, where->steps[i].scope->name, length + 1);
		n += length;
	}
	return true;
}

static void
add_options(struct registry *registry, const struct where *where,
    struct candidates *candidates)
{
	const struct config_option *option;
	char path[512];

	if (!path_of(where, path, sizeof(path)))
		return;
	for (int slot = 0; (option = registry_option(registry, slot)) != NULL;
	    slot++) {
		if (registry_slot(registry, path, option->name) == slot)
			candidates_add(candidates, option->name);
	}
}

/* The stanza that holds the last step's. */
static const struct config_node *
outer_of(const struct config *config, const struct where *where)
{
	const struct config_node *node = config_root(config);

	for (unsigned i = 0; i + 1 < where->depth && node != NULL; i++)
		node = node_child(node, where->steps[i].scope,
		    where->steps[i].instance);
	return node;
}

static void
add_instances(const struct config *config, const struct where *where,
    struct candidates *candidates)
{
	const struct config_scope *scope = where->depth > 0 ?
	    where->steps[where->depth - 1].scope : NULL;
	const struct config_node *outer, *node;

	if (scope == NULL || where->steps[where->depth - 1].instance != NULL ||
	    (scope->flags & (CONFIG_SCOPE_UNNAMED | CONFIG_SCOPE_ONE)) != 0)
		return;
	outer = outer_of(config, where);
	for (node = outer != NULL ? node_first(outer, scope) : NULL;
	    node != NULL; node = node_next(node, scope)) {
		if (node->instance != NULL)
			candidates_add(candidates, node->instance);
	}
}

static void
add_values(const struct registry *registry, const struct where *where,
    struct candidates *candidates)
{
	const struct config_option *option = registry_option(registry,
	    where->slot);

	if (option == NULL)
		return;
	for (const struct config_choice *choice = option->map;
	    choice != NULL && choice->text != NULL; choice++)
		candidates_add(candidates, choice->text);
	if (option->map == NULL && option->type == CONFIG_BOOL) {
		candidates_add(candidates, "true");
		candidates_add(candidates, "false");
	}
}

void
complete_config(const struct config *config, const char **words, int n,
    struct candidates *candidates)
{
	struct registry *registry = config_registry(config);
	command_construct cc = { .argc = n, .argv = words };
	struct where where;
	bool good;

	(void)string_init_type(&cc.response, 64, STRING_TYPE_ECSTRING);
	good = where_read(&cc, 0, config, &where);
	(void)string_destroy(&cc.response);
	if (!good)
		return;
	if (where.option != NULL) {
		add_values(registry, &where, candidates);
		return;
	}
	add_instances(config, &where, candidates);
	/* a stanza that must have a name is not in sight before it */
	if (where.depth > 0 && where.steps[where.depth - 1].instance == NULL &&
	    (where.steps[where.depth - 1].scope->flags &
	    CONFIG_SCOPE_NAMED) != 0)
		return;
	add_scopes(registry, &where, candidates);
	add_options(registry, &where, candidates);
}
