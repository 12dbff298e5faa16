/*
 * logging.h: the log's targets, by the options Paniclog and Syslog.
 */
#ifndef DAEMON_LOGGING_H
#define DAEMON_LOGGING_H

#include "base/buffer.h"

#include <stdbool.h>

struct config;
struct identity;

/* Write to where this configuration says, from now on.  While the process has
 * its first rights the file is given to the identity it will have, so that it
 * can be opened again later; NULL afterwards.  0, or -1 with words in why, and
 * everything goes to where it went. */
int logging_open(const struct config *config, bool foreground,
    const struct identity *identity, struct buffer *why);

/* The file was moved away: begin a new one.  A failure is logged. */
void logging_reopen(void);

#endif
