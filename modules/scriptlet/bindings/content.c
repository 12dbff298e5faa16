/*
 * content.c: parameters, and the few fields that have them.
 */
#include "scriptlet/bindings/content.h"

#include "scriptlet/bindings/charset.h"
#include "scriptlet/bindings/encoded_word.h"

bool
content_next_field(struct span *header, struct content_field *field_r)
{
	struct span h = *header, whole;
	size_t n = 0, colon;

	if (h.n == 0)
		return false;
	do {
		struct span rest = span_from(h, n);
		size_t line = span_find(rest, '\n');

		n += line < rest.n ? line + 1 : line;
	} while (n < h.n && byte_is_wsp(h.p[n]));
	whole = span_first(h, n);
	*header = span_from(h, n);
	colon = span_find(whole, ':');
	*field_r = (struct content_field){ .whole = whole };
	if (colon < whole.n) {
		field_r->name = span_trim_wsp(span_first(whole, colon));
		field_r->value = span_from(whole, colon + 1);
		while (field_r->value.n > 0 &&
		    byte_is_fws(field_r->value.p[field_r->value.n - 1]))
			field_r->value.n--;
	}
	return true;
}

/* The value of the first field of a name; false when there is none. */
static bool
find(struct span header, struct span name, struct span *value_r)
{
	struct content_field field;

	while (content_next_field(&header, &field)) {
		if (field.name.n > 0 && span_ieq(field.name, name)) {
			*value_r = field.value;
			return true;
		}
	}
	return false;
}

/* CFWS of RFC 5322 section 3.2.2.  Comments nest, and are not recursed into. */
static void
skip_cfws(struct span *s)
{
	size_t depth = 0, n = 0;

	for (; n < s->n; n++) {
		unsigned char c = s->p[n];

		if (c == '(')
			depth++;
		else if (c == ')' && depth > 0)
			depth--;
		else if (c == '\\' && depth > 0)
			n++;
		else if (depth == 0 && !byte_is_fws(c))
			break;
	}
	*s = span_from(*s, n < s->n ? n : s->n);
}

static bool
is_token(unsigned char c)
{
	return c > ' ' && c != 127 && strchr("()<>@,;:\\\"/[]?=", c) == NULL;
}

static struct span
take_token(struct span *s)
{
	size_t n = 0;
	struct span token;

	while (n < s->n && is_token(s->p[n]))
		n++;
	token = span_first(*s, n);
	*s = span_from(*s, n);
	return token;
}

static bool
take_byte(struct span *s, unsigned char c)
{
	skip_cfws(s);
	if (s->n == 0 || s->p[0] != c)
		return false;
	*s = span_from(*s, 1);
	skip_cfws(s);
	return true;
}

/* Up to the closing quote, or the end. */
static int
take_quoted(struct span *s, struct arena *arena, struct span *text_r)
{
	unsigned char *out = arena_bytes(arena, s->n);
	size_t n = 0, i = 1;

	if (out == NULL)
		return -1;
	for (; i < s->n && s->p[i] != '"'; i++) {
		if (s->p[i] == '\\' && i + 1 < s->n)
			i++;
		if (s->p[i] != '\r' && s->p[i] != '\n')
			out[n++] = s->p[i];
	}
	arena_shrink(arena, out, s->n, n);
	*text_r = span_of(out, n);
	*s = span_from(*s, i < s->n ? i + 1 : s->n);
	return 0;
}

/* A token, a quoted string, or what stands there instead, as some write file
 * names with blanks: up to the next ';'. */
static int
take_value(struct span *s, struct arena *arena, struct span *value_r)
{
	struct span rest;

	if (s->n > 0 && s->p[0] == '"')
		return take_quoted(s, arena, value_r);
	rest = *s;
	*value_r = take_token(&rest);
	skip_cfws(&rest);
	if (rest.n > 0 && rest.p[0] != ';') {
		size_t n = span_find(*s, ';');

		*value_r = span_trim_fws(span_first(*s, n));
		rest = span_from(*s, n);
	}
	*s = rest;
	return 0;
}

/* One parameter of RFC 2231 arrives in pieces: name*0, name*1*, ... */
struct parameter {
	struct span name; /* without what follows the first '*' */
	bool extended; /* percent-encoded */
	unsigned section;
	struct span value;
};

static bool
take_section(struct parameter *p, struct span name)
{
	size_t star = span_find(name, '*');
	struct span rest;

	p->name = span_first(name, star);
	if (star == name.n)
		return true;
	rest = span_from(name, star + 1);
	for (; rest.n > 0 && byte_is_digit(rest.p[0]);
	    rest = span_from(rest, 1)) {
		p->section = p->section * 10 + (unsigned)(rest.p[0] - '0');
		if (p->section >= CONTENT_PARAMETERS)
			return false;
	}
	p->extended = star + 1 == name.n || (rest.n == 1 && rest.p[0] == '*');
	return true;
}

struct parameters {
	struct parameter rows[CONTENT_PARAMETERS];
	size_t count;
};

/* *( ";" attribute "=" value )   (RFC 2045 section 5.1) */
static int
take_parameters(struct span s, struct arena *arena, struct parameters *all)
{
	all->count = 0;
	while (all->count < CONTENT_PARAMETERS) {
		struct parameter *p = &all->rows[all->count];
		size_t next;

		next = span_find(s, ';');
		skip_cfws(&s);
		if (s.n == 0)
			break;
		if (!take_byte(&s, ';')) {
			/* rubbish: go on behind it */
			if (next >= s.n)
				break;
			s = span_from(s, span_find(s, ';'));
			if (!take_byte(&s, ';'))
				break;
		}
		*p = (struct parameter){ 0 };
		if (!take_section(p, take_token(&s)) || p->name.n == 0 ||
		    !take_byte(&s, '='))
			continue;
		if (take_value(&s, arena, &p->value) != 0)
			return -1;
		all->count++;
	}
	return 0;
}

static void
add_percent(struct span s, struct buffer *out)
{
	for (size_t n; s.n > 0; s = span_from(s, n)) {
		int high = s.n > 2 ? byte_hex(s.p[1]) : -1;
		int low = s.n > 2 ? byte_hex(s.p[2]) : -1;

		unsigned char c = s.p[0];

		n = 1;
		if (c == '%' && high >= 0 && low >= 0) {
			c = (unsigned char)(high << 4 | low);
			n = 3;
		}
		buffer_add_byte(out, c);
	}
}

static const struct parameter *
find_section(const struct parameters *all, struct span name, unsigned section)
{
	for (size_t i = 0; i < all->count; i++) {
		if (all->rows[i].section == section &&
		    span_ieq(all->rows[i].name, name))
			return &all->rows[i];
	}
	return NULL;
}

/* Join the pieces; charset'language' stands before the first one when that is
 * extended.  Returns false without memory. */
static bool
join(const struct parameters *all, struct span name, struct buffer *out,
    struct span *charset_r)
{
	const struct parameter *p;
	struct span value, charset, language;

	*charset_r = SPAN("");
	for (unsigned i = 0; (p = find_section(all, name, i)) != NULL; i++) {
		value = p->value;
		if (i == 0 && p->extended && span_cut(&value, '\'', &charset) &&
		    span_cut(&value, '\'', &language))
			*charset_r = charset;
		else
			value = p->value;
		if (p->extended)
			add_percent(value, out);
		else
			buffer_add(out, value);
	}
	return !buffer_failed(out);
}

/* A parameter in UTF-8; "" when it is not there.  Returns 0 or -1. */
static int
parameter(const struct parameters *all, const char *name, struct arena *arena,
    struct span *value_r, bool *found_r)
{
	struct buffer joined = { 0 }, text = { 0 };
	struct span charset;
	int ret = 0;

	*value_r = SPAN("");
	*found_r = find_section(all, span_of_text(name), 0) != NULL;
	if (!*found_r)
		return 0;
	if (!join(all, span_of_text(name), &joined, &charset))
		ret = -1;
	else if (charset.n > 0)
		(void)charset_to_utf8(charset, buffer_span(&joined), &text);
	else /* not allowed in quotes, but common */
		encoded_word_decode(buffer_span(&joined), &text);
	if (ret == 0)
		ret = buffer_failed(&text) ? -1 : arena_copy(arena,
		    buffer_span(&text), value_r);
	buffer_deinit(&joined);
	buffer_deinit(&text);
	return ret;
}

static int
lower(struct span s, struct arena *arena, struct span *lower_r)
{
	unsigned char *out = arena_bytes(arena, s.n + 1);

	if (out == NULL)
		return -1;
	for (size_t i = 0; i < s.n; i++)
		out[i] = byte_lower(s.p[i]);
	*lower_r = span_of(out, s.n);
	return 0;
}

/* type "/" subtype */
static bool
take_type(struct span *s, struct span *type_r)
{
	struct span start, type, subtype;

	skip_cfws(s);
	start = *s;
	type = take_token(s);
	if (type.n == 0 || s->n == 0 || s->p[0] != '/')
		return false;
	*s = span_from(*s, 1);
	subtype = take_token(s);
	*type_r = span_first(start, type.n + 1 + subtype.n);
	return subtype.n > 0;
}

static int
read_type(struct span header, struct arena *arena, struct content *c)
{
	struct parameters all;
	struct span value, type;
	bool found;

	if (!find(header, SPAN("Content-Type"), &value) ||
	    !take_type(&value, &type))
		return 0;
	if (lower(type, arena, &c->type) != 0 ||
	    take_parameters(value, arena, &all) != 0 ||
	    parameter(&all, "charset", arena, &c->charset, &found) != 0 ||
	    parameter(&all, "boundary", arena, &c->boundary, &found) != 0)
		return -1;
	return parameter(&all, "name", arena, &c->filename, &c->has_filename);
}

/* The name given here counts more. */
static int
read_disposition(struct span header, struct arena *arena, struct content *c)
{
	struct parameters all;
	struct span value, name;
	bool found;

	if (!find(header, SPAN("Content-Disposition"), &value))
		return 0;
	skip_cfws(&value);
	if (lower(take_token(&value), arena,
	    &c->disposition) != 0 ||
	    take_parameters(value, arena, &all) != 0 ||
	    parameter(&all, "filename", arena, &name, &found) != 0)
		return -1;
	if (found) {
		c->filename = name;
		c->has_filename = true;
	}
	return 0;
}

int
content_read(struct span header, struct arena *arena,
    struct content *content_r)
{
	struct span value;

	*content_r = (struct content){
		.type = SPAN_INIT("text/plain"),
		.charset = SPAN_INIT(""),
		.boundary = SPAN_INIT(""),
		.transfer = TRANSFER_7BIT,
		.transfer_name = SPAN_INIT(""),
		.disposition = SPAN_INIT(""),
		.filename = SPAN_INIT(""),
	};
	if (find(header, SPAN("Content-Transfer-Encoding"), &value)) {
		skip_cfws(&value);
		content_r->transfer_name = take_token(&value);
		content_r->transfer = transfer_from_name(
		    content_r->transfer_name);
	}
	return read_type(header, arena, content_r) != 0 ? -1 :
	    read_disposition(header, arena, content_r);
}
