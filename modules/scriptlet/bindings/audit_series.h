/*
 * audit_series.h: counts of a series for scripts.
 */
#ifndef SCRIPTLET_AUDIT_SERIES_H
#define SCRIPTLET_AUDIT_SERIES_H

#include "scriptlet/bindings/series.h"

#include <lua.h>

/* Push the count that argument 2 asks for: a key, or a table of options with
 * the key in that field, startv and endv. */
int audit_series_count(lua_State *L, struct series *series,
    const char *field);

#endif
