/*
 * lone.c: finding and mending line ends that are half there.
 */
#include "host/message/lone.h"

#include "host/message/field.h"
#include "host/message/message.h"
#include "host/message/state.h"

/* Goes over text in runs, and sees one lone CR or LF after another. */
struct scan {
	bool cr; /* the byte before was CR */
};

/* The offset of the first byte at which it is clear that a CR or LF was alone:
 * a lone LF itself, or what follows a lone CR.  s.n when there is none. */
static size_t
find_lone(struct scan *scan, struct span s)
{
	for (size_t i = 0; i < s.n; i++) {
		bool lf = s.p[i] == '\n';

		if (lf != scan->cr)
			return i;
		scan->cr = s.p[i] == '\r';
	}
	return s.n;
}

static bool
in_field(struct span bytes)
{
	struct scan scan = { false };

	return find_lone(&scan, bytes) < bytes.n || scan.cr;
}

bool
lone_in_header(ec_message *msg)
{
	rfc2822_field *f = msg->_state->headers.headers;

	for (; f != NULL; f = f->next) {
		if (in_field(message_field_bytes(msg, f)))
			return true;
	}
	return false;
}

bool
lone_in_body(ec_message *msg)
{
	struct scan scan = { false };
	struct span run;
	size_t offset = 0;

	while (body_next(&msg->_state->body, &offset, &run)) {
		if (find_lone(&scan, run) < run.n)
			return true;
	}
	return scan.cr;
}

/* A new field with the same text, whose constructor folds at every CR and LF.
 * NUL ends a C string, so a field that holds one stays as it is, and so does a
 * line that is no field. */
static rfc2822_field *
mended(ec_message *msg, rfc2822_field *field)
{
	struct span bytes = message_field_bytes(msg, field);
	struct span name = field_name(field);

	if (name.n == 0 || span_find(bytes, '\0') < bytes.n)
		return NULL;
	return rfc2822_new_header(message_text(msg, name),
	    message_text(msg, field_value_of(bytes)));
}

void
lone_fix_header(ec_message *msg)
{
	rfc2822_context *ctx = &msg->_state->headers;
	rfc2822_field *f = ctx->headers, *next, *fresh;

	for (int i = 0; f != NULL; f = next, i++) {
		next = f->next;
		if (!in_field(message_field_bytes(msg, f)))
			continue;
		fresh = mended(msg, f);
		if (fresh == NULL)
			continue;
		(void)rfc2822_remove_field(ctx, f);
		rfc2822_insert_header(ctx, fresh, i);
	}
}

/* Every CR, LF and CRLF of a run becomes CRLF.  A CR at its end waits: *cr. */
static void
mend_run(struct body *fresh, struct span run, bool *cr)
{
	size_t start = 0;

	for (size_t i = 0; i < run.n; i++) {
		unsigned char c = run.p[i];
		bool ends = c == '\r' || c == '\n';

		if (*cr) {
			(void)body_append(fresh, SPAN("\r\n"));
			start = c == '\n' ? i + 1 : i;
			*cr = false;
			if (c == '\n')
				continue;
		}
		if (!ends)
			continue;
		(void)body_append(fresh, span_of(run.p + start, i - start));
		start = i + 1;
		if (c == '\n')
			(void)body_append(fresh, SPAN("\r\n"));
		else
			*cr = true;
	}
	(void)body_append(fresh, span_from(run, start));
}

int
lone_fix_body(ec_message *msg)
{
	struct body *body = &msg->_state->body, fresh;
	struct span run;
	size_t offset = 0;
	bool cr = false;

	body_init(&fresh, body->threshold, body->folder);
	while (body_next(body, &offset, &run))
		mend_run(&fresh, run, &cr);
	if (cr)
		(void)body_append(&fresh, SPAN("\r\n"));
	/* a failure to write has stuck, and is told here */
	return message_replace_body(msg, &fresh);
}
