/*
 * scratch.h: bytes being put together on the way to or from a script.
 *
 * They lie outside the interpreter, so nothing of a message moves while they
 * are written; an object on the stack frees them when an error cuts the
 * function short.
 */
#ifndef SCRIPTLET_SCRATCH_H
#define SCRIPTLET_SCRATCH_H

#include "base/arena.h"
#include "base/buffer.h"

#include <lua.h>

/* Push an object of zeros, for what `collect` frees; the name is that of all
 * objects of its kind. */
void *scratch_owner(lua_State *L, size_t size, const char *name,
    lua_CFunction collect);

/* An empty one; its owner is pushed onto the stack, and it lives as long. */
struct buffer *scratch_buffer(lua_State *L);
struct arena *scratch_arena(lua_State *L);

/* Free what the owner at an index holds, which may be nil: the collector does
 * not know how much that is, and would take its time. */
void scratch_free(lua_State *L, int index);

/* Push what is in it as a string, and free it; raises an error without
 * memory. */
void scratch_push(lua_State *L, struct buffer *buffer);

#endif
