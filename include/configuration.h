/*
 * configuration.h: options and their values, as modules see them.
 *
 * A module defines an option once, in a row of a table that lives as long as
 * the process, and registers it in module_config_setup.  From then on the
 * host parses it, checks it, shows it and falls back for it.
 */
#ifndef EC_CONFIGURATION_H
#define EC_CONFIGURATION_H

#include "ec_types.h"
#include "ecdict.h"
#include "misc/ec_ptr_array.h"
#include "misc/ec_string.h"

struct sockaddr;

/*
 * Types of value.  In brackets: the member of ec_config_value_storage that
 * holds it.
 */
typedef enum {
	ECCFGTYPE_STRING, /* text (vstr) */
	ECCFGTYPE_INT, /* whole number (vint) */
	ECCFGTYPE_UINT64, /* whole number from 0 (vu64) */
	ECCFGTYPE_PERMS, /* file mode, written in octal (vint) */
	ECCFGTYPE_BOOL, /* true false yes no on off enabled disabled (vint) */
	ECCFGTYPE_FLOAT, /* (vdouble) */
	ECCFGTYPE_SOCKADDR, /* 192.0.2.1:25, 2001:db8::1.25, /a/path (vsa) */
	ECCFGTYPE_THROTTLE, /* not offered by this host: refused */
	ECCFGTYPE_ECDICT, /* name = [ key = value ... ] (vdict) */
	ECCFGTYPE_SIZE_T, /* number of bytes (vsize) */
	ECCFGTYPE_EC_CONFIG_REGEX, /* a regular expression (vre) */
	ECCFGTYPE_SOCKADDR_PORTLESS, /* an address without port (vsa) */
	/* of older editions: refused */
	ECCFGTYPE_ECLIST,
	ECCFGTYPE_PTR,
	ECCFGTYPE_EC_SUFFIX_TREE,
	ECCFGTYPE_IP_ACL
} ec_config_item_type_t;

/* The value is a list: name = ( a b c ).  The member is varr, with items of
 * type ec_config_value_storage *. */
#define EC_CFG_OPT_IS_ARRAY 0x1
/* A change at run time is warned of: it takes effect with a restart. */
#define EC_CFG_OPT_NOT_TUNABLE_ONLINE 0x2
/* Addition: the configuration must set it in the scope that uses it. */
#define EC_CFG_OPT_REQUIRED 0x4
/* Addition: the manual says that the option is one. */
#define EC_CFG_OPT_ADDITION 0x8

/* Words for numbers.  A table of these ends with a row of NULL. */
struct ec_config_value_mapping {
	const char *name; /* what the administrator writes */
	const char *value; /* what it stands for, as text */
};

struct _ec_config_option_def {
	const char *name; /* letters, digits, _; case does not matter */
	ec_config_item_type_t type;
	const char *personality; /* NULL */

	/*
	 * Where the option may stand, and where a value is looked for, in
	 * this order: alternatives joined by '>', each a path of scopes
	 * joined by ':', as in "Binding:Domain>Binding>Domain>Global".
	 * Options of a module name the module: "greeter" when it has
	 * instances, "[greeter]" when it is a singleton.  A scope of the
	 * module's own inside its stanza is one more step of the path:
	 * "greeter:guest>greeter" (addition).
	 */
	const char *fallback;

	unsigned int flags; /* EC_CFG_OPT_... */
	void *closure; /* NULL; the host's */

	/* As it would stand in the file, so text with anything but letters
	 * and digits is in quotes inside: "\"/var/log\"".  NULL: unset. */
	const char *defval;

	const struct ec_config_value_mapping *map; /* or NULL */

	/*
	 * Is the value good?  1, or 0 with words for the administrator in
	 * `output`.  Runs for every value written and must have no effect.
	 * NULL accepts what the type accepts.
	 */
	int (*validate_value)(ec_config_option_def *option, string *output,
	    ec_config_header *cfghdr, ec_config_value *val);

	/* After the whole configuration proved good: may hang data on
	 * val->data, which datafree frees with the value.  Or NULL. */
	void (*postset)(ec_config_option_def *option, string *output,
	    ec_config_header *cfghdr, ec_config_value *val);
	void (*datafree)(ec_config_option_def *option, void *data);
};

union _ec_config_value_storage {
	char *vstr; /* may be NULL: set to nothing */
	int vint;
	u_int64_t vu64;
	double vdouble;
	struct sockaddr *vsa;
	throttle *vthrot;
	ECDict vdict;
	size_t vsize;
	ec_config_regex *vre;
	ec_ptr_array *varr; /* NULL or empty: () */
};

/*
 * A value, counted.  Read only; v is never NULL.  What v points to lives
 * until ec_config_release_value.
 */
struct _ec_config_value {
	ec_atomic_t refcnt;
	int leaked; /* 0 */
	ec_config_option_def *opt;
	int shadow; /* 0 */
	void *node; /* the host's */
	ec_config_value_storage *v;
	void *data; /* of postset */
};

/*
 * One configuration from the file to the last message that uses it
 * ("transaction" in callbacks), or a scope instance inside it.  Read only.
 */
struct _ec_config_header {
	ec_atomic_t refcnt;
	ec_atomic_t generation; /* 1 for the first, and so on */
	char *name; /* of the instance, or NULL */
	char *comment; /* NULL */
	ECDict attributes; /* NULL */
	int suppress_write_config; /* 0 */
	struct ec_config_scope *myscope; /* the host's */
	struct _ec_config_header *parent; /* NULL */
	void **cfgslots; /* NULL */
	void **dataslots; /* NULL */
	ECDict comments; /* NULL */
	ec_hash_table *children; /* NULL: ask ec_config_module_scope_each */
	ec_hash_table *match_scopes; /* NULL */
	int leaked; /* 0 */
	char *ancestry; /* NULL in the root */
	struct _ec_config_header *transaction; /* the root; itself there */
	ec_ptr_array *options; /* NULL */
	ec_ptr_array *nodes; /* NULL */
	ec_hash_table *childnodes; /* NULL */
};

/* What hooks/core/config_option_set.h passes. */
struct _ec_config_option {
	ec_config_option_def *def;
	ec_config_value *value;
};

#endif
