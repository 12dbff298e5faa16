/*
 * changed.h: what a new configuration changes, in words for an operator.
 *
 * A line each:
 *	Domain "a.test" dkim = enabled (was disabled)
 *	Domain "a.test" dkim is not set any more (was disabled)
 *	Domain "b.test" is gone
 * with what waits for a restart saying so.  Of a listener that is gone each
 * socket has a line, which is told however many others there are.
 */
#ifndef HOST_CHANGED_H
#define HOST_CHANGED_H

#include "base/buffer.h"
#include "host/config/diff.h"

#include <jansson.h>

#define CHANGED_LINES 50 /* told; of more, how many */

/* Appends to out, each line after `indent`.  Returns how many changes. */
unsigned changed_tell(const struct config *from, const struct config *to,
    const char *indent, struct buffer *out);

/* A line for each kind of listener that is left without a socket, for the console
 * or for mail servers: what is open stays open until a restart, and is not there
 * after it.  Returns whether there is any. */
bool changed_warn(const struct config *from, const struct config *to,
    struct buffer *out);

/* What changed_tell() tells, as a list of texts. */
json_t *changed_model(const struct config *from, const struct config *to);

/* Does a change of this option here wait for a restart? */
bool changed_waits(const struct config_node *node,
    const struct config_option *option);

/* The scopes down to a node: `Binding "b" Domain "a.test"`; "" is Global. */
void changed_node(const struct config_node *node, struct buffer *out);

#endif
