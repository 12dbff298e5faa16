/*
 * config.h: a configuration, loaded whole, looked up by many threads.
 *
 * config_load() builds a new generation beside the old one; what is wrong with
 * it is told completely, and nothing was touched.  A generation is immutable
 * and counted: a message takes a reference when it begins and reads without
 * locks until it is done.
 */
#ifndef HOST_CONFIG_H
#define HOST_CONFIG_H

#include "host/config/errors.h"
#include "host/config/fallback.h"
#include "host/config/node.h"
#include "host/config/registry.h"

/* Asked when a word is neither option nor scope where it stands.  capability is
 * "config.Global.X" for an option, then "config.Global:X" for a scope (nested:
 * "config.Global:Binding.X").  Returns 1 when rows were registered that may
 * answer, 0 when no module provides it (why may get the name of a module that is
 * like the word, for "did you mean"), -1 with words in why when the module
 * that does would not load. */
typedef int config_resolve_fn(void *closure, const char *capability,
    struct buffer *why);

struct statement; /* host/config/parser.h */
struct config_text; /* host/config/sources.h */

struct config_load {
	const char *path; /* the main file; or NULL and ... */
	struct span text; /* ... a text instead */
	const char *text_name; /* its name in messages; NULL: "(text)" */
	/* Changes made online, read after everything else: stanzas as in a
	 * file, where "unset OPTION" and "unset SCOPE INSTANCE" take away. */
	struct span changes;
	/* Not NULL: no file is read, the changes are made to this one. */
	const struct config *onto;
	/* More is to come: what is required may be missing still. */
	bool is_partial;
	/* What files are taken to hold instead of what they do. */
	const struct config_text *texts;
	size_t text_count;
	/* The Local_Changes_File, whatever the option says; NULL: as it does. */
	const char *local_changes;
	/* Directories separated by ':'; NULL: EC_CONF_SEARCH_PATH from the
	 * environment, else CONFIG_SEARCH_PATH. */
	const char *search_path;
	config_resolve_fn *resolve; /* may be NULL */
	/* Called when everything is read and nothing is resolved yet: whoever
	 * resolves may need an option (Module_Path) for it.  May be NULL. */
	void (*read_all)(void *closure, const struct statement *root);
	void *closure; /* for both */
};

#define CONFIG_SEARCH_PATH ".:/opt/msys/ecelerity/etc/conf/global:" \
	"/opt/msys/ecelerity/etc/conf/{NODENAME}:" \
	"/opt/msys/ecelerity/etc/conf/default"

struct config;

/* Returns a configuration with one reference, or NULL with everything that is
 * wrong appended to errors (its arena is the caller's to deinit).  One load at a
 * time per registry. */
struct config *config_load(struct registry *registry,
    const struct config_load *load, struct config_errors *errors);

struct config *config_ref(struct config *config);
void config_unref(struct config **config); /* NULL inside is fine */

unsigned config_generation(const struct config *config); /* 1, 2, 3 ... */
const struct config_node *config_root(const struct config *config);
const struct config_file *config_first_file(const struct config *config);
struct registry *config_registry(const struct config *config);

/* The value that holds for a query: by the option's fallback, else its
 * default, else NULL.  Takes no lock.  query may be NULL: the global value. */
const struct config_value *config_lookup(const struct config *config, int slot,
    const struct config_query *query);

/* The same, but NULL where the default holds; it knows its file and line. */
const struct config_setting *config_find(const struct config *config, int slot,
    const struct config_query *query);

/* Both for the global value of an option of the host, by its name; NULL as well
 * when there is no such option. */
const struct config_value *config_global(const struct config *config,
    const char *name);
const struct config_setting *config_global_setting(
    const struct config *config, const char *name);

/* Add a scope to a query, by name.  Returns false when the scope is unknown or
 * the query is full.  A binding that is defined in a group brings its group
 * along, unless the query has one; messages without a binding ask for
 * "default". */
bool config_query_add(const struct config *config, struct config_query *query,
    const char *scope, const char *instance);

/* The binding of that name, wherever it is defined: in a group or at the top.
 * NULL when no stanza defines it. */
const struct config_node *config_binding(const struct config *config,
    const char *name);

#endif
