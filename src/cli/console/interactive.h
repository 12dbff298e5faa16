/*
 * interactive.h: commands from an operator at a terminal.
 */
#ifndef CONSOLE_INTERACTIVE_H
#define CONSOLE_INTERACTIVE_H

#include "cli/console/link.h"

/* On a link that is open, until "quit" or ctrl-D.  Returns the exit status; a
 * signal that ends the program does so here. */
int console_interactive_run(struct console_link *link);

#endif
