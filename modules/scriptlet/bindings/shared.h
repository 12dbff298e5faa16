/*
 * shared.h: what the interpreters of one scriptlet stanza have in common.
 *
 * Each stanza of each configuration has its own, so a reload begins anew with
 * the options that it brings.  The first interpreter that asks makes it, and it
 * goes with the last one that did.
 */
#ifndef SCRIPTLET_SHARED_H
#define SCRIPTLET_SHARED_H

#include <lua.h>

struct shared_class {
	const char *name;
	/* Read options with transaction NULL.  NULL: no memory.  Called with a
	 * lock held: must not wait. */
	void *(*make)(void);
	void (*free)(void *object);
};

/* The object of that class; raises an error without memory. */
void *shared_get(lua_State *L, const struct shared_class *class);

#endif
