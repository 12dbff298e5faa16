/*
 * client.h: the SMTP client that a filter is told of, and the MTA it came to.
 */
#ifndef BENCH_MILTER_CLIENT_H
#define BENCH_MILTER_CLIENT_H

#include "macros.h"

#define CLIENT_MTA_NAME "mx.example.org" /* the MTA's */
#define CLIENT_PORT 40001

struct client {
	const char *address; /* NULL: not known */
	const char *name; /* NULL: not known */
	const char *auth; /* the user, or NULL */
	bool tls;
};

/* Everything but the queue id and what speech_mail and speech_rcpt set. */
void client_set_macros(const struct client *client, struct macros *macros);

#endif
