/*
 * tokens.h: the words and signs of one configuration text.
 *
 * White space, "# ..." and comments between slash-star and star-slash (which do
 * not nest) separate tokens.  A bare word is anything up to white space or one
 * of # " ' = { } [ ] ( ), a slash-star, and in lists a comma; it may hold '/',
 * as paths and networks do, and "%{s}", as paths of keys do.  Quoted text may
 * span lines; in it, a backslash
 * before the quote or before another backslash stands for what follows, and any
 * other backslash for itself.
 *
 * A cursor is a plain value: copy it to look ahead.
 */
#ifndef CONFIG_TOKENS_H
#define CONFIG_TOKENS_H

#include "base/arena.h"
#include "host/config/place.h"

enum token_kind {
	TOKEN_END, /* of the text */
	TOKEN_BROKEN, /* no token; why and expected say more */
	TOKEN_WORD,
	TOKEN_QUOTED,
	TOKEN_EQUALS,
	TOKEN_COMMA, /* in lists only */
	TOKEN_OPEN_BRACE, TOKEN_CLOSE_BRACE,
	TOKEN_OPEN_BRACKET, TOKEN_CLOSE_BRACKET,
	TOKEN_OPEN_PAREN, TOKEN_CLOSE_PAREN,
};

struct token {
	enum token_kind kind;
	struct span text; /* of the input; of a quoted one without the quotes */
	struct config_place place; /* where it begins and ends */
	uint32_t last_line; /* quoted text may end lines below */
	const char *why, *expected; /* of TOKEN_BROKEN */
};

struct tokens {
	struct span input;
	size_t at;
	uint32_t line;
	const struct config_file *file;
};

/* Begin; a UTF-8 byte order mark is stepped over. */
struct tokens tokens_of(struct span input, const struct config_file *file);

struct token tokens_next(struct tokens *tokens);

/* The next one in an array or dictionary, where commas separate. */
struct token tokens_next_in_list(struct tokens *tokens);

/* The next one where an instance name may stand: there "/.../" before white
 * space and "{" is one word, whatever signs it holds. */
struct token tokens_next_instance(struct tokens *tokens);

/* The next one without stepping over it. */
struct token tokens_peek(const struct tokens *tokens);

/* A word's or quoted text's meaning, NUL-terminated. */
const char *tokens_text(const struct token *token, struct arena *arena);

/* What a token is called in a message: "'{'", "end of the file". */
const char *token_name(enum token_kind kind);

#endif
