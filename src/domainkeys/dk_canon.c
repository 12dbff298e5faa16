/*
 * dk_canon.c: lines of the body, the empty ones counted and not kept.
 */
#include "domainkeys/dk_canon.h"

const char *
seal_dk_canon_name(enum seal_dk_canon canon)
{
	return canon == SEAL_DK_NOFWS ? "nofws" : "simple";
}

int
seal_dk_canon_parse(struct span name, enum seal_dk_canon *canon_r)
{
	if (span_eq(name, SPAN("nofws")))
		*canon_r = SEAL_DK_NOFWS;
	else if (span_eq(name, SPAN("simple")))
		*canon_r = SEAL_DK_SIMPLE;
	else
		return SEAL_E_SYNTAX;
	return 0;
}

void
dk_canon_init(struct dk_canon *body, enum seal_dk_canon canon,
    dk_canon_sink *sink, void *arg)
{
	body->canon = canon;
	body->sink = sink;
	body->arg = arg;
	body->empty_lines = 1; /* the one between header and body */
	body->in_line = false;
	body->cr = false;
	body->staged = 0;
}

static void
flush(struct dk_canon *body)
{
	if (body->staged > 0)
		body->sink(body->arg, span_of(body->stage, body->staged));
	body->staged = 0;
}

static void
give(struct dk_canon *body, struct span run)
{
	if (run.n > sizeof(body->stage) - body->staged)
		flush(body);
	if (run.n >= sizeof(body->stage)) {
		body->sink(body->arg, run);
		return;
	}
	memcpy(body->stage + body->staged, run.p, run.n);
	body->staged += run.n;
}

static void
give_text(struct dk_canon *body, struct span run)
{
	for (; body->empty_lines > 0; body->empty_lines--)
		give(body, SPAN("\r\n"));
	give(body, run);
	body->in_line = true;
}

static void
end_line(struct dk_canon *body)
{
	if (body->in_line)
		give(body, SPAN("\r\n"));
	else
		body->empty_lines++;
	body->in_line = false;
}

/* A CR that no LF follows is a byte like others, and folding white space. */
static void
give_lone_cr(struct dk_canon *body)
{
	body->cr = false;
	if (body->canon == SEAL_DK_SIMPLE)
		give_text(body, SPAN("\r"));
}

static size_t
text_length(struct span s, enum seal_dk_canon canon)
{
	size_t n = 0;

	if (canon == SEAL_DK_SIMPLE)
		return span_find(s, '\r');
	while (n < s.n && !byte_is_fws(s.p[n]))
		n++;
	return n;
}

void
dk_canon_feed(struct dk_canon *body, struct span chunk)
{
	size_t n;

	while (chunk.n > 0) {
		if (body->cr && chunk.p[0] == '\n') {
			body->cr = false;
			end_line(body);
			chunk = span_from(chunk, 1);
			continue;
		}
		if (body->cr)
			give_lone_cr(body);
		n = text_length(chunk, body->canon);
		if (n > 0) {
			give_text(body, span_first(chunk, n));
		} else {
			body->cr = chunk.p[0] == '\r';
			n = 1; /* a CR, or white space that is dropped */
		}
		chunk = span_from(chunk, n);
	}
}

void
dk_canon_finish(struct dk_canon *body)
{
	if (body->cr)
		give_lone_cr(body);
	if (body->in_line)
		end_line(body);
	flush(body);
}

void
dk_canon_field(struct digest *digest, struct span raw,
    enum seal_dk_canon canon)
{
	size_t n;

	if (canon == SEAL_DK_SIMPLE) {
		digest_add(digest, raw);
		raw.n = 0;
	}
	while (raw.n > 0) {
		n = text_length(raw, canon);
		digest_add(digest, span_first(raw, n));
		raw = span_from(raw, n < raw.n ? n + 1 : n);
	}
	digest_add(digest, SPAN("\r\n"));
}
