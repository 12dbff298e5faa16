/*
 * inject.h: one message from a file through the whole pipeline.
 *
 * The smallest front-end there is: it tells a session what a mail server would,
 * and writes down what comes out.  A message that nobody edited comes out byte
 * for byte as it was; of an edited one, what nobody touched does.
 */
#ifndef INJECT_H
#define INJECT_H

#include "host/validation/session.h"

#include <stddef.h>
#include <stdio.h>

struct inject {
	const char *path; /* of the message; "-" is standard input */
	const char *from; /* NULL: the null sender */
	const char *const *rcpts;
	size_t rcpt_count;
	const char *client; /* address, or NULL: not known */
	const char *auth; /* user, or NULL: none */
	const char *helo; /* or NULL */

	/* Told each verdict and what it answers ("MAIL FROM"), and with
	 * INJECT_END the last one once more, while the session still has the
	 * message.  NULL: nobody looks on. */
	void (*watch)(void *closure, const char *step, struct session *session,
	    const struct session_verdict *verdict);
	void *closure;
};

#define INJECT_END "end"

enum inject_result { /* what mailseald's exit status is made of */
	INJECT_ACCEPTED = 0,
	INJECT_REJECTED = 1,
	INJECT_UNREADABLE = 66, /* the message; EX_NOINPUT */
	INJECT_UNWRITABLE = 74, /* the result; EX_IOERR */
	INJECT_DEFERRED = 75, /* EX_TEMPFAIL */
	INJECT_DISCARDED = 99,
};

/* The host must be open.  Writes the message to `out` when it is accepted, and
 * replies, one in a line, to `reports`. */
enum inject_result inject_run(const struct inject *inject, FILE *out,
    FILE *reports);

/* Is this the text of an address for inject.client? */
int inject_is_client(const char *text);

#endif
