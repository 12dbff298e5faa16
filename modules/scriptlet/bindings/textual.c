/*
 * textual.c: character sets and transfer encodings of text parts.
 */
#include "scriptlet/bindings/textual.h"

#include "scriptlet/bindings/args.h"
#include "scriptlet/bindings/charset.h"
#include "scriptlet/bindings/scratch.h"

#include <lauxlib.h>

#define LINE_BYTES 998 /* RFC 5322 section 2.1.1 */

bool
textual_is(const struct content *content)
{
	return span_eq(span_first(content->type, 5), SPAN("text/"));
}

void
textual_decode(const struct content *content, struct span body,
    struct buffer *out)
{
	struct buffer octets = { 0 };

	transfer_decode(content->transfer, body, &octets);
	/* in a set that nobody knows, ASCII at least is ASCII */
	if (!charset_to_utf8(content->charset, buffer_span(&octets), out))
		(void)charset_to_utf8(SPAN(""), buffer_span(&octets), out);
	if (buffer_failed(&octets))
		out->failed = true;
	buffer_deinit(&octets);
}

static bool
is_token(struct span s)
{
	for (size_t i = 0; i < s.n; i++) {
		if (s.p[i] <= ' ' || s.p[i] > '~' ||
		    strchr("()<>@,;:\\\"/[]?=", s.p[i]) != NULL)
			return false;
	}
	return s.n > 0;
}

/* type "/" subtype *( ";" parameter ), of which only the harm is looked at */
static bool
is_type(const char *text)
{
	struct span rest = span_of_text(text), type, subtype;

	for (size_t i = 0; i < rest.n; i++) {
		if (rest.p[i] < ' ' || rest.p[i] > '~')
			return false;
	}
	if (!span_cut(&rest, '/', &type))
		return false;
	(void)span_cut(&rest, ';', &subtype);
	return is_token(type) && is_token(span_trim_wsp(subtype));
}

const char *
textual_type(lua_State *L, int arg)
{
	const char *type = args_word(L, arg, "a type");

	if (!is_type(type))
		(void)luaL_argerror(L, arg, "a type is like text/plain");
	return type;
}

struct textual
textual_args(lua_State *L, int arg)
{
	struct textual how = { .type = "text/plain" };

	if (args_given(L, arg))
		how.type = textual_type(L, arg);
	if (args_given(L, arg + 1)) {
		how.charset = args_word(L, arg + 1, "a character set");
		if (!is_token(span_of_text(how.charset)))
			(void)luaL_argerror(L, arg + 1, "a character set is "
			    "like utf-8");
	}
	return how;
}

/* Can it go as it is? */
static bool
is_simple(struct span s, bool eight_bits)
{
	size_t line = 0;

	for (size_t i = 0; i < s.n; i++) {
		if (s.p[i] == '\0' || (s.p[i] > 127 && !eight_bits))
			return false;
		if (s.p[i] == '\r' && (i + 1 >= s.n || s.p[i + 1] != '\n'))
			return false;
		if (s.p[i] == '\n' && (i == 0 || s.p[i - 1] != '\r'))
			return false;
		line = s.p[i] == '\n' ? 0 : line + 1;
		if (line > LINE_BYTES + 1)
			return false;
	}
	return true;
}

/* Line ends of ASCII are line ends in these. */
static bool
is_like_ascii(struct span charset)
{
	static const char *const starts[] = {
		"us-ascii", "utf-8", "utf8", "iso-8859", "windows-125",
		"koi8",
	};

	for (size_t i = 0; i < sizeof(starts) / sizeof(starts[0]); i++) {
		struct span start = span_of_text(starts[i]);

		if (span_ieq(span_first(charset, start.n), start))
			return true;
	}
	return false;
}

static enum transfer
choose(const struct textual *how, struct span charset, struct span octets)
{
	bool keep = how->keep;

	if (keep && (how->transfer == TRANSFER_BASE64 ||
	    (how->transfer == TRANSFER_QUOTED_PRINTABLE &&
	    is_like_ascii(charset))))
		return how->transfer;
	if (is_simple(octets, false))
		return TRANSFER_7BIT;
	if (keep && how->transfer == TRANSFER_8BIT && is_simple(octets, true))
		return TRANSFER_8BIT;
	return is_like_ascii(charset) ? TRANSFER_QUOTED_PRINTABLE :
	    TRANSFER_BASE64;
}

enum transfer
textual_encode(lua_State *L, const struct textual *how, struct span text,
    struct buffer *out)
{
	struct buffer *octets = scratch_buffer(L);
	const char *charset = how->charset;
	enum transfer transfer;

	if (charset == NULL || (span_ieq(span_of_text(charset),
	    SPAN("us-ascii")) && !charset_is_ascii(text)))
		charset = charset_is_ascii(text) ? "us-ascii" : "utf-8";
	if (how->keep && !charset_from_utf8(span_of_text(charset), text,
	    octets))
		charset = "utf-8";
	if (octets->n == 0 && !charset_from_utf8(span_of_text(charset), text,
	    octets))
		(void)luaL_error(L, "the text cannot be written in the "
		    "character set '%s'", charset);
	transfer = choose(how, span_of_text(charset), buffer_span(octets));
	transfer_encode(transfer, buffer_span(octets), out);
	if (buffer_failed(octets) || buffer_failed(out))
		(void)luaL_error(L, "not enough memory");
	buffer_deinit(octets);
	(void)lua_pushfstring(L, "%s; charset=%s", how->type, charset);
	lua_remove(L, -2);
	return transfer;
}

static struct span
without_marker(struct span text)
{
	if (text.n >= 5 && memcmp(text.p + text.n - 5, "\r\n.\r\n", 5) == 0)
		text.n -= 3;
	else if (text.n == 3 && memcmp(text.p, ".\r\n", 3) == 0)
		text.n = 0;
	return text;
}

void
textual_lines(struct span text, struct buffer *out)
{
	size_t start = 0, i = 0;

	text = without_marker(text);
	while (i < text.n) {
		unsigned char c = text.p[i];

		if (c != '\r' && c != '\n') {
			i++;
			continue;
		}
		buffer_add(out, span_of(text.p + start, i - start));
		buffer_add(out, SPAN("\r\n"));
		i += c == '\r' && i + 1 < text.n && text.p[i + 1] == '\n' ? 2 :
		    1;
		start = i;
	}
	buffer_add(out, span_of(text.p == NULL ? NULL : text.p + start,
	    i - start));
	if (i > start)
		buffer_add(out, SPAN("\r\n"));
}
