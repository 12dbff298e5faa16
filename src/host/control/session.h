/*
 * session.h: one console, from its greeting to its end.
 *
 * The protocol is lines, of our own (the published one is not described):
 *
 *	greeting = "mailseal " VERSION LF
 *	request  = command LF
 *	answer   = status SP length LF *OCTET
 *	status   = "0" / "2" / "3"
 *
 * 0 is done, 2 could not be done, 3 not allowed; length counts the octets that
 * follow.  A request of "quit" has no answer: the connection ends.
 */
#ifndef HOST_SESSION_H
#define HOST_SESSION_H

struct session {
	int fd;
	const char *listener, *listen; /* instances; listener may be NULL */
	char peer[64]; /* the client's address; loopback for a socket file */
	char user[64]; /* of this system, "" when not known */
};

/* Returns when the console has gone, was idle for too long, or broke the
 * protocol.  The descriptor stays open. */
void session_run(const struct session *session);

#endif
