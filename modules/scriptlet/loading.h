/*
 * loading.h: from source to functions: the scripts of the configuration, and
 * load, loadstring, require and module for them.
 */
#ifndef SCRIPTLET_LOADING_H
#define SCRIPTLET_LOADING_H

#include "scriptlet/source.h"

#include <lua.h>

#include <stdbool.h>

void loading_open(lua_State *L, bool unsafe);

/* Push the script as a function; raises an error with line and words. */
void loading_push(lua_State *L, const struct source *source);

#endif
