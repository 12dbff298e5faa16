/*
 * dial.h: a connection to a filter's socket, by the addresses that MTAs use.
 *
 *	unix:/path   local:/path   /path
 *	inet:PORT@HOST   inet:HOST:PORT   inet6:PORT@HOST
 *
 * The second form of inet is Postfix's, the first one Sendmail's.
 */
#ifndef BENCH_MILTER_DIAL_H
#define BENCH_MILTER_DIAL_H

#include "base/buffer.h"

/* A socket that does not block, or -1 with words in why. */
int dial(const char *address, struct buffer *why);

#endif
