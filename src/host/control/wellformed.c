/*
 * wellformed.c: the part of XML 1.0 that answers are written in.
 *
 *	content   = *( element / blank )
 *	element   = "<" name *attribute [ blank ] ( "/>" /
 *	            ">" *( element / text ) "</" name [ blank ] ">" )
 *	attribute = blank name "=" ( <"> *text <"> / "'" *text "'" )
 *	text      = reference / any octet but "<" and "&"
 */
#include "host/control/wellformed.h"

#include <jansson.h>
#include <stdbool.h>
#include <string.h>

#define ATTRIBUTES 16 /* of an element; no answer has as many */

struct cursor {
	const unsigned char *at, *end;
};

static bool
take(struct cursor *c, const char *word)
{
	size_t n = strlen(word);

	if ((size_t)(c->end - c->at) < n || memcmp(c->at, word, n) != 0)
		return false;
	c->at += n;
	return true;
}

static bool
skip_blanks(struct cursor *c)
{
	const unsigned char *from = c->at;

	while (c->at < c->end && (*c->at == ' ' || *c->at == '\t' ||
	    *c->at == '\n' || *c->at == '\r'))
		c->at++;
	return c->at > from;
}

static bool
may_begin_name(unsigned char c)
{
	return byte_is_alpha(c) || c == '_';
}

/* Names are ASCII here, and without prefixes, which would have to be declared. */
static bool
take_name(struct cursor *c, struct span *name_r)
{
	const unsigned char *from = c->at;

	if (c->at == c->end || !may_begin_name(*c->at))
		return false;
	while (c->at < c->end && (may_begin_name(*c->at) ||
	    byte_is_digit(*c->at) || *c->at == '-' || *c->at == '.'))
		c->at++;
	*name_r = span_of(from, (size_t)(c->at - from));
	return true;
}

/* Behind "&". */
static bool
take_reference(struct cursor *c)
{
	return take(c, "lt;") || take(c, "gt;") || take(c, "amp;") ||
	    take(c, "quot;") || take(c, "apos;");
}

/* Up to "<", or to the quote that ends a value. */
static bool
take_text(struct cursor *c, unsigned char end)
{
	for (; c->at < c->end && *c->at != '<' && *c->at != end;) {
		/* the end of what is not known here */
		if (take(c, "]]>"))
			return false;
		if (*c->at++ == '&' && !take_reference(c))
			return false;
	}
	return true;
}

static bool
take_value(struct cursor *c)
{
	unsigned char quote = c->at < c->end ? *c->at : 0;

	if (quote != '"' && quote != '\'')
		return false;
	c->at++;
	if (!take_text(c, quote) || c->at == c->end || *c->at != quote)
		return false;
	c->at++;
	return true;
}

/* Up to ">" or "/>".  No name may be there twice. */
static bool
take_attributes(struct cursor *c)
{
	struct span names[ATTRIBUTES];
	size_t n = 0;

	while (skip_blanks(c) && c->at < c->end && may_begin_name(*c->at)) {
		if (n == ATTRIBUTES || !take_name(c, &names[n]) ||
		    !take(c, "=") || !take_value(c))
			return false;
		for (size_t i = 0; i < n; i++) {
			if (span_eq(names[i], names[n]))
				return false;
		}
		n++;
	}
	return true;
}

/* The elements that are open. */
struct path {
	struct span names[WELLFORMED_DEPTH];
	size_t depth;
};

/* Behind "<" or "</". */
static bool
take_tag(struct cursor *c, bool is_end, struct path *path)
{
	struct span name;

	if (!take_name(c, &name))
		return false;
	if (is_end) {
		(void)skip_blanks(c);
		return path->depth > 0 && take(c, ">") &&
		    span_eq(path->names[--path->depth], name);
	}
	if (!take_attributes(c))
		return false;
	if (take(c, "/>"))
		return true;
	if (path->depth == WELLFORMED_DEPTH || !take(c, ">"))
		return false;
	path->names[path->depth++] = name;
	return true;
}

/* Octets that are characters of XML 1.0 (section 2.2). */
static bool
is_of_characters(struct span text)
{
	json_t *utf8 = text.n == 0 ? NULL :
	    json_stringn((const char *)text.p, text.n);
	bool good = utf8 != NULL || text.n == 0;

	json_decref(utf8);
	for (size_t i = 0; good && i < text.n; i++) {
		unsigned char c = text.p[i];

		good = c >= ' ' || c == '\t' || c == '\n' || c == '\r';
		/* U+FFFE and U+FFFF */
		if (c == 0xef && text.p[i + 1] == 0xbf &&
		    text.p[i + 2] >= 0xbe)
			good = false;
	}
	return good;
}

int
wellformed_elements(struct span text)
{
	struct cursor c = { text.p, text.p + text.n };
	struct path path = { .depth = 0 };
	int count = 0;

	if (!is_of_characters(text))
		return -1;
	for (;;) {
		if (path.depth == 0)
			(void)skip_blanks(&c);
		else if (!take_text(&c, '<'))
			return -1;
		if (c.at == c.end)
			return path.depth == 0 ? count : -1;
		if (path.depth == 0)
			count++;
		if (!take(&c, "<") || !take_tag(&c, take(&c, "/"), &path))
			return -1;
	}
}
