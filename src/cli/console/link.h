/*
 * link.h: a connection that comes back.
 *
 * A daemon closes consoles that are idle, and it is restarted.  Then the next
 * command connects again, as the same user; but no command is sent twice when
 * it may have been carried out, and none is sent outside of the transaction
 * that it was meant for.
 */
#ifndef CONSOLE_LINK_H
#define CONSOLE_LINK_H

#include "base/buffer.h"
#include "base/span.h"
#include "cli/console/client.h"
#include "cli/console/endpoint.h"

struct console_link {
	struct console_endpoint endpoint;
	const char *password_file; /* or NULL: the user is asked */
	unsigned login_flags; /* CONSOLE_LOGIN_* */

	/* the link's own */
	struct console_client *client; /* NULL while there is no connection */
	char *user; /* who logged in; or NULL */
	char *password; /* that was good, for the next time; or NULL */
	bool in_transaction; /* one that the server ends with the connection */
	bool was_lost; /* and the user knows */
	bool came_back; /* after that; for the caller to see and to clear */
};

/* Connect, and log in where that is wanted.  Returns 0; or an exit status of
 * sysexits.h, and why gets words for people. */
int console_link_open(struct console_link *link, struct buffer *why);

/* As console_client_send(), on a new connection if there is none or it was
 * closed meanwhile. */
int console_link_send(struct console_link *link, const char *request,
    struct buffer *why);

/* As console_client_read(). */
int console_link_read(struct console_link *link, struct span *piece_r,
    struct buffer *why);

/* Can something be asked without the user noticing?  Then a question that is
 * not the user's own may be. */
bool console_link_is_quiet(struct console_link *link);

/* The endpoint, with the user in front: what a prompt shows.  To be freed; NULL
 * without memory. */
char *console_link_name(const struct console_link *link);

void console_link_deinit(struct console_link *link);

#endif
