/*
 * field.h: a header field as it stood on the wire, out of libmilter's two
 * texts.
 */
#ifndef MILTER_FIELD_H
#define MILTER_FIELD_H

#include "base/buffer.h"

/* "Name:value" in the buffer, with CRLF between its lines.  An MTA that keeps
 * leading space gives the value as it stands behind the colon; from others one
 * blank was taken, which comes back. */
struct span field_from_milter(struct buffer *buffer, const char *name,
    const char *value, bool leading_space);

#endif
