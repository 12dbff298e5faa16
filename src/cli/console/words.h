/*
 * words.h: the words of a command line, made a line for the server.
 */
#ifndef CONSOLE_WORDS_H
#define CONSOLE_WORDS_H

/* One word is a whole command, if quoted for the shell.  Of several, those that
 * need quotes get them, for the shell has taken them off; a list in parentheses
 * stays one.  Line ends become blanks.  To be freed; NULL without memory. */
char *console_words_join(int n, char *const *words);

#endif
