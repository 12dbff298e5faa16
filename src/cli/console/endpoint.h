/*
 * endpoint.h: where a daemon listens for consoles, as the command line has it.
 *
 *	endpoint = [ user "@" ] ( path / host ":" port / "[" ipv6 "]:" port )
 *
 * What holds a '/' or has no ':' is a path.
 */
#ifndef CONSOLE_ENDPOINT_H
#define CONSOLE_ENDPOINT_H

#define CONSOLE_ENDPOINT "/tmp/2025" /* the documented one */

struct console_endpoint { /* { 0 } is none */
	char *name; /* all of it, as it was written */
	char *user; /* who to be there; or NULL */
	char *path; /* of a socket file; or NULL, and then the next two */
	char *host, *port;
};

/* Returns 0; or -1 with *why_r, a constant, when it is none.  The strings are
 * the endpoint's own. */
int console_endpoint_parse(const char *text,
    struct console_endpoint *endpoint_r, const char **why_r);

void console_endpoint_deinit(struct console_endpoint *endpoint);

#endif
