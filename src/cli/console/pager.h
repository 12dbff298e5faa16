/*
 * pager.h: the program that shows what is longer than the terminal.
 */
#ifndef CONSOLE_PAGER_H
#define CONSOLE_PAGER_H

#include <stdbool.h>

/* Run it, a command of the shell, or $PAGER when that is NULL, on a file that
 * is open for reading, until the user leaves it.  Returns 0; or -1 when it
 * could not be run. */
int console_pager_show(const char *program, int file);

/* $PAGER; or what runs when it is not set. */
const char *console_pager_name(void);

#endif
