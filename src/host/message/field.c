/*
 * field.c: a field is pieces of text in a row: name, white space, colon, then
 * for each line its white space and text, with CRLF between lines.
 *
 * Everything here walks those pieces, so that parsing, comparing and writing
 * agree about them.
 */
#include "host/message/field.h"

/* The next piece of a field: done grows with every step. */
struct piece_cursor {
	const rfc2822_field *field;
	const rfc2822_field_body *line;
	enum {
		PIECE_NAME,
		PIECE_NAME_PAD,
		PIECE_COLON,
		PIECE_PAD,
		PIECE_LINE,
		PIECE_CRLF,
		PIECE_END,
	} at;
};

static struct span
text_of(const char *p, int n)
{
	return span_of(p, p == NULL || n < 0 ? 0 : (size_t)n);
}

static struct piece_cursor
piece_first(const rfc2822_field *field)
{
	return (struct piece_cursor){
		.field = field,
		.line = &field->body,
		.at = field->field == NULL ? PIECE_PAD : PIECE_NAME,
	};
}

static bool
piece_next(struct piece_cursor *c, struct span *piece_r)
{
	switch (c->at) {
	case PIECE_NAME:
		*piece_r = text_of(c->field->field, c->field->field_len);
		c->at = PIECE_NAME_PAD;
		return true;
	case PIECE_NAME_PAD:
		*piece_r = text_of(c->field->_name_pad,
		    c->field->_name_pad_len);
		c->at = PIECE_COLON;
		return true;
	case PIECE_COLON:
		*piece_r = SPAN(":");
		c->at = PIECE_PAD;
		return true;
	case PIECE_PAD:
		*piece_r = text_of(c->line->wsp_pad, c->line->wsp_pad_len);
		c->at = PIECE_LINE;
		return true;
	case PIECE_LINE:
		*piece_r = text_of(c->line->line, c->line->line_len);
		c->line = c->line->next;
		c->at = c->line == NULL ? PIECE_END : PIECE_CRLF;
		return true;
	case PIECE_CRLF:
		*piece_r = SPAN("\r\n");
		c->at = PIECE_PAD;
		return true;
	case PIECE_END:
		break;
	}
	return false;
}

/* The offset of the first CRLF, or s.n. */
static size_t
find_crlf(struct span s)
{
	size_t at = 0;

	for (;;) {
		at += span_find(span_from(s, at), '\n');
		if (at >= s.n)
			return s.n;
		if (at > 0 && s.p[at - 1] == '\r')
			return at - 1;
		at++;
	}
}

static size_t
leading_wsp(struct span s)
{
	size_t n = 0;

	while (n < s.n && byte_is_wsp(s.p[n]))
		n++;
	return n;
}

static char *
pointer(struct span s)
{
	return (char *)(uintptr_t)s.p;
}

/* Fields are within MESSAGE_HEADER_BYTES, so every length fits an int. */
static void
parse_line(rfc2822_field_body *body, struct span line)
{
	size_t pad = leading_wsp(line);

	body->wsp_pad = pointer(line);
	body->wsp_pad_len = (int)pad;
	line = span_from(line, pad);
	body->line = pointer(line);
	body->line_len = (int)line.n;
}

static struct span
parse_name(rfc2822_field *field, struct span first)
{
	size_t colon = span_find(first, ':');
	size_t n = colon;

	if (colon == first.n)
		return first;
	while (n > 0 && byte_is_wsp(first.p[n - 1]))
		n--;
	field->field = pointer(first);
	field->field_len = (int)n;
	field->_name_pad = pointer(span_from(first, n));
	field->_name_pad_len = (int)(colon - n);
	return span_from(first, colon + 1);
}

void
field_parse(rfc2822_field *field, struct span raw,
    rfc2822_field_body *(*more)(void *arg), void *arg)
{
	rfc2822_field_body *body = &field->body;
	size_t end = find_crlf(raw);

	parse_line(body, parse_name(field, span_first(raw, end)));
	while (end < raw.n) {
		raw = span_from(raw, end + 2);
		end = find_crlf(raw);
		body->next = more(arg);
		body = body->next;
		parse_line(body, span_first(raw, end));
	}
}

bool
field_is(const rfc2822_field *field, struct span raw)
{
	struct piece_cursor cursor = piece_first(field);
	struct span piece;

	while (piece_next(&cursor, &piece)) {
		if (piece.n > raw.n)
			return false;
		/* what was not touched points to where it came from */
		if (piece.n > 0 && piece.p != raw.p &&
		    memcmp(piece.p, raw.p, piece.n) != 0)
			return false;
		raw = span_from(raw, piece.n);
	}
	return raw.n == 0;
}

size_t
field_length(const rfc2822_field *field)
{
	struct piece_cursor cursor = piece_first(field);
	struct span piece;
	size_t n = 0;

	while (piece_next(&cursor, &piece))
		n += piece.n;
	return n;
}

void
field_write(const rfc2822_field *field, unsigned char *out)
{
	struct piece_cursor cursor = piece_first(field);
	struct span piece;

	while (piece_next(&cursor, &piece)) {
		if (piece.n > 0)
			memcpy(out, piece.p, piece.n);
		out += piece.n;
	}
}

struct span
field_name(const rfc2822_field *field)
{
	return text_of(field->field, field->field_len);
}

struct span
field_value_of(struct span raw)
{
	size_t colon = span_find(span_first(raw, find_crlf(raw)), ':');

	return colon == raw.n || colon >= find_crlf(raw) ? raw :
	    span_from(raw, colon + 1);
}
