/*
 * connection.h: what is known of one of the MTA's connections.
 *
 * It hangs at libmilter's context, from the negotiation or the first event to
 * the close.  libmilter calls for one connection from one thread at a time.
 */
#ifndef MILTER_CONNECTION_H
#define MILTER_CONNECTION_H

#include "base/buffer.h"
#include "host/validation/session.h"

#include <stdbool.h>
#include <libmilter/mfapi.h>

struct connection {
	struct session *session; /* NULL until the MTA tells of a client */
	unsigned long actions; /* SMFIF_: what the MTA lets us do */
	bool leading_space; /* values begin right behind the colon */
	bool in_flight; /* a message is counted in inflight.h */
	bool told_tls; /* the TLS variables are set */
	char *auth_user, *auth_type; /* told to the session; NULL: none */
	struct buffer field; /* room for the one that is being told */
	struct buffer text; /* and for texts on their way out */
};

/* Where all connections come in, set before the first; the texts live as long
 * as the process. */
void connection_set_place(const struct settings_place *place);

/* The one of a context, new if there was none. */
struct connection *connection_of(SMFICTX *ctx);

/* The same, with a session: an MTA may leave out what it has nothing to say
 * about.  address and local may be NULL: not known. */
struct connection *connection_open(SMFICTX *ctx,
    const struct sockaddr *address, const ec_sockaddr *local);

/* Begin a message, and end it in whatever way: it counts as in flight.
 * False: the process is stopping. */
bool connection_begin_message(struct connection *c);
void connection_end_message(struct connection *c);

/* Frees it and takes it off the context; fine when there is none. */
void connection_close(SMFICTX *ctx);

#endif
