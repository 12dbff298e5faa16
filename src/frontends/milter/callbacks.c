/*
 * callbacks.c: each thing that the MTA says is one call to the session.
 *
 * MTAs leave things out: the HELO when it was not said, the client when mail
 * comes from the command line, a whole stage when its administrator turned it
 * off.  So no event counts on another having been there.
 *
 * A message's log lines carry the MTA's queue id.  Sendmail knows it at MAIL;
 * Postfix not before a recipient was accepted, so it is asked for again.
 */
#include "frontends/milter/callbacks.h"

#include "frontends/milter/answer.h"
#include "frontends/milter/connection.h"
#include "frontends/milter/field.h"
#include "frontends/milter/inflight.h"
#include "frontends/milter/macros.h"
#include "frontends/milter/negotiate.h"
#include "host/validation/session.h"

/* the connection */

static sfsistat
on_connect(SMFICTX *ctx, char *hostname, _SOCK_ADDR *address)
{
	struct connection *c;
	ec_sockaddr local = { 0 };

	(void)hostname;
	if (inflight_stopping())
		return answer_stopping(ctx);
	macros_local_address(ctx, &local);
	c = connection_open(ctx, address, &local);
	return answer_command(ctx, session_connect(c->session));
}

static sfsistat
on_helo(SMFICTX *ctx, char *name)
{
	struct connection *c = connection_open(ctx, NULL, NULL);

	connection_end_message(c);
	macros_tell_tls(ctx, c);
	/* the protocol does not tell which of the two it was */
	return answer_command(ctx, session_helo(c->session, "EHLO", name));
}

/* the envelope */

/* "SIZE=100 BODY=8BITMIME", or NULL when there are none. */
static const char *
parameters(struct connection *c, char **argv)
{
	if (argv[1] == NULL)
		return NULL;
	buffer_clear(&c->text);
	for (size_t i = 1; argv[i] != NULL; i++) {
		if (i > 1)
			buffer_add_byte(&c->text, ' ');
		buffer_add_text(&c->text, argv[i]);
	}
	buffer_add_byte(&c->text, '\0');
	return buffer_failed(&c->text) ? NULL : (const char *)c->text.p;
}

static bool
is_refused(const struct session_verdict *verdict)
{
	return verdict->action == SESSION_TEMPFAIL ||
	    verdict->action == SESSION_REJECT;
}

static sfsistat
on_mail(SMFICTX *ctx, char **argv)
{
	struct connection *c = connection_open(ctx, NULL, NULL);
	const struct session_verdict *verdict;

	if (!connection_begin_message(c))
		return answer_stopping(ctx);
	macros_tell_tls(ctx, c);
	verdict = macros_tell_auth(ctx, c);
	if (verdict == NULL || !is_refused(verdict))
		verdict = session_mail(c->session, argv[0],
		    parameters(c, argv));
	if (is_refused(verdict))
		connection_end_message(c);
	else
		macros_tell_id(ctx, c);
	return answer_command(ctx, verdict);
}

static sfsistat
on_rcpt(SMFICTX *ctx, char **argv)
{
	struct connection *c = connection_open(ctx, NULL, NULL);

	return answer_command(ctx, session_rcpt(c->session, argv[0],
	    parameters(c, argv)));
}

/* the message: a refusal is kept by the session until its end */

static sfsistat
on_header(SMFICTX *ctx, char *name, char *value)
{
	struct connection *c = connection_open(ctx, NULL, NULL);

	(void)session_header(c->session, field_from_milter(&c->field, name,
	    value, c->leading_space));
	return SMFIS_NOREPLY;
}

static sfsistat
on_end_of_header(SMFICTX *ctx)
{
	struct connection *c = connection_open(ctx, NULL, NULL);

	macros_tell_id(ctx, c);
	(void)session_end_of_header(c->session);
	return SMFIS_NOREPLY;
}

static sfsistat
on_body(SMFICTX *ctx, unsigned char *bytes, size_t n)
{
	struct connection *c = connection_open(ctx, NULL, NULL);

	(void)session_body(c->session, span_of(bytes, n));
	return SMFIS_CONTINUE; /* negotiate.c says why not NOREPLY */
}

static sfsistat
on_end_of_message(SMFICTX *ctx)
{
	struct connection *c = connection_open(ctx, NULL, NULL);
	sfsistat status;

	macros_tell_id(ctx, c);
	status = answer_message(ctx, c, session_end_of_message(c->session));
	/* lets go of the message and its configuration now, not when the MTA
	 * has another message for us */
	session_abort(c->session);
	connection_end_message(c);
	return status;
}

static sfsistat
on_abort(SMFICTX *ctx)
{
	struct connection *c = connection_of(ctx);

	if (c->session != NULL)
		session_abort(c->session);
	connection_end_message(c);
	return SMFIS_CONTINUE;
}

static sfsistat
on_close(SMFICTX *ctx)
{
	connection_close(ctx);
	return SMFIS_CONTINUE;
}

struct smfiDesc
callbacks_description(void)
{
	static char name[] = "mailseal";

	return (struct smfiDesc){
		.xxfi_name = name,
		.xxfi_version = SMFI_VERSION,
		.xxfi_negotiate = negotiate,
		.xxfi_connect = on_connect,
		.xxfi_helo = on_helo,
		.xxfi_envfrom = on_mail,
		.xxfi_envrcpt = on_rcpt,
		.xxfi_header = on_header,
		.xxfi_eoh = on_end_of_header,
		.xxfi_body = on_body,
		.xxfi_eom = on_end_of_message,
		.xxfi_abort = on_abort,
		.xxfi_close = on_close,
	};
}
