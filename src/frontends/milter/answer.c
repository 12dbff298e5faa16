/*
 * answer.c: what libmilter is told, and when.
 */
#include "frontends/milter/answer.h"

#include "frontends/milter/inflight.h"
#include "frontends/milter/replay.h"
#include "host/log/log.h"

#include <stdio.h>

/* Postfix waits 30 seconds for the answer to a command, and cannot be told in
 * all of them that it takes longer. */
#define COMMAND_DELAY_MS 25000
/* At the end of a message it can, and Sendmail has as little patience as 10
 * seconds between two signs of life. */
#define PROGRESS_MS 5000

static void
wait_at_command(const struct session_verdict *verdict)
{
	unsigned ms = verdict->delay_ms;

	if (ms > 0)
		(void)inflight_pause(ms < COMMAND_DELAY_MS ? ms :
		    COMMAND_DELAY_MS);
}

static void
wait_at_end(SMFICTX *ctx, const struct session_verdict *verdict)
{
	unsigned ms = verdict->delay_ms;

	while (ms > PROGRESS_MS && inflight_pause(PROGRESS_MS)) {
		(void)smfi_progress(ctx);
		ms -= PROGRESS_MS;
	}
	if (ms > 0 && ms <= PROGRESS_MS)
		(void)inflight_pause(ms);
}

/* A percent sign begins a macro for Sendmail; two of them stand for one. */
static void
double_percent(const char *from, char *to, size_t room)
{
	size_t n = 0;

	for (; *from != '\0' && n + 2 < room; from++) {
		to[n++] = *from;
		if (*from == '%')
			to[n++] = '%';
	}
	to[n] = '\0';
}

/* libmilter sends its own words when it takes none of ours. */
static void
set_reply(SMFICTX *ctx, int code, const char *status, const char *words)
{
	char text[2 * REPLY_TEXT_BYTES], digits[16], enhanced[16];

	(void)snprintf(digits, sizeof(digits), "%03d", code);
	(void)snprintf(enhanced, sizeof(enhanced), "%s", status);
	double_percent(words, text, sizeof(text));
	(void)smfi_setreply(ctx, digits, enhanced, text);
}

/* Only 421 makes an MTA close the connection.  A refusal for good is worth
 * more than that. */
static sfsistat
refuse(SMFICTX *ctx, const struct session_verdict *verdict)
{
	const struct reply *reply = &verdict->reply;
	bool temporary = verdict->action == SESSION_TEMPFAIL;

	set_reply(ctx, temporary && verdict->disconnect ? 421 : reply->code,
	    reply->status, reply->text);
	return temporary ? SMFIS_TEMPFAIL : SMFIS_REJECT;
}

static bool
is_refused(const struct session_verdict *verdict)
{
	return verdict->action == SESSION_TEMPFAIL ||
	    verdict->action == SESSION_REJECT;
}

sfsistat
answer_command(SMFICTX *ctx, const struct session_verdict *verdict)
{
	wait_at_command(verdict);
	return is_refused(verdict) ? refuse(ctx, verdict) : SMFIS_CONTINUE;
}

/* The session has told of a message that was accepted. */
static void
log_lost_edits(struct connection *c)
{
	const char *before = log_message_set(
	    ec_message_id_text(session_message(c->session)));

	log_line(DWARNING, "milter: the mail server did not take all edits: "
	    "the message is deferred");
	(void)log_message_set(before);
}

static sfsistat
accept_message(SMFICTX *ctx, struct connection *c,
    const struct session_verdict *verdict)
{
	if (verdict->as_it_came)
		return SMFIS_ACCEPT;
	if (replay(ctx, c, verdict) == 0)
		return SMFIS_ACCEPT;
	/* the MTA is gone, or has half of the edits: it must not deliver */
	log_lost_edits(c);
	set_reply(ctx, 451, "4.3.0", "internal error, try again later");
	return SMFIS_TEMPFAIL;
}

sfsistat
answer_message(SMFICTX *ctx, struct connection *c,
    const struct session_verdict *verdict)
{
	const char *missing;

	wait_at_end(ctx, verdict);
	missing = replay_lacks(c, verdict);
	if (missing != NULL)
		verdict = session_trouble(c->session, missing);
	switch (verdict->action) {
	case SESSION_TEMPFAIL:
	case SESSION_REJECT:
		return refuse(ctx, verdict);
	case SESSION_DISCARD:
		return SMFIS_DISCARD;
	case SESSION_ACCEPT:
	case SESSION_QUARANTINE:
		break;
	}
	return accept_message(ctx, c, verdict);
}

sfsistat
answer_stopping(SMFICTX *ctx)
{
	set_reply(ctx, 421, "4.3.2", "the mail filter is being stopped, try "
	    "again later");
	return SMFIS_TEMPFAIL;
}
