/*
 * canon_header.h: canonical forms of a header field (RFC 6376 sections 3.4.1
 * and 3.4.2).  Errata: none changes the header algorithms.
 */
#ifndef MESSAGE_CANON_HEADER_H
#define MESSAGE_CANON_HEADER_H

#include "base/digest.h"
#include "message/header.h"
#include "seal.h"

/* The most that canon_header_relaxed() writes for n octets. */
static inline size_t
canon_header_room(size_t n)
{
	return n + 2;
}

/* Write the relaxed form of a whole field, without the final CRLF, into out,
 * which has canon_header_room(raw.n) octets and may be raw itself.  Returns
 * the length. */
size_t canon_header_relaxed(struct span raw, unsigned char *out);

/* Hash a field in canonical form, its CRLF included.  The relaxed form is made
 * once per field and kept for the next signature.  Returns 0, or -1 without
 * memory. */
int canon_header_digest(struct digest *digest, struct header *header,
    struct header_field *field, enum seal_canon canon);

#endif
