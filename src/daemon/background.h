/*
 * background.h: go into the background, and let the one who started us know
 * how that went.
 *
 * The process that was started stays until the one in the background serves
 * mail or has given up, and ends with status 0 or with that one's.  What goes
 * wrong at the start is thus told on the terminal, and a script that starts the
 * program may use it as soon as the command is back.
 */
#ifndef DAEMON_BACKGROUND_H
#define DAEMON_BACKGROUND_H

#include "base/buffer.h"

/* First of all: who starts us may have closed standard input, output or error,
 * and what is opened then would take their place, and what is written to them.
 * Returns 0, or -1 when they cannot be had. */
int background_fill_standard(void);

/* Before there are threads.  Returns 0 in the background; the process that was
 * started does not come back.  -1 with words in why: there is no other
 * process. */
int background_enter(struct buffer *why);

/* The start is over: the first process ends with status 0, and standard input,
 * output and error are /dev/null from now on.  In the foreground nothing
 * happens. */
void background_ready(void);

#endif
