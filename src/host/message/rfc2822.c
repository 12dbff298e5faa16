/*
 * rfc2822.c: rfc2822_parser.h, the list of header fields as modules see it.
 *
 * Fields of the message lie in its arena and are merely unlinked when they are
 * removed; fields made by modules are blocks of their own, with the texts
 * behind the structure.  Lines appended later are blocks, too.
 */
#include "rfc2822_parser.h"

#include "host/message/field.h"
#include "host/message/message.h"
#include "host/message/state.h"
#include "host/types/alloc.h"

#include <limits.h>
#include <stdlib.h>

static bool
has_name(const rfc2822_field *field, struct span name)
{
	return field->field != NULL && span_ieq(field_name(field), name);
}

static rfc2822_field *
find_from(rfc2822_field *field, struct span name)
{
	while (field != NULL && !has_name(field, name))
		field = field->next;
	return field;
}

rfc2822_field *
rfc2822_find_first_header(rfc2822_context *ctx, const char *header_name)
{
	return find_from(ctx->headers, span_of_text(header_name));
}

rfc2822_field *
rfc2822_find_next_header(rfc2822_field *last)
{
	return find_from(last->next, field_name(last));
}

/* ftext of RFC 5322 section 3.6.8 */
static bool
is_name(struct span name)
{
	for (size_t i = 0; i < name.n; i++) {
		if (name.p[i] <= ' ' || name.p[i] > '~' || name.p[i] == ':')
			return false;
	}
	return name.n > 0 && name.n < MESSAGE_HEADER_BYTES;
}

/* A line of text: up to CR, LF or CRLF, which is stepped over. */
static bool
next_line(struct span *rest, struct span *line_r)
{
	size_t n = 0;

	if (rest->n == 0)
		return false;
	while (n < rest->n && rest->p[n] != '\r' && rest->p[n] != '\n')
		n++;
	*line_r = span_first(*rest, n);
	if (n < rest->n && rest->p[n] == '\r' && n + 1 < rest->n &&
	    rest->p[n + 1] == '\n')
		n++;
	*rest = span_from(*rest, n < rest->n ? n + 1 : n);
	return true;
}

/* Texts of a line go behind it in one block. */
static rfc2822_field_body *
new_line(struct span line)
{
	rfc2822_field_body *body;
	size_t pad = 0;
	char *text;

	while (pad < line.n && byte_is_wsp(line.p[pad]))
		pad++;
	body = xmalloc(sizeof(*body) + 1 + line.n + 1);
	*body = (rfc2822_field_body){ .line_should_free = 1 };
	text = (char *)(body + 1);
	if (pad == 0)
		*text++ = '\t';
	memcpy(text, line.p, line.n);
	text[line.n] = '\0';
	body->wsp_pad = pad == 0 ? text - 1 : text;
	body->wsp_pad_len = pad == 0 ? 1 : (int)pad;
	body->line = text + pad;
	body->line_len = (int)(line.n - pad);
	return body;
}

static void
append_lines(rfc2822_field *hdr, struct span text)
{
	rfc2822_field_body **end = &hdr->body.next;
	struct span line;

	while (*end != NULL)
		end = &(*end)->next;
	while (next_line(&text, &line)) {
		if (line.n == 0)
			continue;
		*end = new_line(line);
		end = &(*end)->next;
	}
}

/* The name and the first line go behind the field in one block. */
static rfc2822_field *
new_field(struct span name, struct span line, struct span pad)
{
	rfc2822_field *field;
	char *text;

	field = xmalloc(sizeof(*field) + name.n + 1 + pad.n + line.n + 1);
	*field = (rfc2822_field){ ._in_heap = 1 };
	text = (char *)(field + 1);
	memcpy(text, name.p, name.n);
	text[name.n] = '\0';
	field->field = text;
	field->field_len = (int)name.n;
	text += name.n + 1;
	if (pad.n > 0)
		memcpy(text, pad.p, pad.n);
	field->body.wsp_pad = text;
	field->body.wsp_pad_len = (int)pad.n;
	text += pad.n;
	if (line.n > 0)
		memcpy(text, line.p, line.n);
	text[line.n] = '\0';
	field->body.line = text;
	field->body.line_len = (int)line.n;
	return field;
}

/* White space that the text brings along is the space after the colon. */
static struct span
take_pad(struct span *line, bool first_is_empty)
{
	struct span pad = *line;

	while (line->n > 0 && byte_is_wsp(line->p[0]))
		*line = span_from(*line, 1);
	pad.n -= line->n;
	return pad.n > 0 || first_is_empty ? pad : SPAN(" ");
}

rfc2822_field *
rfc2822_new_header(const char *name, const char *str)
{
	struct span text = span_of_text(str != NULL ? str : "");
	struct span line = text, pad;
	rfc2822_field *field;

	if (name == NULL || !is_name(span_of_text(name)) ||
	    text.n >= MESSAGE_HEADER_BYTES)
		return NULL;
	line.n = 0;
	(void)next_line(&text, &line);
	pad = take_pad(&line, line.n == 0 && text.n > 0);
	field = new_field(span_of_text(name), line, pad);
	append_lines(field, text);
	return field;
}

rfc2822_field *
rfc2822_new_headerf(const char *name, const char *fmt, ...)
{
	string text;
	rfc2822_field *field;
	va_list args;

	(void)string_init_type(&text, 256, STRING_TYPE_ECSTRING);
	va_start(args, fmt);
	(void)stringvprintf(&text, fmt, args);
	va_end(args);
	field = rfc2822_new_header(name, text.buffer);
	(void)string_destroy(&text);
	return field;
}

void
rfc2822_header_append_line(rfc2822_field *hdr, const char *str)
{
	struct span text = span_of_text(str);

	if (text.n < MESSAGE_HEADER_BYTES)
		append_lines(hdr, text);
}

static void
changed(rfc2822_context *ctx)
{
	ctx->needs_reassembly = 1;
	if (ctx->_state != NULL)
		message_forget_wire(ctx->_state);
}

static void
insert_at(rfc2822_context *ctx, rfc2822_field **place, rfc2822_field *hdr)
{
	if (hdr == NULL)
		return;
	hdr->next = *place;
	*place = hdr;
	if (has_name(hdr, SPAN("Date")))
		ctx->had_date = 1;
	changed(ctx);
}

void
rfc2822_prepend_header(rfc2822_context *ctx, rfc2822_field *hdr)
{
	insert_at(ctx, &ctx->headers, hdr);
}

void
rfc2822_insert_header(rfc2822_context *ctx, rfc2822_field *hdr, int index)
{
	rfc2822_field **place = &ctx->headers;

	while (index-- > 0 && *place != NULL)
		place = &(*place)->next;
	insert_at(ctx, place, hdr);
}

void
rfc2822_append_header(rfc2822_context *ctx, rfc2822_field *hdr)
{
	rfc2822_insert_header(ctx, hdr, INT_MAX);
}

static void
unlink_field(rfc2822_context *ctx, rfc2822_field **place)
{
	rfc2822_field *gone = *place;

	*place = gone->next;
	gone->next = NULL;
	rfc2822_free_header(gone);
	changed(ctx);
}

int
rfc2822_remove_header(rfc2822_context *ctx, const char *name)
{
	rfc2822_field **place = &ctx->headers;
	struct span wanted = span_of_text(name);

	for (int i = 0; *place != NULL; i++, place = &(*place)->next) {
		if (has_name(*place, wanted)) {
			unlink_field(ctx, place);
			return i;
		}
	}
	return -1;
}

int
rfc2822_remove_field(rfc2822_context *ctx, rfc2822_field *hdr)
{
	rfc2822_field **place = &ctx->headers;

	for (int i = 0; *place != NULL; i++, place = &(*place)->next) {
		if (*place == hdr) {
			unlink_field(ctx, place);
			return i;
		}
	}
	return -1;
}

void
rfc2822_free_header(rfc2822_field *hdr)
{
	rfc2822_field_body *next;

	if (hdr == NULL)
		return;
	for (rfc2822_field_body *b = hdr->body.next; b != NULL; b = next) {
		next = b->next;
		if (b->line_should_free != 0)
			free(b);
	}
	hdr->body.next = NULL;
	if (hdr->_in_heap != 0)
		free(hdr);
}

static struct span
counted(const char *p, int n)
{
	return span_of(p, p == NULL || n < 0 ? 0 : (size_t)n);
}

static bool
write_span(string *s, struct span text)
{
	return text.n == 0 ||
	    stringwrite2(s, (const char *)text.p, text.n) >= 0;
}

static bool
write_lines(string *s, const rfc2822_field *field, int flags)
{
	const rfc2822_field_body *line = &field->body;
	bool ok = write_span(s, counted(line->line, line->line_len));

	for (line = line->next; ok && line != NULL; line = line->next) {
		ok = (flags & RFC2822_HDR_RENDER_FOLD) == 0 ?
		    write_span(s, SPAN(" ")) :
		    write_span(s, SPAN("\r\n")) &&
		    write_span(s, counted(line->wsp_pad, line->wsp_pad_len));
		ok = ok && write_span(s, counted(line->line, line->line_len));
	}
	return ok;
}

static bool
write_name(string *s, const rfc2822_field *field)
{
	return (field->field == NULL ||
	    (write_span(s, field_name(field)) &&
	    write_span(s, counted(field->_name_pad, field->_name_pad_len)) &&
	    write_span(s, SPAN(":")))) &&
	    write_span(s, counted(field->body.wsp_pad,
	    field->body.wsp_pad_len));
}

string *
rfc2822_header_stringwrite_ex(string *s, rfc2822_field *field, int flags)
{
	bool ok = true;

	if ((flags & RFC2822_HDR_RENDER_NAME) != 0)
		ok = write_name(s, field);
	ok = ok && write_lines(s, field, flags);
	if ((flags & RFC2822_HDR_RENDER_CRLF) != 0)
		ok = ok && write_span(s, SPAN("\r\n"));
	return ok ? s : NULL;
}

string *
rfc2822_header_stringwrite(string *s, rfc2822_field *field)
{
	return rfc2822_header_stringwrite_ex(s, field,
	    RFC2822_HDR_RENDER_NAME | RFC2822_HDR_RENDER_FOLD |
	    RFC2822_HDR_RENDER_CRLF);
}

static rfc2822_field_body *
heap_line(void *arg)
{
	rfc2822_field_body *body = xcalloc(1, sizeof(*body));

	(void)arg;
	body->line_should_free = 1;
	return body;
}

/* A field with room for its bytes behind it. */
static rfc2822_field *
roomy_field(size_t n, unsigned char **text_r)
{
	rfc2822_field *field = xmalloc(sizeof(*field) + n + 1);

	*field = (rfc2822_field){ ._in_heap = 1 };
	*text_r = (unsigned char *)(field + 1);
	return field;
}

static rfc2822_field *
clone_field(const rfc2822_field *field)
{
	size_t n = field_length(field);
	unsigned char *text;
	rfc2822_field *copy = roomy_field(n, &text);

	field_write(field, text);
	field_parse(copy, span_of(text, n), heap_line, NULL);
	return copy;
}

/* Every line end is CRLF, and white space follows it. */
static bool
is_folded_well(struct span bytes)
{
	for (size_t i = 0; i < bytes.n; i++) {
		if (bytes.p[i] == '\n')
			return false;
		if (bytes.p[i] != '\r')
			continue;
		if (i + 2 >= bytes.n || bytes.p[i + 1] != '\n' ||
		    !byte_is_wsp(bytes.p[i + 2]))
			return false;
		i++;
	}
	return true;
}

rfc2822_field *
rfc2822_parse_header(const char *bytes, size_t len)
{
	struct span raw = span_of(bytes, len);
	rfc2822_field *field;
	unsigned char *text;

	if (len >= MESSAGE_HEADER_BYTES || !is_folded_well(raw))
		return NULL;
	field = roomy_field(len, &text);
	if (len > 0)
		memcpy(text, bytes, len);
	field_parse(field, span_of(text, len), heap_line, NULL);
	if (field->field != NULL && is_name(field_name(field)))
		return field;
	rfc2822_free_header(field);
	return NULL;
}

rfc2822_context *
rfc2822_clone_headers(rfc2822_context *ctx)
{
	rfc2822_context *copy = xmalloc(sizeof(*copy));
	rfc2822_field **end = &copy->headers;

	*copy = *ctx;
	copy->headers = NULL;
	copy->_state = NULL;
	for (rfc2822_field *f = ctx->headers; f != NULL; f = f->next) {
		*end = clone_field(f);
		end = &(*end)->next;
	}
	return copy;
}

static void
free_fields(rfc2822_context *ctx)
{
	rfc2822_field *next;

	for (rfc2822_field *f = ctx->headers; f != NULL; f = next) {
		next = f->next;
		rfc2822_free_header(f);
	}
	ctx->headers = NULL;
}

/* Also for the context inside a message, which is not a block of its own. */
void
rfc2822_free_context(rfc2822_context *ctx)
{
	if (ctx == NULL)
		return;
	free_fields(ctx);
	if (ctx->_state == NULL)
		free(ctx);
}
