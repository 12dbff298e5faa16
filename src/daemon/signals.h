/*
 * signals.h: signals as words, read by one thread.
 *
 * They are blocked in the whole process and read from a descriptor, so nothing
 * is ever interrupted by one.
 */
#ifndef DAEMON_SIGNALS_H
#define DAEMON_SIGNALS_H

#include <stdbool.h>

enum signals { /* bits */
	SIGNALS_STOP = 1, /* SIGTERM, SIGINT */
	SIGNALS_RELOAD = 2, /* SIGHUP */
	SIGNALS_REOPEN = 4, /* SIGUSR1 */
	SIGNALS_WAKE = 8, /* signals_wake() */
};

/* Before there are other threads: they inherit what is blocked.  0 or -1 with
 * errno. */
int signals_open(void);

/* Wait until there is something, and give all that came meanwhile: ten of one
 * kind are one. */
unsigned signals_wait(void);

/* Let signals_wait() return.  Any thread. */
void signals_wake(void);

#endif
