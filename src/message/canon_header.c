/*
 * canon_header.c: simple is the field itself; relaxed is made in one pass that
 * moves text word by word.
 */
#include "message/canon_header.h"

static size_t
word_length(struct span s)
{
	size_t n = 0;

	while (n < s.n && s.p[n] != ' ' && s.p[n] != '\t' && s.p[n] != '\r')
		n++;
	return n;
}

/* White space and the CRLFs of folding; a CR alone is text. */
static size_t
space_length(struct span s)
{
	size_t n = 0;

	while (n < s.n) {
		if (byte_is_wsp(s.p[n]))
			n++;
		else if (n + 1 < s.n && s.p[n] == '\r' && s.p[n + 1] == '\n')
			n += 2;
		else
			break;
	}
	return n;
}

static bool
holds_wsp(struct span s)
{
	for (size_t i = 0; i < s.n; i++) {
		if (byte_is_wsp(s.p[i]))
			return true;
	}
	return false;
}

/* Unfold, make every run of white space one space, and drop it at both ends
 * (RFC 6376 section 3.4.2). */
static size_t
relax_value(struct span s, unsigned char *out)
{
	size_t n = 0, length;
	bool space = false; /* seen, and due before the next word */

	while (s.n > 0) {
		length = space_length(s);
		if (length > 0) {
			/* a CRLF alone folds nothing and leaves no space */
			space = space || holds_wsp(span_first(s, length));
			s = span_from(s, length);
			continue;
		}
		length = word_length(s);
		if (length == 0)
			length = 1; /* a CR alone */
		if (space && n > 0)
			out[n++] = ' ';
		space = false;
		memmove(out + n, s.p, length);
		n += length;
		s = span_from(s, length);
	}
	return n;
}

size_t
canon_header_relaxed(struct span raw, unsigned char *out)
{
	size_t colon = span_find(raw, ':'), n = 0;
	struct span name = span_first(raw, colon);

	while (name.n > 0 && byte_is_wsp(name.p[name.n - 1]))
		name.n--;
	for (; n < name.n; n++)
		out[n] = byte_lower(name.p[n]);
	if (colon == raw.n) /* no field, but let every byte count */
		return n;
	out[n++] = ':';
	return n + relax_value(span_from(raw, colon + 1), out + n);
}

static int
make_relaxed(struct header *header, struct header_field *field)
{
	size_t room = canon_header_room(field->raw.n), n;
	unsigned char *out = arena_bytes(header->arena, room);

	if (out == NULL)
		return -1;
	n = canon_header_relaxed(field->raw, out);
	out[n++] = '\r';
	out[n++] = '\n';
	arena_shrink(header->arena, out, room, n);
	field->relaxed = span_of(out, n);
	return 0;
}

int
canon_header_digest(struct digest *digest, struct header *header,
    struct header_field *field, enum seal_canon canon)
{
	if (canon == SEAL_CANON_SIMPLE) {
		digest_add(digest, field->raw);
		digest_add(digest, SPAN("\r\n"));
		return 0;
	}
	if (field->relaxed.n == 0 && make_relaxed(header, field) < 0)
		return -1;
	digest_add(digest, field->relaxed);
	return 0;
}
