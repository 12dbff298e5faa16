/*
 * message.h: functions of messages that other files offer under other names.
 */
#ifndef SCRIPTLET_MESSAGE_H
#define SCRIPTLET_MESSAGE_H

#include "base/span.h"
#include "ec_message.h"

#include <lua.h>

/* (msg, type, key [, value]) */
int message_context_get(lua_State *L);
int message_context_set(lua_State *L);
int message_context_exists(lua_State *L);
int message_context_exists_and_get(lua_State *L);
int message_context_delete(lua_State *L);

/* Raises an error while the message is still coming in: then there is nothing
 * to change. */
void message_check_content(lua_State *L, const ec_message *msg);

/* (msg): core.c */
int core_message_copy(lua_State *L);

/* (msg, text), (msg, pattern), (msg, pattern, replacement):
 * contents.c */
int contents_body(lua_State *L);
int contents_raw(lua_State *L);
int contents_text(lua_State *L);
int contents_body_match(lua_State *L);
int contents_raw_match(lua_State *L);
int contents_text_match(lua_State *L);
int contents_body_replace(lua_State *L);
int contents_raw_replace(lua_State *L);
int contents_text_replace(lua_State *L);

/* part.c: (msg [, readonly]) and so on */
int part_mime(lua_State *L);
int part_make(lua_State *L);
int part_make_container(lua_State *L);
int part_make_boundary(lua_State *L);

/* build.c: (msg, headers, parts [, attachments]) */
int build_message(lua_State *L);

#endif
