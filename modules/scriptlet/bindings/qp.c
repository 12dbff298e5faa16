/*
 * qp.c: msys.qp, quoted-printable (RFC 2045 section 6.7).
 *
 * Decoding is strict, unlike that of message parts: a script that asks wants
 * to know whether the text was good.
 */
#include "scriptlet/bindings/args.h"
#include "scriptlet/bindings/charset.h"
#include "scriptlet/bindings/scratch.h"
#include "scriptlet/bindings/transfer.h"
#include "scriptlet/bindings/utilities.h"
#include "scriptlet/running.h"

#define PER_STEP 8 /* octets that count as an instruction */

static int
encode(lua_State *L)
{
	size_t n, charset_n;
	const char *text, *charset;
	struct buffer *out, *converted = NULL;
	struct span octets;

	lua_settop(L, 2);
	text = args_text(L, 1, &n);
	octets = span_of(text, n);
	running_charge(L, n / PER_STEP);
	if (args_given(L, 2)) {
		charset = args_text(L, 2, &charset_n);
		converted = scratch_buffer(L);
		if (!charset_from_utf8(span_of(charset, charset_n), octets,
		    converted))
			return luaL_argerror(L, 2, lua_pushfstring(L,
			    "the text cannot be written in the character set "
			    "'%s'", charset));
		if (buffer_failed(converted))
			return luaL_error(L, "not enough memory");
		octets = buffer_span(converted);
	}
	out = scratch_buffer(L);
	transfer_encode(TRANSFER_QUOTED_PRINTABLE, octets, out);
	scratch_push(L, out);
	/* not left to the collector, which does not see how large it is */
	if (converted != NULL)
		buffer_deinit(converted);
	return 1;
}

/* White space and a line end behind "=": a soft line break.  Returns how many
 * octets it takes with the "=", or 0. */
static size_t
soft_break(struct span at)
{
	size_t n = 1;

	while (n < at.n && byte_is_wsp(at.p[n]))
		n++;
	if (n == at.n)
		return n;
	if (at.p[n] == '\r' && n + 1 < at.n && at.p[n + 1] == '\n')
		return n + 2;
	return at.p[n] == '\n' ? n + 1 : 0;
}

/* Returns false at an "=" that is neither an octet nor a soft break. */
static bool
decode_text(struct span text, struct buffer *out)
{
	size_t taken;
	int high, low;

	while (text.n > 0) {
		if (text.p[0] != '=') {
			buffer_add_byte(out, text.p[0]);
			text = span_from(text, 1);
			continue;
		}
		high = text.n > 2 ? byte_hex(text.p[1]) : -1;
		low = text.n > 2 ? byte_hex(text.p[2]) : -1;
		if (high >= 0 && low >= 0) {
			buffer_add_byte(out, (unsigned char)(high << 4 | low));
			text = span_from(text, 3);
			continue;
		}
		taken = soft_break(text);
		if (taken == 0)
			return false;
		text = span_from(text, taken);
	}
	return true;
}

static int
decode(lua_State *L)
{
	size_t n, charset_n;
	const char *text, *charset;
	struct buffer *out, *converted;

	lua_settop(L, 2);
	text = args_text(L, 1, &n);
	running_charge(L, n / PER_STEP);
	out = scratch_buffer(L);
	if (!decode_text(span_of(text, n), out))
		return luaL_error(L,
		    "msys.qp.decode: this is not quoted-printable");
	if (!args_given(L, 2)) {
		scratch_push(L, out);
		return 1;
	}
	charset = args_text(L, 2, &charset_n);
	converted = scratch_buffer(L);
	if (!charset_to_utf8(span_of(charset, charset_n), buffer_span(out),
	    converted))
		return luaL_argerror(L, 2, lua_pushfstring(L,
		    "there is no character set '%s'", charset));
	scratch_push(L, converted);
	buffer_deinit(out);
	return 1;
}

static const struct binding rows[] = {
	{ .name = "encode", .function = encode,
	  .usage = "encode(original [, charset [, dotstuffing]])",
	  .returns = "the quoted-printable text",
	  .text = "Encodes a string or ec_string; CRLF in it stays a line end. "
	      "With `charset`, the text is brought from UTF-8 into that "
	      "character set first. A dot at the beginning of a line is always "
	      "encoded, so there is nothing to stuff, and `dotstuffing` "
	      "changes nothing." },
	{ .name = "decode", .function = decode,
	  .usage = "decode(text [, charset])",
	  .returns = "the octets, or with `charset` the text in UTF-8",
	  .text = "Decodes quoted-printable. Raises an error when the text "
	      "cannot be decoded." },
};

const struct binding_library library_qp = {
	.name = "msys.qp",
	.text = "Quoted-printable, as in RFC 2045.",
	.rows = rows,
	.count = sizeof(rows) / sizeof(rows[0]),
};
