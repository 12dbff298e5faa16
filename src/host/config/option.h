/*
 * option.h: an option is one row.  Parser, checker, console and the reference
 * manual all read it.
 *
 *	{ .name = "dkim", .type = CONFIG_BOOL, .defval = "enabled",
 *	  .fallback = CONFIG_FALLBACK_SENDING,
 *	  .help = "whether dkim_sign signs mail of this scope" },
 */
#ifndef CONFIG_OPTION_H
#define CONFIG_OPTION_H

#include "base/buffer.h"

enum config_type {
	CONFIG_STRING,
	CONFIG_INT, /* 32 bits, signed */
	CONFIG_UINT64,
	CONFIG_PERMS, /* octal: 0660 */
	CONFIG_BOOL,
	CONFIG_FLOAT,
	CONFIG_SOCKADDR,
	CONFIG_SOCKADDR_PORTLESS,
	CONFIG_DICT,
	CONFIG_SIZE, /* octets */
	CONFIG_REGEX,
	CONFIG_NETWORK, /* an address or CIDR block (ours) */
};

enum config_option_flags {
	CONFIG_OPTION_ARRAY = 1, /* ( a b c ); one value alone is an array of one */
	CONFIG_OPTION_REQUIRED = 2, /* must be set in the innermost stanza that
	    may hold it, or in one around that */
	CONFIG_OPTION_STATIC = 4, /* a change waits for a restart */
	CONFIG_OPTION_ADDITION = 8, /* Momentum has no such option */
};

/* The published order of sending scopes, with a group's own value before the
 * global domain. */
#define CONFIG_FALLBACK_SENDING \
	"Binding_Group:Binding:Domain>Binding:Domain>Binding_Group:Domain>" \
	"Binding_Group:Binding>Binding>Binding_Group>Domain>Global"

struct config_choice { /* a table of these ends with a NULL text */
	const char *text;
	int number;
};

struct config_node;
struct config_option;
struct config_value;
struct fallback;

/* Returns false with words for people in why.  Has no side effects. */
typedef bool config_validate_fn(void *closure,
    const struct config_option *option, const struct config_value *value,
    struct buffer *why);

struct config_option {
	const char *name; /* letters, digits, '_'; case does not matter */
	enum config_type type;
	unsigned flags;
	/* Where it may be written and how it is resolved, best first:
	 * alternatives separated by '>', scopes nested by ':', "Global" for the
	 * top.  A binding may stand within a group without saying so. */
	const char *fallback;
	const char *defval; /* text as in a file; NULL: no default */
	/* The only texts allowed.  INT and BOOL take the number, a STRING the
	 * spelling of the table. */
	const struct config_choice *map;
	/* Not 0: a STRING option also takes an array, joined with this byte,
	 * and an array option one text, split at it. */
	char separator;
	config_validate_fn *validate;
	void *closure; /* for validate */
	const char *module; /* NULL: the host's own */
	const char *help; /* for docs/options.md */

	/* filled in by the registry */
	int slot;
	const struct fallback *ranks;
	const struct config_value *default_value; /* NULL: none */
};

#endif
