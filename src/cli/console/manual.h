/*
 * manual.h: the manual page.
 */
#ifndef CONSOLE_MANUAL_H
#define CONSOLE_MANUAL_H

/* Becomes a program that shows it.  Returns an exit status when there is
 * none. */
int console_manual_show(void);

#endif
