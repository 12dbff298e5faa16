/*
 * content.h: what Content-Type and its companions say (RFC 2045, RFC 2183,
 * RFC 2231).
 */
#ifndef SCRIPTLET_CONTENT_H
#define SCRIPTLET_CONTENT_H

#include "base/arena.h"
#include "scriptlet/bindings/transfer.h"

#include <stdbool.h>

#define CONTENT_PARAMETERS 64 /* of one field; more are not looked at */

/* A header as text: fields with their folds, each ending in CRLF. */
struct content_field {
	struct span name, value; /* value: all behind the colon, folds kept */
	struct span whole; /* with its CRLF */
};

/* Step to the next field; false at the end.  A line without a colon has no
 * name. */
bool content_next_field(struct span *header, struct content_field *field_r);

struct content {
	struct span type; /* "text/plain", lower-case */
	struct span charset, boundary; /* "" when not given */
	enum transfer transfer;
	struct span transfer_name; /* as written; "" when not given */
	struct span disposition; /* "attachment", lower-case, or "" */
	struct span filename; /* UTF-8, or "" */
	bool has_filename;
};

/* Texts lie in the arena or the header.  A part without Content-Type, or with
 * one that cannot be read, is text/plain (RFC 2045 section 5.2).  Returns 0, or
 * -1 without memory. */
int content_read(struct span header, struct arena *arena,
    struct content *content_r);

#endif
