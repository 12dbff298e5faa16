/*
 * textual.h: text in UTF-8 on one side, the content of a part on the other.
 */
#ifndef SCRIPTLET_TEXTUAL_H
#define SCRIPTLET_TEXTUAL_H

#include "scriptlet/bindings/content.h"

#include <lua.h>

/* text/... */
bool textual_is(const struct content *content);

/* Append the text of a part. */
void textual_decode(const struct content *content, struct span body,
    struct buffer *out);

/* What a new text is to be. */
struct textual {
	const char *type; /* "text/plain" */
	const char *charset; /* NULL: UTF-8, or ASCII if that is enough */
	bool keep; /* `transfer` where it can hold the text, and UTF-8 when
	    charset cannot; else that is an error */
	enum transfer transfer;
};

/* Encode a text: appends the body, and gives its transfer encoding and the
 * value of Content-Type, pushed as a string.  Raises an error when the
 * character set is not known or lacks a character. */
enum transfer textual_encode(lua_State *L, const struct textual *how,
    struct span text, struct buffer *out);

/* The content type at an argument, parameters allowed. */
const char *textual_type(lua_State *L, int arg);

/* Type and character set at `arg` and behind it, or nil. */
struct textual textual_args(lua_State *L, int arg);

/* Every line end becomes CRLF, one at the end included; a final "\r\n.\r\n" is
 * taken as the end-of-data marker, and loses its dot. */
void textual_lines(struct span text, struct buffer *out);

#endif
