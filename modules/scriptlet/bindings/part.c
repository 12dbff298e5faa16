/*
 * part.c: the class ec_message_part: what a part says, and changing it.
 */
#include "scriptlet/bindings/part.h"

#include "scriptlet/bindings/args.h"
#include "scriptlet/bindings/classes.h"
#include "scriptlet/bindings/header.h"
#include "scriptlet/bindings/message.h"
#include "scriptlet/bindings/mime.h"
#include "scriptlet/bindings/moving.h"
#include "scriptlet/bindings/parts.h"
#include "scriptlet/bindings/scratch.h"
#include "scriptlet/bindings/search.h"
#include "scriptlet/bindings/textual.h"
#include "scriptlet/running.h"

#include <stdio.h>
#include <string.h>
#include <strings.h>

#define BOUNDARY_BYTES 70 /* RFC 2046 section 5.1.1 */

/* what a part says */

/* The header of a part as text: its own, or a copy of the message's whose owner
 * is pushed (else nil). */
static struct span
header_of(lua_State *L, int index)
{
	struct buffer *copy;

	if (!parts_check(L, index)->top) {
		lua_pushnil(L);
		return parts_text(L, index, PARTS_HEADER);
	}
	copy = scratch_buffer(L);
	header_text(parts_message(L, index), copy);
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
	bool is = textual_is(&content) && !parts_has(L, index, PARTS_CHILDREN);

	pop_content(L);
	return is;
}

void
part_push_text(lua_State *L, int index)
{
	struct content content = content_of(L, index);
	struct buffer *text = scratch_buffer(L);
	struct span body = parts_text(L, index, PARTS_BODY);

	running_charge(L, body.n / PARTS_STEP_BYTES);
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

	if (parts_check(L, index)->top) {
		header_set(L, parts_message(L, index), name,
		    lua_tostring(L, base));
		lua_settop(L, base - 1);
		return;
	}
	(void)lua_pushstring(L, name);
	lua_insert(L, base);
	(void)header_change_text(L, parts_text(L, index, PARTS_HEADER), base);
	parts_set(L, index, PARTS_HEADER);
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
	running_charge(L, text.n / PARTS_STEP_BYTES);
	textual_lines(text, lines);
	transfer = textual_encode(L, how, buffer_span(lines), body);
	set_field(L, index, "Content-Type");
	(void)lua_pushstring(L, transfer_name(transfer));
	set_field(L, index, "Content-Transfer-Encoding");
	if (parts_check(L, index)->top) {
		lua_pushliteral(L, "1.0");
		set_field(L, index, "MIME-Version");
	}
	buffer_deinit(lines);
	scratch_push(L, body);
	parts_set(L, index, PARTS_BODY);
	for (int key = PARTS_CHILDREN; key <= PARTS_EPILOGUE; key++) {
		if (key == PARTS_PARENT || key == PARTS_INDEX)
			continue;
		lua_pushnil(L);
		parts_set(L, index, key);
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

int
part_mime(lua_State *L)
{
	bool writable = lua_type(L, 2) == LUA_TBOOLEAN &&
	    lua_toboolean(L, 2) == 0;

	parts_push(L, 1, writable);
	return 1;
}

static int
header(lua_State *L)
{
	struct parts_object *part = parts_check(L, 1);
	struct header_source source = { 0 };

	lua_settop(L, lua_gettop(L) < 2 ? 2 : lua_gettop(L));
	if (lua_isnone(L, 3)) {
		source.text = header_of(L, 1);
		(void)header_push_values(L, &source, 2);
		scratch_free(L, 3);
		return 1;
	}
	parts_check_writable(L, 1);
	if (part->top && args_given(L, 3))
		return header_change(L, parts_message(L, 1), 2);
	if (part->top) {
		header_set(L, parts_message(L, 1), args_word(L, 2, "a name"),
		    NULL);
	} else {
		(void)header_change_text(L, parts_text(L, 1, PARTS_HEADER), 2);
		parts_set(L, 1, PARTS_HEADER);
		parts_write(L, 1);
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

	(void)parts_check(L, 1);
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

	(void)parts_check(L, 1);
	if (!args_given(L, 2)) {
		if (!part_is_text(L, 1))
			lua_pushnil(L);
		else
			part_push_text(L, 1);
		return 1;
	}
	(void)args_text(L, 2, NULL);
	how = textual_args(L, 3);
	parts_check_writable(L, 1);
	lua_pushvalue(L, 2);
	take_text(L, 1, &how);
	parts_write(L, 1);
	lua_pushboolean(L, 1);
	return 1;
}

/* Push the body as it stands there. */
static void
push_body(lua_State *L, int index)
{
	struct buffer *body = scratch_buffer(L);

	parts_render_body(L, index, body, 0);
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
	whole = parts_check(L, index)->top || (body.n > 0 &&
	    body.p[body.n - 1] == '\n');
	if (!whole && lines->n >= 2)
		lines->n -= 2;
	scratch_push(L, lines);
	parts_set(L, index, PARTS_BODY);
	lua_pushnil(L);
	parts_set(L, index, PARTS_CHILDREN);
	lua_pop(L, 2);
	parts_write(L, index);
}

static int
body(lua_State *L)
{
	(void)parts_check(L, 1);
	if (args_given(L, 2)) {
		(void)args_text(L, 2, NULL);
		parts_check_writable(L, 1);
		lua_pushvalue(L, 2);
		take_body(L, 1);
	}
	push_body(L, 1);
	return 1;
}

static int
body_match(lua_State *L)
{
	(void)parts_check(L, 1);
	push_body(L, 1);
	search_match(L, 2);
	return 1;
}

static int
body_replace(lua_State *L)
{
	bool changed;

	(void)parts_check(L, 1);
	lua_settop(L, 3);
	parts_check_writable(L, 1);
	push_body(L, 1);
	search_replace(L, 2);
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
	parts_render_body(L, index, raw, 0);
	scratch_push(L, raw);
	/* header, buffer, text */
	scratch_free(L, -3);
	lua_replace(L, -3);
	lua_pop(L, 1);
}

static int
raw_match(lua_State *L)
{
	(void)parts_check(L, 1);
	push_raw(L, 1);
	search_match(L, 2);
	return 1;
}

static int
raw_replace(lua_State *L)
{
	struct span raw, header, body_;
	struct buffer *lines;

	if (parts_check(L, 1)->top)
		return luaL_error(L, "use msg:raw_replace for the whole "
		    "message");
	lua_settop(L, 3);
	parts_check_writable(L, 1);
	push_raw(L, 1);
	search_replace(L, 2);
	if (lua_type(L, -1) != LUA_TSTRING) {
		lua_pushboolean(L, 0);
		return 1;
	}
	raw.p = (const unsigned char *)lua_tolstring(L, -1, &raw.n);
	mime_cut(raw, &header, &body_);
	lines = scratch_buffer(L);
	textual_lines(header, lines);
	scratch_push(L, lines);
	parts_set(L, 1, PARTS_HEADER);
	(void)lua_pushlstring(L, (const char *)body_.p, body_.n);
	take_body(L, 1);
	lua_pushboolean(L, 1);
	return 1;
}

static int
text_match(lua_State *L)
{
	(void)parts_check(L, 1);
	if (!part_is_text(L, 1)) {
		lua_pushboolean(L, 0);
		return 1;
	}
	part_push_text(L, 1);
	search_match(L, 2);
	return 1;
}

static int
text_replace(lua_State *L)
{
	bool changed = false;

	(void)parts_check(L, 1);
	lua_settop(L, 3);
	parts_check_writable(L, 1);
	if (part_is_text(L, 1)) {
		part_push_text(L, 1);
		search_replace(L, 2);
		changed = lua_type(L, -1) == LUA_TSTRING;
		if (changed) {
			part_take_text(L, 1);
			parts_write(L, 1);
		}
	}
	lua_pushboolean(L, changed);
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
	parts_push_new(L, true, false);
	(void)lua_pushfstring(L, "Content-Type: %s\r\n"
	    "Content-Transfer-Encoding: %s\r\n", type,
	    transfer_name((enum transfer)encoding));
	parts_set(L, -2, PARTS_HEADER);
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
		parts_push_root(L, i);
		buffer_add(all, parts_text(L, -1, PARTS_HEADER));
		buffer_add(all, parts_text(L, -1, PARTS_BOUNDARY));
		parts_render_body(L, lua_gettop(L), all, 0);
		lua_pop(L, 1);
	}
	running_charge(L, all->n / PARTS_STEP_BYTES);
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
	parts_push_new(L, true, false);
	(void)lua_pushfstring(L, "Content-Type: %s; boundary=\"%s\"\r\n",
	    type, (const char *)boundary.p);
	parts_set(L, -2, PARTS_HEADER);
	lua_pushvalue(L, 3);
	parts_set(L, -2, PARTS_BOUNDARY);
	lua_newtable(L);
	parts_set(L, -2, PARTS_CHILDREN);
	return 1;
}

/* members */

static int
get_member(lua_State *L)
{
	const char *name = lua_tostring(L, 2);

	(void)parts_check(L, 1);
	if (name == NULL)
		return 0;
	if (strcmp(name, "thread") == 0)
		parts_push_next(L, 1);
	else if (strcmp(name, "parts") == 0)
		parts_push_first(L, 1);
	else if (strcmp(name, "next") == 0)
		parts_push_sibling(L, 1);
	else if (strcmp(name, "parent") == 0)
		(void)parts_get(L, 1, PARTS_PARENT);
	else
		return 0;
	return 1;
}

static int
set_member(lua_State *L)
{
	const char *name = lua_tostring(L, 2);

	(void)parts_check(L, 1);
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
	{ .name = "addFirstChild", .function = moving_add_first_child,
	  .usage = "addFirstChild(part)", .returns = "boolean",
	  .text = "Puts a part into this one, in front of the others; false "
	    "when this one is no container." },
	{ .name = "addLastChild", .function = moving_add_last_child,
	  .usage = "addLastChild(part)", .returns = "boolean",
	  .text = "The same, behind the others." },
	{ .name = "insertBefore", .function = moving_insert_before,
	  .usage = "insertBefore(part)", .returns = "true",
	  .text = "Puts this part in front of another one." },
	{ .name = "insertAfter", .function = moving_insert_after,
	  .usage = "insertAfter(part)", .returns = "true",
	  .text = "Puts this part behind another one." },
	{ .name = "unlink", .function = moving_unlink, .usage = "unlink()",
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
