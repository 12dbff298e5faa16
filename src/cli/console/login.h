/*
 * login.h: who we are, told to a server that wants to know, without the
 * password on the wire where that can be (the exchange: host/console/session.h).
 */
#ifndef CONSOLE_LOGIN_H
#define CONSOLE_LOGIN_H

#include "base/buffer.h"

struct console_client; /* cli/console/client.h */

enum console_login_outcome {
	CONSOLE_LOGIN_DONE = 0,
	CONSOLE_LOGIN_REFUSED = 1, /* another password may be tried */
	CONSOLE_LOGIN_LOST = -1, /* the connection is of no use any more */
};

/* The password would cross the network as it is: only when the user says so.
 * (A socket file and loopback are no network.) */
#define CONSOLE_LOGIN_CLEARTEXT 0x01u

/* Ask which mechanisms there are, take the best, answer what it asks.  Also for
 * a server that wants nobody's name: the commands that follow are this user's.
 * Unless it is done, why gets words for people, without a line end. */
enum console_login_outcome console_login(struct console_client *client,
    const char *user, const char *password, unsigned flags,
    struct buffer *why);

#endif
