/*
 * quoted.h: dkim-quoted-printable (RFC 6376 section 2.11).
 */
#ifndef DKIM_QUOTED_H
#define DKIM_QUOTED_H

#include "base/arena.h"
#include "base/buffer.h"

/* Decode; white space is no part of the value.  Returns 0; 1 when an "=" is
 * not followed by two upper-case hexadecimal digits (lower case is taken, too,
 * as RFC 2045 section 6.7 advises); -1 without memory. */
int quoted_decode(struct span text, struct arena *arena, struct span *octets_r);

/* Append octets so that nothing but dkim-safe characters remains; with
 * bar_too "|" is encoded as well, as z= needs. */
void quoted_encode(struct buffer *out, struct span octets, bool bar_too);

#endif
