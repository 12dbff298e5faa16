/*
 * listen.h: where the configuration wants the milter socket to be.
 *
 *	Milter_Listener {
 *		Listen "unix:/run/mailseal/milter.sock" { file_mode = 0660 }
 *	}
 *
 * An address is spelled as Postfix, Sendmail and OpenDKIM spell it:
 *
 *	unix:/path  local:/path  /path
 *	inet:8891@127.0.0.1  inet6:8891@[::1]  inet:8891@localhost
 *	inet:8891 (any address)  inet:127.0.0.1:8891  127.0.0.1:8891  [::1]:8891
 */
#ifndef MILTER_LISTEN_H
#define MILTER_LISTEN_H

#include "base/buffer.h"
#include "host/config/errors.h"
#include "host/validation/settings.h"

#include <stdbool.h>
#include <sys/socket.h>
#include <sys/stat.h>

struct config;

struct listen { /* texts live as long as the configuration */
	struct settings_place place;
	struct config_place defined; /* the Listen, for messages */
	struct sockaddr_storage address; /* AF_INET, AF_INET6, AF_UNIX */
	/* of a socket file */
	mode_t mode;
	const char *group; /* NULL: as it comes */
	/* of libmilter */
	int backlog;
	int timeout; /* seconds to wait for the MTA */
};

#define LISTEN_TIMEOUT 7210 /* libmilter's own: Sendmail waits two hours */

enum listen_found {
	LISTEN_BAD = -1, /* the errors are told */
	LISTEN_NONE, /* no Listen that is enabled */
	LISTEN_ONE,
};

/* The one Listen that is enabled.  Everything that is wrong with any of them is
 * told; errors may be NULL. */
enum listen_found listen_find(const struct config *config,
    struct config_errors *errors, struct listen *listen_r);

/* Read an address.  False with words in why. */
bool listen_parse(const char *text, struct sockaddr_storage *address_r,
    struct buffer *why);

/* The same address for smfi_setconn(), and for people. */
#define LISTEN_CONN_BYTES 160
void listen_format(const struct sockaddr_storage *address,
    char text_r[LISTEN_CONN_BYTES]);

/* Would both open the same socket in the same way? */
bool listen_same(const struct listen *a, const struct listen *b);

#endif
