/*
 * json.c: the library json, on Jansson.
 *
 * An object of a script is a reference to a value of Jansson's: reading a field
 * of it gives a reference to what is in there, or a plain value of Lua, and
 * writing changes what all references see.
 *
 * Values in values end at a limit, and none may hold itself: Jansson frees and
 * writes them by recursion.  A reference knows how deep below the top it was
 * found.
 */
#include "scriptlet/bindings/args.h"
#include "scriptlet/bindings/charset.h"
#include "scriptlet/bindings/scratch.h"
#include "scriptlet/bindings/utilities.h"
#include "scriptlet/running.h"

#include <jansson.h>
#include <math.h>
#include <stdlib.h>

#define CLASS "json"
#define DEPTH 512 /* values in values */
#define PER_STEP 8 /* octets that count as an instruction */
#define TEXT_MAX (16u << 20) /* octets to be read */
#define GROWTH 8 /* octets in memory for each of the text, about */

struct reference { /* userdata */
	json_t *value;
	unsigned depth; /* above it, as far as is known */
};

/* Numbered as the parser that Momentum uses does. */
enum error {
	ERROR_NONE = 0,
	ERROR_DEPTH = 2,
	ERROR_PARSE_EOF,
	ERROR_PARSE_UNEXPECTED,
	ERROR_PARSE_NULL,
	ERROR_PARSE_BOOLEAN,
	ERROR_PARSE_NUMBER,
	ERROR_PARSE_ARRAY,
	ERROR_PARSE_OBJECT_KEY_NAME,
	ERROR_PARSE_OBJECT_KEY_SEP,
	ERROR_PARSE_OBJECT_VALUE_SEP,
	ERROR_PARSE_STRING,
	ERROR_PARSE_COMMENT,
};

static const struct {
	const char *name;
	enum error number;
	const char *words;
} errors[] = {
	{ "ERROR_DEPTH", ERROR_DEPTH, "values are nested too deeply" },
	{ "ERROR_PARSE_EOF", ERROR_PARSE_EOF, "the text ends too early" },
	{ "ERROR_PARSE_UNEXPECTED", ERROR_PARSE_UNEXPECTED,
	    "a character that may not stand there" },
	{ "ERROR_PARSE_NULL", ERROR_PARSE_NULL, "null is expected" },
	{ "ERROR_PARSE_BOOLEAN", ERROR_PARSE_BOOLEAN,
	    "true or false is expected" },
	{ "ERROR_PARSE_NUMBER", ERROR_PARSE_NUMBER, "a number is malformed" },
	{ "ERROR_PARSE_ARRAY", ERROR_PARSE_ARRAY,
	    "',' or ']' is expected in an array" },
	{ "ERROR_PARSE_OBJECT_KEY_NAME", ERROR_PARSE_OBJECT_KEY_NAME,
	    "a key in quotes is expected in an object" },
	{ "ERROR_PARSE_OBJECT_KEY_SEP", ERROR_PARSE_OBJECT_KEY_SEP,
	    "':' is expected behind a key" },
	{ "ERROR_PARSE_OBJECT_VALUE_SEP", ERROR_PARSE_OBJECT_VALUE_SEP,
	    "',' or '}' is expected in an object" },
	{ "ERROR_PARSE_STRING", ERROR_PARSE_STRING, "a string is malformed" },
	{ "ERROR_PARSE_COMMENT", ERROR_PARSE_COMMENT,
	    "a comment, which JSON does not have" },
};
#define ERRORS (sizeof(errors) / sizeof(errors[0]))

/* references */

static int
collect(lua_State *L)
{
	struct reference *reference = luaL_checkudata(L, 1, CLASS);

	json_decref(reference->value);
	reference->value = NULL;
	return 0;
}

/* Closed: to be given its value. */
static struct reference *
push_reference(lua_State *L, unsigned depth)
{
	struct reference *reference = lua_newuserdatauv(L, sizeof(*reference),
	    0);

	*reference = (struct reference){ NULL, depth };
	luaL_setmetatable(L, CLASS);
	return reference;
}

static struct reference *
reference_at(lua_State *L, int arg)
{
	struct reference *reference = luaL_checkudata(L, arg, CLASS);

	if (reference->value == NULL)
		(void)luaL_argerror(L, arg, "this holds no JSON");
	return reference;
}

/* Push a value as Lua has it; objects and arrays as references. */
static void
push_value(lua_State *L, json_t *value, unsigned depth)
{
	switch (json_typeof(value)) {
	case JSON_OBJECT:
	case JSON_ARRAY:
		push_reference(L, depth)->value = json_incref(value);
		break;
	case JSON_STRING:
		(void)lua_pushlstring(L, json_string_value(value),
		    json_string_length(value));
		break;
	case JSON_INTEGER:
		lua_pushinteger(L, json_integer_value(value));
		break;
	case JSON_REAL:
		lua_pushnumber(L, json_real_value(value));
		break;
	case JSON_TRUE:
	case JSON_FALSE:
		lua_pushboolean(L, json_is_true(value));
		break;
	case JSON_NULL:
		lua_pushnil(L);
		break;
	}
}

/* depth */

static unsigned
max_depth(unsigned a, unsigned b)
{
	return a > b ? a : b;
}

/* How many values stand in each other, itself counted; at most DEPTH + 1.
 * *holds_r when `needle` is one of them. */
static unsigned
height_of(json_t *value, const json_t *needle, unsigned limit, bool *holds_r)
{
	unsigned height = 0;
	const char *key;
	json_t *item;
	size_t i;

	if (value == needle)
		*holds_r = true;
	if (limit == 0 || *holds_r)
		return 1;
	if (json_is_object(value)) {
		json_object_foreach(value, key, item)
			height = max_depth(height, height_of(item, needle,
			    limit - 1, holds_r));
	} else if (json_is_array(value)) {
		json_array_foreach(value, i, item)
			height = max_depth(height, height_of(item, needle,
			    limit - 1, holds_r));
	}
	return height + 1;
}

/* from Lua */

/* Push a reference that owns what the value at `arg` is in JSON. */
static struct reference *push_encoded(lua_State *L, int arg, unsigned depth);

/* Good UTF-8 as it is; octets that are not become U+FFFD, as mail may hold
 * anything and JSON may not. */
static json_t *
encode_text(lua_State *L, int arg)
{
	size_t n;
	const char *text = lua_tolstring(L, arg, &n);
	json_t *value;
	struct buffer *good;

	running_charge(L, n / PER_STEP);
	value = json_stringn(text, n);
	if (value != NULL || charset_is_utf8(span_of(text, n)))
		return value;
	good = scratch_buffer(L);
	if (charset_to_utf8(SPAN("utf-8"), span_of(text, n), good) &&
	    !buffer_failed(good))
		value = json_stringn((const char *)good->p, good->n);
	lua_pop(L, 1);
	return value;
}

static json_t *
encode_number(lua_State *L, int arg)
{
	lua_Number number = lua_tonumber(L, arg);

	if (lua_isinteger(L, arg))
		return json_integer(lua_tointeger(L, arg));
	/* a number of Momentum's dialect has no kinds: 3 is written as 3 */
	if (number >= -9007199254740992.0 && number <= 9007199254740992.0 &&
	    number == floor(number))
		return json_integer((json_int_t)number);
	return json_real(number); /* NULL for what JSON cannot say */
}

static void
encode_array(lua_State *L, int table, json_t *array, unsigned depth)
{
	struct reference *item;

	for (lua_Integer i = 1; lua_rawgeti(L, table, i) != LUA_TNIL; i++) {
		item = push_encoded(L, lua_gettop(L), depth + 1);
		if (json_array_append(array, item->value) != 0)
			(void)luaL_error(L, "not enough memory");
		lua_pop(L, 2);
	}
	lua_pop(L, 1);
}

static void
set_key(lua_State *L, json_t *object, int key, json_t *value)
{
	size_t n;
	const char *text = lua_tolstring(L, key, &n);

	if (strlen(text) != n)
		(void)luaL_error(L, "a key of JSON cannot hold a NUL byte");
	if (!charset_is_utf8(span_of(text, n)))
		(void)luaL_error(L, "a key of JSON must be UTF-8");
	if (json_object_set(object, text, value) != 0)
		(void)luaL_error(L, "not enough memory");
}

static void
encode_object(lua_State *L, int table, json_t *object, unsigned depth)
{
	struct reference *item;
	int key;

	lua_pushnil(L);
	while (lua_next(L, table) != 0) {
		key = lua_type(L, -2);
		if (key != LUA_TSTRING && key != LUA_TNUMBER)
			(void)luaL_error(L, "a key of JSON must be a string, "
			    "not a %s", luaL_typename(L, -2));
		item = push_encoded(L, lua_gettop(L), depth + 1);
		lua_pushvalue(L, -3); /* a copy becomes text */
		set_key(L, object, lua_gettop(L), item->value);
		lua_pop(L, 3);
	}
}

static void
encode_table(lua_State *L, int table, struct reference *into, unsigned depth)
{
	bool is_array;

	running_charge(L, 10);
	luaL_checkstack(L, 12, "values are nested too deeply");
	is_array = lua_rawgeti(L, table, 1) != LUA_TNIL;
	lua_pop(L, 1);
	into->value = is_array ? json_array() : json_object();
	if (into->value == NULL)
		(void)luaL_error(L, "not enough memory");
	if (is_array)
		encode_array(L, table, into->value, depth);
	else
		encode_object(L, table, into->value, depth);
}

static struct reference *
push_encoded(lua_State *L, int arg, unsigned depth)
{
	struct reference *into = push_reference(L, depth), *from;

	if (depth > DEPTH)
		(void)luaL_error(L, "values are nested too deeply for JSON");
	running_charge(L, 1);
	switch (lua_type(L, arg)) {
	case LUA_TNIL:
		into->value = json_null();
		break;
	case LUA_TBOOLEAN:
		into->value = json_boolean(lua_toboolean(L, arg));
		break;
	case LUA_TNUMBER:
		into->value = encode_number(L, arg);
		break;
	case LUA_TSTRING:
		into->value = encode_text(L, arg);
		break;
	case LUA_TTABLE:
		encode_table(L, arg, into, depth);
		break;
	case LUA_TUSERDATA:
		from = luaL_testudata(L, arg, CLASS);
		if (from != NULL && from->value != NULL)
			into->value = json_incref(from->value);
		else if (luaL_getmetafield(L, arg, "__tostring") != LUA_TNIL &&
		    luaL_testudata(L, arg, "ec_string") != NULL) {
			(void)luaL_tolstring(L, arg, NULL);
			into->value = encode_text(L, lua_gettop(L));
			lua_pop(L, 2);
		} else {
			(void)luaL_error(L, "an object cannot be put into "
			    "JSON");
		}
		break;
	default:
		(void)luaL_error(L, "a %s cannot be put into JSON",
		    luaL_typename(L, arg));
	}
	if (into->value == NULL)
		(void)luaL_error(L, "a %s that JSON cannot express",
		    luaL_typename(L, arg));
	return into;
}

/* fields */

static json_t *
member(lua_State *L, json_t *value, int key)
{
	lua_Integer position;
	const char *text;
	size_t n;
	int isnum;

	if (json_is_array(value)) {
		position = lua_tointegerx(L, key, &isnum);
		return isnum == 0 || position < 1 ? NULL :
		    json_array_get(value, (size_t)position - 1);
	}
	lua_pushvalue(L, key);
	(void)args_text(L, lua_gettop(L), NULL);
	text = lua_tolstring(L, -1, &n);
	/* with a NUL it is no key that there could be */
	value = strlen(text) == n ? json_object_get(value, text) : NULL;
	lua_pop(L, 1);
	return value;
}

static int
get_member(lua_State *L)
{
	struct reference *self = reference_at(L, 1);
	json_t *value = member(L, self->value, 2);

	if (value == NULL)
		lua_pushnil(L);
	else
		push_value(L, value, self->depth + 1);
	return 1;
}

static void
set_position(lua_State *L, json_t *array, int key, json_t *value)
{
	size_t count = json_array_size(array);
	int isnum, ret;
	lua_Integer position = lua_tointegerx(L, key, &isnum);

	if (isnum == 0)
		(void)luaL_error(L, "a JSON array has positions, not '%s'",
		    luaL_tolstring(L, key, NULL));
	if (position < 1 || (size_t)position > count + 1)
		(void)luaL_error(L, "position %I of a JSON array with %I "
		    "elements", (LUAI_UACINT)position, (LUAI_UACINT)count);
	if ((size_t)position <= count)
		ret = json_array_set(array, (size_t)position - 1, value);
	else
		ret = json_array_append(array, value);
	if (ret != 0)
		(void)luaL_error(L, "not enough memory");
}

/* Assigning nil takes a key away, and the last element of an array. */
static int
remove_member(lua_State *L, json_t *value)
{
	lua_Integer position;

	if (json_is_array(value)) {
		position = lua_tointeger(L, 2);
		if (position >= 1 &&
		    (size_t)position == json_array_size(value))
			(void)json_array_remove(value, (size_t)position - 1);
		else if (position >= 1 &&
		    (size_t)position < json_array_size(value))
			(void)json_array_set_new(value, (size_t)position - 1,
			    json_null());
		return 0;
	}
	(void)json_object_del(value, args_word(L, 2, "a key of JSON"));
	return 0;
}

static int
set_member(lua_State *L)
{
	struct reference *self = reference_at(L, 1), *item, *given;
	bool holds = false;
	unsigned height;

	if (lua_isnil(L, 3))
		return remove_member(L, self->value);
	item = push_encoded(L, 3, self->depth + 1);
	height = height_of(item->value, self->value, DEPTH, &holds);
	if (holds)
		return luaL_error(L, "a JSON value cannot hold itself");
	if (self->depth + height > DEPTH)
		return luaL_error(L, "values are nested too deeply for JSON");
	given = luaL_testudata(L, 3, CLASS);
	if (given != NULL)
		given->depth = max_depth(given->depth, self->depth + 1);
	if (json_is_array(self->value)) {
		set_position(L, self->value, 2, item->value);
		return 0;
	}
	if (!json_is_object(self->value))
		return luaL_error(L, "this JSON value has no fields");
	(void)args_text(L, 2, NULL);
	set_key(L, self->value, 2, item->value);
	return 0;
}

static int
to_text(lua_State *L)
{
	struct reference *self = reference_at(L, 1);
	struct buffer *out = scratch_buffer(L);
	char *text = json_dumps(self->value, JSON_PRESERVE_ORDER |
	    JSON_ENCODE_ANY);

	if (text == NULL)
		return luaL_error(L, "not enough memory");
	out->p = (unsigned char *)text; /* it frees what malloc gave */
	out->n = strlen(text);
	out->room = out->n + 1;
	running_charge(L, out->n / PER_STEP);
	scratch_push(L, out);
	return 1;
}

static int
length(lua_State *L)
{
	json_t *value = reference_at(L, 1)->value;

	lua_pushinteger(L, (lua_Integer)(json_is_array(value) ?
	    json_array_size(value) : json_object_size(value)));
	return 1;
}

static int
equal(lua_State *L)
{
	const struct reference *a = luaL_testudata(L, 1, CLASS);
	const struct reference *b = luaL_testudata(L, 2, CLASS);

	lua_pushboolean(L, a != NULL && b != NULL && a->value == b->value);
	return 1;
}

static int
next_element(lua_State *L)
{
	struct reference *self = reference_at(L, 1);
	lua_Integer position = luaL_optinteger(L, 2, 0) + 1;
	json_t *item = json_array_get(self->value, (size_t)position - 1);

	if (item == NULL)
		return 0;
	lua_pushinteger(L, position);
	push_value(L, item, self->depth + 1);
	return 2;
}

static int
next_key(lua_State *L)
{
	struct reference *self = reference_at(L, 1);
	void *at;

	if (lua_isnoneornil(L, 2))
		at = json_object_iter(self->value);
	else
		at = json_object_iter_next(self->value,
		    json_object_iter_at(self->value, lua_tostring(L, 2)));
	if (at == NULL)
		return 0;
	lua_pushstring(L, json_object_iter_key(at));
	push_value(L, json_object_iter_value(at), self->depth + 1);
	return 2;
}

/* null ends a walk in Lua, so it is passed as nil in the second place only. */
static int
pairs(lua_State *L)
{
	struct reference *self = reference_at(L, 1);

	lua_pushcfunction(L, json_is_array(self->value) ? next_element :
	    next_key);
	lua_pushvalue(L, 1);
	lua_pushnil(L);
	return 3;
}

/* the library */

static bool
says(const char *text, const char *words)
{
	return strstr(text, words) != NULL;
}

/* Which of the published errors is closest. */
static enum error
error_of(json_error_t *error, struct span text)
{
	size_t at = error->position > 0 ? (size_t)error->position - 1 : 0;
	const char *near = strstr(error->text, "near '");

	switch (json_error_code(error)) {
	case json_error_stack_overflow:
		return ERROR_DEPTH;
	case json_error_premature_end_of_input:
		return ERROR_PARSE_EOF;
	case json_error_invalid_utf8:
	case json_error_null_character:
	case json_error_null_byte_in_key:
		return ERROR_PARSE_STRING;
	case json_error_numeric_overflow:
		return ERROR_PARSE_NUMBER;
	default:
		break;
	}
	if (says(error->text, "string or '}' expected"))
		return ERROR_PARSE_OBJECT_KEY_NAME;
	if (says(error->text, "':' expected"))
		return ERROR_PARSE_OBJECT_KEY_SEP;
	if (says(error->text, "'}' expected"))
		return ERROR_PARSE_OBJECT_VALUE_SEP;
	if (says(error->text, "']' expected"))
		return ERROR_PARSE_ARRAY;
	if (says(error->text, "escape") || says(error->text, "control") ||
	    says(error->text, "newline") || says(error->text, "Unicode"))
		return ERROR_PARSE_STRING;
	if (near != NULL && says(error->text, "invalid token")) {
		near += strlen("near '");
		if (*near == 'n')
			return ERROR_PARSE_NULL;
		if (*near == 't' || *near == 'f')
			return ERROR_PARSE_BOOLEAN;
		if (*near == '-' || byte_is_digit((unsigned char)*near))
			return ERROR_PARSE_NUMBER;
		if (*near == '/')
			return ERROR_PARSE_COMMENT;
	}
	if (says(error->text, "invalid token") && at < text.n &&
	    text.p[at] == '/')
		return ERROR_PARSE_COMMENT;
	return ERROR_PARSE_UNEXPECTED;
}

static const char *
words_of(lua_Integer number)
{
	for (size_t i = 0; i < ERRORS; i++) {
		if (errors[i].number == (enum error)number)
			return errors[i].words;
	}
	return number == ERROR_NONE ? "success" : "unknown error";
}

static int
push_failure(lua_State *L, enum error number, const json_error_t *error)
{
	lua_pushnil(L);
	lua_pushinteger(L, number);
	lua_pushfstring(L, "%s (line %d, column %d: %s)", words_of(number),
	    error->line, error->column, error->text);
	return 3;
}

static int
decode(lua_State *L)
{
	struct reference *into;
	json_error_t error;
	bool holds = false;
	size_t n;
	const char *text = args_text(L, 1, &n);

	if (n > TEXT_MAX) {
		lua_pushnil(L);
		lua_pushinteger(L, ERROR_DEPTH);
		lua_pushliteral(L, "the text is longer than 16 MiB");
		return 3;
	}
	running_charge(L, n);
	/* the collector is told of what it cannot see */
	if (n * GROWTH >= 1024)
		(void)lua_gc(L, LUA_GCSTEP, (int)(n * GROWTH / 1024));
	into = push_reference(L, 0);
	into->value = json_loadb(text, n, JSON_ALLOW_NUL | JSON_DECODE_ANY,
	    &error);
	if (into->value == NULL)
		return push_failure(L, error_of(&error, span_of(text, n)),
		    &error);
	if (height_of(into->value, NULL, DEPTH, &holds) > DEPTH) {
		error = (json_error_t){ .line = 1, .column = 0 };
		(void)strcpy(error.text, "more than 512 values in values");
		return push_failure(L, ERROR_DEPTH, &error);
	}
	if (!json_is_object(into->value) && !json_is_array(into->value))
		push_value(L, into->value, 0);
	return 1;
}

static int
encode(lua_State *L)
{
	luaL_checkany(L, 1);
	lua_settop(L, 1);
	(void)push_encoded(L, 1, 0);
	return 1;
}

static int
new(lua_State *L)
{
	struct reference *into = push_reference(L, 0);

	into->value = json_object();
	return into->value != NULL ? 1 : luaL_error(L, "not enough memory");
}

static int
strerror_of(lua_State *L)
{
	lua_pushstring(L, words_of(args_number(L, 1, "an error of JSON")));
	return 1;
}

static void
more(lua_State *L)
{
	static const luaL_Reg operators[] = {
		{ "__len", length },
		{ "__eq", equal },
		{ "__pairs", pairs },
		{ "__concat", args_concat },
		{ NULL, NULL },
	};

	for (size_t i = 0; i < ERRORS; i++) {
		lua_pushinteger(L, errors[i].number);
		lua_setfield(L, -2, errors[i].name);
	}
	(void)luaL_newmetatable(L, CLASS);
	luaL_setfuncs(L, operators, 0);
	lua_pop(L, 1);
}

static const struct binding rows[] = {
	{ .name = "decode", .function = decode,
	  .usage = "decode(text)",
	  .returns = "an object; or nil, code, text",
	  .text = "Reads JSON. Objects and arrays come as objects; a text, "
	      "number or boolean alone comes as it is. On bad JSON the second "
	      "value is one of the `json.ERROR_` numbers. More than 512 values "
	      "in each other are `json.ERROR_DEPTH`." },
	{ .name = "encode", .function = encode,
	  .usage = "encode(value)",
	  .returns = "an object, whose `tostring()` is the JSON text",
	  .text = "Makes JSON of a value. A table with something at position 1 "
	      "becomes an array, up to the first nil; any other one an object, "
	      "its keys as texts. Octets that are not UTF-8 become U+FFFD. "
	      "Functions and objects raise an error, as do tables that hold "
	      "themselves." },
	{ .name = "new", .function = new,
	  .usage = "new()", .returns = "an empty object", .text = "" },
	{ .name = "strerror", .function = strerror_of,
	  .usage = "strerror(code)",
	  .returns = "what an error of `decode` means",
	  .text = "The codes are `json.ERROR_DEPTH`, `ERROR_PARSE_EOF`, "
	      "`ERROR_PARSE_UNEXPECTED`, `ERROR_PARSE_NULL`, "
	      "`ERROR_PARSE_BOOLEAN`, `ERROR_PARSE_NUMBER`, "
	      "`ERROR_PARSE_ARRAY`, `ERROR_PARSE_OBJECT_KEY_NAME`, "
	      "`ERROR_PARSE_OBJECT_KEY_SEP`, `ERROR_PARSE_OBJECT_VALUE_SEP`, "
	      "`ERROR_PARSE_STRING` and `ERROR_PARSE_COMMENT`." },
};

const struct binding_library library_json = {
	.name = "json",
	.text = "JSON texts and objects.",
	.rows = rows,
	.count = sizeof(rows) / sizeof(rows[0]),
	.more = more,
};

static const struct binding members[] = {
	{ .name = "KEY", .usage = "object.KEY, object[KEY]",
	  .returns = "the value, or nil",
	  .text = "Objects have texts as keys, arrays have positions from 1 on. "
	      "Assigning copies plain values and tables; another object is "
	      "referred to. Assigning nil takes the field away. `#object` "
	      "counts, `pairs(object)` walks, `tostring(object)` is the JSON "
	      "text." },
};

const struct binding_class class_json = {
	.name = CLASS,
	.text = "A JSON object or array, from `json.decode`, `json.encode` or "
	    "`json.new`.",
	.get_member = get_member,
	.set_member = set_member,
	.members = members,
	.member_count = sizeof(members) / sizeof(members[0]),
	.to_text = to_text,
	.collect = collect,
};
