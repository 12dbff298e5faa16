/*
 * part.h: parts of messages, as scripts see and change them.
 */
#ifndef SCRIPTLET_PART_H
#define SCRIPTLET_PART_H

#include <lua.h>

#include <stdbool.h>

/* Push the top part of the message at `arg` (nil: that of the callout). */
void part_push_tree(lua_State *L, int arg, bool writable);

/* Push the part that comes behind the one at `index` in a walk over its tree,
 * parents before children; or nil. */
void part_push_next(lua_State *L, int index);

/* Is the part at `index` one of type text/...? */
bool part_is_text(lua_State *L, int index);

/* Push its text in UTF-8. */
void part_push_text(lua_State *L, int index);

/* Take the string on top as its text, in the character set and transfer
 * encoding that it has, if they can hold it.  Pops the string.  The message
 * gets to know with part_write(). */
void part_take_text(lua_State *L, int index);

/* Write the tree that the part at `index` is in into its message. */
void part_write(lua_State *L, int index);

/* Look for the pattern at `arg` in the string on top: pops it, and pushes the
 * matches or false. */
void part_match(lua_State *L, int arg);

/* Replace by what is behind the pattern: pushes the new text, or false when
 * nothing changed. */
void part_replace(lua_State *L, int arg);

#endif
