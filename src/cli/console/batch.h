/*
 * batch.h: commands without anybody at the keyboard.
 */
#ifndef CONSOLE_BATCH_H
#define CONSOLE_BATCH_H

#include "cli/console/link.h"

/* One command, of the words of a command line.  Returns the exit status. */
int console_batch_words(struct console_link *link, int n, char *const *words);

/* Each line of standard input is one, until its end or "quit".  Returns the
 * exit status: 1 when one of them failed. */
int console_batch_lines(struct console_link *link);

#endif
