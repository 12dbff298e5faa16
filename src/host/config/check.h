/*
 * check.h: statements to the tree, with everything held against the rows.
 *
 * A word that is unknown where it stands goes to the resolver, which may load a
 * module that knows it; then it is looked at again.  The check goes on after
 * every error.
 */
#ifndef CONFIG_CHECK_H
#define CONFIG_CHECK_H

#include "host/config/config.h"
#include "host/config/parser.h"
#include "host/config/tree.h"

struct check {
	struct registry *registry;
	struct tree *tree;
	struct arena *arena; /* the generation's */
	struct config_errors *errors;
	config_resolve_fn *resolve; /* may be NULL */
	void *closure;
};

/* Fill the tree, in the order of the statements. */
void check_statements(struct check *check, const struct statement *root);

/* Are all required options there?  To be asked at the end, and only when the
 * syntax was right: what was skipped may have held them. */
void check_required(struct check *check);

#endif
