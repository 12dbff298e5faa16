/*
 * restate.c: settings and stanzas in the order of their numbers.
 */
#include "host/config/restate.h"

#include "host/config/must.h"

struct restating {
	struct parser *parser;
	struct config_file **files; /* the copies, by number */
};

static const char *
copy_text(struct restating *restating, const char *text)
{
	return must(arena_text(restating->parser->arena, span_of_text(text)));
}

static struct config_place
copy_place(struct restating *restating, struct config_place place)
{
	if (place.file != NULL)
		place.file = restating->files[place.file->number];
	return place;
}

static struct written
copy_written(struct restating *restating, const struct written *written)
{
	struct written_atom *atoms = must(arena_calloc(
	    restating->parser->arena, written->count + 1, sizeof(*atoms)));

	for (uint32_t i = 0; i < written->count; i++) {
		atoms[i] = written->atoms[i];
		atoms[i].text = copy_text(restating, atoms[i].text);
	}
	return (struct written){ written->shape, written->count, atoms };
}

static struct statement *
add(struct restating *restating, struct statement *stanza,
    enum statement_kind kind, const char *name, struct config_place place)
{
	struct statement *statement = must(arena_calloc(
	    restating->parser->scratch, 1, sizeof(*statement)));

	statement->kind = kind;
	statement->name = parser_intern(restating->parser,
	    span_of_text(name));
	statement->place = copy_place(restating, place);
	if (stanza->body.last == NULL)
		stanza->body.first = statement;
	else
		stanza->body.last->next = statement;
	stanza->body.last = statement;
	return statement;
}

static void
add_setting(struct restating *restating, struct statement *stanza,
    const struct config_setting *setting)
{
	struct statement *statement = add(restating, stanza, STATEMENT_OPTION,
	    setting->name, setting->place);

	statement->equals = true;
	statement->in_brackets = setting->in_brackets;
	statement->written = copy_written(restating, &setting->written);
}

static void add_body(struct restating *restating, struct statement *stanza,
    const struct config_node *node);

/* All of it stands in the first of the stanzas that made the node. */
static void
add_node(struct restating *restating, struct statement *stanza,
    const struct config_node *node)
{
	const struct config_definition *definition = node->first_definition;
	struct statement *statement;

	for (; definition != NULL; definition = definition->next) {
		/* in brackets it is called by its instance */
		statement = add(restating, stanza, STATEMENT_STANZA,
		    node->scope->name, definition->place);
		statement->in_brackets = definition->in_brackets;
		if (node->instance != NULL)
			statement->instance = copy_text(restating,
			    node->instance);
		if (definition == node->first_definition)
			add_body(restating, statement, node);
	}
}

/* As deep as stanzas are nested: the parser has bounded that. */
static void
add_body(struct restating *restating, struct statement *stanza,
    const struct config_node *node)
{
	const struct config_setting *setting = node->first_setting;
	const struct config_node *child = node->first_child;

	while (setting != NULL || child != NULL) {
		if (child == NULL || (setting != NULL &&
		    setting->order < child->order)) {
			add_setting(restating, stanza, setting);
			setting = setting->next;
		} else {
			add_node(restating, stanza, child);
			child = child->next;
		}
	}
}

void
restate(struct parser *parser, const struct config_node *root,
    const struct config_file *first_file, struct statement *stanza)
{
	struct restating restating = { .parser = parser };
	const struct config_file *file;
	uint32_t n = 0;

	for (file = first_file; file != NULL; file = file->next)
		n = file->number + 1;
	restating.files = must(calloc(n + 1, sizeof(*restating.files)));
	for (file = first_file; file != NULL; file = file->next)
		restating.files[file->number] = sources_copy_file(
		    parser->sources, file);
	add_body(&restating, stanza, root);
	free(restating.files);
}
