/*
 * terminal.h: what standard output is, if it is a terminal.
 */
#ifndef CONSOLE_TERMINAL_H
#define CONSOLE_TERMINAL_H

#include <stdbool.h>

struct console_size {
	unsigned rows, columns;
};

/* Of the terminal as it is now; 24 by 80 when it does not tell. */
struct console_size console_terminal_size(void);

/* Standard input and output are one that understands more than line ends: TERM
 * says what. */
bool console_terminal_can_edit(void);

#endif
