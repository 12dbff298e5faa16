/*
 * mime.c: cutting a body at its boundaries.
 *
 * Containers wait in a list until they are cut, so that depth costs no stack.
 */
#include "scriptlet/bindings/mime.h"

struct parser {
	struct arena *arena;
	size_t count;
};

enum delimiter { DELIMITER_NONE, DELIMITER_PART, DELIMITER_END };

void
mime_cut(struct span text, struct span *header_r, struct span *body_r)
{
	struct span rest = text;

	*body_r = span_from(text, text.n);
	while (rest.n > 0) {
		size_t line = span_find(rest, '\n');
		bool empty = line == 0 || (line == 1 && rest.p[0] == '\r');

		if (empty && line < rest.n) {
			*header_r = span_first(text, text.n - rest.n);
			*body_r = span_from(rest, line + 1);
			return;
		}
		rest = span_from(rest, line < rest.n ? line + 1 : line);
	}
	*header_r = text;
}

/* dash-boundary [ "--" ] transport-padding */
static enum delimiter
is_delimiter(struct span line, struct span boundary)
{
	bool end;

	if (line.n < boundary.n + 2 || line.p[0] != '-' || line.p[1] != '-' ||
	    memcmp(line.p + 2, boundary.p, boundary.n) != 0)
		return DELIMITER_NONE;
	line = span_from(line, boundary.n + 2);
	end = line.n >= 2 && line.p[0] == '-' && line.p[1] == '-';
	if (end)
		line = span_from(line, 2);
	line = span_trim_fws(line);
	if (line.n > 0)
		return DELIMITER_NONE;
	return end ? DELIMITER_END : DELIMITER_PART;
}

/* Find the next delimiter: text up to its line; *rest moves behind it. */
static enum delimiter
next_delimiter(struct span *rest, struct span boundary, struct span *before_r)
{
	struct span start = *rest;

	while (rest->n > 0) {
		size_t n = span_find(*rest, '\n');
		struct span line = span_first(*rest, n);
		enum delimiter found = is_delimiter(line, boundary);
		size_t before = start.n - rest->n;

		*rest = span_from(*rest, n < rest->n ? n + 1 : n);
		if (found == DELIMITER_NONE)
			continue;
		*before_r = span_first(start, before);
		return found;
	}
	*before_r = start;
	return DELIMITER_NONE;
}

static struct mime_part *
new_part(struct parser *parser, struct mime_part *parent, struct span header,
    struct span body)
{
	struct mime_part *part = arena_calloc(parser->arena, 1, sizeof(*part));

	if (part == NULL)
		return NULL;
	parser->count++;
	part->header = header;
	part->body = body;
	part->parent = parent;
	if (content_read(header, parser->arena, &part->content) != 0)
		return NULL;
	if (parent == NULL)
		return part;
	if (parent->last == NULL)
		parent->parts = part;
	else
		parent->last->next = part;
	parent->last = part;
	return part;
}

static bool
is_container(const struct mime_part *part)
{
	struct span start = span_first(part->content.type, 10);

	return span_eq(start, SPAN("multipart/")) &&
	    part->content.boundary.n > 0;
}

static size_t
depth_of(const struct mime_part *part)
{
	size_t depth = 0;

	while ((part = part->parent) != NULL)
		depth++;
	return depth;
}

/* The line end before a delimiter belongs to the delimiter. */
static struct span
without_line_end(struct span text)
{
	if (text.n > 0 && text.p[text.n - 1] == '\n')
		text.n--;
	if (text.n > 0 && text.p[text.n - 1] == '\r')
		text.n--;
	return text;
}

/* What stands behind a delimiter, with the line end that is still its. */
static struct span
with_line_end(struct span body, struct span rest)
{
	size_t at = body.n - rest.n;

	if (at > 0 && body.p[at - 1] == '\n')
		at--;
	if (at > 0 && body.p[at] == '\n' && body.p[at - 1] == '\r')
		at--;
	return span_from(body, at);
}

static int
add_child(struct parser *parser, struct mime_part *container, struct span text)
{
	struct span header, body;

	mime_cut(text, &header, &body);
	return new_part(parser, container, header, body) == NULL ? -1 : 0;
}

/* preamble, parts, epilogue; without its last boundary a container ends where
 * its text does. */
static int
cut_container(struct parser *parser, struct mime_part *part)
{
	struct span rest = part->body, boundary = part->content.boundary, text;
	enum delimiter found = next_delimiter(&rest, boundary, &text);

	if (found == DELIMITER_NONE)
		return 0;
	part->preamble = text;
	while (found == DELIMITER_PART && parser->count < MIME_PARTS) {
		found = next_delimiter(&rest, boundary, &text);
		if (found != DELIMITER_NONE)
			text = without_line_end(text);
		if (add_child(parser, part, text) != 0)
			return -1;
	}
	if (found == DELIMITER_END)
		part->epilogue = with_line_end(part->body, rest);
	return 0;
}

struct mime_part *
mime_next(struct mime_part *part)
{
	if (part->parts != NULL)
		return part->parts;
	while (part != NULL && part->next == NULL)
		part = part->parent;
	return part == NULL ? NULL : part->next;
}

int
mime_parse(struct arena *arena, struct span header, struct span body,
    struct mime_part **top_r)
{
	struct parser parser = { .arena = arena };
	struct mime_part *part = new_part(&parser, NULL, header, body);

	*top_r = part;
	if (part == NULL)
		return -1;
	/* children are appended below the part that is walked over */
	for (; part != NULL; part = mime_next(part)) {
		if (is_container(part) && depth_of(part) < MIME_DEPTH &&
		    cut_container(&parser, part) != 0)
			return -1;
	}
	return 0;
}
