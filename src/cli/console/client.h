/*
 * client.h: one connection to a daemon's console, and what is said on it.
 *
 * The protocol is that of host/console/session.h: a greeting, then a line for
 * each request, and for each answer a status, a length and as many octets.
 * Whoever listens at the other end need not be a mailseald, so nothing that it
 * sends is kept beyond a limit, and its words are not fit for a terminal
 * (cli/console/printable.h).
 */
#ifndef CONSOLE_CLIENT_H
#define CONSOLE_CLIENT_H

#include "base/buffer.h"
#include "base/span.h"
#include "cli/console/endpoint.h"

#include <stdbool.h>
#include <stddef.h>

/* A request has at most this many octets, without its line end. */
#define CONSOLE_CLIENT_REQUEST_BYTES 65536
/* An answer that is kept as a whole: a challenge, candidates, a banner.  What
 * commands tell people is passed on in pieces and has no limit. */
#define CONSOLE_CLIENT_TEXT_BYTES (1024 * 1024)

enum console_client_status { /* of an answer */
	CONSOLE_CLIENT_DONE = 0,
	CONSOLE_CLIENT_FAILED = 2, /* could not be done, or is unknown */
	CONSOLE_CLIENT_DENIED = 3, /* not allowed */
	CONSOLE_CLIENT_GO_ON = 4, /* the next request belongs to this one */
};

enum {
	/* The connection is of no use any more, and what was asked for may
	 * have been done or not. */
	CONSOLE_CLIENT_E_LOST = -1,
	/* It ended before the request was sent: that may be asked again, on
	 * another connection. */
	CONSOLE_CLIENT_E_NOT_SENT = -2,
	/* A request of more than one line, or too long: nothing was sent, and
	 * the connection is as good as before. */
	CONSOLE_CLIENT_E_UNFIT = -3,
};

struct console_client;

/* Connect and read the greeting.  Returns 0; or -1, and why gets words for
 * people, without a line end. */
int console_client_open(const struct console_endpoint *endpoint,
    struct console_client **client_r, struct buffer *why);

void console_client_free(struct console_client **client);

/* Of the server, from its greeting: printable ASCII. */
const char *console_client_version(const struct console_client *client);

/* The ways to tell who we are, in the server's order of preference, with
 * commas between them; or NULL when it wants to know nobody's name. */
const char *console_client_mechanisms(const struct console_client *client);

/* What is sent does not leave this machine: a socket file, or loopback. */
bool console_client_is_local(const struct console_client *client);

/* Send one request, which is a line without its end, and wait for the answer.
 * Returns the answer's status, with text replaced by the answer's octets; or
 * one of CONSOLE_CLIENT_E_*, and why gets words for people, without a line end.
 * An answer above CONSOLE_CLIENT_TEXT_BYTES breaks the connection. */
int console_client_ask(struct console_client *client, const char *request,
    struct buffer *text, struct buffer *why);

/* The same in two steps, for an answer of any length: the status first, then
 * the octets, piece by piece. */
int console_client_send(struct console_client *client, const char *request,
    struct buffer *why);

/* The next octets of the answer, at least one; they live until the next call.
 * Returns 1, or 0 at its end, or CONSOLE_CLIENT_E_LOST. */
int console_client_read(struct console_client *client, struct span *piece_r,
    struct buffer *why);

/* The connection ended while nothing was asked, as idle ones do.  (A signal
 * that cli/console/signals.h caught ends waiting, and the connection with it.)
 */
bool console_client_is_closed(struct console_client *client);

#endif
