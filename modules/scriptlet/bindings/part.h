/*
 * part.h: what a part of a message says as text.
 */
#ifndef SCRIPTLET_PART_H
#define SCRIPTLET_PART_H

#include <lua.h>

#include <stdbool.h>

/* Is the part at `index` one of type text/...? */
bool part_is_text(lua_State *L, int index);

/* Push its text in UTF-8. */
void part_push_text(lua_State *L, int index);

/* Take the string on top as its text, in the character set and transfer
 * encoding that it has, if they can hold it.  Pops the string.  The message
 * gets to know with parts_write(). */
void part_take_text(lua_State *L, int index);

#endif
