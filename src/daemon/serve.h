/*
 * serve.h: mailseald as a daemon, from the configuration to the end.
 *
 *	signals blocked, limits set, into the background
 *	configuration read, modules started with the first rights
 *	pid file, log, socket; then another user
 *	modules started to the end, the configuration in use
 *	ready: mail is served, in other threads
 *	signals: reload, reopen, stop
 *	messages in flight end, modules are told, socket and pid file go
 */
#ifndef DAEMON_SERVE_H
#define DAEMON_SERVE_H

#include "host/config/errors.h"

#include <stdbool.h>

struct config;

struct daemon_start {
	const char *path; /* the configuration */
	bool foreground;
};

/* Returns the status to end with (sysexits.h).  What goes wrong before mail is
 * served is told on standard error. */
int daemon_serve(const struct daemon_start *start);

/* What a daemon wants of a configuration, for host_examine_with(): the socket
 * and the user. */
void daemon_examine(const struct config *config,
    struct config_errors *errors);

#endif
