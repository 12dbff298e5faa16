/*
 * inject.c: events out of a file, and the edited file back.
 */
#include "frontends/inject/inject.h"

#include "frontends/inject/mail_file.h"
#include "host/message/message.h"
#include "host/message/render.h"
#include "netlistener.h"

#include <arpa/inet.h>
#include <errno.h>
#include <stdlib.h>
#include <string.h>

struct run {
	const struct inject *inject;
	struct mail_file file;
	struct session *session;
	const struct session_verdict *verdict;
	struct span *raw; /* the fields as they stand in the file */
	size_t raw_count, raw_room;
	FILE *out, *reports;
};

static bool
parse_client(const char *text, ec_sockaddr *address_r)
{
	memset(address_r, 0, sizeof(*address_r));
	if (inet_pton(AF_INET, text, &address_r->sin.sin_addr) == 1) {
		address_r->sin.sin_family = AF_INET;
		return true;
	}
	if (inet_pton(AF_INET6, text, &address_r->sin6.sin6_addr) == 1) {
		address_r->sin6.sin6_family = AF_INET6;
		return true;
	}
	return false;
}

int
inject_is_client(const char *text)
{
	ec_sockaddr address;

	return parse_client(text, &address);
}

static bool
is_refused(const struct run *run)
{
	return run->verdict->action == SESSION_REJECT ||
	    run->verdict->action == SESSION_TEMPFAIL;
}

static void
report_reply(const struct run *run, const char *about)
{
	const struct reply *reply = &run->verdict->reply;

	(void)fprintf(run->reports, "%s%s%d %s %s\n",
	    about != NULL ? about : "", about != NULL ? ": " : "",
	    reply->code, reply->status, reply->text);
}

static enum inject_result
refused(const struct run *run)
{
	report_reply(run, NULL);
	return run->verdict->action == SESSION_REJECT ? INJECT_REJECTED :
	    INJECT_DEFERRED;
}

static void
hear(struct run *run, const char *step, const struct session_verdict *verdict)
{
	run->verdict = verdict;
	if (run->inject->watch != NULL)
		run->inject->watch(run->inject->closure, step, run->session,
		    verdict);
}

static bool
tell_connection(struct run *run)
{
	const struct inject *in = run->inject;
	struct session_client client = { 0 };

	if (in->client != NULL)
		(void)parse_client(in->client, &client.address);
	run->session = session_new(&client);
	hear(run, "connect", session_connect(run->session));
	if (!is_refused(run) && in->helo != NULL)
		hear(run, "EHLO", session_helo(run->session, "EHLO",
		    in->helo));
	if (!is_refused(run) && in->auth != NULL)
		hear(run, "AUTH", session_auth(run->session, in->auth, "",
		    EC_AUTH_OK));
	return !is_refused(run);
}

/* As with SMTP, a message goes on as long as one recipient was taken. */
static bool
tell_envelope(struct run *run)
{
	const struct inject *in = run->inject;
	size_t taken = 0;

	hear(run, "MAIL FROM", session_mail(run->session,
	    in->from != NULL ? in->from : "", NULL));
	if (is_refused(run))
		return false;
	for (size_t i = 0; i < in->rcpt_count; i++) {
		hear(run, "RCPT TO", session_rcpt(run->session, in->rcpts[i],
		    NULL));
		if (!is_refused(run))
			taken++;
		else if (i + 1 < in->rcpt_count || taken > 0)
			report_reply(run, in->rcpts[i]);
	}
	return in->rcpt_count == 0 || taken > 0;
}

static int
remember(struct run *run, struct span raw)
{
	struct span *more;

	if (run->raw_count == run->raw_room) {
		run->raw_room = run->raw_room == 0 ? 64 : run->raw_room * 2;
		more = realloc(run->raw, run->raw_room * sizeof(*more));
		if (more == NULL)
			return -1;
		run->raw = more;
	}
	run->raw[run->raw_count++] = raw;
	return 0;
}

static int
feed_body(void *arg, struct span chunk)
{
	struct run *run = arg;

	run->verdict = session_body(run->session, chunk);
	return is_refused(run) ? -1 : 0;
}

static bool
tell_message(struct run *run)
{
	struct span field, raw;

	while (mail_file_field(&run->file, &field, &raw)) {
		run->verdict = session_header(run->session, field);
		if (is_refused(run))
			return false;
		if (remember(run, raw) < 0)
			abort(); /* the host gives up without memory */
	}
	hear(run, "header", session_end_of_header(run->session));
	if (is_refused(run) ||
	    mail_file_body(&run->file, feed_body, run) != 0)
		return false;
	hear(run, "message", session_end_of_message(run->session));
	return !is_refused(run);
}

/* writing it back */

static int
write_span(struct run *run, struct span s)
{
	return fwrite(s.p, 1, s.n, run->out) == s.n ? 0 : -1;
}

/* Text with CRLF, in the line ends of the file. */
static int
write_text(struct run *run, struct span s)
{
	for (size_t i = 0; i < s.n; i++) {
		if (run->file.lf && s.p[i] == '\r' && i + 1 < s.n &&
		    s.p[i + 1] == '\n')
			continue;
		if (putc(s.p[i], run->out) == EOF)
			return -1;
	}
	return 0;
}

/* A field that nobody touched is written as it stands in the file. */
static int
write_field(struct run *run, ec_message *msg, rfc2822_field *field)
{
	struct span bytes = message_field_bytes(msg, field);
	size_t came = (size_t)field->_origin;
	struct span raw;

	if (came > 0 && message_field_came(msg, came - 1).p == bytes.p) {
		raw = run->raw[came - 1];
		if (write_span(run, raw) < 0)
			return -1;
		/* the last line of a file may lack its end */
		return raw.p[raw.n - 1] == '\n' ? 0 :
		    write_text(run, SPAN("\r\n"));
	}
	return write_text(run, bytes) < 0 ? -1 :
	    write_text(run, SPAN("\r\n"));
}

static int
write_body(struct run *run, ec_message *msg)
{
	const char *bytes;
	size_t n;

	if (write_text(run, SPAN("\r\n")) < 0)
		return -1;
	/* joined: a CRLF may be spread over two runs */
	bytes = ec_message_body(msg, &n);
	return write_text(run, span_of(bytes, n));
}

static bool
body_is_edited(const struct session_verdict *verdict)
{
	for (size_t i = 0; i < verdict->edits.count; i++) {
		if (verdict->edits.steps[i].type == EDIT_BODY)
			return true;
	}
	return false;
}

static int
write_edited(struct run *run)
{
	ec_message *msg = session_message(run->session);
	rfc2822_field *field = ec_message_get_headers(
	    ec_message_get_first_part(msg, 1), 1)->headers;

	for (; field != NULL; field = field->next) {
		if (write_field(run, msg, field) < 0)
			return -1;
	}
	if (body_is_edited(run->verdict))
		return write_body(run, msg);
	return write_span(run, span_from(run->file.bytes,
	    run->file.body));
}

static int
write_message(struct run *run)
{
	if (run->verdict->as_it_came || run->verdict->edits.count == 0)
		return write_span(run, run->file.bytes);
	return write_edited(run);
}

static enum inject_result
finish(struct run *run)
{
	switch (run->verdict->action) {
	case SESSION_REJECT:
	case SESSION_TEMPFAIL:
		return refused(run);
	case SESSION_DISCARD:
		(void)fprintf(run->reports, "discarded: %s\n",
		    run->verdict->reason);
		return INJECT_DISCARDED;
	case SESSION_QUARANTINE:
		(void)fprintf(run->reports, "held: %s\n",
		    run->verdict->reason);
		break;
	case SESSION_ACCEPT:
		break;
	}
	if (write_message(run) < 0 || fflush(run->out) != 0) {
		(void)fprintf(run->reports,
		    "the message cannot be written: %s\n", strerror(errno));
		return INJECT_UNWRITABLE;
	}
	return INJECT_ACCEPTED;
}

enum inject_result
inject_run(const struct inject *inject, FILE *out, FILE *reports)
{
	struct run run = { .inject = inject, .out = out, .reports = reports };
	enum inject_result result;

	if (mail_file_open(&run.file, inject->path) < 0) {
		(void)fprintf(reports, "%s: cannot be read: %s\n",
		    inject->path, strerror(errno));
		mail_file_close(&run.file);
		return INJECT_UNREADABLE;
	}
	if (tell_connection(&run) && tell_envelope(&run) &&
	    tell_message(&run))
		result = finish(&run);
	else
		result = refused(&run);
	hear(&run, INJECT_END, run.verdict);
	session_free(&run.session);
	mail_file_close(&run.file);
	free(run.raw);
	return result;
}
