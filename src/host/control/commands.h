/*
 * commands.h: console commands, from a line to its answer.
 *
 *	line    = ["xml" / "json"] ( prefix *word / address *word )
 *	address = module [ ":" instance ]
 *
 * The longest registered prefix that fits gets the line, be it of the process
 * or of the newest configuration; else the module that it is addressed to;
 * else the answer says that nobody knows it.  Words are separated by blanks;
 * one in double quotes may hold some, and \" and \\ in it.
 *
 * The socket and its users' rights are not dealt with here.
 */
#ifndef HOST_COMMANDS_H
#define HOST_COMMANDS_H

#include "control.h"

#include <stdbool.h>

#define COMMAND_BYTES (64u << 10) /* in a line */
#define COMMAND_WORDS 1024
#define COMMAND_BLANKS " \t\r\n\v\f" /* between words: isspace() of "C" */

struct command;
struct generation;

/* Run one line.  The answer is appended to `response`.  Returns
 * EC_RUN_COMMAND_COMPLETED or EC_RUN_COMMAND_FAILED. */
int commands_run(const char *line, const char *user, string *response);

/* All that the host answers itself: see builtin.c. */
void commands_add_builtin(void);

/* Are there more words than a command has?  Then the answer says so. */
bool commands_has_rest(command_construct *cc, int words);

/* A copy with one blank between the words and none around, to be freed. */
char *commands_tidy(const char *words);

/* What a generation registered. */
void commands_free(struct command **commands);

/* Call for every prefix by name, with its summary ("" when it has none) and
 * text (NULL); the process's and those of the newest configuration. */
void commands_each(void (*each)(void *closure, const char *prefix,
    const char *summary, const char *text), void *closure);

#endif
