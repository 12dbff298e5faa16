/*
 * parser.c: recursive descent, a function for each rule of the grammar.
 *
 * Depth is bounded by CONFIG_NESTING_DEPTH and CONFIG_INCLUDE_DEPTH.  Of
 * several syntax errors in one line only the first is told: the others mostly
 * follow from it.
 */
#include "host/config/parser.h"

#include "host/config/limits.h"
#include "host/config/must.h"
#include "host/config/shown.h"
#include "host/config/tokens.h"

#include <strings.h>

struct parser_name {
	struct parser_name *next;
	const char *text;
};

struct reading { /* one text, while it is parsed */
	const struct source *source;
	struct tokens tokens;
	bool changes;
	/* Where quoted text over several lines began and ended, last. */
	uint32_t quote_line, quote_end;
};

static void parse_body(struct parser *parser, struct reading *in,
    struct statement *stanza, const struct token *open);

static void
tell(struct parser *parser, struct reading *in, const struct token *at,
    const char *what, const char *expected)
{
	if (parser->told.file == at->place.file &&
	    parser->told.line == at->place.line)
		return;
	parser->told = at->place;
	if (in->quote_line != 0)
		errors_add(parser->errors, at->place, "%s (expected %s; is a "
		    "quote missing in line %u?)", what, expected,
		    in->quote_line);
	else
		errors_add(parser->errors, at->place, "%s (expected %s)", what,
		    expected);
	in->quote_line = 0;
}

static void
tell_unexpected(struct parser *parser, struct reading *in,
    const struct token *at, const char *expected)
{
	char what[128];

	if (at->kind == TOKEN_BROKEN) {
		tell(parser, in, at, at->why, at->expected);
		return;
	}
	if (at->kind == TOKEN_WORD || at->kind == TOKEN_QUOTED)
		(void)snprintf(what, sizeof(what), "unexpected '%s'",
		    shown_of(at->text).text);
	else
		(void)snprintf(what, sizeof(what), "unexpected %s",
		    token_name(at->kind));
	tell(parser, in, at, what, expected);
}

/* Remember text over several lines: it may be a quote forgotten.  Then what is
 * quoted and what is not have changed places, and the next such text begins
 * where this one ended: the first of them is to blame. */
static struct token
note(struct reading *in, struct token token)
{
	if (token.kind != TOKEN_QUOTED ||
	    token.last_line == token.place.line ||
	    token.last_line == in->quote_end /* this very text, again */)
		return token;
	if (in->quote_line == 0 || in->quote_end != token.place.line)
		in->quote_line = token.place.line;
	in->quote_end = token.last_line;
	return token;
}

static struct token
take(struct reading *in)
{
	return note(in, tokens_next(&in->tokens));
}

static bool
take_sign(struct reading *in, enum token_kind kind, struct token *token_r)
{
	*token_r = tokens_peek(&in->tokens);
	if (token_r->kind != kind)
		return false;
	(void)take(in);
	return true;
}

static bool
is_atom(const struct token *token)
{
	return token->kind == TOKEN_WORD || token->kind == TOKEN_QUOTED;
}

static unsigned
name_bucket(struct span text)
{
	unsigned hash = 5381;

	for (size_t i = 0; i < text.n; i++)
		hash = hash * 33 + text.p[i];
	return hash % PARSER_NAMES;
}

const char *
parser_intern(struct parser *parser, struct span text)
{
	struct parser_name **bucket = &parser->names[name_bucket(text)];
	struct parser_name *name;

	for (name = *bucket; name != NULL; name = name->next) {
		if (span_eq(span_of_text(name->text), text))
			return name->text;
	}
	name = must(arena_alloc(parser->scratch, sizeof(*name)));
	name->text = must(arena_text(parser->arena, text));
	name->next = *bucket;
	*bucket = name;
	return name->text;
}

static struct statement *
add_statement(struct parser *parser, struct statement *stanza,
    enum statement_kind kind, const struct token *name)
{
	struct statement *statement = must(arena_calloc(parser->scratch, 1,
	    sizeof(*statement)));

	statement->kind = kind;
	statement->name = parser_intern(parser, name->text);
	statement->place = name->place;
	if (stanza->body.last == NULL)
		stanza->body.first = statement;
	else
		stanza->body.last->next = statement;
	stanza->body.last = statement;
	return statement;
}

static void
add_atom(struct parser *parser, const struct token *token)
{
	size_t room = parser->atom_room == 0 ? 64 : parser->atom_room * 2;

	if (parser->atom_count == parser->atom_room) {
		parser->atoms = must(reallocarray(parser->atoms, room,
		    sizeof(*parser->atoms)));
		parser->atom_room = room;
	}
	parser->atoms[parser->atom_count++] = (struct written_atom){
		.text = tokens_text(token, parser->arena),
		.line = token->place.line,
		.quote = token->kind == TOKEN_QUOTED ?
		    (char)token->text.p[-1] : 0,
	};
}

static struct written
take_written(struct parser *parser, enum written_shape shape)
{
	struct written_atom *atoms = must(arena_calloc(parser->arena,
	    parser->atom_count + 1, sizeof(*atoms)));

	if (parser->atom_count > 0)
		memcpy(atoms, parser->atoms,
		    parser->atom_count * sizeof(*atoms));
	return (struct written){ shape, (uint32_t)parser->atom_count, atoms };
}

/* array = "(" *( atom [","] ) ")", the first sign taken already */
static bool
parse_array(struct parser *parser, struct reading *in)
{
	struct tokens before;
	struct token token;

	for (;;) {
		before = in->tokens;
		token = note(in, tokens_next_in_list(&in->tokens));
		if (is_atom(&token)) {
			add_atom(parser, &token);
		} else if (token.kind == TOKEN_CLOSE_PAREN) {
			return true;
		} else if (token.kind != TOKEN_COMMA) {
			tell_unexpected(parser, in, &token,
			    "a value or ')' in an array");
			in->tokens = token.kind == TOKEN_BROKEN ? in->tokens :
			    before;
			return false;
		}
	}
}

/* entry = atom "=" atom [","], the key taken already */
static bool
parse_entry(struct parser *parser, struct reading *in,
    const struct token *key)
{
	struct token equals = tokens_next_in_list(&in->tokens), value;

	if (equals.kind != TOKEN_EQUALS) {
		tell_unexpected(parser, in, &equals,
		    "'=' between key and value");
		return false;
	}
	value = note(in, tokens_next_in_list(&in->tokens));
	if (!is_atom(&value)) {
		tell_unexpected(parser, in, &value,
		    "a value in a dictionary");
		return false;
	}
	add_atom(parser, key);
	add_atom(parser, &value);
	return true;
}

/* dict = "[" *entry "]", the first sign taken already */
static bool
parse_dict(struct parser *parser, struct reading *in)
{
	struct tokens before;
	struct token token;

	for (;;) {
		before = in->tokens;
		token = note(in, tokens_next_in_list(&in->tokens));
		if (token.kind == TOKEN_CLOSE_BRACKET)
			return true;
		if (token.kind == TOKEN_COMMA)
			continue;
		if (!is_atom(&token)) {
			tell_unexpected(parser, in, &token,
			    "a key or ']' in a dictionary");
			in->tokens = token.kind == TOKEN_BROKEN ? in->tokens :
			    before;
			return false;
		}
		if (!parse_entry(parser, in, &token))
			return false;
	}
}

/* value = atom / array / dict */
static bool
parse_value(struct parser *parser, struct reading *in,
    struct written *written_r)
{
	struct tokens before = in->tokens;
	struct token token = take(in);
	enum written_shape shape = WRITTEN_SCALAR;
	bool ok = true;

	parser->atom_count = 0;
	if (token.kind == TOKEN_OPEN_PAREN) {
		shape = WRITTEN_ARRAY;
		ok = parse_array(parser, in);
	} else if (token.kind == TOKEN_OPEN_BRACKET) {
		shape = WRITTEN_DICT;
		ok = parse_dict(parser, in);
	} else if (is_atom(&token)) {
		add_atom(parser, &token);
	} else {
		tell_unexpected(parser, in, &token, "a value behind '='");
		if (token.kind != TOKEN_BROKEN)
			in->tokens = before;
		return false;
	}
	if (ok)
		*written_r = take_written(parser, shape);
	return ok;
}

static void
parse_option(struct parser *parser, struct reading *in,
    struct statement *stanza, const struct token *name, bool equals)
{
	struct statement *statement;
	struct written written;

	if (!parse_value(parser, in, &written))
		return;
	statement = add_statement(parser, stanza, STATEMENT_OPTION, name);
	statement->written = written;
	statement->equals = equals;
	statement->place.end = (uint32_t)in->tokens.at;
}

/* Step over a block whose "{" was taken, without parsing it. */
static void
skip_block(struct reading *in)
{
	unsigned open = 1;
	struct token token;

	while (open > 0) {
		token = take(in);
		if (token.kind == TOKEN_END)
			return;
		if (token.kind == TOKEN_OPEN_BRACE)
			open++;
		else if (token.kind == TOKEN_CLOSE_BRACE)
			open--;
	}
}

/* The body of a stanza whose "{" was taken. */
static void
parse_stanza(struct parser *parser, struct reading *in,
    struct statement *stanza, const struct token *name,
    const struct token *instance)
{
	struct statement *statement;

	if (parser->depth == CONFIG_NESTING_DEPTH) {
		tell(parser, in, name, "stanzas are nested more than 64 deep",
		    "a '}' before");
		skip_block(in);
		return;
	}
	statement = add_statement(parser, stanza, STATEMENT_STANZA, name);
	if (instance != NULL)
		statement->instance = tokens_text(instance, parser->arena);
	parser->depth++;
	parse_body(parser, in, statement, name);
	parser->depth--;
	statement->place.end = (uint32_t)in->tokens.at;
}

/* Is this "{", or "= {"?  Then step behind it. */
static bool
take_open(struct reading *in)
{
	struct tokens copy = in->tokens;
	struct token token = tokens_next(&copy);

	if (token.kind == TOKEN_EQUALS)
		token = tokens_next(&copy);
	if (token.kind != TOKEN_OPEN_BRACE)
		return false;
	in->tokens = copy;
	return true;
}

/* kind library symbol "{", kind and library taken already: a library is bare
 * and holds a slash. */
static bool
take_old_header(struct reading *in, const struct token *library,
    struct token *symbol_r)
{
	struct tokens copy = in->tokens;
	struct token open;

	if (library->kind != TOKEN_WORD ||
	    span_find(library->text, '/') == library->text.n)
		return false;
	*symbol_r = tokens_next(&copy);
	open = tokens_next(&copy);
	if (symbol_r->kind != TOKEN_WORD || open.kind != TOKEN_OPEN_BRACE)
		return false;
	in->tokens = copy;
	return true;
}

/* A name, then something that is neither "=" nor "{" nor an instance with a
 * "{" behind it.  On the same line it was meant as the value. */
static void
reject_statement(struct parser *parser, struct reading *in,
    const struct token *name, const struct token *next)
{
	char what[128];

	(void)snprintf(what, sizeof(what), "'%s' has no value",
	    shown_of(name->text).text);
	if (is_atom(next) && next->place.line == name->place.line)
		(void)take(in);
	if (next->kind == TOKEN_BROKEN)
		tell(parser, in, next, next->why, next->expected);
	else
		tell(parser, in, name, what, "'=' and a value for an option, "
		    "'{' for a scope");
}

/* Signs that may follow a name directly. */
static bool
parse_plain(struct parser *parser, struct reading *in,
    struct statement *stanza, const struct token *name)
{
	struct token next;

	if (take_open(in)) {
		parse_stanza(parser, in, stanza, name, NULL);
		return true;
	}
	if (take_sign(in, TOKEN_EQUALS, &next)) {
		parse_option(parser, in, stanza, name, true);
		return true;
	}
	if (next.kind == TOKEN_OPEN_BRACKET || next.kind == TOKEN_OPEN_PAREN) {
		parse_option(parser, in, stanza, name, false);
		return true;
	}
	return false;
}

static void
parse_named(struct parser *parser, struct reading *in,
    struct statement *stanza, const struct token *name)
{
	struct tokens before = in->tokens;
	struct token next = note(in, tokens_next_instance(&in->tokens));
	struct token symbol;

	if (is_atom(&next) && take_open(in)) {
		parse_stanza(parser, in, stanza, name, &next);
	} else if (take_old_header(in, &next, &symbol)) {
		/* the symbol names both the module and its instance */
		symbol.place.start = name->place.start;
		parse_stanza(parser, in, stanza, &symbol, &symbol);
	} else {
		in->tokens = next.kind == TOKEN_BROKEN ? in->tokens : before;
		reject_statement(parser, in, name, &next);
	}
}

static void
parse_file(struct parser *parser, struct reading *in,
    struct statement *stanza, const char *path, bool readonly,
    struct config_place place)
{
	struct source source;

	if (!sources_read(parser->sources, path, in->source,
	    readonly || in->source->readonly, place, &source))
		return;
	parser_run(parser, &source, in->changes, stanza);
	source_close(&source);
}

/* include, the directive taken already */
static void
parse_include(struct parser *parser, struct reading *in,
    struct statement *stanza, const struct token *name, bool readonly)
{
	struct token token, equals;
	const char **paths, *path;
	int n;

	(void)take_sign(in, TOKEN_EQUALS, &equals);
	token = tokens_peek(&in->tokens);
	if (!is_atom(&token)) {
		token.place = name->place;
		tell_unexpected(parser, in, &token,
		    "a file or directory to include");
		return;
	}
	(void)take(in);
	path = sources_find(parser->sources, tokens_text(&token, parser->arena),
	    in->source, name->place);
	if (path == NULL)
		return;
	n = sources_list(parser->sources, path, name->place, &paths);
	if (n == -2)
		parse_file(parser, in, stanza, path, readonly, name->place);
	for (int i = 0; i < n; i++)
		parse_file(parser, in, stanza, paths[i], readonly,
		    name->place);
}

/* unset = "unset" name [ instance ]: an instance is on the same line */
static void
parse_unset(struct parser *parser, struct reading *in,
    struct statement *stanza, const struct token *directive)
{
	struct token name = take(in), instance;
	struct statement *statement;

	if (name.kind != TOKEN_WORD) {
		tell_unexpected(parser, in, &name, "an option or scope");
		return;
	}
	statement = add_statement(parser, stanza, STATEMENT_UNSET, &name);
	instance = tokens_peek(&in->tokens);
	if (is_atom(&instance) &&
	    instance.place.line == directive->place.line) {
		(void)take(in);
		statement->instance = tokens_text(&instance, parser->arena);
	}
}

static void
parse_statement(struct parser *parser, struct reading *in,
    struct statement *stanza, const struct token *name)
{
	if (span_ieq(name->text, SPAN("include")))
		parse_include(parser, in, stanza, name, false);
	else if (span_ieq(name->text, SPAN("readonly_include")))
		parse_include(parser, in, stanza, name, true);
	else if (in->changes && span_ieq(name->text, SPAN("unset")))
		parse_unset(parser, in, stanza, name);
	else if (!parse_plain(parser, in, stanza, name))
		parse_named(parser, in, stanza, name);
}

static void
tell_unclosed(struct parser *parser, const struct token *open)
{
	errors_add(parser->errors, open->place, "the stanza '%s' is not closed "
	    "(expected '}' before the end of the file)",
	    shown_of(open->text).text);
}

/* open is the name of the stanza, NULL for a whole text. */
static void
parse_body(struct parser *parser, struct reading *in,
    struct statement *stanza, const struct token *open)
{
	struct token token;

	for (;;) {
		token = take(in);
		if (token.kind == TOKEN_WORD) {
			parse_statement(parser, in, stanza, &token);
		} else if (token.kind == TOKEN_END) {
			if (open != NULL)
				tell_unclosed(parser, open);
			return;
		} else if (token.kind == TOKEN_CLOSE_BRACE && open != NULL) {
			return;
		} else {
			tell_unexpected(parser, in, &token,
			    "the name of an option or scope");
			if (token.kind == TOKEN_OPEN_BRACE)
				skip_block(in);
		}
	}
}

void
parser_run(struct parser *parser, const struct source *source, bool changes,
    struct statement *stanza)
{
	struct reading in = {
		.source = source,
		.tokens = tokens_of(source->text, source->file),
		.changes = changes,
	};

	parse_body(parser, &in, stanza, NULL);
}

/* Text that is no value: as it is. */
static struct written
whole_text(const char *text, struct arena *arena)
{
	struct written_atom *atom = must(arena_calloc(arena, 1,
	    sizeof(*atom)));

	atom->text = must(arena_text(arena, span_of_text(text)));
	return (struct written){ WRITTEN_SCALAR, 1, atom };
}

struct written
parser_value(const char *text, struct arena *arena)
{
	struct config_errors errors = { 0 };
	struct parser parser = { .arena = arena, .errors = &errors };
	struct reading in = {
		.tokens = tokens_of(span_of_text(text), NULL),
	};
	struct written written;
	bool ok = parse_value(&parser, &in, &written) &&
	    take(&in).kind == TOKEN_END;

	errors_deinit(&errors);
	parser_deinit(&parser);
	return ok ? written : whole_text(text, arena);
}

const struct statement *
statement_find(const struct statement *stanza, const char *name)
{
	const struct statement *found = NULL;

	for (const struct statement *statement = stanza->body.first;
	    statement != NULL; statement = statement->next) {
		if (statement->kind == STATEMENT_OPTION &&
		    strcasecmp(statement->name, name) == 0)
			found = statement;
	}
	return found;
}

void
parser_deinit(struct parser *parser)
{
	free(parser->atoms);
	parser->atoms = NULL;
}
