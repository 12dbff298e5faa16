/*
 * lexer.h: the lexical parts that structured header fields share: comments,
 * folding white space and quoted strings (RFC 5322 section 3.2).
 *
 * Nothing is copied but by lexer_text(), and nothing recurses: comments are
 * counted, up to a depth that no honest field comes near.
 */
#ifndef MESSAGE_LEXER_H
#define MESSAGE_LEXER_H

#include "base/span.h"

#define LEXER_MAX_DEPTH 10 /* comments within comments */

struct lexer {
	const unsigned char *at, *end; /* at <= end, always */
};

static inline struct lexer
lexer_of(struct span s)
{
	/* an empty span may have no address to count from */
	return s.n == 0 ? (struct lexer){ NULL, NULL } :
	    (struct lexer){ s.p, s.p + s.n };
}

/* The byte ahead, or NUL at the end. */
static inline unsigned char
lexer_ahead(const struct lexer *in)
{
	return in->at < in->end ? *in->at : '\0';
}

/* Step over "(" up to its ")".  Returns false when there is none, the comment
 * is nested too deep, or a backslash stands before a line end, where
 * unfolding would make it escape something else. */
bool lexer_skip_comment(struct lexer *in);

/* Step over any comments and white space.  Returns false for a bad comment. */
bool lexer_skip_cfws(struct lexer *in);

/* Step over a quoted string, both quotes included.  Returns false when it
 * does not end, or as for a comment. */
bool lexer_skip_quoted(struct lexer *in);

/* What stands within a quoted string or a comment, inside its delimiters:
 * unfolded, and with the backslashes of quoted pairs taken out.  Writes at
 * most inner.n octets to out and returns how many. */
size_t lexer_text(struct span inner, unsigned char *out);

#endif
