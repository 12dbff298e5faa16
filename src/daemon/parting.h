/*
 * parting.h: modules hear that the process is to end.
 *
 * The hooks core_control_shutdown and core_control_shutdown_ex run in a thread
 * of their own, so that one of them that hangs cannot keep the process from
 * ending.
 */
#ifndef DAEMON_PARTING_H
#define DAEMON_PARTING_H

#include <stdbool.h>

/* Begin to tell them, once; status is what the process ends with as far as is
 * known.  done() is called in the thread when all have been told. */
void parting_begin(int status, void (*done)(void));

/* Have all been told?  True, too, when nobody began. */
bool parting_is_over(void);

/* Wait for that, for so many seconds at most.  Returns parting_is_over(). */
bool parting_wait(unsigned seconds);

#endif
