/*
 * diff.h: what another configuration says otherwise.
 *
 * Values are compared as they are written, but for quotes.  Nodes are told
 * before what they hold, in the order of the tree; of a node that is gone, what
 * it held is not told.
 */
#ifndef CONFIG_DIFF_H
#define CONFIG_DIFF_H

#include "host/config/config.h"

enum diff_kind {
	DIFF_SET, /* another value, or one where there was none */
	DIFF_UNSET,
	DIFF_ADDED, /* a node; what it holds follows */
	DIFF_REMOVED, /* a node with all it held */
};

struct diff_item {
	enum diff_kind kind;
	const struct config_node *node; /* of `from` for UNSET and REMOVED, of
	    `to` otherwise */
	const struct config_node *before; /* the same in `from`, or NULL */
	const struct config_setting *setting; /* of SET (new), UNSET (old) */
	const struct config_setting *old; /* of SET: the value before; NULL: none */
};

void diff_each(const struct config *from, const struct config *to,
    void (*each)(void *closure, const struct diff_item *item), void *closure);

/* Do the stanzas whose order matters (modules, patterns) stand in the same
 * order, and are they the same ones? */
bool diff_is_same_order(const struct config *from, const struct config *to);

#endif
