/*
 * build.c: msg:build(): a message from a few tables.
 *
 *	multipart/mixed
 *		multipart/alternative
 *			the parts, plainest first
 *		the attachments
 */
#include "rfc2822_parser.h"
#include "scriptlet/bindings/args.h"
#include "scriptlet/bindings/charset.h"
#include "scriptlet/bindings/classes.h"
#include "scriptlet/bindings/content.h"
#include "scriptlet/bindings/header.h"
#include "scriptlet/bindings/message.h"
#include "scriptlet/bindings/scratch.h"
#include "scriptlet/bindings/textual.h"
#include "scriptlet/running.h"

#include <lauxlib.h>
#include <strings.h>

#define MOST_ITEMS 1000 /* in each of the tables */

/* Where things are on the stack. */
enum { MESSAGE = 1, HEADERS, PARTS, ATTACHMENTS, OUTER, INNER, BODY, KEYS };

static struct buffer *
body_of(lua_State *L)
{
	return lua_touserdata(L, BODY);
}

static void
add(lua_State *L, const char *text)
{
	buffer_add_text(body_of(L), text);
}

static void
add_boundary(lua_State *L, int which, const char *end)
{
	add(L, "--");
	add(L, lua_tostring(L, which));
	add(L, end);
}

/* keys in an order that does not change */

static int
rank(const char *key)
{
	if (strncasecmp(key, "text/plain", 10) == 0)
		return 0;
	return strncasecmp(key, "text/html", 9) == 0 ? 2 : 1;
}

static bool
comes_before(const char *a, const char *b)
{
	int order = rank(a) - rank(b);

	return order < 0 || (order == 0 && strcmp(a, b) < 0);
}

/* Put a key, on top and popped, in its place among the n at KEYS. */
static void
insert_key(lua_State *L, lua_Integer n)
{
	const char *key = lua_tostring(L, -1);
	lua_Integer at = n + 1;

	while (at > 1) {
		bool before;

		(void)lua_rawgeti(L, KEYS, at - 1);
		before = comes_before(key, lua_tostring(L, -1));
		if (before)
			lua_rawseti(L, KEYS, at);
		else
			lua_pop(L, 1);
		if (!before)
			break;
		at--;
	}
	lua_rawseti(L, KEYS, at);
}

/* The keys of the table at an index, sorted, at KEYS.  Returns how many. */
static lua_Integer
sort_keys(lua_State *L, int table)
{
	lua_Integer n = 0;

	lua_newtable(L);
	lua_replace(L, KEYS);
	lua_pushnil(L);
	while (lua_next(L, table) != 0) {
		lua_pop(L, 1);
		if (lua_type(L, -1) != LUA_TSTRING)
			(void)luaL_argerror(L, table, "the keys of this table "
			    "must be texts");
		if (n >= MOST_ITEMS)
			(void)luaL_argerror(L, table, "this table has too many "
			    "entries");
		lua_pushvalue(L, -1);
		insert_key(L, n++);
	}
	return n;
}

/* parts */

static void
add_encoded(lua_State *L, enum transfer transfer, struct span text)
{
	add(L, "Content-Transfer-Encoding: ");
	add(L, transfer_name(transfer));
	add(L, "\r\n\r\n");
	transfer_encode(transfer, text, body_of(L));
	if (transfer != TRANSFER_BASE64)
		add(L, "\r\n");
}

static bool
is_text(const char *type)
{
	return strncasecmp(type, "text/", 5) == 0;
}

static bool
names_charset(const char *type)
{
	return strcasestr(type, "charset") != NULL;
}

/* Type and content are on top. */
static void
add_part(lua_State *L)
{
	const char *type = textual_type(L, lua_gettop(L) - 1);
	struct span text;

	text.p = (const unsigned char *)args_text(L, lua_gettop(L), &text.n);
	add_boundary(L, INNER, "\r\nContent-Type: ");
	add(L, type);
	add(L, "\r\nContent-Disposition: inline\r\n");
	add_encoded(L, is_text(type) && !names_charset(type) ?
	    TRANSFER_QUOTED_PRINTABLE : TRANSFER_BASE64, text);
}

static void
add_parts(lua_State *L)
{
	lua_Integer n = sort_keys(L, PARTS);

	add_boundary(L, OUTER, "\r\nContent-Type: multipart/alternative; "
	    "boundary=\"");
	add(L, lua_tostring(L, INNER));
	add(L, "\"\r\n\r\n");
	for (lua_Integer i = 1; i <= n; i++) {
		(void)lua_rawgeti(L, KEYS, i);
		lua_pushvalue(L, -1);
		(void)lua_rawget(L, PARTS);
		add_part(L);
		lua_pop(L, 2);
	}
	add_boundary(L, INNER, "--\r\n");
}

/* attachments */

/* filename="..." , or RFC 2231 beyond ASCII */
static void
add_filename(lua_State *L, struct span name)
{
	static const char digits[] = "0123456789ABCDEF";
	struct buffer *out = body_of(L);
	bool plain = charset_is_ascii(name);

	add(L, plain ? "; filename=\"" : "; filename*=utf-8''");
	for (size_t i = 0; i < name.n; i++) {
		unsigned char c = name.p[i];

		if (plain) {
			if (c == '"' || c == '\\')
				buffer_add_byte(out, '\\');
			buffer_add_byte(out, c < ' ' || c > '~' ? '_' : c);
		} else if (byte_is_alpha(c) || byte_is_digit(c) || c == '.' ||
		    c == '-' || c == '_') {
			buffer_add_byte(out, c);
		} else {
			buffer_add_byte(out, '%');
			buffer_add_byte(out, (unsigned char)digits[c >> 4]);
			buffer_add_byte(out, (unsigned char)digits[c & 15]);
		}
	}
	if (plain)
		add(L, "\"");
}

/* Fields as one text; the last one has no line end. */
static void
add_fields(lua_State *L, struct span text)
{
	struct content_field field;

	while (content_next_field(&text, &field)) {
		struct span whole = field.whole;
		rfc2822_field *good;

		while (whole.n > 0 && (whole.p[whole.n - 1] == '\n' ||
		    whole.p[whole.n - 1] == '\r'))
			whole.n--;
		good = rfc2822_parse_header((const char *)whole.p, whole.n);
		if (good == NULL)
			(void)luaL_error(L, "build: the headers of an "
			    "attachment are no header fields");
		rfc2822_free_header(good);
		buffer_add(body_of(L), whole);
		add(L, "\r\n");
	}
}

static void
add_message(lua_State *L, int index)
{
	ec_message *msg = running_message(L, index);
	const char *bytes;
	size_t offset = 0, n;

	add(L, "Content-Type: message/rfc822; name=\"Attached Message\"\r\n"
	    "Content-Disposition: attachment\r\n\r\n");
	header_text(msg, body_of(L));
	add(L, "\r\n");
	while (ec_message_body_next(msg, &offset, &bytes, &n) != 0)
		buffer_add(body_of(L), span_of(bytes, n));
	add(L, "\r\n");
}

/* Push a text of the table on top; "" when it has none. */
static struct span
text_in(lua_State *L, int table, const char *key)
{
	struct span s = SPAN("");

	if (lua_getfield(L, table, key) != LUA_TNIL)
		s.p = (const unsigned char *)args_text(L, lua_gettop(L),
		    &s.n);
	return s;
}

static void
add_attachment(lua_State *L)
{
	int table = lua_gettop(L);
	struct span content, name, fields;
	const char *type;

	luaL_checktype(L, table, LUA_TTABLE);
	add_boundary(L, OUTER, "\r\n");
	(void)lua_getfield(L, table, "content");
	if (luaL_testudata(L, -1, CLASS_MESSAGE) != NULL) {
		add_message(L, lua_gettop(L));
		return;
	}
	content.p = (const unsigned char *)args_text(L, lua_gettop(L),
	    &content.n);
	if (lua_getfield(L, table, "type") == LUA_TNIL)
		(void)lua_pushstring(L, "application/octet-stream");
	type = textual_type(L, lua_gettop(L));
	name = text_in(L, table, "name");
	fields = text_in(L, table, "headers");
	add(L, "Content-Type: ");
	add(L, type);
	add(L, "\r\nContent-Disposition: attachment");
	if (name.n > 0)
		add_filename(L, name);
	add(L, "\r\n");
	add_fields(L, fields);
	add_encoded(L, is_text(type) ? TRANSFER_QUOTED_PRINTABLE :
	    TRANSFER_BASE64, content);
}

static void
add_attachments(lua_State *L)
{
	lua_Unsigned n = lua_rawlen(L, ATTACHMENTS);

	if (n > MOST_ITEMS)
		(void)luaL_argerror(L, ATTACHMENTS, "this table has too many "
		    "entries");
	for (lua_Integer i = 1; i <= (lua_Integer)n; i++) {
		int top = lua_gettop(L);

		(void)lua_rawgeti(L, ATTACHMENTS, i);
		add_attachment(L);
		lua_settop(L, top);
	}
}

/* the header */

static void
set_headers(lua_State *L, ec_message *msg)
{
	lua_Integer n = sort_keys(L, HEADERS);

	for (lua_Integer i = 1; i <= n; i++) {
		int top = lua_gettop(L);

		(void)lua_rawgeti(L, KEYS, i);
		lua_pushvalue(L, -1);
		(void)lua_rawget(L, HEADERS);
		lua_pushliteral(L, "append");
		(void)header_change(L, msg, top + 1);
		lua_settop(L, top);
	}
}

static void
make_boundary(lua_State *L, const char *start, int index)
{
	char id[MESSAGE_ID_TEXT];
	message_id fresh = message_id_new();

	(void)lua_pushfstring(L, "=_%s_%s", start, message_id_text(&fresh,
	    id));
	lua_replace(L, index);
}

int
build_message(lua_State *L)
{
	ec_message *msg = running_message(L, MESSAGE);
	struct buffer *body;

	luaL_checktype(L, HEADERS, LUA_TTABLE);
	luaL_checktype(L, PARTS, LUA_TTABLE);
	if (args_given(L, ATTACHMENTS))
		luaL_checktype(L, ATTACHMENTS, LUA_TTABLE);
	message_check_content(L, msg);
	lua_settop(L, KEYS);
	if (!args_given(L, ATTACHMENTS)) {
		lua_newtable(L);
		lua_replace(L, ATTACHMENTS);
	}
	if (ec_message_header_count(msg) > 0 || ec_message_body_size(msg) > 0)
		return luaL_error(L, "build: the message is not empty; make "
		    "one with msys.core.ec_message_new()");
	make_boundary(L, "outer", OUTER);
	make_boundary(L, "inner", INNER);
	body = scratch_buffer(L);
	lua_replace(L, BODY);
	add_parts(L);
	add_attachments(L);
	add_boundary(L, OUTER, "--\r\n");
	if (buffer_failed(body))
		return luaL_error(L, "not enough memory");
	set_headers(L, msg);
	header_set(L, msg, "MIME-Version", "1.0");
	header_set(L, msg, "Content-Type", lua_pushfstring(L,
	    "multipart/mixed; boundary=\"%s\"", lua_tostring(L, OUTER)));
	if (ec_message_set_body(msg, (const char *)body->p, body->n) == 0)
		return luaL_error(L, "no room for the body");
	buffer_deinit(body);
	return 0;
}
