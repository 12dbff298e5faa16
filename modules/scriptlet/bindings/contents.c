/*
 * contents.c: body, whole and text of a message.
 */
#include "scriptlet/bindings/args.h"
#include "scriptlet/bindings/header.h"
#include "scriptlet/bindings/message.h"
#include "scriptlet/bindings/mime.h"
#include "scriptlet/bindings/part.h"
#include "scriptlet/bindings/parts.h"
#include "scriptlet/bindings/scratch.h"
#include "scriptlet/bindings/search.h"
#include "scriptlet/bindings/textual.h"
#include "scriptlet/running.h"

#include <lauxlib.h>

#define STEP_BYTES 16 /* bytes that cost as much as an instruction */

static void
add_body(ec_message *msg, struct buffer *out)
{
	const char *bytes;
	size_t offset = 0, n;

	while (ec_message_body_next(msg, &offset, &bytes, &n) != 0)
		buffer_add(out, span_of(bytes, n));
}

static void
push_body(lua_State *L, ec_message *msg)
{
	struct buffer *out = scratch_buffer(L);

	add_body(msg, out);
	running_charge(L, out->n / STEP_BYTES);
	scratch_push(L, out);
	lua_remove(L, -2);
}

static void
push_raw(lua_State *L, ec_message *msg)
{
	struct buffer *out = scratch_buffer(L);

	header_text(msg, out);
	buffer_add(out, SPAN("\r\n"));
	add_body(msg, out);
	running_charge(L, out->n / STEP_BYTES);
	scratch_push(L, out);
	lua_remove(L, -2);
}

static void
set_body(lua_State *L, ec_message *msg, struct span body)
{
	message_check_content(L, msg);
	if (ec_message_set_body(msg, body.n == 0 ? "" : (const char *)body.p,
	    body.n) == 0)
		(void)luaL_error(L, "no room for the new body");
}

/* The string at an index with good line ends; its owner is pushed. */
static struct span
lines_at(lua_State *L, int index)
{
	struct buffer *lines = scratch_buffer(L);
	struct span text;

	text.p = (const unsigned char *)lua_tolstring(L, index, &text.n);
	running_charge(L, text.n / STEP_BYTES);
	textual_lines(text, lines);
	if (buffer_failed(lines))
		(void)luaL_error(L, "not enough memory");
	return buffer_span(lines);
}

static void
take_body(lua_State *L, ec_message *msg, int index)
{
	set_body(L, msg, lines_at(L, index));
	scratch_free(L, -1);
	lua_pop(L, 1);
}

static void
take_raw(lua_State *L, ec_message *msg, int index)
{
	struct span header, body;

	mime_cut(lines_at(L, index), &header, &body);
	/* the body may be refused, the header not */
	set_body(L, msg, body);
	header_replace(msg, header);
	scratch_free(L, -1);
	lua_pop(L, 1);
}

int
contents_body(lua_State *L)
{
	ec_message *msg = running_message(L, 1);

	if (args_given(L, 2)) {
		(void)args_text(L, 2, NULL);
		take_body(L, msg, 2);
	}
	push_body(L, msg);
	return 1;
}

int
contents_raw(lua_State *L)
{
	ec_message *msg = running_message(L, 1);
	size_t n;

	if (args_given(L, 2)) {
		(void)args_text(L, 2, NULL);
		take_raw(L, msg, 2);
	}
	push_raw(L, msg);
	(void)lua_tolstring(L, -1, &n);
	lua_pushinteger(L, (lua_Integer)n);
	return 2;
}

/* text */

/* Call for each part of the message at index 1 that is text, with the part on
 * top, until one says to stop.  Leaves the top part on the stack. */
static void
each_text(lua_State *L, bool writable, bool (*each)(lua_State *L, int part))
{
	bool more = true;

	parts_push(L, 1, writable);
	lua_pushvalue(L, -1);
	while (more && !lua_isnil(L, -1)) {
		int part = lua_gettop(L);

		if (part_is_text(L, part))
			more = each(L, part);
		lua_settop(L, part);
		parts_push_next(L, part);
		lua_replace(L, part);
	}
	lua_pop(L, 1);
}

/* The results are gathered at index 4. */
#define RESULT 4

static bool
gather(lua_State *L, int part)
{
	lua_Integer n = (lua_Integer)lua_rawlen(L, RESULT);

	part_push_text(L, part);
	lua_rawseti(L, RESULT, n + 1);
	return true;
}

static int
get_text(lua_State *L)
{
	lua_settop(L, RESULT - 1);
	lua_newtable(L);
	each_text(L, false, gather);
	lua_settop(L, RESULT);
	if (lua_rawlen(L, RESULT) > 1)
		return 1;
	(void)lua_rawgeti(L, RESULT, 1);
	return 1;
}

static void
set_text(lua_State *L, ec_message *msg, const struct textual *how)
{
	struct span lines = lines_at(L, 2);
	struct buffer *body = scratch_buffer(L);
	enum transfer transfer = textual_encode(L, how, lines, body);

	/* the type is on top */
	set_body(L, msg, buffer_span(body));
	header_set(L, msg, "Content-Type", lua_tostring(L, -1));
	header_set(L, msg, "Content-Transfer-Encoding",
	    transfer_name(transfer));
	header_set(L, msg, "MIME-Version", "1.0");
	buffer_deinit(body);
	scratch_free(L, -3);
}

int
contents_text(lua_State *L)
{
	ec_message *msg = running_message(L, 1);
	struct textual how;

	if (!args_given(L, 2))
		return get_text(L);
	(void)args_text(L, 2, NULL);
	how = textual_args(L, 3);
	set_text(L, msg, &how);
	lua_settop(L, 1);
	return get_text(L);
}

/* patterns */

int
contents_body_match(lua_State *L)
{
	push_body(L, running_message(L, 1));
	search_match(L, 2);
	return 1;
}

int
contents_raw_match(lua_State *L)
{
	push_raw(L, running_message(L, 1));
	search_match(L, 2);
	return 1;
}

static bool
match_one(lua_State *L, int part)
{
	part_push_text(L, part);
	search_match(L, 2);
	if (lua_type(L, -1) != LUA_TTABLE)
		return true;
	lua_replace(L, RESULT);
	return false;
}

int
contents_text_match(lua_State *L)
{
	(void)running_message(L, 1);
	(void)args_text(L, 2, NULL);
	lua_settop(L, RESULT - 1);
	lua_pushboolean(L, 0);
	each_text(L, false, match_one);
	lua_settop(L, RESULT);
	return 1;
}

int
contents_body_replace(lua_State *L)
{
	ec_message *msg = running_message(L, 1);
	bool changed;

	lua_settop(L, 3);
	push_body(L, msg);
	search_replace(L, 2);
	changed = lua_type(L, -1) == LUA_TSTRING;
	if (changed)
		take_body(L, msg, RESULT);
	lua_pushboolean(L, changed);
	return 1;
}

int
contents_raw_replace(lua_State *L)
{
	ec_message *msg = running_message(L, 1);
	bool changed;

	lua_settop(L, 3);
	push_raw(L, msg);
	search_replace(L, 2);
	changed = lua_type(L, -1) == LUA_TSTRING;
	if (changed)
		take_raw(L, msg, RESULT);
	lua_pushboolean(L, changed);
	return 1;
}

static bool
replace_one(lua_State *L, int part)
{
	part_push_text(L, part);
	search_replace(L, 2);
	if (lua_type(L, -1) != LUA_TSTRING)
		return true;
	part_take_text(L, part);
	lua_pushboolean(L, 1);
	lua_replace(L, RESULT);
	return true;
}

int
contents_text_replace(lua_State *L)
{
	(void)running_message(L, 1);
	(void)args_text(L, 2, NULL);
	(void)args_text(L, 3, NULL);
	lua_settop(L, RESULT - 1);
	lua_pushboolean(L, 0);
	each_text(L, true, replace_one);
	if (lua_toboolean(L, RESULT) != 0)
		parts_write(L, lua_gettop(L));
	lua_settop(L, RESULT);
	return 1;
}
