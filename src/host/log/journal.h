/*
 * journal.h: standard error, where systemd's journal reads it.
 *
 * The journal keeps a time of its own with each line, and takes the level from a
 * "<N>" in front (sd-daemon(3)); without that `journalctl -p warning` shows
 * nothing.  Any thread.
 */
#ifndef HOST_JOURNAL_H
#define HOST_JOURNAL_H

#include <stdbool.h>
#include <stddef.h>

#define JOURNAL_PREFIX_BYTES 4 /* "<3>" */

/* Does the journal read what is written there?  systemd.exec(5),
 * JOURNAL_STREAM. */
bool journal_reads(int fd);

/* "<N>" for a level of debug_tools.h. */
void journal_prefix(int level, char prefix_r[JOURNAL_PREFIX_BYTES]);

/* Errors on standard error, before there is a log or instead of one: lines as
 * they are, each with its level where the journal reads. */
void journal_complain(const void *text, size_t n);

#endif
