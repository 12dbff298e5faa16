/*
 * source.h: the texts of scripts, found by name and read once.
 *
 * A name is what stands in `source` or in require(): "policy.inbound" and
 * "policy/inbound" are the file policy/inbound.lua in the first directory of
 * the search path that has it.  What was read stays as it was until the
 * configuration is replaced, so that all states run the same.
 *
 * Any thread.
 */
#ifndef SCRIPTLET_SOURCE_H
#define SCRIPTLET_SOURCE_H

#include "configuration.h"

#include <stdbool.h>
#include <stddef.h>

#define SOURCE_MAX_BYTES (4 * 1024 * 1024) /* no script is longer */

struct source {
	struct source *next;
	char *name;
	char *chunk; /* for messages: "@" and the path, or what is short */
	char *text; /* translated */
	size_t n;
};

struct sources;

/* Directories: that of the configuration's file, those of script_path, the
 * documented ones, ours. */
struct sources *sources_new(ec_config_header *transaction);
void sources_free(struct sources **sources);

/* The source lives as long as sources.  NULL with words in why, which the
 * caller has initialised; *absent_r tells that there is no such file.  In a
 * configuration the name may be an absolute path. */
const struct source *sources_get(struct sources *sources, const char *name,
    bool in_configuration, bool *absent_r, string *why);

#endif
