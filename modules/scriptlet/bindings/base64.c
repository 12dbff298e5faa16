/*
 * base64.c: msys.base64 (RFC 2045 section 6.8).
 */
#include "base/base64.h"

#include "scriptlet/bindings/args.h"
#include "scriptlet/bindings/charset.h"
#include "scriptlet/bindings/scratch.h"
#include "scriptlet/bindings/utilities.h"
#include "scriptlet/running.h"

#define LINE 76 /* RFC 2045 section 6.8: characters of an encoded line */
#define PER_STEP 16 /* octets that count as an instruction */

/* The text at an argument, brought from UTF-8 into the set named at another
 * one, if there is any: then it lies in *converted_r. */
static struct span
text_in_charset(lua_State *L, int arg, int charset_arg,
    struct buffer **converted_r)
{
	size_t n, charset_n;
	const char *text = args_text(L, arg, &n), *charset;
	struct buffer *out;

	*converted_r = NULL;
	running_charge(L, n / PER_STEP);
	if (!args_given(L, charset_arg))
		return span_of(text, n);
	charset = args_text(L, charset_arg, &charset_n);
	out = scratch_buffer(L);
	if (!charset_from_utf8(span_of(charset, charset_n), span_of(text, n),
	    out))
		(void)luaL_argerror(L, charset_arg, lua_pushfstring(L,
		    "the text cannot be written in the character set '%s'",
		    charset));
	if (buffer_failed(out))
		(void)luaL_error(L, "not enough memory");
	*converted_r = out;
	return buffer_span(out);
}

/* CRLF between lines of 76 characters. */
static void
push_folded(lua_State *L, struct span text)
{
	struct buffer *folded = scratch_buffer(L);

	for (size_t at = 0; at < text.n; at += LINE) {
		if (at > 0)
			buffer_add_text(folded, "\r\n");
		buffer_add(folded, span_first(span_from(text, at), LINE));
	}
	scratch_push(L, folded);
}

static int
encode(lua_State *L)
{
	struct span octets;
	struct buffer *converted, *out;
	unsigned char *to;
	size_t n;

	lua_settop(L, 3);
	octets = text_in_charset(L, 1, 3, &converted);
	n = base64_length(octets.n);
	out = scratch_buffer(L);
	to = buffer_extend(out, n + 1); /* with its NUL */
	if (to == NULL)
		return luaL_error(L, "not enough memory");
	base64_encode(octets, to);
	out->n = n;
	if (args_true(L, 2))
		push_folded(L, buffer_span(out));
	else
		scratch_push(L, out);
	/* not left to the collector, which does not see how large they are */
	buffer_deinit(out);
	if (converted != NULL)
		buffer_deinit(converted);
	return 1;
}

static int
decode(lua_State *L)
{
	size_t n, charset_n;
	const char *text, *charset;
	struct arena *arena;
	struct buffer *out;
	struct span octets;
	int ret;

	lua_settop(L, 2);
	text = args_text(L, 1, &n);
	running_charge(L, n / PER_STEP);
	arena = scratch_arena(L);
	ret = base64_decode(span_of(text, n), arena, &octets);
	if (ret != 0)
		return luaL_error(L, ret > 0 ?
		    "msys.base64.decode: this is not base64" :
		    "not enough memory");
	if (!args_given(L, 2)) {
		(void)lua_pushlstring(L, octets.p == NULL ? "" :
		    (const char *)octets.p, octets.n);
		arena_deinit(arena);
		return 1;
	}
	charset = args_text(L, 2, &charset_n);
	out = scratch_buffer(L);
	if (!charset_to_utf8(span_of(charset, charset_n), octets, out))
		return luaL_argerror(L, 2, lua_pushfstring(L,
		    "there is no character set '%s'", charset));
	scratch_push(L, out);
	arena_deinit(arena);
	return 1;
}

static const struct binding rows[] = {
	{ .name = "encode", .function = encode,
	  .usage = "encode(original [, fold [, charset]])",
	  .returns = "the base64 text",
	  .text = "Encodes a string or ec_string. With `fold` true, CRLF stands "
	      "between lines of 76 characters. With `charset`, the text is "
	      "brought from UTF-8 into that character set first; an error is "
	      "raised when that cannot be." },
	{ .name = "decode", .function = decode,
	  .usage = "decode(text [, charset])",
	  .returns = "the octets, or with `charset` the text in UTF-8",
	  .text = "Decodes base64; white space may stand anywhere. Raises an "
	      "error when it is no base64. With `charset`, what was decoded "
	      "is text in that character set and becomes UTF-8." },
};

const struct binding_library library_base64 = {
	.name = "msys.base64",
	.text = "Base64, as in RFC 2045.",
	.rows = rows,
	.count = sizeof(rows) / sizeof(rows[0]),
};
