/*
 * fixed.h: what stays as it was at the start, whatever is loaded later.
 *
 * The pid file and the user of a running process cannot be changed (nor can
 * its socket, see milter.h).  A configuration that sets them otherwise is taken
 * into use for all the rest, and the log says which options wait for a restart.
 */
#ifndef DAEMON_FIXED_H
#define DAEMON_FIXED_H

struct config;
struct fixed; /* those options as they were at the start */

struct fixed *fixed_new(const struct config *config);
void fixed_free(struct fixed **fixed);

/* Log a warning for each that this configuration sets otherwise.  Returns how
 * many. */
unsigned fixed_compare(const struct fixed *fixed,
    const struct config *config);

#endif
