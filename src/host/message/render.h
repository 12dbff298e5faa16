/*
 * render.h: writing a message out, beyond what ec_message.h offers.
 */
#ifndef MESSAGE_RENDER_H
#define MESSAGE_RENDER_H

#include "base/span.h"
#include "ec_message.h"

struct body;

/* The message as it stands in a file: no dots doubled, none at the end, with
 * LF for CRLF if asked for.  Returns 0, or -1 when to() did. */
int message_write(ec_message *msg, bool lf,
    int (*to)(void *arg, struct span s), void *arg);

/* The message as on the wire, made on first use and kept until it changes; NULL
 * without disk space. */
struct body *message_wire(ec_message *msg);

#endif
