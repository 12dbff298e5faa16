/*
 * fallback.h: "Binding:Domain>Domain>Global", parsed, and honoured.
 *
 *	fallback    = alternative *( ">" alternative )
 *	alternative = scope *( ":" scope )
 *	scope       = name / "[" name "]"	; the brackets mark a singleton
 *
 * The alternatives are tried in order.  Within one, each container is searched
 * for the exact instance first, then for patterns in file order (networks: the
 * most specific first).  A stanza that does not set the option is passed by.
 */
#ifndef CONFIG_FALLBACK_H
#define CONFIG_FALLBACK_H

#include "host/config/limits.h"
#include "host/config/node.h"

struct fallback_rank {
	unsigned count; /* 0 is Global */
	const struct config_scope *scopes[CONFIG_FALLBACK_STEPS];
};

struct fallback {
	unsigned count;
	const struct fallback_rank *ranks;
};

/* What is asked about: an instance for each scope that applies.  A scope that
 * is not among the keys is passed by, but for those that there is only one of
 * (singleton modules). */
#define FALLBACK_KEYS 8
struct config_key {
	const struct config_scope *scope;
	const char *instance; /* NULL: the stanza without a name */
};
struct config_query { /* { 0 } asks for the global value */
	unsigned count;
	struct config_key keys[FALLBACK_KEYS];
};

/* Parse; scopes are looked up through find.  Returns NULL with words in why. */
const struct fallback *fallback_parse(const char *text, struct arena *arena,
    const struct config_scope *(*find)(void *closure, const char *name),
    void *closure, struct buffer *why);

/* The setting that holds for the query, or NULL: then the default does. */
const struct config_setting *fallback_find(const struct config_node *root,
    const struct config_option *option, const struct config_query *query);

#endif
