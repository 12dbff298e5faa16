/*
 * mime.h: the parts of a message (RFC 2046 section 5.1).
 *
 * The tree points into header and body, and lies in the arena.  Hostile nesting
 * and numbers end at limits: from there on what is inside is one part.
 */
#ifndef SCRIPTLET_MIME_H
#define SCRIPTLET_MIME_H

#include "base/arena.h"
#include "scriptlet/bindings/content.h"

#define MIME_DEPTH 32 /* containers in containers; mail has three or four */
#define MIME_PARTS 10000 /* of one message */

struct mime_part {
	struct mime_part *next, *parts, *last, *parent;
	struct span header; /* fields, each with its CRLF */
	struct span body; /* all of it, be it a container or not */
	struct content content;
	/* of a container: the lines before its first boundary, and what
	 * follows the last one, with the line end of that */
	struct span preamble, epilogue;
};

/* header: the fields of the message, each with its CRLF.  Returns 0, or -1
 * without memory. */
int mime_parse(struct arena *arena, struct span header, struct span body,
    struct mime_part **top_r);

/* The next part of a walk from the top, parents before children; NULL at the
 * end. */
struct mime_part *mime_next(struct mime_part *part);

/* Cut a part's text into header and body at its first empty line. */
void mime_cut(struct span text, struct span *header_r, struct span *body_r);

#endif
