/*
 * transfer.h: content transfer encodings (RFC 2045 section 6).
 *
 * Decoding is for reading what somebody sent, so it takes what it can make
 * sense of and leaves out what it cannot; it never fails.
 */
#ifndef SCRIPTLET_TRANSFER_H
#define SCRIPTLET_TRANSFER_H

#include "base/buffer.h"

enum transfer { /* numbered as msys.core.EC_MIME_TE_* */
	TRANSFER_7BIT = 0,
	TRANSFER_8BIT = 1,
	TRANSFER_QUOTED_PRINTABLE = 2,
	TRANSFER_BASE64 = 3,
	TRANSFER_BINARY = 4,
};

/* Case does not matter; what is no known encoding is binary. */
enum transfer transfer_from_name(struct span name);
const char *transfer_name(enum transfer transfer);

void transfer_decode(enum transfer transfer, struct span text,
    struct buffer *out);

/* Lines of at most 76 columns that end in CRLF.  Quoted-printable keeps CRLF
 * as it is; base64 ends with a CRLF.  The others are copied. */
void transfer_encode(enum transfer transfer, struct span octets,
    struct buffer *out);

/* One encoded-word's text (RFC 2047 section 4).  Returns false when it is
 * malformed. */
bool transfer_decode_q(struct span text, struct buffer *out);
bool transfer_decode_b(struct span text, struct buffer *out);

#endif
