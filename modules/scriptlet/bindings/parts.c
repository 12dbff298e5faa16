/*
 * parts.c: objects with a table of their own, and writing a tree of them into
 * its message.
 */
#include "scriptlet/bindings/parts.h"

#include "scriptlet/bindings/args.h"
#include "scriptlet/bindings/classes.h"
#include "scriptlet/bindings/header.h"
#include "scriptlet/bindings/message.h"
#include "scriptlet/bindings/mime.h"
#include "scriptlet/bindings/scratch.h"
#include "scriptlet/running.h"

struct parts_object *
parts_check(lua_State *L, int index)
{
	return luaL_checkudata(L, index, CLASS_PART);
}

/* reading and writing the table of the part at index */

int
parts_get(lua_State *L, int index, int key)
{
	int type;

	(void)lua_getiuservalue(L, index, 1);
	type = lua_rawgeti(L, -1, key);
	lua_remove(L, -2);
	return type;
}

void
parts_set(lua_State *L, int index, int key)
{
	index = lua_absindex(L, index);
	(void)lua_getiuservalue(L, index, 1);
	lua_insert(L, -2);
	lua_rawseti(L, -2, key);
	lua_pop(L, 1);
}

bool
parts_has(lua_State *L, int index, int key)
{
	int type = parts_get(L, index, key);

	lua_pop(L, 1);
	return type != LUA_TNIL;
}

struct span
parts_text(lua_State *L, int index, int key)
{
	struct span s = SPAN("");

	if (parts_get(L, index, key) == LUA_TSTRING)
		s.p = (const unsigned char *)lua_tolstring(L, -1, &s.n);
	lua_pop(L, 1);
	return s;
}

void
parts_set_text(lua_State *L, int index, int key, struct span text)
{
	index = lua_absindex(L, index);
	(void)lua_pushlstring(L, text.n == 0 ? "" : (const char *)text.p,
	    text.n);
	parts_set(L, index, key);
}

lua_Integer
parts_number(lua_State *L, int index, int key)
{
	lua_Integer n;

	(void)parts_get(L, index, key);
	n = lua_tointeger(L, -1);
	lua_pop(L, 1);
	return n;
}

void
parts_push_new(lua_State *L, bool writable, bool top)
{
	struct parts_object *part = lua_newuserdatauv(L, sizeof(*part), 1);

	*part = (struct parts_object){ .writable = writable, .top = top };
	lua_newtable(L);
	(void)lua_setiuservalue(L, -2, 1);
	luaL_setmetatable(L, CLASS_PART);
}

ec_message *
parts_message(lua_State *L, int index)
{
	ec_message *msg;

	if (parts_get(L, index, PARTS_MESSAGE) == LUA_TBOOLEAN) {
		lua_pop(L, 1);
		lua_pushnil(L);
	}
	msg = running_message(L, lua_gettop(L));
	lua_pop(L, 1);
	return msg;
}

void
parts_push_root(lua_State *L, int index)
{
	lua_pushvalue(L, index);
	while (parts_get(L, -1, PARTS_PARENT) == LUA_TUSERDATA)
		lua_remove(L, -2);
	lua_pop(L, 1);
}

/* writing a tree into its message */

/* Is it the body that this tree was made of?  FNV-1a. */
static lua_Integer
stamp_of(ec_message *msg)
{
	uint64_t hash = 14695981039346656037u;
	const char *bytes;
	size_t offset = 0, n;

	while (ec_message_body_next(msg, &offset, &bytes, &n) != 0) {
		for (size_t i = 0; i < n; i++)
			hash = (hash ^ (unsigned char)bytes[i]) *
			    1099511628211u;
	}
	return (lua_Integer)hash;
}

static void
render(lua_State *L, int index, struct buffer *out, unsigned depth)
{
	buffer_add(out, parts_text(L, index, PARTS_HEADER));
	buffer_add(out, SPAN("\r\n"));
	parts_render_body(L, index, out, depth);
}

static void
render_children(lua_State *L, int index, struct buffer *out, unsigned depth)
{
	struct span boundary = parts_text(L, index, PARTS_BOUNDARY);
	lua_Integer n;

	if (depth > PARTS_DEPTH)
		(void)luaL_error(L, "parts are nested too deeply");
	luaL_checkstack(L, 8, NULL);
	buffer_add(out, parts_text(L, index, PARTS_PREAMBLE));
	(void)parts_get(L, index, PARTS_CHILDREN);
	n = (lua_Integer)lua_rawlen(L, -1);
	for (lua_Integer i = 1; i <= n; i++) {
		buffer_add(out, SPAN("--"));
		buffer_add(out, boundary);
		buffer_add(out, SPAN("\r\n"));
		(void)lua_rawgeti(L, -1, i);
		render(L, lua_gettop(L), out, depth + 1);
		lua_pop(L, 1);
		buffer_add(out, SPAN("\r\n"));
	}
	lua_pop(L, 1);
	buffer_add(out, SPAN("--"));
	buffer_add(out, boundary);
	buffer_add(out, SPAN("--"));
	buffer_add(out, parts_text(L, index, PARTS_EPILOGUE));
}

void
parts_render_body(lua_State *L, int index, struct buffer *out, unsigned depth)
{
	if (parts_has(L, index, PARTS_CHILDREN))
		render_children(L, index, out, depth);
	else
		buffer_add(out, parts_text(L, index, PARTS_BODY));
}

void
parts_check_writable(lua_State *L, int index)
{
	struct parts_object *root;

	parts_push_root(L, index);
	root = lua_touserdata(L, -1);
	if (!root->writable)
		(void)luaL_error(L, "this part is for reading only: get it "
		    "with msg:mime(false)");
	if (root->top)
		message_check_content(L, parts_message(L, lua_gettop(L)));
	if (root->top && stamp_of(parts_message(L, lua_gettop(L))) !=
	    parts_number(L, -1, PARTS_STAMP))
		(void)luaL_error(L, "the body of the message changed since "
		    "msg:mime() gave this part");
	lua_pop(L, 1);
}

void
parts_write(lua_State *L, int index)
{
	struct buffer *body;
	struct parts_object *root;
	ec_message *msg;

	parts_push_root(L, index);
	root = lua_touserdata(L, -1);
	if (!root->top) {
		lua_pop(L, 1);
		return;
	}
	msg = parts_message(L, lua_gettop(L));
	body = scratch_buffer(L);
	parts_render_body(L, lua_gettop(L) - 1, body, 0);
	if (body->n > 0 && body->p[body->n - 1] != '\n')
		buffer_add(body, SPAN("\r\n"));
	if (buffer_failed(body))
		(void)luaL_error(L, "not enough memory");
	running_charge(L, body->n / PARTS_STEP_BYTES);
	if (ec_message_set_body(msg, (const char *)body->p, body->n) == 0)
		(void)luaL_error(L, "no room for the new body");
	buffer_deinit(body);
	lua_pop(L, 1);
	lua_pushinteger(L, stamp_of(msg));
	parts_set(L, -2, PARTS_STAMP);
	lua_pop(L, 1);
}

/* trees */

static void
fill(lua_State *L, const struct mime_part *from)
{
	if (from->parent != NULL)
		parts_set_text(L, -1, PARTS_HEADER, from->header);
	if (from->parts == NULL) {
		parts_set_text(L, -1, PARTS_BODY, from->body);
		return;
	}
	parts_set_text(L, -1, PARTS_BOUNDARY, from->content.boundary);
	parts_set_text(L, -1, PARTS_PREAMBLE, from->preamble);
	parts_set_text(L, -1, PARTS_EPILOGUE, from->epilogue);
	lua_newtable(L);
	parts_set(L, -2, PARTS_CHILDREN);
}

/* The part on top becomes the last child of the one below it, and stays. */
static void
append_top(lua_State *L)
{
	lua_Integer n;

	(void)parts_get(L, -2, PARTS_CHILDREN);
	n = (lua_Integer)lua_rawlen(L, -1) + 1;
	lua_pushvalue(L, -2);
	lua_rawseti(L, -2, n);
	lua_pop(L, 1);
	lua_pushinteger(L, n);
	parts_set(L, -2, PARTS_INDEX);
	lua_pushvalue(L, -2);
	parts_set(L, -2, PARTS_PARENT);
}

/* The part behind one that has no more parts, in the order of the message; those
 * that are done with are popped.  NULL: there is none, and the top is left. */
static const struct mime_part *
part_behind(lua_State *L, const struct mime_part *part)
{
	while (part->next == NULL && part->parent != NULL) {
		part = part->parent;
		if (part->parent != NULL)
			lua_pop(L, 1);
	}
	if (part->parent == NULL)
		return NULL;
	lua_pop(L, 1);
	return part->next;
}

/* Make parts of the tree; each is on top while its children are made. */
static void
push_parts(lua_State *L, const struct mime_part *part, bool writable)
{
	parts_push_new(L, writable, true);
	fill(L, part);
	for (;;) {
		part = part->parts != NULL ? part->parts :
		    part_behind(L, part);
		if (part == NULL)
			return;
		parts_push_new(L, writable, false);
		fill(L, part);
		append_top(L);
	}
}

void
parts_push(lua_State *L, int arg, bool writable)
{
	ec_message *msg = running_message(L, arg);
	struct buffer *header, *body;
	struct mime_part *top;
	struct arena *arena;
	const char *bytes;
	size_t offset = 0, n;
	int base;

	luaL_checkstack(L, MIME_DEPTH + 20, NULL);
	header = scratch_buffer(L);
	body = scratch_buffer(L);
	arena = scratch_arena(L);
	base = lua_gettop(L);
	header_text(msg, header);
	while (ec_message_body_next(msg, &offset, &bytes, &n) != 0)
		buffer_add(body, span_of(bytes, n));
	if (buffer_failed(header) || buffer_failed(body) ||
	    mime_parse(arena, buffer_span(header), buffer_span(body),
	    &top) != 0)
		(void)luaL_error(L, "not enough memory");
	running_charge(L, body->n / PARTS_STEP_BYTES);
	push_parts(L, top, writable);
	lua_settop(L, base + 1);
	if (args_given(L, arg))
		lua_pushvalue(L, arg);
	else
		lua_pushboolean(L, 0);
	parts_set(L, -2, PARTS_MESSAGE);
	lua_pushinteger(L, stamp_of(msg));
	parts_set(L, -2, PARTS_STAMP);
	for (int i = base - 2; i <= base; i++)
		scratch_free(L, i);
	lua_replace(L, base - 2);
	lua_settop(L, base - 2);
}

void
parts_push_first(lua_State *L, int index)
{
	if (parts_get(L, index, PARTS_CHILDREN) != LUA_TTABLE)
		return;
	(void)lua_rawgeti(L, -1, 1);
	lua_remove(L, -2);
}

void
parts_push_sibling(lua_State *L, int index)
{
	lua_Integer at = parts_number(L, index, PARTS_INDEX);

	if (parts_get(L, index, PARTS_PARENT) == LUA_TNIL)
		return;
	(void)parts_get(L, -1, PARTS_CHILDREN);
	(void)lua_rawgeti(L, -1, at + 1);
	lua_replace(L, -3);
	lua_pop(L, 1);
}

void
parts_push_next(lua_State *L, int index)
{
	parts_push_first(L, index);
	if (!lua_isnil(L, -1))
		return;
	lua_pop(L, 1);
	lua_pushvalue(L, index);
	while (!lua_isnil(L, -1)) {
		parts_push_sibling(L, lua_gettop(L));
		if (!lua_isnil(L, -1)) {
			lua_remove(L, -2);
			return;
		}
		lua_pop(L, 1);
		(void)parts_get(L, -1, PARTS_PARENT);
		lua_remove(L, -2);
	}
}
