/*
 * render.c: a message as a stream of bytes.
 *
 * What is kept has no doubled dots.  On the wire a line that begins with a dot
 * gets another one, and a line with only a dot ends the message (RFC 5321
 * section 4.5.2).
 */
#include "host/message/render.h"

#include "host/message/field.h"
#include "host/message/state.h"
#include "host/types/alloc.h"

#include <limits.h>
#include <stdlib.h>

struct renderer {
	int (*put)(void *arg, struct span s); /* 0, or -1: stop */
	void *arg;
	bool stuff; /* double dots */
	bool lf; /* CRLF becomes LF */
	bool line_start;
	bool cr; /* the byte before was CR; with lf it is still held back */
	bool failed;
	size_t octets;
};

static void
put(struct renderer *r, struct span s)
{
	if (r->failed || s.n == 0)
		return;
	r->octets += s.n;
	if (r->put(r->arg, s) < 0)
		r->failed = true;
}

/* One line or less: s has no LF but at its end. */
static void
put_line(struct renderer *r, struct span s)
{
	bool ends = s.p[s.n - 1] == '\n';
	bool held = r->lf && r->cr;

	if (held && !(ends && s.n == 1))
		put(r, SPAN("\r"));
	if (r->stuff && r->line_start && s.p[0] == '.')
		put(r, SPAN("."));
	if (ends) {
		bool crlf = s.n > 1 ? s.p[s.n - 2] == '\r' : r->cr;

		if (r->lf && crlf && s.n > 1)
			put(r, span_first(s, s.n - 2));
		else if (!(r->lf && crlf))
			put(r, span_first(s, s.n - 1));
		put(r, SPAN("\n"));
		r->line_start = crlf;
		r->cr = false;
		return;
	}
	r->line_start = false;
	r->cr = s.p[s.n - 1] == '\r';
	put(r, r->lf && r->cr ? span_first(s, s.n - 1) : s);
}

static void
render(struct renderer *r, struct span s)
{
	if (!r->stuff && !r->lf) {
		put(r, s);
		return;
	}
	while (s.n > 0) {
		size_t at = span_find(s, '\n');

		put_line(r, span_first(s, at + 1));
		s = span_from(s, at < s.n ? at + 1 : s.n);
	}
}

/* A CR at the very end was held back. */
static void
flush(struct renderer *r)
{
	if (r->lf && r->cr)
		put(r, SPAN("\r"));
	r->cr = false;
}

static void
render_header(struct renderer *r, ec_message *msg)
{
	rfc2822_field *f = msg->_state->headers.headers;

	for (; f != NULL; f = f->next) {
		render(r, message_field_bytes(msg, f));
		render(r, SPAN("\r\n"));
	}
	render(r, SPAN("\r\n"));
}

static void
render_body(struct renderer *r, ec_message *msg)
{
	struct span run, last = SPAN("");
	size_t offset = 0;
	bool cr = false, line_start = true;

	while (body_next(&msg->_state->body, &offset, &run)) {
		render(r, run);
		if (run.n > 1)
			cr = run.p[run.n - 2] == '\r';
		else if (last.n > 0)
			cr = last.p[last.n - 1] == '\r';
		line_start = cr && run.p[run.n - 1] == '\n';
		last = run;
	}
	/* the final dot must stand on a line of its own */
	if (r->stuff && !line_start)
		render(r, SPAN("\r\n"));
}

static void
render_message(struct renderer *r, ec_message *msg, int flags)
{
	r->stuff = (flags & EC_MSG_RENDER_UNSTUFFED) == 0;
	r->lf = !r->stuff;
	r->line_start = true;
	if ((flags & EC_MSG_RENDER_OMIT_HEADERS) == 0)
		render_header(r, msg);
	if ((flags & EC_MSG_RENDER_HEADERS_ONLY) == 0)
		render_body(r, msg);
	flush(r);
	if (r->stuff && (flags & (EC_MSG_RENDER_OMIT_DOT |
	    EC_MSG_RENDER_HEADERS_ONLY)) == 0)
		put(r, SPAN(".\r\n"));
}

static int
put_nowhere(void *arg, struct span s)
{
	(void)arg;
	(void)s;
	return 0;
}

static int
put_string(void *arg, struct span s)
{
	return stringwrite2(arg, (const char *)s.p, s.n) < 0 ? -1 : 0;
}

static int
put_body(void *arg, struct span s)
{
	return body_append(arg, s);
}

int
ec_message_render_to_string(ec_message *msg, string *str, int flags)
{
	struct renderer r = { .put = put_string, .arg = str };

	if ((flags & EC_MSG_RENDER_XML) != 0)
		return 0;
	if ((flags & EC_MSG_RENDER_CALCULATE_LENGTH_ONLY) != 0)
		r.put = put_nowhere;
	render_message(&r, msg, flags);
	return r.octets > INT_MAX ? INT_MAX : (int)r.octets;
}

int
ec_message_render_headers_to_string(ec_message *msg, string *str, int flags)
{
	return ec_message_render_to_string(msg, str,
	    flags | EC_MSG_RENDER_HEADERS_ONLY);
}

int
ec_message_render_part_to_string(ec_message_part *part, string *str,
    int flags)
{
	return ec_message_render_to_string(part->message, str, flags);
}

int
ec_message_render_part_headers_to_string(ec_message_part *part, string *str,
    int flags)
{
	return ec_message_render_headers_to_string(part->message, str, flags);
}

static int
render_context(ec_message *msg, int w, const char *name, string *str)
{
	const char *key = ec_message_context_firstkey(msg, w);
	int before = str->len;

	for (; key != NULL; key = ec_message_context_nextkey(msg, w, key))
		(void)stringprintf(str, "%s %s=%s\n", name, key,
		    ec_message_context_get(msg, w, key));
	return str->len - before;
}

int
ec_message_render_meta_to_string(ec_message *msg, string *str, int flags)
{
	int before = str->len;

	(void)flags;
	(void)stringprintf(str, "id %s\n", ec_message_id_text(msg));
	if (msg->_state->mailfrom != NULL)
		(void)stringprintf(str, "from <%s>\n", msg->_state->mailfrom);
	for (int i = 0; ec_message_rcpt(msg, i) != NULL; i++)
		(void)stringprintf(str, "to <%s>\n", ec_message_rcpt(msg, i));
	(void)render_context(msg, ECMESS_CTX_CONN, "connection", str);
	(void)render_context(msg, ECMESS_CTX_MESS, "message", str);
	return str->len - before;
}

size_t
ec_message_get_message_size(ec_message *msg)
{
	rfc2822_field *f = msg->_state->headers.headers;
	size_t n = 2 + msg->_state->body.size;

	for (; f != NULL; f = f->next)
		n += field_length(f) + 2;
	return n;
}

struct body *
message_wire(ec_message *msg)
{
	struct message_state *state = msg->_state;
	struct renderer r = { .put = put_body };

	if (state->wire != NULL)
		return state->wire;
	state->wire = xmalloc(sizeof(*state->wire));
	body_init(state->wire, state->body.threshold, state->body.folder);
	r.arg = state->wire;
	render_message(&r, msg, 0);
	if (body_finish(state->wire) == 0)
		return state->wire;
	message_forget_wire(msg);
	return NULL;
}

void
message_forget_wire(ec_message *msg)
{
	struct message_state *state = msg->_state;

	if (state->wire == NULL)
		return;
	body_deinit(state->wire);
	free(state->wire);
	state->wire = NULL;
}

char *
ec_message_get_message_memory(ec_message *msg)
{
	struct body *wire = message_wire(msg);

	return wire == NULL ? NULL :
	    (char *)(uintptr_t)body_join(wire).p;
}

int
message_write(ec_message *msg, bool lf, int (*to)(void *arg, struct span s),
    void *arg)
{
	struct renderer r = { .put = to, .arg = arg, .lf = lf };
	struct span run;
	size_t offset = 0;

	render_header(&r, msg);
	while (body_next(&msg->_state->body, &offset, &run))
		render(&r, run);
	flush(&r);
	return r.failed ? -1 : 0;
}
