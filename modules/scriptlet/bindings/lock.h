/*
 * lock.h: what scripts have locked.
 */
#ifndef SCRIPTLET_LOCK_H
#define SCRIPTLET_LOCK_H

#include <lua.h>

#include <stddef.h>

/* Give back all locks that this interpreter holds: a script that ends with an
 * error must not block all others.  For when a session gives the interpreter
 * back.  Returns how many there were; costs nothing when nobody locks. */
size_t lock_release_all(lua_State *L);

#endif
