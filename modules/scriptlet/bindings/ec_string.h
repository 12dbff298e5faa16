/*
 * ec_string.h: texts that a function can write to, as scripts see them.
 *
 *	local domain = msys.core.string_new()
 *	msg:get_envelope2(msys.core.EC_MSG_ENV_FROM, nil, domain)
 *
 * The text is a Lua string inside the object, so the interpreter owns and
 * counts all of its memory.
 */
#ifndef SCRIPTLET_EC_STRING_H
#define SCRIPTLET_EC_STRING_H

#include <lua.h>

#include <stdbool.h>
#include <stddef.h>

/* Push a new one with a copy of the text. */
void ec_string_push(lua_State *L, const char *text, size_t n);

bool ec_string_is(lua_State *L, int index);

/* Its text, valid as long as the object holds it; NULL when the value is no
 * ec_string. */
const char *ec_string_text(lua_State *L, int index, size_t *n_r);

/* Replace the text of the object at index. */
void ec_string_set(lua_State *L, int index, const char *text, size_t n);

#endif
