/*
 * where.h: which stanza and option the words of a config command name.
 *
 *	words = *( SCOPE [INSTANCE] ) [OPTION rest]
 */
#ifndef HOST_WHERE_H
#define HOST_WHERE_H

#include "control.h"
#include "host/config/config.h"

#define WHERE_DEPTH 6 /* nothing legal is deeper */

struct where {
	struct {
		const struct config_scope *scope;
		const char *instance; /* NULL: none */
	} steps[WHERE_DEPTH];
	unsigned depth; /* 0: Global */
	const struct config_node *node; /* NULL: no such stanza */
	const struct config_node *nearest; /* that, or the innermost around it */
	const char *option; /* the word after the scopes, or NULL */
	int slot; /* of the option; -1: no such option there */
	int rest; /* index of the word after it */
};

/* Read the words from cc->argv[first] on.  False with words in the answer. */
bool where_read(command_construct *cc, int first, const struct config *config,
    struct where *where_r);

/* The scopes for people: `Domain "example.com"`; "" is Global. */
void where_format(const struct where *where, string *out);

#endif
