/*
 * deadlines.h: connections that must be done by a time, however busy they are.
 *
 * libmicrohttpd closes connections that are idle.  One that sends or takes an
 * octet now and then is not, and would keep its place for ever.  Here each has
 * a deadline; who passes it is shut down, which the thread that serves it sees.
 */
#ifndef HOST_METRICS_DEADLINES_H
#define HOST_METRICS_DEADLINES_H

#include <stddef.h>

struct deadline; /* of one connection */

/* Begin to watch up to `room` connections, each for so long.  0, or -1 with
 * errno: then nothing below does anything. */
int deadlines_open(size_t room, unsigned milliseconds);
/* When no connection is left. */
void deadlines_close(void);

/* From now on; fd stays open until deadline_stop().  NULL: it is not watched. */
struct deadline *deadline_start(int fd);
void deadline_stop(struct deadline *deadline); /* NULL is fine */

#endif
