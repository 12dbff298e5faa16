/*
 * session.h: what a front-end tells of a connection, and what it hears back.
 *
 * A front-end translates: each thing that the mail server says is one call
 * here, and each verdict one answer in its own protocol.
 *
 *	session_new		a connection
 *	session_connect		from this client
 *	session_auth		who authenticated (at any time between messages)
 *	session_helo
 *	session_mail		begins a message
 *	session_rcpt		once or more
 *	session_header		once for each field
 *	session_end_of_header
 *	session_body		once for each chunk
 *	session_end_of_message	the verdict; the message stays for its edits
 *	session_abort		the message is off; also fine when there is none
 *	session_free		the connection ended, at whatever point
 *
 * What a mail server leaves out (HELO, say) need not be told.  session_helo,
 * session_auth and session_mail take a message off that was not ended.  Parts
 * of a message in another order are answered with a 503 and change nothing.
 *
 * Configuration: a message finishes on the configuration it began with, at
 * session_mail.  Between messages nothing is held.
 *
 * Threads: one thread at a time per session; any number of sessions side by
 * side.  A call may be made from another thread than the one before.
 */
#ifndef HOST_SESSION_H
#define HOST_SESSION_H

#include "ec_sockaddr.h"
#include "host/message/edits.h"
#include "host/validation/reply.h"
#include "host/validation/settings.h"

#include <stdbool.h>
#include <stdint.h>

enum session_action {
	SESSION_ACCEPT, /* go on; at the end of a message: accept it, edited */
	SESSION_QUARANTINE, /* accept it, edited, and hold it */
	SESSION_DISCARD, /* accept it and throw it away */
	SESSION_TEMPFAIL, /* reply.code is 4xx */
	SESSION_REJECT, /* reply.code is 5xx */
};

struct session_verdict {
	enum session_action action;
	struct reply reply; /* of TEMPFAIL and REJECT */
	bool disconnect; /* close the connection after the reply */
	unsigned delay_ms; /* make the client wait before it */
	const char *reason; /* of QUARANTINE and DISCARD, else "" */
	/* ACCEPT because of on_internal_error = accept: it goes on as it came,
	 * and what session_message() gives may be incomplete */
	bool as_it_came;
	struct edits edits; /* of ACCEPT and QUARANTINE, after a message */
};

struct session_client {
	ec_sockaddr address; /* AF_UNSPEC: not known */
	ec_sockaddr local; /* where it connected to; may be AF_UNSPEC */
	struct settings_place place; /* its texts outlive the session */
};

#define SESSION_DELAY_MS 60000 /* no policy makes a client wait longer */

struct session;

/* The verdict that each call gives belongs to the session, and holds until the
 * next call. */
struct session *session_new(const struct session_client *client);
const struct session_verdict *session_connect(struct session *session);
/* verb is "EHLO" or "HELO". */
const struct session_verdict *session_helo(struct session *session,
    const char *verb, const char *name);
/* status is EC_AUTH_OK, EC_AUTH_FAIL or EC_AUTH_ERROR. */
const struct session_verdict *session_auth(struct session *session,
    const char *user, const char *scheme, int status);
/* address with or without brackets, "" or "<>" for the null sender; parameters
 * as in the command ("SIZE=100 BODY=8BITMIME"), or NULL. */
const struct session_verdict *session_mail(struct session *session,
    const char *address, const char *parameters);
const struct session_verdict *session_rcpt(struct session *session,
    const char *address, const char *parameters);
/* A whole field from its name to its value: white space as it came, CRLF
 * between lines, none at the end. */
const struct session_verdict *session_header(struct session *session,
    struct span field);
const struct session_verdict *session_end_of_header(struct session *session);
const struct session_verdict *session_body(struct session *session,
    struct span chunk);
const struct session_verdict *session_end_of_message(struct session *session);
/* After that: the mail server cannot do what the verdict asks for, in words for
 * the log.  Gives what on_internal_error wants instead. */
const struct session_verdict *session_trouble(struct session *session,
    const char *what);
void session_abort(struct session *session);
void session_free(struct session **session); /* NULL inside is fine */

/* The queue id of the message being told, as soon as the mail server says it;
 * log lines carry it. */
void session_set_id(struct session *session, const char *id);
/* A variable of the connection (the TLS ones, say). */
void session_set_variable(struct session *session, const char *name,
    const char *value);

/* The message, from session_mail to the next one, session_abort or
 * session_free; else NULL. */
ec_message *session_message(struct session *session);
/* The number of the configuration that it is being processed with, or 0. */
uint64_t session_generation(const struct session *session);

#endif
