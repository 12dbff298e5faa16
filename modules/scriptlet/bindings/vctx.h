/*
 * vctx.h: functions of validation contexts that other files offer under other
 * names.
 */
#ifndef SCRIPTLET_VCTX_H
#define SCRIPTLET_VCTX_H

#include "netlistener.h"

#include <lua.h>

/* (vctx, type, key [, value]) */
int vctx_get(lua_State *L);
int vctx_set(lua_State *L);
int vctx_exists(lua_State *L);
int vctx_set_code(lua_State *L); /* (vctx, code, text) */

/* Push the message construct of a connection; gives 1. */
int vctx_push_construct(lua_State *L, accept_construct *ac);

/* Which context an argument says: VCTX_CONN or VCTX_MESS. */
int vctx_which(lua_State *L, int arg);

#endif
