/*
 * history.h: the commands that were typed, for the arrow keys, and from one
 * session to the next in a file of the user's.
 *
 * The file is $XDG_STATE_HOME/mailseal/console_history, or without that
 * variable ~/.mailseal_history; it is readable by nobody else.  It does not get
 * lines that begin with a blank, and none that speak of passwords, secrets or
 * keys.
 */
#ifndef CONSOLE_HISTORY_H
#define CONSOLE_HISTORY_H

#include <histedit.h>

struct console_history;

/* With the lines of the file, if there are any; NULL without memory. */
struct console_history *console_history_new(void);

/* For the editor. */
History *console_history_list(struct console_history *past);

/* A line that was typed.  At once in the file, for consoles may end in any
 * way; one that cannot be written is not missed. */
void console_history_add(struct console_history *past, const char *line);

void console_history_free(struct console_history **past);

#endif
