/*
 * listener.h: where the console connects.
 *
 *	Control_Listener {
 *		Listen "/run/mailseal/control" { file_mode = 0660 }
 *		Listen "127.0.0.1:2025" { always_allow = true }
 *	}
 *
 * Who may open the socket file may give every command.  Passwords are not
 * checked, so a TCP socket is on loopback only, where the administrator opens
 * it to everybody on the machine in so many words, and a socket for which
 * Enable_Authentication is set is not served: both become errors of the
 * configuration.
 *
 * Addresses, modes and groups are as they were at the start; Always_Deny,
 * Enable_Authorization and Timeout follow the configuration in use.
 */
#ifndef HOST_LISTENER_H
#define HOST_LISTENER_H

#include "base/buffer.h"
#include "host/config/errors.h"

#include <stdbool.h>
#include <sys/types.h>

#define LISTENER_SOCKETS 8
#define LISTENER_CONNECTIONS 32 /* consoles at a time, over all sockets */

struct config;

void listener_examine(const struct config *config,
    struct config_errors *errors);

/* Open the sockets, with the process's first rights; files go to owner and
 * group.  0, or -1 with words in why and none of them open. */
int listener_open(const struct config *config, uid_t owner, gid_t group,
    struct buffer *why);

/* Serve them in threads of their own.  0, or -1 with errno. */
int listener_serve(void);

/* Take no more commands, and wait a little for those that run.  False when one
 * is not done: what it needs must not be taken away. */
bool listener_close(void);

#endif
