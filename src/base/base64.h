/*
 * base64.h: base64 as DKIM writes it (RFC 6376 section 2.10): white space may
 * stand anywhere.
 */
#ifndef BASE_BASE64_H
#define BASE_BASE64_H

#include "base/arena.h"

/* Decode into the arena.  Returns 0; 1 when the text is not base64 (a byte
 * outside the alphabet, a length that cannot be, padding that is wrong or not
 * at the end); -1 without memory. */
int base64_decode(struct span text, struct arena *arena, struct span *octets_r);

/* How many characters n octets take. */
static inline size_t
base64_length(size_t n)
{
	return (n + 2) / 3 * 4;
}

/* Write base64_length(octets.n) characters and a NUL. */
void base64_encode(struct span octets, unsigned char *out);

/* Take white space out: the text itself when it holds none, else a copy in
 * the arena.  Returns 0 or -1 without memory. */
int base64_squeeze(struct span text, struct arena *arena, struct span *text_r);

#endif
