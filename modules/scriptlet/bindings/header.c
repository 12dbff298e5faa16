/*
 * header.c: header fields of messages and parts.
 *
 * What is read is first copied out of the message: a finalizer of the script
 * may run whenever the interpreter allocates, and change the message.
 */
#include "scriptlet/bindings/header.h"

#include "rfc2822_parser.h"
#include "scriptlet/bindings/args.h"
#include "scriptlet/bindings/content.h"
#include "scriptlet/bindings/encoded_word.h"
#include "scriptlet/bindings/scratch.h"
#include "scriptlet/running.h"
#include "sieve/address.h"

#include <lauxlib.h>
#include <stdint.h>

#define LINE_BYTES 998 /* RFC 5322 section 2.1.1: must */
#define FOLD_BYTES 78 /* should; lines that must be folded are, to this */
#define NAME_BYTES 900 /* leaves a line room for something else */
#define MOST_VALUES 1000 /* of one call */
#define STEP_BYTES 16 /* bytes that cost as much as an instruction */

/* texts one after the other, each with its length */

static void
add_item(struct buffer *items, struct span item)
{
	uint32_t n = (uint32_t)item.n;

	buffer_add(items, span_of(&n, sizeof(n)));
	buffer_add(items, item);
}

static bool
next_item(struct span *items, struct span *item_r)
{
	uint32_t n;

	if (items->n < sizeof(n))
		return false;
	memcpy(&n, items->p, sizeof(n));
	*items = span_from(*items, sizeof(n));
	*item_r = span_first(*items, n);
	*items = span_from(*items, n);
	return true;
}

/* fields */

static struct span
name_of(struct span field, struct span *value_r)
{
	size_t colon = span_find(field, ':');

	if (colon == field.n)
		return span_first(field, 0);
	*value_r = span_from(field, colon + 1);
	return span_trim_wsp(span_first(field, colon));
}

static void
collect_from_message(ec_message *msg, struct span name, struct buffer *items)
{
	int n = ec_message_header_count(msg);

	for (int i = 0; i < n; i++) {
		struct span field, value = { 0 }, found;

		field.p = (const unsigned char *)ec_message_header_bytes(msg,
		    i, &field.n);
		found = name_of(field, &value);
		if (found.n > 0 && span_ieq(found, name))
			add_item(items, value);
	}
}

static void
collect_from_text(struct span text, struct span name, struct buffer *items)
{
	struct content_field field;

	while (content_next_field(&text, &field)) {
		if (field.name.n > 0 && span_ieq(field.name, name))
			add_item(items, field.value);
	}
}

/* The values of all fields with the name at arg.  Leaves their owner on the
 * stack. */
static struct buffer *
collect(lua_State *L, const struct header_source *source, int arg)
{
	struct span name;
	struct buffer *items;

	name.p = (const unsigned char *)args_text(L, arg, &name.n);
	items = scratch_buffer(L);
	if (source->msg != NULL)
		collect_from_message(source->msg, name, items);
	else
		collect_from_text(source->text, name, items);
	if (buffer_failed(items))
		(void)luaL_error(L, "not enough memory");
	running_charge(L, items->n / STEP_BYTES);
	return items;
}

/* Line ends, alone or not, and what white space follows them, are a blank. */
static void
unfold(struct span value, struct buffer *out)
{
	for (size_t i = 0; i < value.n; i++) {
		unsigned char c = value.p[i];

		if (c != '\r' && c != '\n') {
			buffer_add_byte(out, c);
			continue;
		}
		while (i + 1 < value.n && byte_is_fws(value.p[i + 1]))
			i++;
		buffer_add_byte(out, ' ');
	}
}

int
header_push_values(lua_State *L, const struct header_source *source, int arg)
{
	struct buffer *items, *plain, *text;
	struct span rest, value;
	lua_Integer n = 0;

	luaL_checkstack(L, 8, NULL);
	items = collect(L, source, arg);
	plain = scratch_buffer(L);
	text = scratch_buffer(L);
	lua_newtable(L);
	rest = buffer_span(items);
	while (next_item(&rest, &value)) {
		buffer_clear(plain);
		buffer_clear(text);
		unfold(value, plain);
		encoded_word_decode(span_trim_fws(buffer_span(plain)), text);
		scratch_push(L, text);
		lua_rawseti(L, -2, ++n);
	}
	buffer_deinit(items);
	buffer_deinit(plain);
	return 1;
}

/* addresses */

enum component { ALL, LOCALPART, USER, DETAIL, DOMAIN };

static struct span
part_of(const struct rfc2822_address *a, enum component component)
{
	const struct rfc2822_address_part_string *part = NULL;

	switch (component) {
	case ALL:
		return span_of(a->complete, (size_t)a->len);
	case LOCALPART:
		part = &a->localpart;
		break;
	case USER:
		/* a quoted localpart has no detail, and is all user */
		part = a->user.s != NULL ? &a->user : &a->localpart;
		break;
	case DETAIL:
		part = &a->detail;
		break;
	case DOMAIN:
		part = &a->domain;
		break;
	}
	return part->s == NULL ? SPAN("") : span_of(part->s, (size_t)part->l);
}

static void
add_addresses(struct span value, enum component component,
    struct buffer *found)
{
	rfc2822_address_context ctx;

	(void)rfc2822_address_parse(&ctx, (const char *)value.p,
	    (int)value.n);
	for (const struct rfc2822_address *a = ctx.addr; a != NULL;
	    a = a->next)
		add_item(found, part_of(a, component));
	rfc2822_address_destroy(&ctx);
}

int
header_push_addresses(lua_State *L, const struct header_source *source,
    int arg)
{
	static const char *const components[] = {
		[ALL] = "all", [LOCALPART] = "localpart", [USER] = "user",
		[DETAIL] = "detail", [DOMAIN] = "domain", NULL
	};
	enum component component = (enum component)luaL_checkoption(L,
	    arg + 1, "all", components);
	struct buffer *items, *found;
	struct span rest, item;
	lua_Integer n = 0;

	luaL_checkstack(L, 8, NULL);
	items = collect(L, source, arg);
	found = scratch_buffer(L);
	lua_newtable(L);
	rest = buffer_span(items);
	while (next_item(&rest, &item))
		add_addresses(item, component, found);
	if (buffer_failed(found))
		return luaL_error(L, "not enough memory");
	running_charge(L, found->n / STEP_BYTES);
	rest = buffer_span(found);
	while (next_item(&rest, &item)) {
		(void)lua_pushlstring(L, (const char *)item.p, item.n);
		lua_rawseti(L, -2, ++n);
	}
	buffer_deinit(items);
	buffer_deinit(found);
	return 1;
}

/* writing */

enum header_mode { HEADER_REPLACE, HEADER_PREPEND, HEADER_APPEND };

static enum header_mode
mode_at(lua_State *L, int arg)
{
	static const char *const modes[] = {
		[HEADER_REPLACE] = "replace", [HEADER_PREPEND] = "prepend",
		[HEADER_APPEND] = "append", NULL
	};

	return (enum header_mode)luaL_checkoption(L, arg, "replace", modes);
}

/* ftext of RFC 5322 section 3.6.8 */
static bool
is_name(struct span name)
{
	for (size_t i = 0; i < name.n; i++) {
		if (name.p[i] <= ' ' || name.p[i] > '~' || name.p[i] == ':')
			return false;
	}
	return name.n > 0 && name.n <= NAME_BYTES;
}

static const char *
check_name(lua_State *L, int arg)
{
	struct span name;

	name.p = (const unsigned char *)args_text(L, arg, &name.n);
	if (!is_name(name))
		(void)luaL_argerror(L, arg, "the name of a header field is "
		    "printable ASCII without blanks and ':'");
	return (const char *)name.p;
}

/* CRLF and white space, with something behind it: RFC 5322 section 2.2.3. */
static bool
is_fold(struct span value, size_t at)
{
	if (value.p[at] != '\r' || at + 2 >= value.n ||
	    value.p[at + 1] != '\n' || !byte_is_wsp(value.p[at + 2]))
		return false;
	for (at += 2; at < value.n && byte_is_wsp(value.p[at]);)
		at++;
	return at < value.n && value.p[at] != '\r' && value.p[at] != '\n';
}

static const char *
why_not(struct span value)
{
	for (size_t i = 0; i < value.n; i++) {
		if (value.p[i] == '\0')
			return "a header value cannot hold a NUL byte";
		if (value.p[i] != '\r' && value.p[i] != '\n')
			continue;
		if (!is_fold(value, i))
			return "a header value cannot hold a line end that "
			    "is no fold";
		i++;
	}
	return NULL;
}

/* Where to fold a line: before the last white space within FOLD_BYTES, else
 * the first one there is; its length when there is none. */
static size_t
fold_at(struct span line, size_t used)
{
	size_t best = line.n;

	for (size_t i = 1; i < line.n; i++) {
		if (!byte_is_wsp(line.p[i]) || byte_is_wsp(line.p[i - 1]))
			continue;
		if (best < line.n && used + i > FOLD_BYTES)
			break;
		best = i;
	}
	return best;
}

/* Lines that are longer than any may be. */
static void
fold(struct span value, size_t used, struct buffer *out)
{
	while (value.n > 0) {
		size_t line = span_find(value, '\r');
		struct span rest = span_first(value, line);

		while (used + rest.n > LINE_BYTES) {
			size_t n = fold_at(rest, used);

			buffer_add(out, span_first(rest, n));
			if (n == rest.n)
				rest.n = 0;
			if (rest.n == 0 ||
			    span_trim_wsp(span_from(rest, n)).n == 0) {
				rest.n = 0;
				break;
			}
			buffer_add(out, SPAN("\r\n"));
			rest = span_from(rest, n);
			used = 0;
		}
		buffer_add(out, rest);
		if (line == value.n)
			break;
		buffer_add(out, SPAN("\r\n"));
		value = span_from(value, line + 2);
		used = 0;
	}
}

/* The value at an index as it may stand in the field, NUL-terminated, in a
 * string that replaces it. */
static const char *
prepare_value(lua_State *L, const char *name, int index)
{
	struct buffer *encoded, *folded;
	struct span value;
	const char *why;

	value.p = (const unsigned char *)args_text(L, index, &value.n);
	why = why_not(value);
	if (why != NULL)
		(void)luaL_error(L, "header '%s': %s", name, why);
	running_charge(L, value.n / STEP_BYTES);
	if (value.n <= FOLD_BYTES && !encoded_word_needed(value))
		return (const char *)value.p;
	encoded = scratch_buffer(L);
	folded = scratch_buffer(L);
	encoded_word_encode(value, encoded);
	fold(buffer_span(encoded), strlen(name) + 2, folded);
	if (buffer_failed(encoded))
		(void)luaL_error(L, "not enough memory");
	buffer_deinit(encoded);
	scratch_push(L, folded);
	lua_replace(L, index);
	lua_pop(L, 2);
	return lua_tostring(L, index);
}

/* Put the texts of one value, or of a table, into a new table as they may
 * stand in the field.  Nothing was changed when one is refused. */
static lua_Integer
prepare_values(lua_State *L, const char *name, int arg)
{
	lua_Unsigned n = 1;
	int out;

	lua_newtable(L);
	out = lua_gettop(L);
	if (lua_type(L, arg) == LUA_TTABLE)
		n = lua_rawlen(L, arg);
	if (n > MOST_VALUES)
		(void)luaL_argerror(L, arg, "there are too many values");
	for (lua_Integer i = 1; i <= (lua_Integer)n; i++) {
		if (lua_type(L, arg) == LUA_TTABLE)
			(void)lua_rawgeti(L, arg, i);
		else
			lua_pushvalue(L, arg);
		(void)prepare_value(L, name, lua_gettop(L));
		lua_rawseti(L, out, i);
	}
	return (lua_Integer)n;
}

static bool
remove_all(ec_message *msg, const char *name)
{
	ec_message_part *part = ec_message_get_first_part(msg, 1);
	rfc2822_context *ctx = ec_message_get_headers(part, 0);
	bool removed = false;

	while (rfc2822_remove_header(ctx, name) >= 0)
		removed = true;
	if (removed)
		ec_message_part_touch(part, EC_MSG_HDR_REM);
	return removed;
}

static void
add_field(lua_State *L, ec_message *msg, const char *name, const char *value,
    bool on_top)
{
	ec_message_part *part = ec_message_get_first_part(msg, 1);
	rfc2822_context *ctx = ec_message_get_headers(part, 0);
	rfc2822_field *field = rfc2822_new_header(name, value);

	if (field == NULL)
		(void)luaL_error(L, "header '%s': the value is too long", name);
	if (on_top)
		rfc2822_prepend_header(ctx, field);
	else
		rfc2822_append_header(ctx, field);
	ec_message_part_touch(part, EC_MSG_HDR_ADD);
}

static bool
is_deletion(lua_State *L, int arg, enum header_mode mode)
{
	return mode == HEADER_REPLACE && lua_type(L, arg) == LUA_TSTRING &&
	    lua_rawlen(L, arg) == 0;
}

/* The value at i of the table on top, which is left to hold it. */
static const char *
value_at(lua_State *L, lua_Integer i)
{
	const char *value;

	(void)lua_rawgeti(L, -1, i);
	value = lua_tostring(L, -1);
	lua_pop(L, 1);
	return value;
}

int
header_change(lua_State *L, ec_message *msg, int arg)
{
	const char *name = check_name(L, arg);
	enum header_mode mode = mode_at(L, arg + 2);
	bool changed = false;
	lua_Integer n;

	luaL_checkstack(L, 12, NULL);
	if (is_deletion(L, arg + 1, mode)) {
		lua_pushboolean(L, remove_all(msg, name));
		return 1;
	}
	n = prepare_values(L, name, arg + 1);
	if (mode == HEADER_REPLACE)
		changed = remove_all(msg, name);
	/* prepended, the first of several still comes first */
	for (lua_Integer i = 1; i <= n; i++)
		add_field(L, msg, name, value_at(L, mode == HEADER_PREPEND ?
		    n + 1 - i : i), mode == HEADER_PREPEND);
	lua_pushboolean(L, changed || n > 0);
	return 1;
}

void
header_set(lua_State *L, ec_message *msg, const char *name, const char *value)
{
	const char *why = value == NULL ? NULL : why_not(span_of_text(value));

	if (why != NULL)
		(void)luaL_error(L, "header '%s': %s", name, why);
	(void)remove_all(msg, name);
	if (value != NULL)
		add_field(L, msg, name, value, false);
}

static void
add_fields_text(lua_State *L, const char *name, lua_Integer n,
    struct buffer *out)
{
	for (lua_Integer i = 1; i <= n; i++) {
		buffer_add_text(out, name);
		buffer_add(out, SPAN(": "));
		buffer_add_text(out, value_at(L, i));
		buffer_add(out, SPAN("\r\n"));
	}
}

int
header_change_text(lua_State *L, struct span text, int arg)
{
	const char *name = check_name(L, arg);
	enum header_mode mode = mode_at(L, arg + 2);
	struct content_field field;
	struct buffer *out;
	lua_Integer n = 0;

	luaL_checkstack(L, 12, NULL);
	out = scratch_buffer(L);
	if (!args_given(L, arg + 1) || is_deletion(L, arg + 1, mode))
		lua_newtable(L);
	else
		n = prepare_values(L, name, arg + 1);
	if (mode == HEADER_PREPEND)
		add_fields_text(L, name, n, out);
	while (content_next_field(&text, &field)) {
		if (mode == HEADER_REPLACE && span_ieq(field.name,
		    span_of_text(name)))
			continue;
		buffer_add(out, field.whole);
		if (field.whole.p[field.whole.n - 1] != '\n')
			buffer_add(out, SPAN("\r\n"));
	}
	if (mode != HEADER_PREPEND)
		add_fields_text(L, name, n, out);
	scratch_push(L, out);
	return 1;
}

void
header_text(ec_message *msg, struct buffer *out)
{
	int n = ec_message_header_count(msg);

	for (int i = 0; i < n; i++) {
		struct span field;

		field.p = (const unsigned char *)ec_message_header_bytes(msg,
		    i, &field.n);
		buffer_add(out, field);
		buffer_add(out, SPAN("\r\n"));
	}
}

void
header_replace(ec_message *msg, struct span text)
{
	ec_message_part *part = ec_message_get_first_part(msg, 1);
	rfc2822_context *ctx = ec_message_get_headers(part, 0);
	struct content_field field;

	while (ctx->headers != NULL)
		(void)rfc2822_remove_field(ctx, ctx->headers);
	while (content_next_field(&text, &field)) {
		rfc2822_field *made;

		if (field.whole.p[field.whole.n - 1] == '\n')
			field.whole.n--;
		if (field.whole.n > 0 &&
		    field.whole.p[field.whole.n - 1] == '\r')
			field.whole.n--;
		made = rfc2822_parse_header((const char *)field.whole.p,
		    field.whole.n);
		if (made != NULL)
			rfc2822_append_header(ctx, made);
	}
	ec_message_part_touch(part, EC_MSG_HDR_ADD | EC_MSG_HDR_REM);
}
