/*
 * parser.h: configuration texts to statements.
 *
 *	body      = *( include / option / stanza )
 *	include   = ( "include" / "readonly_include" ) ["="] atom
 *	option    = name "=" value / name ( array / dict )
 *	stanza    = name [ instance ] ["="] "{" body "}"
 *	          / kind library symbol "{" body "}"	; the old form
 *	instance  = atom / "/" regex "/"
 *
 * and in a text of online changes also
 *
 *	unset     = "unset" name [ instance ]
 *
 * Nothing is known here of which names exist: that is the checker's part, when
 * modules had their chance to declare theirs.  Included files' statements stand
 * where the include stood.  The parser goes on after an error at a place where
 * a statement may begin.
 */
#ifndef CONFIG_PARSER_H
#define CONFIG_PARSER_H

#include "host/config/sources.h"
#include "host/config/written.h"

enum statement_kind {
	STATEMENT_OPTION,
	STATEMENT_STANZA,
	STATEMENT_UNSET,
};

struct statement {
	struct statement *next;
	enum statement_kind kind;
	const char *name; /* as spelled */
	const char *instance; /* of a stanza or unset; NULL: none */
	bool equals; /* of an option: '=' was written */
	bool in_brackets; /* stood as, or within, NAME [ k = v ] */
	struct config_place place;
	union {
		struct written written; /* of an option */
		struct {
			struct statement *first, *last;
		} body; /* of a stanza */
	};
};

/* Names repeat: each spelling is kept once. */
#define PARSER_NAMES 256
struct parser_name;

struct parser {
	struct arena *arena; /* texts: they live as long as the generation */
	struct arena *scratch; /* statements: they go when the tree is built */
	struct sources *sources;
	struct config_errors *errors;
	struct parser_name *names[PARSER_NAMES];
	unsigned depth; /* of stanzas */
	struct config_place told; /* the line of the last syntax error */
	struct written_atom *atoms; /* of the value being read */
	size_t atom_count, atom_room;
};

/* Parse one text into a stanza's body, appending.  changes: the text may hold
 * "unset". */
void parser_run(struct parser *parser, const struct source *source,
    bool changes, struct statement *stanza);

/* The one copy of a name, in the generation's arena. */
const char *parser_intern(struct parser *parser, struct span text);

/* The value that a text holds, as the right side of an option; text that is no
 * value in the grammar is taken as one word.  For defaults. */
struct written parser_value(const char *text, struct arena *arena);

/* The last option of that name directly in a stanza, or NULL. */
const struct statement *statement_find(const struct statement *stanza,
    const char *name);

void parser_deinit(struct parser *parser);

#endif
