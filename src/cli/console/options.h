/*
 * options.h: the command line of ec_console.
 */
#ifndef CONSOLE_OPTIONS_H
#define CONSOLE_OPTIONS_H

#include <stdbool.h>

struct console_options {
	const char *endpoint;
	const char *password_file; /* or NULL */
	bool allows_cleartext; /* the password may cross the network */
	int n; /* words of a command */
	char *const *words;
};

enum console_action {
	CONSOLE_ACTION_RUN,
	CONSOLE_ACTION_MANUAL,
	CONSOLE_ACTION_HELP,
	CONSOLE_ACTION_VERSION,
	CONSOLE_ACTION_WRONG, /* and standard error says what is */
};

/* Options end where the endpoint begins: a command's words may look like
 * some. */
enum console_action console_options_parse(int argc, char **argv,
    struct console_options *options_r);

#endif
