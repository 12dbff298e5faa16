/*
 * text.h: bytes of a message made fit for a terminal or for JSON.
 *
 * Tags, names and records come from strangers.  A terminal must not see their
 * control bytes, and JSON (RFC 8259 section 8.1) takes UTF-8 alone.
 */
#ifndef CLI_TEXT_H
#define CLI_TEXT_H

#include "base/buffer.h"

#include <jansson.h>

/* Add s for a terminal: controls and what is not UTF-8 as \x1b. */
void text_show(struct buffer *out, struct span s);

/* The same to standard output. */
void text_print(struct span s);

/* A new JSON string, U+FFFD for each octet that is not UTF-8; NULL without
 * memory. */
json_t *text_json(struct span s);

/* The same, and JSON's null for a span of nothing at all (p is NULL), which is
 * not an empty text. */
json_t *text_json_or_null(struct span s);

#endif
