/*
 * dumper.c: msys.dumper: a value as text that Lua can read again.
 *
 * A table that holds no other tables stands in one line while that is short.
 * Keys are in order: positions, other numbers, texts.
 */
#include "scriptlet/bindings/scratch.h"
#include "scriptlet/bindings/utilities.h"
#include "scriptlet/running.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>

#define DEPTH 100 /* tables in tables */
#define SHORT 72 /* octets of a table in one line */

struct key {
	bool is_text;
	lua_Number number;
	struct span text; /* held by the table */
};

static void dump(lua_State *L, struct buffer *out, int value, int depth);

static void
dump_text(struct buffer *out, struct span text)
{
	char escape[8];

	buffer_add_byte(out, '"');
	for (size_t i = 0; i < text.n; i++) {
		unsigned char c = text.p[i];

		if (c == '\n') {
			buffer_add_text(out, "\\n");
		} else if (c == '"' || c == '\\') {
			buffer_add_byte(out, '\\');
			buffer_add_byte(out, c);
		} else if (c < ' ' || c == 127) {
			(void)snprintf(escape, sizeof(escape), "\\%03u", c);
			buffer_add_text(out, escape);
		} else {
			buffer_add_byte(out, c);
		}
	}
	buffer_add_byte(out, '"');
}

static void
dump_number(lua_State *L, struct buffer *out, int value)
{
	lua_Number number = lua_tonumber(L, value);
	size_t n;
	const char *text;

	if (isnan(number)) {
		buffer_add_text(out, "0/0");
	} else if (isinf(number)) {
		buffer_add_text(out, number > 0 ? "1/0" : "-1/0");
	} else {
		lua_pushvalue(L, value);
		text = lua_tolstring(L, -1, &n);
		buffer_add(out, span_of(text, n));
		lua_pop(L, 1);
	}
}

/* What cannot be written: nil, with what it was. */
static void
dump_comment(lua_State *L, struct buffer *out, int value)
{
	size_t n;
	const char *text = luaL_tolstring(L, value, &n);

	buffer_add_text(out, "nil --[[");
	for (size_t i = 0; i < n; i++)
		buffer_add_byte(out, text[i] == ']' || text[i] == '\n' ? ' ' :
		    (unsigned char)text[i]);
	buffer_add_text(out, "]]");
	lua_pop(L, 1);
}

static int
compare_keys(const void *left, const void *right)
{
	const struct key *a = left, *b = right;
	size_t n;
	int order;

	if (a->is_text != b->is_text)
		return a->is_text ? 1 : -1;
	if (!a->is_text)
		return a->number < b->number ? -1 : a->number > b->number;
	n = a->text.n < b->text.n ? a->text.n : b->text.n;
	order = n == 0 ? 0 : memcmp(a->text.p, b->text.p, n);
	if (order == 0)
		order = a->text.n < b->text.n ? -1 : a->text.n > b->text.n;
	return order;
}

/* How many positions from 1 on hold something. */
static lua_Integer
positions(lua_State *L, int table)
{
	lua_Integer n = 0;

	while (lua_rawgeti(L, table, n + 1) != LUA_TNIL) {
		lua_pop(L, 1);
		n++;
	}
	lua_pop(L, 1);
	return n;
}

static bool
key_of(lua_State *L, lua_Integer listed, struct key *key_r)
{
	size_t n;
	const char *text;

	if (lua_type(L, -2) == LUA_TSTRING) {
		text = lua_tolstring(L, -2, &n);
		*key_r = (struct key){ .is_text = true,
		    .text = span_of(text, n) };
		return true;
	}
	if (lua_type(L, -2) != LUA_TNUMBER)
		return false;
	*key_r = (struct key){ .number = lua_tonumber(L, -2) };
	return !lua_isinteger(L, -2) || lua_tointeger(L, -2) < 1 ||
	    lua_tointeger(L, -2) > listed;
}

/* The keys beside the positions, in order; their memory is pushed. */
static struct key *
sorted_keys(lua_State *L, int table, lua_Integer listed, size_t *n_r)
{
	struct key key, *keys;
	size_t n = 0, i = 0;

	lua_pushnil(L);
	while (lua_next(L, table) != 0) {
		n += key_of(L, listed, &key) ? 1 : 0;
		lua_pop(L, 1);
	}
	keys = lua_newuserdatauv(L, (n + 1) * sizeof(*keys), 0);
	lua_pushnil(L);
	while (lua_next(L, table) != 0) {
		if (key_of(L, listed, &key))
			keys[i++] = key;
		lua_pop(L, 1);
	}
	qsort(keys, n, sizeof(*keys), compare_keys);
	*n_r = n;
	return keys;
}

static bool
is_word(struct span text)
{
	static const char *const reserved[] = {
		"and", "break", "do", "else", "elseif", "end", "false", "for",
		"function", "goto", "if", "in", "local", "nil", "not", "or",
		"repeat", "return", "then", "true", "until", "while",
	};

	for (size_t i = 0; i < text.n; i++) {
		if (!byte_is_alpha(text.p[i]) && text.p[i] != '_' &&
		    (i == 0 || !byte_is_digit(text.p[i])))
			return false;
	}
	for (size_t i = 0; i < sizeof(reserved) / sizeof(reserved[0]); i++) {
		if (span_eq(text, span_of_text(reserved[i])))
			return false;
	}
	return text.n > 0;
}

/* 2 and not 2.0: Lua has one key for both. */
static void
push_number(lua_State *L, lua_Number number)
{
	lua_Integer whole;

	if (lua_numbertointeger(floor(number), &whole) &&
	    (lua_Number)whole == number)
		lua_pushinteger(L, whole);
	else
		lua_pushnumber(L, number);
}

static void
push_key(lua_State *L, const struct key *key)
{
	if (key->is_text)
		(void)lua_pushlstring(L, (const char *)key->text.p,
		    key->text.n);
	else
		push_number(L, key->number);
}

static void
dump_key(lua_State *L, struct buffer *out, const struct key *key)
{
	if (key->is_text && is_word(key->text)) {
		buffer_add(out, key->text);
	} else {
		buffer_add_byte(out, '[');
		if (key->is_text) {
			dump_text(out, key->text);
		} else {
			push_number(L, key->number);
			dump_number(L, out, lua_gettop(L));
			lua_pop(L, 1);
		}
		buffer_add_byte(out, ']');
	}
	buffer_add_byte(out, '=');
}

static void
begin_item(struct buffer *out, bool first, bool lines, int depth)
{
	if (!first)
		buffer_add_byte(out, ',');
	if (!lines) {
		buffer_add_byte(out, ' ');
		return;
	}
	buffer_add_byte(out, '\n');
	for (int i = 0; i <= depth; i++)
		buffer_add_text(out, "  ");
}

static void
dump_items(lua_State *L, struct buffer *out, int table, int depth, bool lines)
{
	lua_Integer listed = positions(L, table);
	bool first = true;
	struct key *keys;
	size_t n;

	for (lua_Integer i = 1; i <= listed; i++, first = false) {
		begin_item(out, first, lines, depth);
		(void)lua_rawgeti(L, table, i);
		dump(L, out, lua_gettop(L), depth + 1);
		lua_pop(L, 1);
	}
	keys = sorted_keys(L, table, listed, &n);
	for (size_t i = 0; i < n; i++, first = false) {
		begin_item(out, first, lines, depth);
		dump_key(L, out, &keys[i]);
		push_key(L, &keys[i]);
		(void)lua_rawget(L, table);
		dump(L, out, lua_gettop(L), depth + 1);
		lua_pop(L, 1);
	}
	lua_pop(L, 1);
	if (lines && !first) {
		buffer_add_byte(out, '\n');
		for (int i = 0; i < depth; i++)
			buffer_add_text(out, "  ");
	} else {
		buffer_add_byte(out, ' ');
	}
}

static bool
holds_tables(lua_State *L, int table)
{
	bool found = false;

	lua_pushnil(L);
	while (!found && lua_next(L, table) != 0) {
		found = lua_istable(L, -1);
		lua_pop(L, found ? 2 : 1);
	}
	return found;
}

static void
dump_table(lua_State *L, struct buffer *out, int table, int depth)
{
	bool lines = holds_tables(L, table);
	size_t start = out->n;

	buffer_add_byte(out, '{');
	dump_items(L, out, table, depth, lines);
	if (!lines && !buffer_failed(out) && out->n - start > SHORT) {
		out->n = start + 1;
		dump_items(L, out, table, depth, true);
	}
	buffer_add_byte(out, '}');
}

static void
dump(lua_State *L, struct buffer *out, int value, int depth)
{
	size_t n;
	const char *text;

	luaL_checkstack(L, 12, "too many tables in tables");
	switch (lua_type(L, value)) {
	case LUA_TNIL:
		buffer_add_text(out, "nil");
		break;
	case LUA_TBOOLEAN:
		buffer_add_text(out, lua_toboolean(L, value) != 0 ? "true" :
		    "false");
		break;
	case LUA_TNUMBER:
		dump_number(L, out, value);
		break;
	case LUA_TSTRING:
		text = lua_tolstring(L, value, &n);
		running_charge(L, n / 8);
		dump_text(out, span_of(text, n));
		break;
	case LUA_TTABLE:
		running_charge(L, 10);
		if (depth < DEPTH) {
			dump_table(L, out, value, depth);
			break;
		}
		buffer_add_text(out, "nil --[[tables in tables]]");
		break;
	default:
		dump_comment(L, out, value);
		break;
	}
}

static int
dumper(lua_State *L)
{
	struct buffer *out;

	luaL_checkany(L, 1);
	lua_settop(L, 1);
	out = scratch_buffer(L);
	buffer_add_text(out, "return ");
	dump(L, out, 1, 0);
	scratch_push(L, out);
	return 1;
}

static const struct binding rows[] = {
	{ .name = "Dumper", .function = dumper,
	  .usage = "Dumper(value)",
	  .returns = "a text such as `return { \"a\", code=\"550\" }`",
	  .text = "Writes out any value, tables with all that is in them. Lua "
	      "can read the text again, but for objects and functions, which "
	      "stand in comments." },
};

const struct binding_library library_dumper = {
	.name = "msys.dumper",
	.text = "Values as text, to look at them.",
	.rows = rows,
	.count = sizeof(rows) / sizeof(rows[0]),
};
