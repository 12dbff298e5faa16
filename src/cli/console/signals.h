/*
 * signals.h: signals that arrive while something is waited for, and never in
 * between.
 *
 * Before console_signals_catch() all of them do what they do by default.  The
 * ones below are held back from then on, but for the time of
 * console_signals_wait(): who waits finds out, tidies up and decides.
 */
#ifndef CONSOLE_SIGNALS_H
#define CONSOLE_SIGNALS_H

#include <signal.h>
#include <stdbool.h>

/* SIGINT, SIGQUIT, SIGTERM, SIGHUP, SIGTSTP, SIGCONT and SIGWINCH.  SIGPIPE is
 * ignored. */
void console_signals_catch(void);

/* As before that.  Both may be called again; the last release counts. */
void console_signals_release(void);

/* What was blocked before: for programs that are started. */
const sigset_t *console_signals_mask(void);

/* Wait for a descriptor as poll() does, or for a signal; ms < 0 is for ever.
 * Returns 1 when the descriptor is ready, 0 when the time is over, -1 when a
 * signal has arrived or waiting is impossible. */
int console_signals_wait(int fd, short events, int ms);

/* Has it arrived since this was asked last? */
bool console_signals_take(int signo);

/* The signal that asks the program to end: SIGQUIT, SIGTERM, SIGHUP; or 0. */
int console_signals_end(void);

/* Has one arrived that ends waiting for the server?  It is not taken. */
bool console_signals_interrupt(void);

/* Do what the signal does by default: end or stop the process. */
void console_signals_obey(int signo);

#endif
