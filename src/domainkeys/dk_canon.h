/*
 * dk_canon.h: the canonical forms of DomainKeys (RFC 4870 section 3.4.2).
 *
 * A message is lines, each with CRLF behind it.  simple takes them as they are;
 * nofws unfolds header fields and drops all folding white space: spaces, tabs,
 * and CR and LF but for the line end.  Empty lines at the end are dropped, and
 * the line between header and body is one of them when no text follows.
 */
#ifndef DOMAINKEYS_DK_CANON_H
#define DOMAINKEYS_DK_CANON_H

#include "base/digest.h"
#include "seal.h"

/* Takes the canonical octets in runs of any length. */
typedef void dk_canon_sink(void *arg, struct span run);

#define DK_CANON_STAGE 4096 /* octets gathered before the sink is called */

/* A body that comes in chunks, with the empty line above it. */
struct dk_canon {
	enum seal_dk_canon canon;
	dk_canon_sink *sink;
	void *arg;
	uint64_t empty_lines; /* held back: they may be the last ones */
	bool in_line; /* something of the current line has been given out */
	bool cr; /* a CR held back: it may be half a CRLF */
	size_t staged;
	unsigned char stage[DK_CANON_STAGE];
};

void dk_canon_init(struct dk_canon *body, enum seal_dk_canon canon,
    dk_canon_sink *sink, void *arg);
void dk_canon_feed(struct dk_canon *body, struct span chunk);
/* The body is over: give out what is still due. */
void dk_canon_finish(struct dk_canon *body);

/* Hash one header field, given without its CRLF. */
void dk_canon_field(struct digest *digest, struct span raw,
    enum seal_dk_canon canon);

#endif
