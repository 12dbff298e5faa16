/*
 * listener.h: where the console connects.
 *
 *	Control_Listener {
 *		Listen "/run/mailseal/control" { file_mode = 0660 }
 *		Listen "127.0.0.1:2025" { always_allow = true }
 *	}
 *
 * Who may open the socket file is a user of this system, and is one without a
 * password.  By TCP a user logs in, but for loopback where the administrator
 * opens it to everybody on the machine in so many words; anything else is an
 * error of the configuration, and so are files of passwords and roles that are
 * of no use (access.h, passwords.h, roles.h).
 *
 * Addresses, modes and groups are as they were at the start; who may come in,
 * and do what, follows the configuration in use.
 */
#ifndef HOST_LISTENER_H
#define HOST_LISTENER_H

#include "base/buffer.h"
#include "host/config/errors.h"

#include <stdbool.h>
#include <sys/types.h>

#define LISTENER_SOCKETS 8
#define LISTENER_CONNECTIONS 32 /* consoles at a time, over all sockets */
#define LISTENER_TCP_CONNECTIONS 24 /* of these, at most */

struct config;

/* owner and group: who the process becomes, and reads files as; -1 when it stays
 * who it is. */
void listener_examine(const struct config *config, uid_t owner, gid_t group,
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
