/*
 * where.c: scopes are taken as long as there are any.
 */
#include "host/online/where.h"

#include <string.h>
#include <strings.h>

/* Does a scope stand within another?  parents is names with blanks between. */
static bool
stands_in(const struct config_scope *scope, const char *parent)
{
	size_t n = strlen(parent);
	const char *at = scope->parents;

	while (at != NULL && *at != '\0') {
		size_t word = strcspn(at, " ");

		if (word == n && strncasecmp(at, parent, n) == 0)
			return true;
		at += word;
		at += strspn(at, " ");
	}
	return false;
}

static const struct config_scope *
scope_here(const struct config *config, const struct where *where,
    const char *word)
{
	const struct config_scope *scope =
	    registry_scope(config_registry(config), word);
	const char *parent = where->depth > 0 ?
	    where->steps[where->depth - 1].scope->name : "Global";

	return scope != NULL && stands_in(scope, parent) ? scope : NULL;
}

static int
slot_of(const struct config *config, const struct where *where,
    const char *name)
{
	char path[512] = "";
	size_t n = 0;

	for (unsigned i = 0; i < where->depth; i++) {
		size_t length = strlen(where->steps[i].scope->name);

		if (n + length + 2 > sizeof(path))
			return -1;
		if (n > 0)
			path[n++] = ':';
		memcpy(path + n, where->steps[i].scope->name, length + 1);
		n += length;
	}
	return registry_slot(config_registry(config), path, name);
}

/* Does the word mean something in the scope that was read last? */
static bool
is_at_home(const struct config *config, const struct where *where,
    const char *word)
{
	return scope_here(config, where, word) != NULL ||
	    slot_of(config, where, word) >= 0;
}

/* Is the first of n words an instance of the scope that was read last?  Where
 * there may be one, it is when there is such a stanza, or may be one from now
 * on: then what follows has to be at home in it. */
static bool
takes_instance(const struct config *config, const struct where *where,
    const struct config_node *parent, const char **words, int n)
{
	const struct config_scope *scope =
	    where->steps[where->depth - 1].scope;

	if ((scope->flags & (CONFIG_SCOPE_UNNAMED | CONFIG_SCOPE_ONE)) != 0)
		return false;
	if ((scope->flags & CONFIG_SCOPE_NAMED) != 0 ||
	    (parent != NULL && node_child(parent, scope, words[0]) != NULL))
		return true;
	return n > 1 && !is_at_home(config, where, words[0]) &&
	    is_at_home(config, where, words[1]);
}

/* The one stanza of a scope, whatever it is called. */
static const struct config_node *
only_child(const struct config_node *parent, const struct config_scope *scope)
{
	const struct config_node *child = node_first(parent, scope);

	return child != NULL && node_next(child, scope) == NULL ? child : NULL;
}

bool
where_read(command_construct *cc, int first, const struct config *config,
    struct where *where_r)
{
	const struct config_scope *scope;
	int at = first;

	*where_r = (struct where){ .node = config_root(config),
	    .nearest = config_root(config), .slot = -1 };
	while (at < cc->argc && where_r->depth < WHERE_DEPTH &&
	    (scope = scope_here(config, where_r, cc->argv[at])) != NULL) {
		const char *instance = NULL;
		const struct config_node *parent = where_r->node;

		at++;
		where_r->steps[where_r->depth++].scope = scope;
		if (at < cc->argc && takes_instance(config, where_r, parent,
		    cc->argv + at, cc->argc - at))
			instance = cc->argv[at++];
		where_r->steps[where_r->depth - 1].instance = instance;
		where_r->node = parent == NULL ? NULL :
		    node_child(parent, scope, instance);
		if (where_r->node == NULL && parent != NULL &&
		    instance == NULL)
			where_r->node = only_child(parent, scope);
		if (where_r->node != NULL)
			where_r->nearest = where_r->node;
	}
	if (at < cc->argc) {
		where_r->option = cc->argv[at++];
		where_r->slot = slot_of(config, where_r, where_r->option);
		if (where_r->slot < 0) {
			(void)stringprintf(&cc->response, "There is no option "
			    "or scope '%s' in scope '", where_r->option);
			where_format(where_r, &cc->response);
			(void)stringprintf(&cc->response, "'\n");
			return false;
		}
	}
	where_r->rest = at;
	return true;
}

void
where_format(const struct where *where, string *out)
{
	for (unsigned i = 0; i < where->depth; i++) {
		(void)stringprintf(out, "%s%s", i > 0 ? " " : "",
		    where->steps[i].scope->name);
		if (where->steps[i].instance != NULL)
			(void)stringprintf(out, " \"%s\"",
			    where->steps[i].instance);
	}
}
