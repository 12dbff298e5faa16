/*
 * canon_body.h: canonical forms of a body that comes in chunks (RFC 6376
 * sections 3.4.3 and 3.4.4, with erratum 1384 on their order).
 *
 * Any way of cutting a body into chunks gives the same octets.  Only CRLF ends
 * a line; a CR or LF alone is a byte like others.  Memory does not grow with
 * the body: empty lines that may be the last ones are counted, not kept.
 */
#ifndef MESSAGE_CANON_BODY_H
#define MESSAGE_CANON_BODY_H

#include "base/span.h"
#include "seal.h"

/* Takes the canonical octets in runs of any length. */
typedef void canon_body_sink(void *arg, struct span run);

#define CANON_BODY_STAGE 4096 /* octets gathered before the sink is called */

struct canon_body {
	enum seal_canon canon;
	canon_body_sink *sink;
	void *arg;
	uint64_t empty_lines; /* held back: they may be the last ones */
	bool in_line; /* something of the current line has been given out */
	bool space; /* white space held back: it may end the line */
	bool cr; /* a CR held back: it may be half a CRLF */
	bool any; /* something has been given out */
	size_t staged;
	unsigned char stage[CANON_BODY_STAGE];
};

void canon_body_init(struct canon_body *body, enum seal_canon canon,
    canon_body_sink *sink, void *arg);
void canon_body_feed(struct canon_body *body, struct span chunk);
/* The body is over: give out what is still due. */
void canon_body_finish(struct canon_body *body);

#endif
