/*
 * signals.h: libmilter's own ideas about signals, put to sleep.
 */
#ifndef MILTER_SIGNALS_H
#define MILTER_SIGNALS_H

#include <stdbool.h>

/* Will libmilter find the sigwait() of signals.c, and not the C library's?
 * Without it SIGHUP and SIGTERM would be taken from under the daemon. */
bool signals_are_ours(void);

#endif
