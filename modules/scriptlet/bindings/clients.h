/*
 * clients.h: who is connected, and what clients did lately.
 *
 * Counted for the whole process.  Any thread.
 */
#ifndef SCRIPTLET_CLIENTS_H
#define SCRIPTLET_CLIENTS_H

#include "scriptlet/bindings/network_key.h"
#include "scriptlet/bindings/series.h"

#include "netlistener.h"

#include <stddef.h>

#define CLIENTS_MONITORS 8
#define CLIENTS_SESSIONS 16384 /* that are counted at one time */

enum client_event {
	CLIENT_CONNECTED,
	CLIENT_SENT, /* a message that was accepted */
	CLIENT_REFUSED, /* a command or a message */
	CLIENT_EVENTS
};

/* A session begins and ends. */
void clients_begin(const accept_construct *ac);
void clients_end(const accept_construct *ac);

/* Count for all monitors there are. */
void clients_count(const accept_construct *ac, enum client_event event);

/* How many sessions there are from a block; of 0 bits: all. */
size_t clients_sessions(const struct network_key *block);

/* The series of a monitor such as "60,1": seconds of a window, and windows.
 * Counting begins with the first question.  NULL: it is none, or there are too
 * many. */
struct series *clients_monitor(const char *name, enum client_event event);

#endif
