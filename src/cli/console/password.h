/*
 * password.h: a password, from who sits at the terminal or from a file.
 */
#ifndef CONSOLE_PASSWORD_H
#define CONSOLE_PASSWORD_H

#include "base/buffer.h"

/* Octets of a password, which travels in a line. */
#define CONSOLE_PASSWORD_BYTES 1024

/* Ask at the terminal of the process, without echo, whatever standard input
 * is.  Returns 0 with a NUL-terminated string that is wiped and freed by
 * console_password_free(), or -1 with words in why: no terminal, its end, or a
 * signal, which is left to the caller (cli/console/signals.h). */
int console_password_ask(char **password_r, struct buffer *why);

/* The first line of a file that nobody but its owner, who is this user or root,
 * may read or write.  As above. */
int console_password_read(const char *path, char **password_r,
    struct buffer *why);

void console_password_free(char **password);

#endif
