/*
 * datasources.h: the Datasource stanzas, and the answers that they keep.
 *
 *	Datasource "prefs" {
 *		uri = ( "sqlite:/var/lib/mailseal/prefs.db" )
 *		cache_size = 200
 *		cache_life = 360
 *	}
 *
 * One list for all interpreters of a scriptlet stanza, filled as scripts name
 * them.  Any thread; nothing here calls an interpreter.
 */
#ifndef SCRIPTLET_DATASOURCES_H
#define SCRIPTLET_DATASOURCES_H

#include "scriptlet/bindings/database.h"

#include "keys/cache.h"

#define DATASOURCE_URIS 16
#define DATASOURCE_NAME_BYTES 128

struct datasources;

struct datasource { /* does not change once it is there, but for `turn` */
	struct datasource *next;
	char *name;
	char *paths[DATASOURCE_URIS]; /* of the databases */
	unsigned n_paths;
	struct why why; /* "" when it can be used */
	int64_t max_rows; /* -1: all */
	struct cache *cache; /* of struct rows; NULL: none is kept */
	_Atomic unsigned turn; /* of the next connection */
};

void *datasources_make(void);
void datasources_free(void *datasources);

/* The stanza of a name, or one with words why it cannot be used; NULL: no
 * memory. */
struct datasource *datasources_find(struct datasources *datasources,
    const char *name);

#endif
