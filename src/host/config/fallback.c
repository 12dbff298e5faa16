/*
 * fallback.c: from the text to scopes once, from the tree to a setting often.
 */
#include "host/config/fallback.h"

#include "host/config/must.h"
#include "host/config/shown.h"

#include <strings.h>

struct parse {
	struct arena *arena;
	const struct config_scope *(*find)(void *closure, const char *name);
	void *closure;
	struct buffer *why;
};

/* scope = name / "[" name "]" */
static const struct config_scope *
parse_scope(struct parse *parse, struct span text)
{
	const struct config_scope *scope;
	const char *name;

	text = span_trim_wsp(text);
	if (text.n >= 2 && text.p[0] == '[' && text.p[text.n - 1] == ']')
		text = span_of(text.p + 1, text.n - 2);
	name = must(arena_text(parse->arena, text));
	scope = parse->find(parse->closure, name);
	if (scope == NULL) {
		buffer_add_text(parse->why, "the fallback names the unknown "
		    "scope '");
		buffer_add_text(parse->why, shown(name).text);
		buffer_add_text(parse->why, "'");
	}
	return scope;
}

/* alternative = scope *( ":" scope ), where Global counts for nothing */
static bool
parse_rank(struct parse *parse, struct span text, struct fallback_rank *rank)
{
	const struct config_scope *scope;
	struct span head;
	bool more;

	do {
		more = span_cut(&text, ':', &head);
		scope = parse_scope(parse, head);
		if (scope == NULL)
			return false;
		if (strcasecmp(scope->name, "Global") == 0)
			continue;
		if (rank->count == CONFIG_FALLBACK_STEPS) {
			buffer_add_text(parse->why,
			    "the fallback nests too many scopes");
			return false;
		}
		rank->scopes[rank->count++] = scope;
	} while (more);
	return true;
}

static unsigned
count_ranks(struct span text)
{
	unsigned n = 1;

	for (size_t i = 0; i < text.n; i++)
		n += text.p[i] == '>';
	return n;
}

const struct fallback *
fallback_parse(const char *text, struct arena *arena,
    const struct config_scope *(*find)(void *closure, const char *name),
    void *closure, struct buffer *why)
{
	struct parse parse = { arena, find, closure, why };
	struct span rest = span_of_text(text), head;
	struct fallback *fallback = must(arena_calloc(arena, 1,
	    sizeof(*fallback)));
	struct fallback_rank *ranks = must(arena_calloc(arena,
	    count_ranks(rest), sizeof(*ranks)));
	bool more;

	fallback->ranks = ranks;
	do {
		more = span_cut(&rest, '>', &head);
		if (!parse_rank(&parse, head, &ranks[fallback->count++]))
			return NULL;
	} while (more);
	return fallback;
}

struct search {
	const struct config_option *option;
	const struct config_query *query;
};

static const struct config_key *
key_of(const struct config_query *query, const struct config_scope *scope)
{
	for (unsigned i = 0; i < query->count; i++) {
		if (query->keys[i].scope == scope)
			return &query->keys[i];
	}
	return NULL;
}

static const struct config_setting *find_from(const struct search *search,
    const struct config_node *node, const struct fallback_rank *rank,
    unsigned step);

/* A stanza without an instance, or the only one of its kind. */
static const struct config_setting *
find_unnamed(const struct search *search, const struct config_node *node,
    const struct fallback_rank *rank, unsigned step)
{
	const struct config_scope *scope = rank->scopes[step];
	const struct config_node *child =
	    (scope->flags & CONFIG_SCOPE_ONE) != 0 ?
	    node_first(node, scope) : node_child(node, scope, NULL);

	return child == NULL ? NULL :
	    find_from(search, child, rank, step + 1);
}

static const struct config_setting *
find_named(const struct search *search, const struct config_node *node,
    const struct fallback_rank *rank, unsigned step, const char *instance)
{
	const struct config_setting *found = NULL;
	const struct config_node *child = NULL;

	while (found == NULL && (child = node_match(node, rank->scopes[step],
	    instance, child)) != NULL)
		found = find_from(search, child, rank, step + 1);
	return found;
}

static const struct config_setting *
find_from(const struct search *search, const struct config_node *node,
    const struct fallback_rank *rank, unsigned step)
{
	const struct config_key *key;

	if (step == rank->count)
		return node_setting(node, search->option->slot);
	key = key_of(search->query, rank->scopes[step]);
	if (key == NULL && (rank->scopes[step]->flags & CONFIG_SCOPE_ONE) == 0)
		return NULL; /* not asked about */
	if (key == NULL || key->instance == NULL)
		return find_unnamed(search, node, rank, step);
	return find_named(search, node, rank, step, key->instance);
}

/* A rank that begins with the binding holds for a binding in a group, too. */
static const struct config_setting *
find_in_groups(const struct search *search, const struct config_node *root,
    const struct fallback_rank *rank)
{
	const struct config_setting *found = NULL;
	const struct config_node *group = NULL;
	const struct config_key *key = NULL;

	if (rank->count == 0 ||
	    (rank->scopes[0]->flags & CONFIG_SCOPE_GROUPED) == 0)
		return NULL;
	for (unsigned i = 0; i < search->query->count && key == NULL; i++) {
		if ((search->query->keys[i].scope->flags &
		    CONFIG_SCOPE_GROUP) != 0)
			key = &search->query->keys[i];
	}
	if (key == NULL || key->instance == NULL)
		return NULL;
	while (found == NULL && (group = node_match(root, key->scope,
	    key->instance, group)) != NULL)
		found = find_from(search, group, rank, 0);
	return found;
}

const struct config_setting *
fallback_find(const struct config_node *root,
    const struct config_option *option, const struct config_query *query)
{
	struct search search = { option, query };
	const struct config_setting *found = NULL;

	for (unsigned i = 0; found == NULL && i < option->ranks->count; i++) {
		found = find_in_groups(&search, root,
		    &option->ranks->ranks[i]);
		if (found == NULL)
			found = find_from(&search, root,
			    &option->ranks->ranks[i], 0);
	}
	return found;
}
