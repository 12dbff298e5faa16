/*
 * milter.h: mail from an MTA that speaks the milter protocol, by libmilter.
 *
 *	milter_examine	is what a configuration says about it servable?
 *	milter_open	the socket, with the process's first rights
 *	milter_serve	connections, until it is told to stop
 *	milter_stop	from another thread: finish what is in flight
 *	milter_close	the socket's file goes
 *
 * libmilter serves one socket in a process, once: after milter_serve came back
 * the process can only end.  Threads of libmilter's live until then, and answer
 * whoever still connects with a temporary failure; so it is better to end with
 * _exit().  A connection is worked for by any of these threads; which one may
 * change from command to command.
 *
 * Signals: libmilter would take SIGHUP for an order to stop.  This program
 * takes signals itself, see signals.c.
 */
#ifndef MILTER_MILTER_H
#define MILTER_MILTER_H

#include "base/buffer.h"
#include "host/config/errors.h"

#include <stdbool.h>
#include <sys/types.h>

struct config;

/* Is there a Milter_Listener with a Listen that is enabled? */
bool milter_is_configured(const struct config *config);

/* A second Listen, an address that is none, a path that is too long and the
 * like, told with file and line.  A configuration without any listener is
 * fine.  For -t, the start and every reload. */
void milter_examine(const struct config *config,
    struct config_errors *errors);

/* Does it ask for another socket (address, mode, group, backlog, time-out)
 * than the one that is open?  Only a restart brings that about. */
bool milter_differs(const struct config *config);

/* Bind and listen.  A socket file gets its mode, the group of the option, and
 * the owner given ((uid_t)-1 and (gid_t)-1: as it is).  If root starts it and
 * the folder that the file belongs in is missing, it is made, for the owner
 * given.  A socket that somebody serves, and a file that is no socket, are
 * left alone and told.  0, or -1 with words in why. */
int milter_open(const struct config *config, uid_t owner, gid_t group,
    struct buffer *why);

/* 0 after milter_stop; -1 when libmilter gave up by itself, or could not
 * begin. */
int milter_serve(void);

/* Answer what is new with a temporary failure (421), wait until the messages
 * in flight are done or the time is over, then end milter_serve.  Gives the
 * number of messages that are not done.  Takes no more than half a second
 * when there are none.  More calls at the same time are fine: a later one
 * with 0 seconds cuts the wait of the first short. */
unsigned milter_stop(unsigned seconds);

void milter_close(void);

#endif
