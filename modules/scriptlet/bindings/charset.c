/*
 * charset.c: iconv, and what needs none.
 */
#include "scriptlet/bindings/charset.h"

#include <errno.h>
#include <iconv.h>
#include <stdio.h>

#define CHARSET_BYTES 40 /* names of RFC 2978 are at most 40 long */
#define REPLACEMENT "\xef\xbf\xbd"
#define CHUNK 1024

static bool
is_continuation(struct span s, size_t at)
{
	return at < s.n && (s.p[at] & 0xc0) == 0x80;
}

size_t
charset_utf8_length(struct span s)
{
	unsigned char c = s.n > 0 ? s.p[0] : 0xff, second;
	size_t n;

	if (c < 0x80)
		return 1;
	if (c < 0xc2 || c > 0xf4)
		return 0;
	n = c < 0xe0 ? 2 : c < 0xf0 ? 3 : 4;
	for (size_t i = 1; i < n; i++) {
		if (!is_continuation(s, i))
			return 0;
	}
	second = s.p[1];
	/* too long a form, surrogates, and beyond U+10FFFF */
	if ((c == 0xe0 && second < 0xa0) || (c == 0xed && second > 0x9f) ||
	    (c == 0xf0 && second < 0x90) || (c == 0xf4 && second > 0x8f))
		return 0;
	return n;
}

bool
charset_is_utf8(struct span s)
{
	size_t n;

	for (; s.n > 0; s = span_from(s, n)) {
		n = charset_utf8_length(s);
		if (n == 0)
			return false;
	}
	return true;
}

bool
charset_is_ascii(struct span s)
{
	for (size_t i = 0; i < s.n; i++) {
		if (s.p[i] > 127)
			return false;
	}
	return true;
}

static void
copy_good_utf8(struct span s, struct buffer *out)
{
	size_t start = 0, at = 0, n;

	while (at < s.n) {
		n = charset_utf8_length(span_from(s, at));
		if (n > 0) {
			at += n;
			continue;
		}
		buffer_add(out, span_of(s.p + start, at - start));
		buffer_add(out, SPAN(REPLACEMENT));
		start = ++at;
	}
	buffer_add(out, span_of(s.p + start, at - start));
}

static void
copy_latin1(struct span s, struct buffer *out)
{
	for (size_t i = 0; i < s.n; i++) {
		unsigned char c = s.p[i];

		if (c < 0x80) {
			buffer_add_byte(out, c);
			continue;
		}
		buffer_add_byte(out, (unsigned char)(0xc0 | c >> 6));
		buffer_add_byte(out, (unsigned char)(0x80 | (c & 0x3f)));
	}
}

/* Nothing that iconv would take for more than a name ("//TRANSLIT"). */
static bool
take_name(struct span charset, char name_r[CHARSET_BYTES + 1])
{
	for (size_t i = 0; i < charset.n; i++) {
		unsigned char c = charset.p[i];

		if (!byte_is_alpha(c) && !byte_is_digit(c) && c != '-' &&
		    c != '_' && c != '.' && c != ':' && c != '+')
			return false;
	}
	if (charset.n == 0 || charset.n > CHARSET_BYTES)
		return false;
	memcpy(name_r, charset.p, charset.n);
	name_r[charset.n] = '\0';
	return true;
}

/* Returns false at a byte that does not belong, with *s at it. */
static bool
convert_some(iconv_t cd, struct span *s, struct buffer *out)
{
	char chunk[CHUNK], *to = chunk;
	char *from = (char *)(uintptr_t)s->p;
	size_t room = sizeof(chunk), left = s->n;
	size_t ret = iconv(cd, &from, &left, &to, &room);
	int error = errno;

	buffer_add(out, span_of(chunk, sizeof(chunk) - room));
	*s = span_from(*s, s->n - left);
	return ret != (size_t)-1 || error == E2BIG;
}

static void
flush(iconv_t cd, struct buffer *out)
{
	char chunk[CHUNK], *to = chunk;
	size_t room = sizeof(chunk);

	(void)iconv(cd, NULL, NULL, &to, &room);
	buffer_add(out, span_of(chunk, sizeof(chunk) - room));
}

static bool
convert(const char *to, const char *from, struct span s, bool replace,
    struct buffer *out)
{
	iconv_t cd = iconv_open(to, from);
	size_t before = out->n;
	bool good = true;

	if (cd == (iconv_t)-1)
		return false;
	while (s.n > 0 && good) {
		if (convert_some(cd, &s, out))
			continue;
		good = replace;
		buffer_add(out, SPAN(REPLACEMENT));
		s = span_from(s, 1);
	}
	flush(cd, out);
	(void)iconv_close(cd);
	if (!good)
		out->n = before;
	return good;
}

static bool
is_utf8_name(struct span charset)
{
	return charset.n == 0 || span_ieq(charset, SPAN("utf-8")) ||
	    span_ieq(charset, SPAN("utf8")) ||
	    span_ieq(charset, SPAN("us-ascii"));
}

static bool
is_latin1_name(struct span charset)
{
	return span_ieq(charset, SPAN("iso-8859-1"));
}

bool
charset_is_usual(struct span charset)
{
	return is_utf8_name(charset) || is_latin1_name(charset);
}

bool
charset_to_utf8(struct span charset, struct span text, struct buffer *out)
{
	char name[CHARSET_BYTES + 1];

	if (is_utf8_name(charset)) {
		copy_good_utf8(text, out);
		return true;
	}
	if (is_latin1_name(charset)) {
		copy_latin1(text, out);
		return true;
	}
	return take_name(charset, name) &&
	    convert("UTF-8", name, text, true, out);
}

bool
charset_from_utf8(struct span charset, struct span text, struct buffer *out)
{
	char name[CHARSET_BYTES + 1];

	if (span_ieq(charset, SPAN("utf-8")) || span_ieq(charset,
	    SPAN("utf8"))) {
		buffer_add(out, text);
		return true;
	}
	return take_name(charset, name) &&
	    convert(name, "UTF-8", text, false, out);
}
