/*
 * scope.h: a kind of stanza is one row, as an option is.
 */
#ifndef CONFIG_SCOPE_H
#define CONFIG_SCOPE_H

#include <stdbool.h>

enum config_match { /* how an instance name is compared */
	CONFIG_MATCH_EXACT, /* octet by octet: bindings, modules, sockets */
	CONFIG_MATCH_CASELESS, /* names of domains */
	CONFIG_MATCH_DOMAIN, /* as before, and "/.../" is a regular expression */
	CONFIG_MATCH_NETWORK, /* CIDR blocks; the most specific is tried first */
};

enum config_scope_flags {
	CONFIG_SCOPE_NAMED = 1, /* must have an instance name */
	CONFIG_SCOPE_UNNAMED = 2, /* must not; neither flag: may */
	CONFIG_SCOPE_ONE = 4, /* all its stanzas are one: singletons, scriptlet */
	CONFIG_SCOPE_MODULE = 8, /* a module's own stanza */
	CONFIG_SCOPE_BRACKETS = 16, /* within a module, NAME [ k = v ] is a stanza
	    of this kind: the old syntax */
	CONFIG_SCOPE_ADDITION = 32, /* Momentum has no such stanza */
	CONFIG_SCOPE_PLAIN_NAME = 64, /* no blank, no ':' in the instance name */
	CONFIG_SCOPE_GROUPED = 128, /* may stand in a group, and what holds for
	    it at the top holds there as well: Binding */
	CONFIG_SCOPE_GROUP = 256, /* what it may stand in: Binding_Group */
};

struct config_scope {
	const char *name;
	const char *parents; /* scopes it may stand in, separated by blanks */
	enum config_match match;
	unsigned flags;
	const char *help;

	/* filled in by the registry */
	int id;
	unsigned hash; /* of the name, caseless */
};

#endif
