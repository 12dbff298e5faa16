/*
 * search.h: patterns of msys.pcre in texts of a message.
 */
#ifndef SCRIPTLET_SEARCH_H
#define SCRIPTLET_SEARCH_H

#include <lua.h>

/* Look for the pattern at `arg` in the string on top: pops it, and pushes the
 * matches or false. */
void search_match(lua_State *L, int arg);

/* Replace by what is behind the pattern: pops the string, and pushes the new
 * text, or false when nothing changed. */
void search_replace(lua_State *L, int arg);

#endif
