/*
 * lone.h: CR and LF that stand alone (RFC 5322 section 2.3 allows neither).
 *
 * Two readers may see different lines in such a message, and a relay on its way
 * may "repair" it after it was signed.
 */
#ifndef MESSAGE_LONE_H
#define MESSAGE_LONE_H

#include "ec_message.h"

#include <stdbool.h>

bool lone_in_header(ec_message *msg);
bool lone_in_body(ec_message *msg);

/* Make each of them CRLF; in a header the text behind it becomes a continuation
 * line.  These are edits like others.  lone_fix_body() returns 0, or -1 when
 * the disk would not take the new body. */
void lone_fix_header(ec_message *msg);
int lone_fix_body(ec_message *msg);

#endif
