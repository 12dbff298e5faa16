/*
 * encoded_word.h: text beyond ASCII in header fields (RFC 2047).
 */
#ifndef SCRIPTLET_ENCODED_WORD_H
#define SCRIPTLET_ENCODED_WORD_H

#include "base/buffer.h"

#include <stdbool.h>

/* An unfolded value with its encoded words made UTF-8; what is none, or of an
 * unknown character set, stays as it is. */
void encoded_word_decode(struct span text, struct buffer *out);

/* A value as it may stand in a field: words beyond printable ASCII become
 * encoded words, folded where one follows another; all others stay as they
 * are, so that an address behind a name remains one.  Text that is no UTF-8
 * goes out as unknown-8bit (RFC 1428). */
void encoded_word_encode(struct span text, struct buffer *out);

bool encoded_word_needed(struct span text);

#endif
