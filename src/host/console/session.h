/*
 * session.h: one console, from its greeting to its end.
 *
 * The protocol is lines, of our own (the published one is not described):
 *
 *	greeting  = "mailseal " VERSION [ " auth " mechanisms ] LF
 *	request   = command LF
 *	answer    = status SP length LF *OCTET
 *	status    = "0" / "2" / "3" / "4"
 *
 * 0 is done, 2 could not be done, 3 not allowed, 4 go on; length counts the
 * octets that follow.  A request of "quit" has no answer: the connection ends.
 *
 * With "auth" in the greeting a user has to log in before anything else:
 *
 *	mechanisms = mechanism *( "," mechanism )	; the best first
 *	mechanism  = "digest-md5" / "cram-md5" / "login"
 *	begin      = "auth " mechanism SP user LF
 *	challenge  = "4" SP length LF *OCTET		; see exchange.h
 *	response   = base64 LF
 *	verdict    = ( "0" / "3" ) SP length LF *OCTET
 *
 * "auth" alone is answered with the mechanisms, whether a user has to log in or
 * may.  Each attempt that fails is answered later than the one before, and the
 * third, or the end of Timeout without a user, ends the connection.
 */
#ifndef HOST_SESSION_H
#define HOST_SESSION_H

#include <stdbool.h>

#define SESSION_PEER_BYTES 64
#define SESSION_USER_BYTES 64
#define SESSION_ATTEMPTS 3 /* to log in */
#define SESSION_DELAY_MS 500 /* after the first that fails; doubled each time */

struct session {
	int fd;
	const char *listener, *listen; /* instances; listener may be NULL */
	bool is_file; /* a socket file, not TCP */
	char peer[SESSION_PEER_BYTES]; /* the address; loopback for a file */
	char user[SESSION_USER_BYTES]; /* of this system, later who logged in;
	    "" when not known */
};

/* Returns when the console has gone, was idle for too long, broke the protocol,
 * or may not go on.  The descriptor stays open. */
void session_run(struct session *session);

/* From now on none takes another command, even one that was sent already. */
void session_stop_all(void);

/* The one that this thread runs a command of, or NULL. */
const struct session *session_here(void);

#endif
