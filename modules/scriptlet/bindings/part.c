/*
 * part.c: the class ec_message_part.
 *
 * A part is an object with a table of its own that scripts cannot get at; all
 * memory is the interpreter's.  The top part of a message speaks for its header
 * and writes the whole body anew after every change below it.
 */
#include "scriptlet/bindings/part.h"

#include "scriptlet/bindings/args.h"
#include "scriptlet/bindings/classes.h"
#include "scriptlet/bindings/header.h"
#include "scriptlet/bindings/message.h"
#include "scriptlet/bindings/mime.h"
#include "scriptlet/bindings/scratch.h"
#include "scriptlet/bindings/textual.h"
#include "scriptlet/bindings/utilities.h"
#include "scriptlet/running.h"

#include <stdio.h>
#include <string.h>
#include <strings.h>

#define DEPTH 64 /* of parts in parts that a script puts together */
#define STEP_BYTES 16 /* bytes that cost as much as an instruction */
#define BOUNDARY_BYTES 70 /* RFC 2046 section 5.1.1 */

struct part {
	bool writable;
	bool top; /* of a message: its header is there, not here */
};

/* What is in the table of a part. */
enum {
	P_HEADER = 1, /* fields, each with its CRLF; not of the top */
	P_BODY, /* not of a container that holds parts */
	P_CHILDREN, /* of a container: an array */
	P_PARENT,
	P_INDEX, /* in the parent's array */
	P_BOUNDARY, /* of a container, and what stands around its parts: */
	P_PREAMBLE,
	P_EPILOGUE,
	P_MESSAGE, /* of the top: handle, or false for that of the callout */
	P_STAMP, /* of the top: the body as this tree knows it */
};

static struct part *
check(lua_State *L, int index)
{
	return luaL_checkudata(L, index, CLASS_PART);
}

/* reading and writing the table of the part at index */

static int
get(lua_State *L, int index, int key)
{
	int type;

	(void)lua_getiuservalue(L, index, 1);
	type = lua_rawgeti(L, -1, key);
	lua_remove(L, -2);
	return type;
}

/* The value is on top, and popped. */
static void
set(lua_State *L, int index, int key)
{
	index = lua_absindex(L, index);
	(void)lua_getiuservalue(L, index, 1);
	lua_insert(L, -2);
	lua_rawseti(L, -2, key);
	lua_pop(L, 1);
}

static bool
has(lua_State *L, int index, int key)
{
	int type = get(L, index, key);

	lua_pop(L, 1);
	return type != LUA_TNIL;
}

/* A text of it, which the table holds on to; "" when there is none. */
static struct span
text_of(lua_State *L, int index, int key)
{
	struct span s = SPAN("");

	if (get(L, index, key) == LUA_TSTRING)
		s.p = (const unsigned char *)lua_tolstring(L, -1, &s.n);
	lua_pop(L, 1);
	return s;
}

static void
set_text(lua_State *L, int index, int key, struct span text)
{
	index = lua_absindex(L, index);
	(void)lua_pushlstring(L, text.n == 0 ? "" : (const char *)text.p,
	    text.n);
	set(L, index, key);
}

static lua_Integer
number_of(lua_State *L, int index, int key)
{
	lua_Integer n;

	(void)get(L, index, key);
	n = lua_tointeger(L, -1);
	lua_pop(L, 1);
	return n;
}

static void
push_new(lua_State *L, bool writable, bool top)
{
	struct part *part = lua_newuserdatauv(L, sizeof(*part), 1);

	*part = (struct part){ .writable = writable, .top = top };
	lua_newtable(L);
	(void)lua_setiuservalue(L, -2, 1);
	luaL_setmetatable(L, CLASS_PART);
}

/* The message of a top part; raises an error when it is gone. */
static ec_message *
message_of(lua_State *L, int index)
{
	ec_message *msg;

	if (get(L, index, P_MESSAGE) == LUA_TBOOLEAN) {
		lua_pop(L, 1);
		lua_pushnil(L);
	}
	msg = running_message(L, lua_gettop(L));
	lua_pop(L, 1);
	return msg;
}

/* Push the top of the tree that the part is in. */
static void
push_root(lua_State *L, int index)
{
	lua_pushvalue(L, index);
	while (get(L, -1, P_PARENT) == LUA_TUSERDATA)
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

static void render_body(lua_State *L, int index, struct buffer *out,
    unsigned depth);

static void
render(lua_State *L, int index, struct buffer *out, unsigned depth)
{
	buffer_add(out, text_of(L, index, P_HEADER));
	buffer_add(out, SPAN("\r\n"));
	render_body(L, index, out, depth);
}

static void
render_children(lua_State *L, int index, struct buffer *out, unsigned depth)
{
	struct span boundary = text_of(L, index, P_BOUNDARY);
	lua_Integer n;

	if (depth > DEPTH)
		(void)luaL_error(L, "parts are nested too deeply");
	luaL_checkstack(L, 8, NULL);
	buffer_add(out, text_of(L, index, P_PREAMBLE));
	(void)get(L, index, P_CHILDREN);
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
	buffer_add(out, text_of(L, index, P_EPILOGUE));
}

static void
render_body(lua_State *L, int index, struct buffer *out, unsigned depth)
{
	if (has(L, index, P_CHILDREN))
		render_children(L, index, out, depth);
	else
		buffer_add(out, text_of(L, index, P_BODY));
}

/* May this part be changed?  Raises an error when not. */
static void
check_writable(lua_State *L, int index)
{
	struct part *root;

	push_root(L, index);
	root = lua_touserdata(L, -1);
	if (!root->writable)
		(void)luaL_error(L, "this part is for reading only: get it "
		    "with msg:mime(false)");
	if (root->top)
		message_check_content(L, message_of(L, lua_gettop(L)));
	if (root->top && stamp_of(message_of(L, lua_gettop(L))) !=
	    number_of(L, -1, P_STAMP))
		(void)luaL_error(L, "the body of the message changed since "
		    "msg:mime() gave this part");
	lua_pop(L, 1);
}

void
part_write(lua_State *L, int index)
{
	struct buffer *body;
	struct part *root;
	ec_message *msg;

	push_root(L, index);
	root = lua_touserdata(L, -1);
	if (!root->top) {
		lua_pop(L, 1);
		return;
	}
	msg = message_of(L, lua_gettop(L));
	body = scratch_buffer(L);
	render_body(L, lua_gettop(L) - 1, body, 0);
	if (body->n > 0 && body->p[body->n - 1] != '\n')
		buffer_add(body, SPAN("\r\n"));
	if (buffer_failed(body))
		(void)luaL_error(L, "not enough memory");
	running_charge(L, body->n / STEP_BYTES);
	if (ec_message_set_body(msg, (const char *)body->p, body->n) == 0)
		(void)luaL_error(L, "no room for the new body");
	buffer_deinit(body);
	lua_pop(L, 1);
	lua_pushinteger(L, stamp_of(msg));
	set(L, -2, P_STAMP);
	lua_pop(L, 1);
}

/* trees */

static void
fill(lua_State *L, const struct mime_part *from)
{
	if (from->parent != NULL)
		set_text(L, -1, P_HEADER, from->header);
	if (from->parts == NULL) {
		set_text(L, -1, P_BODY, from->body);
		return;
	}
	set_text(L, -1, P_BOUNDARY, from->content.boundary);
	set_text(L, -1, P_PREAMBLE, from->preamble);
	set_text(L, -1, P_EPILOGUE, from->epilogue);
	lua_newtable(L);
	set(L, -2, P_CHILDREN);
}

/* The part on top becomes the last child of the one below it, and stays. */
static void
append_top(lua_State *L)
{
	lua_Integer n;

	(void)get(L, -2, P_CHILDREN);
	n = (lua_Integer)lua_rawlen(L, -1) + 1;
	lua_pushvalue(L, -2);
	lua_rawseti(L, -2, n);
	lua_pop(L, 1);
	lua_pushinteger(L, n);
	set(L, -2, P_INDEX);
	lua_pushvalue(L, -2);
	set(L, -2, P_PARENT);
}

/* The part behind one that has no more parts, in the order of the message; those
 * that are done with are popped.  NULL: there is none, and the top one is left. */
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
	push_new(L, writable, true);
	fill(L, part);
	for (;;) {
		part = part->parts != NULL ? part->parts :
		    part_behind(L, part);
		if (part == NULL)
			return;
		push_new(L, writable, false);
		fill(L, part);
		append_top(L);
	}
}

void
part_push_tree(lua_State *L, int arg, bool writable)
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
	running_charge(L, body->n / STEP_BYTES);
	push_parts(L, top, writable);
	lua_settop(L, base + 1);
	if (args_given(L, arg))
		lua_pushvalue(L, arg);
	else
		lua_pushboolean(L, 0);
	set(L, -2, P_MESSAGE);
	lua_pushinteger(L, stamp_of(msg));
	set(L, -2, P_STAMP);
	for (int i = base - 2; i <= base; i++)
		scratch_free(L, i);
	lua_replace(L, base - 2);
	lua_settop(L, base - 2);
}

int
part_mime(lua_State *L)
{
	bool writable = lua_type(L, 2) == LUA_TBOOLEAN &&
	    lua_toboolean(L, 2) == 0;

	part_push_tree(L, 1, writable);
	return 1;
}

static void
push_first_child(lua_State *L, int index)
{
	if (get(L, index, P_CHILDREN) != LUA_TTABLE)
		return;
	(void)lua_rawgeti(L, -1, 1);
	lua_remove(L, -2);
}

static void
push_sibling(lua_State *L, int index)
{
	lua_Integer at = number_of(L, index, P_INDEX);

	if (get(L, index, P_PARENT) == LUA_TNIL)
		return;
	(void)get(L, -1, P_CHILDREN);
	(void)lua_rawgeti(L, -1, at + 1);
	lua_replace(L, -3);
	lua_pop(L, 1);
}

void
part_push_next(lua_State *L, int index)
{
	push_first_child(L, index);
	if (!lua_isnil(L, -1))
		return;
	lua_pop(L, 1);
	lua_pushvalue(L, index);
	while (!lua_isnil(L, -1)) {
		push_sibling(L, lua_gettop(L));
		if (!lua_isnil(L, -1)) {
			lua_remove(L, -2);
			return;
		}
		lua_pop(L, 1);
		(void)get(L, -1, P_PARENT);
		lua_remove(L, -2);
	}
}

/* what a part says */

/* The header of a part as text: its own, or a copy of the message's whose owner
 * is pushed (else nil). */
static struct span
header_of(lua_State *L, int index)
{
	struct buffer *copy;

	if (!check(L, index)->top) {
		lua_pushnil(L);
		return text_of(L, index, P_HEADER);
	}
	copy = scratch_buffer(L);
	header_text(message_of(L, index), copy);
	if (buffer_failed(copy))
		(void)luaL_error(L, "not enough memory");
	return buffer_span(copy);
}

/* Its content fields; header and memory are pushed: two values. */
static struct content
content_of(lua_State *L, int index)
{
	struct span header = header_of(L, index);
	struct arena *arena = scratch_arena(L);
	struct content content;

	if (content_read(header, arena, &content) != 0)
		(void)luaL_error(L, "not enough memory");
	return content;
}

/* Done with them. */
static void
pop_content(lua_State *L)
{
	scratch_free(L, -1);
	scratch_free(L, -2);
	lua_pop(L, 2);
}

bool
part_is_text(lua_State *L, int index)
{
	struct content content = content_of(L, index);
	bool is = textual_is(&content) && !has(L, index, P_CHILDREN);

	pop_content(L);
	return is;
}

void
part_push_text(lua_State *L, int index)
{
	struct content content = content_of(L, index);
	struct buffer *text = scratch_buffer(L);
	struct span body = text_of(L, index, P_BODY);

	running_charge(L, body.n / STEP_BYTES);
	textual_decode(&content, body, text);
	scratch_push(L, text);
	/* header, memory, buffer, text */
	lua_insert(L, -4);
	lua_pop(L, 1);
	pop_content(L);
}

/* Set a field of a part, whose value is on top and popped. */
static void
set_field(lua_State *L, int index, const char *name)
{
	int base = lua_gettop(L);

	if (check(L, index)->top) {
		header_set(L, message_of(L, index), name,
		    lua_tostring(L, base));
		lua_settop(L, base - 1);
		return;
	}
	(void)lua_pushstring(L, name);
	lua_insert(L, base);
	(void)header_change_text(L, text_of(L, index, P_HEADER), base);
	set(L, index, P_HEADER);
	lua_settop(L, base - 1);
}

/* Take the string on top as text. */
static void
take_text(lua_State *L, int index, const struct textual *how)
{
	int base = lua_gettop(L);
	struct buffer *lines = scratch_buffer(L), *body = scratch_buffer(L);
	enum transfer transfer;
	struct span text;

	text.p = (const unsigned char *)lua_tolstring(L, base, &text.n);
	running_charge(L, text.n / STEP_BYTES);
	textual_lines(text, lines);
	transfer = textual_encode(L, how, buffer_span(lines), body);
	set_field(L, index, "Content-Type");
	(void)lua_pushstring(L, transfer_name(transfer));
	set_field(L, index, "Content-Transfer-Encoding");
	if (check(L, index)->top) {
		lua_pushliteral(L, "1.0");
		set_field(L, index, "MIME-Version");
	}
	buffer_deinit(lines);
	scratch_push(L, body);
	set(L, index, P_BODY);
	for (int key = P_CHILDREN; key <= P_EPILOGUE; key++) {
		if (key == P_PARENT || key == P_INDEX)
			continue;
		lua_pushnil(L);
		set(L, index, key);
	}
	lua_settop(L, base - 1);
}

void
part_take_text(lua_State *L, int index)
{
	int base = lua_gettop(L);
	struct content content;
	struct textual how = { .keep = true };

	content = content_of(L, index);
	how.transfer = content.transfer;
	how.type = lua_pushlstring(L, (const char *)content.type.p,
	    content.type.n);
	how.charset = content.charset.n == 0 ? NULL : lua_pushlstring(L,
	    (const char *)content.charset.p, content.charset.n);
	lua_pushvalue(L, base);
	take_text(L, index, &how);
	scratch_free(L, base + 1);
	scratch_free(L, base + 2);
	lua_settop(L, base - 1);
}

/* methods */

static int
header(lua_State *L)
{
	struct part *part = check(L, 1);
	struct header_source source = { 0 };

	lua_settop(L, lua_gettop(L) < 2 ? 2 : lua_gettop(L));
	if (lua_isnone(L, 3)) {
		source.text = header_of(L, 1);
		(void)header_push_values(L, &source, 2);
		scratch_free(L, 3);
		return 1;
	}
	check_writable(L, 1);
	if (part->top && args_given(L, 3))
		return header_change(L, message_of(L, 1), 2);
	if (part->top) {
		header_set(L, message_of(L, 1), args_word(L, 2, "a name"),
		    NULL);
	} else {
		(void)header_change_text(L, text_of(L, 1, P_HEADER), 2);
		set(L, 1, P_HEADER);
		part_write(L, 1);
	}
	lua_pushboolean(L, 1);
	return 1;
}

static int
address_header(lua_State *L)
{
	struct header_source source = { 0 };

	lua_settop(L, 3);
	source.text = header_of(L, 1);
	(void)header_push_addresses(L, &source, 2);
	scratch_free(L, 4);
	return 1;
}

static void
put_span(lua_State *L, const char *key, struct span s)
{
	(void)lua_pushlstring(L, s.n == 0 ? "" : (const char *)s.p, s.n);
	lua_setfield(L, -2, key);
}

static int
content_type(lua_State *L)
{
	struct content content;

	(void)check(L, 1);
	content = content_of(L, 1);
	lua_newtable(L);
	put_span(L, "mimetype", content.type);
	if (content.charset.n > 0)
		put_span(L, "charset", content.charset);
	if (content.transfer_name.n > 0)
		put_span(L, "encoding", content.transfer_name);
	if (content.has_filename)
		put_span(L, "filename", content.filename);
	lua_pushboolean(L, content.has_filename ||
	    span_eq(content.disposition, SPAN("attachment")));
	lua_setfield(L, -2, "is_attachment");
	lua_insert(L, -3);
	pop_content(L);
	return 1;
}

static int
text(lua_State *L)
{
	struct textual how;

	(void)check(L, 1);
	if (!args_given(L, 2)) {
		if (!part_is_text(L, 1))
			lua_pushnil(L);
		else
			part_push_text(L, 1);
		return 1;
	}
	(void)args_text(L, 2, NULL);
	how = textual_args(L, 3);
	check_writable(L, 1);
	lua_pushvalue(L, 2);
	take_text(L, 1, &how);
	part_write(L, 1);
	lua_pushboolean(L, 1);
	return 1;
}

/* Push the body as it stands there. */
static void
push_body(lua_State *L, int index)
{
	struct buffer *body = scratch_buffer(L);

	render_body(L, index, body, 0);
	scratch_push(L, body);
	lua_remove(L, -2);
}

/* The string on top becomes the body; what parts are in it is not looked at.
 * Pops it. */
static void
take_body(lua_State *L, int index)
{
	struct buffer *lines = scratch_buffer(L);
	struct span body;
	bool whole;

	body.p = (const unsigned char *)lua_tolstring(L, -2, &body.n);
	textual_lines(body, lines);
	/* the line end before a boundary is not the part's */
	whole = check(L, index)->top || (body.n > 0 &&
	    body.p[body.n - 1] == '\n');
	if (!whole && lines->n >= 2)
		lines->n -= 2;
	scratch_push(L, lines);
	set(L, index, P_BODY);
	lua_pushnil(L);
	set(L, index, P_CHILDREN);
	lua_pop(L, 2);
	part_write(L, index);
}

static int
body(lua_State *L)
{
	(void)check(L, 1);
	if (args_given(L, 2)) {
		(void)args_text(L, 2, NULL);
		check_writable(L, 1);
		lua_pushvalue(L, 2);
		take_body(L, 1);
	}
	push_body(L, 1);
	return 1;
}

/* patterns */

static void
push_pcre(lua_State *L, const char *name)
{
	for (size_t i = 0; i < library_pcre.count; i++) {
		if (strcmp(library_pcre.rows[i].name, name) == 0) {
			lua_pushcfunction(L, library_pcre.rows[i].function);
			return;
		}
	}
	(void)luaL_error(L, "there is no msys.pcre.%s", name);
}

/* nil and words: a bad pattern, or one that hit the limits. */
static void
check_pattern(lua_State *L)
{
	if (lua_isnil(L, -2) && lua_type(L, -1) == LUA_TSTRING)
		(void)luaL_error(L, "pattern: %s", lua_tostring(L, -1));
	lua_pop(L, 1);
}

void
part_match(lua_State *L, int arg)
{
	(void)args_text(L, arg, NULL);
	push_pcre(L, "match");
	lua_insert(L, -2);
	lua_pushvalue(L, arg);
	lua_call(L, 2, 2);
	check_pattern(L);
	if (lua_isnil(L, -1)) {
		lua_pop(L, 1);
		lua_pushboolean(L, 0);
	}
}

/* Does the pattern speak of the end-of-data marker? */
static bool
wants_marker(lua_State *L, int arg)
{
	size_t n;
	const char *pattern = lua_tolstring(L, arg, &n);

	return memmem(pattern, n, "\r\n.\r\n", 5) != NULL;
}

/* To the text on top. */
static void
add_marker(lua_State *L)
{
	size_t n;
	const char *text = lua_tolstring(L, -1, &n);
	bool ends = n >= 2 && memcmp(text + n - 2, "\r\n", 2) == 0;

	(void)lua_pushstring(L, ends ? ".\r\n" : "\r\n.\r\n");
	lua_concat(L, 2);
}

void
part_replace(lua_State *L, int arg)
{
	int subject = lua_gettop(L);

	(void)args_text(L, arg, NULL);
	(void)args_text(L, arg + 1, NULL);
	push_pcre(L, "replace");
	lua_pushvalue(L, subject);
	if (wants_marker(L, arg)) {
		add_marker(L);
		lua_pushvalue(L, -1);
		lua_replace(L, subject);
	}
	lua_pushvalue(L, arg);
	lua_pushvalue(L, arg + 1);
	lua_call(L, 3, 2);
	check_pattern(L);
	if (lua_rawequal(L, -1, subject)) {
		lua_pop(L, 1);
		lua_pushboolean(L, 0);
	}
	lua_replace(L, subject);
}

static int
body_match(lua_State *L)
{
	(void)check(L, 1);
	push_body(L, 1);
	part_match(L, 2);
	return 1;
}

static int
body_replace(lua_State *L)
{
	bool changed;

	(void)check(L, 1);
	lua_settop(L, 3);
	check_writable(L, 1);
	push_body(L, 1);
	part_replace(L, 2);
	changed = lua_type(L, -1) == LUA_TSTRING;
	if (changed)
		take_body(L, 1);
	lua_pushboolean(L, changed);
	return 1;
}

static void
push_raw(lua_State *L, int index)
{
	struct span header = header_of(L, index);
	struct buffer *raw = scratch_buffer(L);

	buffer_add(raw, header);
	buffer_add(raw, SPAN("\r\n"));
	render_body(L, index, raw, 0);
	scratch_push(L, raw);
	/* header, buffer, text */
	scratch_free(L, -3);
	lua_replace(L, -3);
	lua_pop(L, 1);
}

static int
raw_match(lua_State *L)
{
	(void)check(L, 1);
	push_raw(L, 1);
	part_match(L, 2);
	return 1;
}

static int
raw_replace(lua_State *L)
{
	struct span raw, header, body_;
	struct buffer *lines;

	if (check(L, 1)->top)
		return luaL_error(L, "use msg:raw_replace for the whole "
		    "message");
	lua_settop(L, 3);
	check_writable(L, 1);
	push_raw(L, 1);
	part_replace(L, 2);
	if (lua_type(L, -1) != LUA_TSTRING) {
		lua_pushboolean(L, 0);
		return 1;
	}
	raw.p = (const unsigned char *)lua_tolstring(L, -1, &raw.n);
	mime_cut(raw, &header, &body_);
	lines = scratch_buffer(L);
	textual_lines(header, lines);
	scratch_push(L, lines);
	set(L, 1, P_HEADER);
	(void)lua_pushlstring(L, (const char *)body_.p, body_.n);
	take_body(L, 1);
	lua_pushboolean(L, 1);
	return 1;
}

static int
text_match(lua_State *L)
{
	(void)check(L, 1);
	if (!part_is_text(L, 1)) {
		lua_pushboolean(L, 0);
		return 1;
	}
	part_push_text(L, 1);
	part_match(L, 2);
	return 1;
}

static int
text_replace(lua_State *L)
{
	bool changed = false;

	(void)check(L, 1);
	lua_settop(L, 3);
	check_writable(L, 1);
	if (part_is_text(L, 1)) {
		part_push_text(L, 1);
		part_replace(L, 2);
		changed = lua_type(L, -1) == LUA_TSTRING;
		if (changed) {
			part_take_text(L, 1);
			part_write(L, 1);
		}
	}
	lua_pushboolean(L, changed);
	return 1;
}

/* moving */

/* The parts of the array on top know where they are in it. */
static void
number_children(lua_State *L)
{
	lua_Integer n = (lua_Integer)lua_rawlen(L, -1);

	for (lua_Integer i = 1; i <= n; i++) {
		(void)lua_rawgeti(L, -1, i);
		lua_pushinteger(L, i);
		set(L, -2, P_INDEX);
		lua_pop(L, 1);
	}
}

static void
take_out(lua_State *L, int index)
{
	lua_Integer at = number_of(L, index, P_INDEX), n;

	if (get(L, index, P_PARENT) == LUA_TNIL) {
		lua_pop(L, 1);
		return;
	}
	(void)get(L, -1, P_CHILDREN);
	n = (lua_Integer)lua_rawlen(L, -1);
	for (; at < n; at++) {
		(void)lua_rawgeti(L, -1, at + 1);
		lua_rawseti(L, -2, at);
	}
	lua_pushnil(L);
	lua_rawseti(L, -2, n);
	number_children(L);
	lua_pop(L, 2);
	lua_pushnil(L);
	set(L, index, P_PARENT);
	lua_pushnil(L);
	set(L, index, P_INDEX);
}

/* Put the part at `child` into that at `parent`, at a position from 1. */
static void
put_in(lua_State *L, int parent, int child, lua_Integer at)
{
	lua_Integer n;

	(void)get(L, parent, P_CHILDREN);
	n = (lua_Integer)lua_rawlen(L, -1);
	for (lua_Integer i = n; i >= at; i--) {
		(void)lua_rawgeti(L, -1, i);
		lua_rawseti(L, -2, i + 1);
	}
	lua_pushvalue(L, child);
	lua_rawseti(L, -2, at);
	number_children(L);
	lua_pop(L, 1);
	lua_pushvalue(L, parent);
	set(L, child, P_PARENT);
}

/* Is the part at `part` the one at `other`, or around it? */
static bool
is_around(lua_State *L, int part, int other)
{
	bool found = false;
	unsigned depth = 0;

	lua_pushvalue(L, other);
	while (!lua_isnil(L, -1) && !found) {
		found = lua_rawequal(L, -1, part) != 0;
		if (++depth > DEPTH)
			(void)luaL_error(L, "parts are nested too deeply");
		(void)get(L, -1, P_PARENT);
		lua_remove(L, -2);
	}
	lua_pop(L, 1);
	return found;
}

/* A part from another place, or from nowhere, that may be put into the one at
 * `parent`. */
static void
check_move(lua_State *L, int parent, int child)
{
	if (check(L, child)->top)
		(void)luaL_error(L, "the top part cannot be moved");
	if (is_around(L, child, parent))
		(void)luaL_error(L, "a part cannot be put into itself");
	check_writable(L, parent);
	check_writable(L, child);
}

/* Write the tree that a part is in now, and the one on top, where it was
 * before. */
static void
write_both(lua_State *L, int index)
{
	part_write(L, index);
	push_root(L, index);
	if (!lua_rawequal(L, -1, -2))
		part_write(L, lua_gettop(L) - 1);
	lua_pop(L, 1);
}

static int
add_child(lua_State *L, bool first)
{
	lua_Integer at = 1;

	(void)check(L, 1);
	(void)check(L, 2);
	lua_settop(L, 2);
	if (!has(L, 1, P_CHILDREN)) {
		lua_pushboolean(L, 0);
		return 1;
	}
	check_move(L, 1, 2);
	push_root(L, 2);
	take_out(L, 2);
	if (!first) {
		(void)get(L, 1, P_CHILDREN);
		at = (lua_Integer)lua_rawlen(L, -1) + 1;
		lua_pop(L, 1);
	}
	put_in(L, 1, 2, at);
	write_both(L, 1);
	lua_pushboolean(L, 1);
	return 1;
}

static int
add_first_child(lua_State *L)
{
	return add_child(L, true);
}

static int
add_last_child(lua_State *L)
{
	return add_child(L, false);
}

static int
insert_beside(lua_State *L, lua_Integer behind)
{
	(void)check(L, 1);
	(void)check(L, 2);
	lua_settop(L, 2);
	if (lua_rawequal(L, 1, 2) || get(L, 2, P_PARENT) == LUA_TNIL)
		return luaL_argerror(L, 2, "this part is in no container");
	check_move(L, 3, 1);
	push_root(L, 1);
	take_out(L, 1);
	put_in(L, 3, 1, number_of(L, 2, P_INDEX) + behind);
	write_both(L, 1);
	lua_pushboolean(L, 1);
	return 1;
}

static int
insert_before(lua_State *L)
{
	return insert_beside(L, 0);
}

static int
insert_after(lua_State *L)
{
	return insert_beside(L, 1);
}

static int
unlink_part(lua_State *L)
{
	(void)check(L, 1);
	if (get(L, 1, P_PARENT) == LUA_TNIL) {
		lua_pushboolean(L, 0);
		return 1;
	}
	check_writable(L, 1);
	take_out(L, 1);
	part_write(L, lua_gettop(L));
	lua_pushboolean(L, 1);
	return 1;
}

/* new ones */

int
part_make(lua_State *L)
{
	int encoding;
	const char *type;

	(void)running_message(L, 1);
	lua_settop(L, 4);
	encoding = args_given(L, 4) ? args_number(L, 4, "an encoding") :
	    TRANSFER_7BIT;
	if (encoding < TRANSFER_7BIT || encoding > TRANSFER_BINARY)
		return luaL_argerror(L, 4, "an encoding is one of "
		    "msys.core.EC_MIME_TE_*");
	if (args_given(L, 3))
		(void)args_text(L, 3, NULL);
	type = textual_type(L, 2);
	push_new(L, true, false);
	(void)lua_pushfstring(L, "Content-Type: %s\r\n"
	    "Content-Transfer-Encoding: %s\r\n", type,
	    transfer_name((enum transfer)encoding));
	set(L, -2, P_HEADER);
	if (args_given(L, 3))
		lua_pushvalue(L, 3);
	else
		lua_pushliteral(L, "");
	take_body(L, lua_gettop(L) - 1);
	return 1;
}

/* bcharsnospace of RFC 2046 section 5.1.1 */
static bool
is_boundary(struct span s)
{
	for (size_t i = 0; i < s.n; i++) {
		unsigned char c = s.p[i];

		if (!byte_is_alpha(c) && !byte_is_digit(c) &&
		    (c == '\0' || strchr("'()+_,-./:=?", c) == NULL))
			return false;
	}
	return s.n > 0 && s.n <= BOUNDARY_BYTES;
}

/* The message's id makes it unlike others', the number unlike what is there
 * already. */
static void
push_boundary(lua_State *L, ec_message *msg, int first, int last)
{
	char id[MESSAGE_ID_TEXT], boundary[BOUNDARY_BYTES];
	struct buffer *all = scratch_buffer(L);
	const char *bytes;
	size_t offset = 0, n;
	int length;

	while (ec_message_body_next(msg, &offset, &bytes, &n) != 0)
		buffer_add(all, span_of(bytes, n));
	for (int i = first; i <= last; i++) {
		if (luaL_testudata(L, i, CLASS_PART) == NULL)
			continue;
		push_root(L, i);
		buffer_add(all, text_of(L, -1, P_HEADER));
		buffer_add(all, text_of(L, -1, P_BOUNDARY));
		render_body(L, lua_gettop(L), all, 0);
		lua_pop(L, 1);
	}
	running_charge(L, all->n / STEP_BYTES);
	for (unsigned i = 0; i < UINT32_MAX; i++) {
		message_id fresh = message_id_new();

		length = snprintf(boundary, sizeof(boundary), "=_%s_%u",
		    message_id_text(&fresh, id), i);
		if (all->n == 0 || memmem(all->p, all->n, boundary,
		    (size_t)length) == NULL)
			break;
	}
	buffer_deinit(all);
	(void)lua_pushstring(L, boundary);
	lua_remove(L, -2);
}

int
part_make_boundary(lua_State *L)
{
	push_boundary(L, running_message(L, 1), 2, lua_gettop(L));
	return 1;
}

int
part_make_container(lua_State *L)
{
	ec_message *msg = running_message(L, 1);
	struct span boundary;
	const char *type;

	lua_settop(L, 3);
	if (!args_given(L, 3)) {
		push_boundary(L, msg, 1, 0);
		lua_replace(L, 3);
	}
	boundary = span_of_text(args_word(L, 3, "a boundary"));
	if (!is_boundary(boundary))
		return luaL_argerror(L, 3, "a boundary is 1 to 70 letters, "
		    "digits and '()+_,-./:=?");
	type = textual_type(L, 2);
	if (strncasecmp(type, "multipart/", 10) != 0)
		return luaL_argerror(L, 2, "a container is of a type "
		    "multipart/...");
	push_new(L, true, false);
	(void)lua_pushfstring(L, "Content-Type: %s; boundary=\"%s\"\r\n",
	    type, (const char *)boundary.p);
	set(L, -2, P_HEADER);
	lua_pushvalue(L, 3);
	set(L, -2, P_BOUNDARY);
	lua_newtable(L);
	set(L, -2, P_CHILDREN);
	return 1;
}

/* members */

static int
get_member(lua_State *L)
{
	const char *name = lua_tostring(L, 2);

	(void)check(L, 1);
	if (name == NULL)
		return 0;
	if (strcmp(name, "thread") == 0)
		part_push_next(L, 1);
	else if (strcmp(name, "parts") == 0)
		push_first_child(L, 1);
	else if (strcmp(name, "next") == 0)
		push_sibling(L, 1);
	else if (strcmp(name, "parent") == 0)
		(void)get(L, 1, P_PARENT);
	else
		return 0;
	return 1;
}

static int
set_member(lua_State *L)
{
	const char *name = lua_tostring(L, 2);

	(void)check(L, 1);
	if (name == NULL || (strcmp(name, "body_start") != 0 &&
	    strcmp(name, "body_end") != 0))
		return luaL_error(L, "a message part has no member '%s' to "
		    "set", name == NULL ? "?" : name);
	return 0;
}

static const struct binding rows[] = {
	{ .name = "header", .function = header,
	  .usage = "header(name [, value [, mode]])",
	  .returns = "a table of texts, or a boolean",
	  .text = "As `msg:header`, for the fields of this part; `nil` given "
	    "as the value takes all of that name away." },
	{ .name = "address_header", .function = address_header,
	  .usage = "address_header(name [, component])",
	  .returns = "a table of texts",
	  .text = "As `msg:address_header`, for the fields of this part." },
	{ .name = "content_type", .function = content_type,
	  .usage = "content_type()", .returns = "a table",
	  .text = "`mimetype` (lower-case, `text/plain` when the part does "
	    "not say), `charset`, `encoding`, `filename` (in UTF-8; of "
	    "Content-Disposition, else of Content-Type) as far as they are "
	    "given, and `is_attachment`: whether there is a file name, or it "
	    "says so." },
	{ .name = "text", .function = text,
	  .usage = "text([value [, type [, charset]]])",
	  .returns = "text, or nil",
	  .text = "As `msg:text`, for this part; nil when it is no text." },
	{ .name = "body", .function = body, .usage = "body([text])",
	  .returns = "text",
	  .text = "The body of this part as it stands there, after replacing "
	    "it if one is given.", .addition = true },
	{ .name = "body_match", .function = body_match,
	  .usage = "body_match(pattern)", .returns = "a table, or false",
	  .text = "As `msg:body_match`, for this part." },
	{ .name = "body_replace", .function = body_replace,
	  .usage = "body_replace(pattern, replacement)", .returns = "boolean",
	  .text = "As `msg:body_replace`, for this part." },
	{ .name = "raw_match", .function = raw_match,
	  .usage = "raw_match(pattern)", .returns = "a table, or false",
	  .text = "As `msg:raw_match`, for this part." },
	{ .name = "raw_replace", .function = raw_replace,
	  .usage = "raw_replace(pattern, replacement)", .returns = "boolean",
	  .text = "As `msg:raw_replace`, for this part, which must not be "
	    "the top one." },
	{ .name = "text_match", .function = text_match,
	  .usage = "text_match(pattern)", .returns = "a table, or false",
	  .text = "As `msg:text_match`, for this part." },
	{ .name = "text_replace", .function = text_replace,
	  .usage = "text_replace(pattern, replacement)", .returns = "boolean",
	  .text = "As `msg:text_replace`, for this part." },
	{ .name = "addFirstChild", .function = add_first_child,
	  .usage = "addFirstChild(part)", .returns = "boolean",
	  .text = "Puts a part into this one, in front of the others; false "
	    "when this one is no container." },
	{ .name = "addLastChild", .function = add_last_child,
	  .usage = "addLastChild(part)", .returns = "boolean",
	  .text = "The same, behind the others." },
	{ .name = "insertBefore", .function = insert_before,
	  .usage = "insertBefore(part)", .returns = "true",
	  .text = "Puts this part in front of another one." },
	{ .name = "insertAfter", .function = insert_after,
	  .usage = "insertAfter(part)", .returns = "true",
	  .text = "Puts this part behind another one." },
	{ .name = "unlink", .function = unlink_part, .usage = "unlink()",
	  .returns = "boolean",
	  .text = "Takes this part, with what is in it, out of the message; "
	    "false when it is in none." },
};

static const struct binding members[] = {
	{ .name = "thread", .usage = "thread", .returns = "a part, or nil",
	  .text = "The next part of a walk over the whole message, parents "
	    "before children." },
	{ .name = "parts", .usage = "parts", .returns = "a part, or nil",
	  .text = "The first part in this one; nil when it is none of "
	    "parts." },
	{ .name = "next", .usage = "next", .returns = "a part, or nil",
	  .text = "The next part in the same container." },
	{ .name = "parent", .usage = "parent", .returns = "a part, or nil",
	  .text = "The container." },
	{ .name = "body_start", .usage = "body_start = 0", .returns = "",
	  .text = "May be set, as `body_end`; neither has an effect." },
};

const struct binding_class class_part = {
	.name = CLASS_PART,
	.text = "A part of a message, from `msg:mime()`. Changing one that "
	    "was got for reading is an error, as is changing one after the "
	    "body of the message was changed in another way.",
	.rows = rows,
	.count = sizeof(rows) / sizeof(rows[0]),
	.get_member = get_member,
	.set_member = set_member,
	.members = members,
	.member_count = sizeof(members) / sizeof(members[0]),
};
