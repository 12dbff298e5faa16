/*
 * args.h: the arguments of bindings.
 */
#ifndef SCRIPTLET_ARGS_H
#define SCRIPTLET_ARGS_H

#include <lua.h>

#include <stdbool.h>
#include <stddef.h>

/* A text, a number, a boolean or an object that has a text form.  Whatever it
 * is, the argument is a string afterwards.  Raises an error for nil, tables
 * and functions. */
const char *args_text(lua_State *L, int arg, size_t *n_r);

/* The same, where C cannot do with a NUL inside: `what` names it in the error:
 * "a key". */
const char *args_word(lua_State *L, int arg, const char *what);

/* Is there an argument, and is it not nil? */
bool args_given(lua_State *L, int arg);

/* A whole number, written as a number or as text. */
int args_number(lua_State *L, int arg, const char *what);

/* true, or a number other than 0; false for nil. */
bool args_true(lua_State *L, int arg);

/* __concat: both operands as texts. */
int args_concat(lua_State *L);

/* Raise "NAME is not available in mailseal: WHY". */
int args_unavailable(lua_State *L, const char *name, const char *why);

#endif
