/*
 * inflight.h: messages that were begun and are not answered yet, and the order
 * to begin no more.
 *
 * A message counts from its MAIL command to the answer at its end, to its
 * abortion, or to the end of its connection.  Any thread.
 */
#ifndef MILTER_INFLIGHT_H
#define MILTER_INFLIGHT_H

#include <stdbool.h>

/* False: stopping, nothing may begin. */
bool inflight_begin(void);
void inflight_end(void);
unsigned inflight_count(void);

/* From now on nothing begins, and inflight_pause() comes back at once. */
void inflight_stop(void);
bool inflight_stopping(void);

/* Wait until nothing is in flight, or so many seconds are over; a call with
 * fewer seconds cuts those short that wait.  Gives what is left. */
unsigned inflight_wait(unsigned seconds);

/* Let a client wait.  False: cut short, the process is stopping. */
bool inflight_pause(unsigned milliseconds);

#endif
