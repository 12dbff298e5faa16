/*
 * reader.c: find the empty line, cut what is above it into fields.
 */
#include "message/reader.h"

#define COPY_BYTES 16384 /* body text with its LFs made CRLF goes out in such */

void
reader_init(struct reader *reader, const struct reader_events *events,
    void *arg, size_t max_octets)
{
	struct buffer head = reader->head;

	buffer_clear(&head);
	*reader = (struct reader){ .events = events, .arg = arg, .head = head,
		.max_octets = max_octets };
}

void
reader_deinit(struct reader *reader)
{
	buffer_deinit(&reader->head);
}

/* Keep a stretch of the header.  One octet past the limit is kept, too, so
 * that whoever counts sees that it was passed. */
static void
keep(struct reader *reader, struct span s)
{
	size_t room = reader->max_octets + 1 - reader->head.n;

	buffer_add(&reader->head, span_first(s, room));
}

/* An LF was seen: is it the end of a line, and was the line empty? */
static bool
ends_header(struct reader *reader)
{
	size_t text = reader->line;
	bool line_end;

	if (!reader->line_ends_known) {
		reader->lf = reader->line_ends == SEAL_LINES_FILE && !reader->cr;
		reader->line_ends_known = true;
	}
	line_end = reader->cr || reader->lf;
	if (reader->cr)
		text--;
	reader->line = line_end ? 0 : reader->line + 1;
	return line_end && text == 0;
}

/* Look for the empty line in bytes.  Returns how many octets belong to the
 * header, its empty line included. */
static size_t
scan_header(struct reader *reader, struct span bytes)
{
	size_t at = 0, text;
	struct span rest;

	while (at < bytes.n && !reader->in_body) {
		rest = span_from(bytes, at);
		text = span_find(rest, '\n');
		if (text > 0)
			reader->cr = rest.p[text - 1] == '\r';
		reader->line += text;
		at += text;
		if (at == bytes.n)
			break;
		at++;
		reader->in_body = ends_header(reader);
		reader->cr = false;
	}
	return at;
}

/* The next line of the header, without its line end. */
static bool
next_line(const struct reader *reader, struct span *rest, struct span *line_r)
{
	size_t at = 0;

	if (rest->n == 0)
		return false;
	for (;;) {
		at += span_find(span_from(*rest, at), '\n');
		if (at == rest->n)
			break;
		if (reader->lf || (at > 0 && rest->p[at - 1] == '\r'))
			break;
		at++; /* an LF alone, in CRLF text */
	}
	*line_r = span_first(*rest, at);
	*rest = span_from(*rest, at < rest->n ? at + 1 : at);
	if (line_r->n > 0 && line_r->p[line_r->n - 1] == '\r')
		line_r->n--;
	return true;
}

/* Give out the fields: a line and those after it that begin with white space,
 * joined by CRLF. */
static int
give_fields(struct reader *reader)
{
	struct buffer field = { 0 };
	struct span rest = buffer_span(&reader->head), line;
	bool begun = false;
	int ret = 0;

	while (ret == 0 && next_line(reader, &rest, &line)) {
		if (line.n == 0)
			break; /* the empty line */
		if (begun && byte_is_wsp(line.p[0])) {
			buffer_add(&field, SPAN("\r\n"));
		} else {
			if (begun)
				ret = reader->events->field(reader->arg,
				    buffer_span(&field));
			buffer_clear(&field);
		}
		buffer_add(&field, line);
		begun = true;
		if (ret == 0 && buffer_failed(&field))
			ret = SEAL_E_NOMEM;
	}
	if (ret == 0 && begun)
		ret = reader->events->field(reader->arg, buffer_span(&field));
	buffer_deinit(&field);
	return ret;
}

static int
end_header(struct reader *reader)
{
	int ret;

	reader->in_body = true;
	if (buffer_failed(&reader->head))
		return SEAL_E_NOMEM;
	ret = give_fields(reader);
	return ret != 0 ? ret : reader->events->end_header(reader->arg);
}

/* Body text in which every LF is to be CRLF. */
static int
give_lf_body(struct reader *reader, struct span bytes)
{
	unsigned char out[COPY_BYTES];
	size_t n = 0;
	int ret;

	for (size_t i = 0; i < bytes.n; i++) {
		if (n + 2 > sizeof(out)) {
			ret = reader->events->body(reader->arg, span_of(out, n));
			if (ret != 0)
				return ret;
			n = 0;
		}
		if (bytes.p[i] == '\n' && !reader->cr)
			out[n++] = '\r';
		out[n++] = bytes.p[i];
		reader->cr = bytes.p[i] == '\r';
	}
	return n == 0 ? 0 : reader->events->body(reader->arg, span_of(out, n));
}

int
reader_feed(struct reader *reader, struct span bytes,
    enum seal_line_ends line_ends)
{
	size_t head;
	int ret;

	if (!reader->in_body) {
		if (reader->line == 0 && reader->head.n == 0)
			reader->line_ends = line_ends;
		head = scan_header(reader, bytes);
		keep(reader, span_first(bytes, head));
		if (!reader->in_body)
			return buffer_failed(&reader->head) ? SEAL_E_NOMEM : 0;
		ret = end_header(reader);
		if (ret != 0)
			return ret;
		bytes = span_from(bytes, head);
	}
	if (bytes.n == 0)
		return 0;
	if (reader->lf)
		return give_lf_body(reader, bytes);
	return reader->events->body(reader->arg, bytes);
}

int
reader_finish(struct reader *reader)
{
	return reader->in_body ? 0 : end_header(reader);
}
