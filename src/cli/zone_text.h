/*
 * zone_text.h: a key record as a line of a zone's master file (RFC 1035
 * section 5.1).
 */
#ifndef CLI_ZONE_TEXT_H
#define CLI_ZONE_TEXT_H

#include "base/buffer.h"

#define ZONE_TEXT_STRING 255 /* octets in one string of TXT: RFC 1035 3.3.14 */

/* Add 'NAME. IN TXT ( "..." "..." )', a line for each string, none longer than
 * ZONE_TEXT_STRING.  What needs it is escaped. */
void zone_text_format(struct buffer *out, const char *name,
    struct span record);

#endif
