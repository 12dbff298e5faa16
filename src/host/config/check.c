/*
 * check.c: is it known, may it stand here, does it mean anything?
 */
#include "host/config/check.h"

#include "host/config/must.h"
#include "host/config/paths.h"
#include "host/config/shown.h"
#include "host/config/suggest.h"

#include <strings.h>

static void check_body(struct check *check, struct config_node *node,
    const struct statement *stanza);

/* The text of a buffer, for as long as the buffer is not touched. */
static const char *
text_of(struct buffer *buffer)
{
	buffer_add_byte(buffer, '\0');
	return (const char *)must(buffer->p);
}

/* capability = "config." path ( "." option / ":" scope ) */
static void
format_capability(const struct config_node *node, const char *sign,
    const char *name, struct buffer *out)
{
	buffer_add_text(out, "config.");
	registry_path_text(node->path, out);
	buffer_add_text(out, sign);
	buffer_add_text(out, shown(name).text);
}

static int
ask_resolver(struct check *check, const struct config_node *node,
    const char *sign, const char *name, struct buffer *why)
{
	struct buffer capability = { 0 };
	int ret;

	if (check->resolve == NULL)
		return 0;
	format_capability(node, sign, name, &capability);
	ret = check->resolve(check->closure, text_of(&capability), why);
	buffer_deinit(&capability);
	return ret;
}

/* What the resolver says when it knows no such name is one like it. */
static void
take_hint(struct check *check, struct buffer *why, const char **hint_r)
{
	if (why->n > 0 && *hint_r == NULL)
		*hint_r = must(arena_text(check->arena, buffer_span(why)));
	buffer_clear(why);
}

/* Let modules answer for a word.  -1: one would, but does not load; the error
 * is told.  0: none would; *hint_r (in the arena) may be a name like it. */
static int
resolve(struct check *check, const struct config_node *node,
    const struct statement *statement, const char **hint_r)
{
	bool option_first = statement->kind != STATEMENT_STANZA;
	struct buffer why = { 0 };
	int ret;

	*hint_r = NULL;
	ret = ask_resolver(check, node, option_first ? "." : ":",
	    statement->name, &why);
	if (ret == 0)
		take_hint(check, &why, hint_r);
	if (ret == 0 && option_first) {
		ret = ask_resolver(check, node, ":", statement->name, &why);
		if (ret == 0)
			take_hint(check, &why, hint_r);
	}
	if (ret < 0)
		errors_add(check->errors, statement->place,
		    "the module for '%s' does not load: %s",
		    shown(statement->name).text, text_of(&why));
	buffer_deinit(&why);
	return ret;
}

/* The word is wrong here.  A module that is not loaded yet may know it at the
 * top, and then its rows tell where it belongs. */
static void
learn_home(struct check *check, const struct config_node *node,
    const struct statement *statement)
{
	struct buffer why = { 0 };

	if (node->parent != NULL)
		(void)ask_resolver(check, check->tree->root,
		    statement->kind == STATEMENT_STANZA ? ":" : ".",
		    statement->name, &why);
	buffer_deinit(&why);
}

/* The closest name that would be right here; hint is one, too, unless NULL. */
static const char *
find_closest(struct check *check, const struct config_node *node,
    const char *word, const char *hint)
{
	struct suggest suggest = { .word = word };
	const struct config_option *option;
	const struct config_scope *scope;

	if (hint != NULL)
		suggest_offer(&suggest, hint);
	for (int i = 0; (option = registry_option(check->registry, i)) != NULL;
	    i++) {
		if (registry_allows(check->registry, node->path, option))
			suggest_offer(&suggest, option->name);
	}
	for (int i = 0; (scope = registry_scope_at(check->registry, i)) != NULL;
	    i++) {
		if (registry_nests(check->registry, scope, node->scope))
			suggest_offer(&suggest, scope->name);
	}
	suggest_offer(&suggest, "include");
	suggest_offer(&suggest, "readonly_include");
	return suggest.closest;
}

/* The scopes that an option of this name belongs in, if there is one. */
static const char *
find_home(struct check *check, const char *name)
{
	const struct config_option *option;

	for (int i = 0; (option = registry_option(check->registry, i)) != NULL;
	    i++) {
		if (strcasecmp(option->name, name) == 0)
			return option->fallback == NULL ? "Global" :
			    option->fallback;
	}
	return NULL;
}

static void
tell_unknown(struct check *check, const struct config_node *node,
    const struct statement *statement, const char *what, const char *like)
{
	const char *closest = find_closest(check, node, statement->name,
	    like);
	const char *home = find_home(check, statement->name);
	struct shown name = shown(statement->name);
	struct buffer capability = { 0 }, hint = { 0 };

	if (home != NULL && statement->kind != STATEMENT_STANZA) {
		buffer_add_text(&hint, "expected in ");
		buffer_add_text(&hint, home);
	} else {
		buffer_add_text(&hint, "expected an option or scope of '");
		buffer_add_text(&hint, node->scope->name);
		buffer_add_text(&hint, "'");
	}
	if (closest != NULL) {
		buffer_add_text(&hint, "; did you mean '");
		buffer_add_text(&hint, closest);
		buffer_add_text(&hint, "'?");
	}
	format_capability(node, ":", statement->name, &capability);
	errors_add(check->errors, statement->place,
	    "unknown %s '%s' in scope '%s' (%s)\n"
	    "\tNo module provides capability '%s'.\n"
	    "\tSyntax error in %s at line %u near '%s'\n"
	    "\t'%s' is not a valid scope name in scope '%s'",
	    what, name.text, node->scope->name, text_of(&hint),
	    text_of(&capability), statement->place.file->path,
	    statement->place.line, name.text, name.text, node->scope->name);
	buffer_deinit(&capability);
	buffer_deinit(&hint);
}

/* The scope that NAME [ k = v ] is short for in a module, or NULL. */
static const struct config_scope *
bracket_scope(struct check *check, const struct config_node *node,
    const struct statement *statement)
{
	const struct config_scope *scope;

	if (statement->equals || statement->written.shape != WRITTEN_DICT)
		return NULL;
	for (int i = 0; (scope = registry_scope_at(check->registry, i)) != NULL;
	    i++) {
		if ((scope->flags & CONFIG_SCOPE_BRACKETS) != 0 &&
		    registry_nests(check->registry, scope, node->scope))
			return scope;
	}
	return NULL;
}

static void
check_value(struct check *check, struct config_node *node,
    const struct statement *statement, const struct config_option *option)
{
	struct config_setting *setting = tree_setting(check->tree, node,
	    option);
	struct config_place place = statement->place;
	struct buffer why = { 0 };

	setting->name = statement->name;
	setting->written = statement->written;
	setting->place = statement->place;
	setting->in_brackets = statement->in_brackets;
	if (!value_read_line(option, &setting->written, check->arena,
	    &setting->value, &why, &place.line))
		errors_add(check->errors, place, "option '%s': %s",
		    option->name, text_of(&why));
	buffer_deinit(&why);
}

static struct config_node *enter(struct check *check,
    struct config_node *node, const struct statement *statement,
    const struct config_scope *scope, const char *instance);

static void check_option(struct check *check, struct config_node *node,
    const struct statement *statement);

/* NAME [ k = v ... ]: the entries are options of a stanza of that name. */
static void
check_brackets(struct check *check, struct config_node *node,
    const struct statement *statement, const struct config_scope *scope)
{
	struct config_node *child = enter(check, node, statement, scope,
	    statement->name);
	const struct written *written = &statement->written;
	struct statement entry = {
		.kind = STATEMENT_OPTION,
		.place = statement->place,
		.equals = true,
		.in_brackets = true,
	};

	for (uint32_t i = 0; child != NULL && i < written->count; i += 2) {
		entry.name = written->atoms[i].text;
		entry.place.line = written->atoms[i].line;
		entry.written = (struct written){ WRITTEN_SCALAR, 1,
		    &written->atoms[i + 1] };
		check_option(check, child, &entry);
	}
}

static bool
is_scope_here(struct check *check, const struct config_node *node,
    const char *name)
{
	const struct config_scope *scope = registry_scope(check->registry,
	    name);

	return scope != NULL &&
	    registry_nests(check->registry, scope, node->scope);
}

static void
tell_no_option(struct check *check, const struct config_node *node,
    const struct statement *statement, const char *hint)
{
	struct shown name = shown(statement->name);

	learn_home(check, node, statement);
	if (is_scope_here(check, node, statement->name))
		errors_add(check->errors, statement->place,
		    "'%s' is a scope, not an option (expected '%s { ... }')",
		    name.text, name.text);
	else
		tell_unknown(check, node, statement, "option", hint);
}

static void
check_option(struct check *check, struct config_node *node,
    const struct statement *statement)
{
	const struct config_option *option = registry_find(check->registry,
	    node->path, statement->name);
	const struct config_scope *scope;
	const char *hint = NULL;

	scope = option != NULL ? NULL : bracket_scope(check, node, statement);
	if (scope != NULL) {
		check_brackets(check, node, statement, scope);
		return;
	}
	if (option == NULL && !is_scope_here(check, node, statement->name)) {
		if (resolve(check, node, statement, &hint) < 0)
			return;
		option = registry_find(check->registry, node->path,
		    statement->name);
	}
	if (option == NULL)
		tell_no_option(check, node, statement, hint);
	else
		check_value(check, node, statement, option);
}

/* "Global, Binding or Binding_Group" */
static void
format_parents(struct check *check, const struct config_scope *scope,
    struct buffer *out)
{
	const struct config_scope *parent;
	const char *separator = "";

	for (int i = 0; (parent = registry_scope_at(check->registry, i)) !=
	    NULL; i++) {
		if (!registry_nests(check->registry, scope, parent))
			continue;
		buffer_add_text(out, separator);
		buffer_add_text(out, parent->name);
		separator = ", ";
	}
}

static void
tell_no_scope(struct check *check, const struct config_node *node,
    const struct statement *statement, const char *hint)
{
	struct shown name = shown(statement->name);
	struct buffer parents = { 0 };
	const struct config_scope *scope;

	learn_home(check, node, statement);
	scope = registry_scope(check->registry, statement->name);
	if (registry_find(check->registry, node->path, statement->name) !=
	    NULL) {
		errors_add(check->errors, statement->place,
		    "'%s' is an option, not a scope (expected '%s = value')",
		    name.text, name.text);
	} else if (scope != NULL) {
		format_parents(check, scope, &parents);
		errors_add(check->errors, statement->place,
		    "scope '%s' may not stand in scope '%s' (expected in %s)",
		    scope->name, node->scope->name, text_of(&parents));
	} else {
		tell_unknown(check, node, statement, "scope", hint);
	}
	buffer_deinit(&parents);
}

static bool
check_instance(struct check *check, const struct statement *statement,
    const struct config_scope *scope, const char *instance)
{
	bool has_name = instance != NULL && instance[0] != '\0';

	if ((scope->flags & CONFIG_SCOPE_NAMED) != 0 && !has_name) {
		errors_add(check->errors, statement->place, "scope '%s' has no "
		    "name (expected '%s \"NAME\" { ... }')", scope->name,
		    scope->name);
		return false;
	}
	if ((scope->flags & CONFIG_SCOPE_UNNAMED) != 0 && has_name) {
		errors_add(check->errors, statement->place, "scope '%s' has "
		    "the name '%s' (expected '%s { ... }' without one)",
		    scope->name, shown(instance).text, scope->name);
		return false;
	}
	if ((scope->flags & CONFIG_SCOPE_PLAIN_NAME) != 0 && has_name &&
	    strpbrk(instance, " \t\r\n:") != NULL) {
		errors_add(check->errors, statement->place, "'%s' is no name "
		    "of a '%s' (expected one without blanks and colons)",
		    shown(instance).text, scope->name);
		return false;
	}
	return true;
}

/* All stanzas of some scopes are one. */
static bool
check_only_one(struct check *check, const struct config_node *node,
    const struct statement *statement, const struct config_scope *scope,
    const char *instance)
{
	const struct config_node *first = node_first(node, scope);
	const struct config_place *place;

	if ((scope->flags & CONFIG_SCOPE_ONE) == 0 || first == NULL ||
	    node_child(node, scope, instance) != NULL)
		return true;
	place = &first->first_definition->place;
	errors_add(check->errors, statement->place, "scope '%s' has a second "
	    "name, '%s' (expected '%s' as in %s:%u)", scope->name,
	    shown(instance == NULL ? "" : instance).text,
	    shown(first->instance == NULL ? "" : first->instance).text,
	    place->file->path, place->line);
	return false;
}

/* domain = "/" regex "/" / name */
static bool
prepare_domain(struct check *check, const struct statement *statement,
    struct config_node *child)
{
	struct span s = span_of_text(child->instance);
	struct buffer why = { 0 };

	if (s.n == 0 || s.p[0] != '/')
		return true;
	if (s.n < 2 || s.p[s.n - 1] != '/') {
		errors_add(check->errors, statement->place, "'%s' is no domain "
		    "(expected a name, or a pattern in slashes)",
		    shown_of(s).text);
		return false;
	}
	child->regex = regex_new(must(arena_text(check->arena,
	    span_of(s.p + 1, s.n - 2))), true, check->arena, &why);
	if (child->regex == NULL)
		errors_add(check->errors, statement->place, "'%s' is no "
		    "pattern: %s (expected a regular expression)",
		    shown_of(s).text, text_of(&why));
	else
		tree_add_pattern(child);
	buffer_deinit(&why);
	return child->regex != NULL;
}

static bool
prepare_network(struct check *check, const struct statement *statement,
    struct config_node *child)
{
	struct cidr cidr, *kept;

	if (!cidr_parse(child->instance, &cidr)) {
		errors_add(check->errors, statement->place, "'%s' is no "
		    "network (expected an IP address or a block such as "
		    "10.0.0.0/8)", shown(child->instance).text);
		return false;
	}
	kept = must(arena_alloc(check->arena, sizeof(*kept)));
	*kept = cidr;
	child->network = kept;
	tree_add_pattern(child);
	return true;
}

static bool
prepare(struct check *check, const struct statement *statement,
    struct config_node *child)
{
	child->name = statement->name;
	child->path = registry_path(check->registry, child->parent->path,
	    child->scope);
	if (child->instance == NULL)
		return true;
	switch (child->scope->match) {
	case CONFIG_MATCH_EXACT:
	case CONFIG_MATCH_CASELESS:
		break;
	case CONFIG_MATCH_DOMAIN:
		return prepare_domain(check, statement, child);
	case CONFIG_MATCH_NETWORK:
		return prepare_network(check, statement, child);
	}
	return true;
}

static void
add_definition(struct check *check, struct config_node *node,
    const struct statement *statement)
{
	struct config_definition *definition = must(arena_alloc(check->arena,
	    sizeof(*definition)));

	definition->next = NULL;
	definition->place = statement->place;
	definition->in_brackets = statement->in_brackets ||
	    statement->kind == STATEMENT_OPTION;
	if (node->last_definition == NULL)
		node->first_definition = definition;
	else
		node->last_definition->next = definition;
	node->last_definition = definition;
}

/* The node of a stanza, new or met before; NULL with the error told. */
static struct config_node *
enter(struct check *check, struct config_node *node,
    const struct statement *statement, const struct config_scope *scope,
    const char *instance)
{
	struct config_node *child;
	bool is_new;

	if (!check_instance(check, statement, scope, instance) ||
	    !check_only_one(check, node, statement, scope, instance))
		return NULL;
	child = tree_child(check->tree, node, scope, instance, &is_new);
	add_definition(check, child, statement);
	if (is_new && !prepare(check, statement, child))
		return NULL;
	return child;
}

static void
check_stanza(struct check *check, struct config_node *node,
    const struct statement *statement)
{
	struct config_node *child;
	const char *hint;

	if (!is_scope_here(check, node, statement->name)) {
		if (resolve(check, node, statement, &hint) < 0)
			return;
		if (!is_scope_here(check, node, statement->name)) {
			tell_no_scope(check, node, statement, hint);
			return;
		}
	}
	child = enter(check, node, statement, registry_scope(check->registry,
	    statement->name), statement->instance);
	if (child != NULL)
		check_body(check, child, statement);
}

/* Taking away what is not there is no error: it is gone. */
static void
check_unset(struct check *check, struct config_node *node,
    const struct statement *statement)
{
	const struct config_option *option = registry_find(check->registry,
	    node->path, statement->name);
	const struct config_scope *scope = registry_scope(check->registry,
	    statement->name);
	const struct config_node *child;

	if (option != NULL && statement->instance == NULL) {
		tree_unset(node, option);
	} else if (scope != NULL) {
		child = node_child(node, scope, statement->instance);
		if (child != NULL)
			tree_remove(check->tree, (struct config_node *)child);
	} else {
		tell_unknown(check, node, statement, "option", NULL);
	}
}

static void
check_body(struct check *check, struct config_node *node,
    const struct statement *stanza)
{
	for (const struct statement *statement = stanza->body.first;
	    statement != NULL; statement = statement->next) {
		switch (statement->kind) {
		case STATEMENT_OPTION:
			check_option(check, node, statement);
			break;
		case STATEMENT_STANZA:
			check_stanza(check, node, statement);
			break;
		case STATEMENT_UNSET:
			check_unset(check, node, statement);
			break;
		}
	}
}

void
check_statements(struct check *check, const struct statement *root)
{
	check_body(check, check->tree->root, root);
}

/* Is a stanza within this one the place to look at instead? */
static bool
has_inner_home(struct check *check, const struct config_node *node,
    const struct config_option *option)
{
	for (const struct config_node *child = node->first_child;
	    child != NULL; child = child->next) {
		if (registry_allows(check->registry, child->path, option))
			return true;
	}
	return false;
}

static bool
is_set_around(const struct config_node *node,
    const struct config_option *option)
{
	const struct config_setting *setting = NULL;

	for (; setting == NULL && node != NULL; node = node->parent)
		setting = node_setting(node, option->slot);
	return setting != NULL;
}

static void
check_node(struct check *check, const struct config_node *node,
    const struct config_option *option)
{
	struct config_place place = { 0 };

	if (!registry_allows(check->registry, node->path, option) ||
	    is_set_around(node, option) ||
	    has_inner_home(check, node, option))
		return;
	if (node->first_definition != NULL)
		place = node->first_definition->place;
	errors_add(check->errors, place, "%s '%s' lacks the option '%s' "
	    "(expected '%s = value')", node->scope->name,
	    shown(node->instance == NULL ? "" : node->instance).text,
	    option->name, option->name);
}

void
check_required(struct check *check)
{
	const struct config_option *option;

	for (int i = 0; (option = registry_option(check->registry, i)) != NULL;
	    i++) {
		if ((option->flags & CONFIG_OPTION_REQUIRED) == 0)
			continue;
		for (const struct config_node *node = check->tree->root;
		    node != NULL; node = tree_next(node))
			check_node(check, node, option);
	}
}
