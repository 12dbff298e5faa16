/*
 * commands_of.h: the host's own commands, by the file that answers them.
 */
#ifndef HOST_COMMANDS_OF_H
#define HOST_COMMANDS_OF_H

#include "control.h"

#include <stddef.h>

struct command_row {
	const char *prefix;
	ec_control_function2 run;
	const char *summary, *text; /* text NULL: none */
};

void commands_add_rows(const struct command_row *rows, size_t count);

void configured_add_commands(void); /* config show, get, eval ... */
void change_add_commands(void); /* config set, unset, reload ... */
void process_add_commands(void); /* summary, threads, shutdown */

#endif
