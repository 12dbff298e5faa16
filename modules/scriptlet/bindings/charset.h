/*
 * charset.h: texts in the character sets that mail comes in.
 *
 * What is no character of its set becomes U+FFFD, so the result is always good
 * UTF-8.
 */
#ifndef SCRIPTLET_CHARSET_H
#define SCRIPTLET_CHARSET_H

#include "base/buffer.h"

#include <stdbool.h>

/* Append text to `out` as UTF-8.  Returns false, with nothing appended, when
 * the set is not known; "" is ASCII. */
bool charset_to_utf8(struct span charset, struct span text,
    struct buffer *out);

/* Append UTF-8 to `out` in another set.  Returns false, with nothing appended,
 * when the set is not known or lacks one of the characters. */
bool charset_from_utf8(struct span charset, struct span text,
    struct buffer *out);

/* Is it one that takes no setting up: UTF-8, ASCII, ISO-8859-1? */
bool charset_is_usual(struct span charset);

/* How many bytes the character at the beginning takes; 0 when it is not good
 * UTF-8 (RFC 3629 section 4). */
size_t charset_utf8_length(struct span text);

bool charset_is_utf8(struct span text);
bool charset_is_ascii(struct span text); /* no byte above 127 */

#endif
