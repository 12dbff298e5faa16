/*
 * mailseald_options.h: the command line of mailseald.
 */
#ifndef CLI_MAILSEALD_OPTIONS_H
#define CLI_MAILSEALD_OPTIONS_H

#include <stdbool.h>
#include <stddef.h>

#define MAILSEALD_RCPTS 1000 /* --rcpt; Postfix's default for one message */

enum mailseald_task {
	TASK_RUN,
	TASK_CHECK, /* -t */
	TASK_INJECT, /* --inject */
	TASK_OPTIONS_DOC, /* --options-doc */
};

struct mailseald_options {
	enum mailseald_task task;
	const char *config; /* -c; NULL with TASK_OPTIONS_DOC alone */
	bool foreground; /* -f */
	const char *message; /* of --inject */
	const char *from, *client, *auth, *helo;
	bool trace;
	const char *rcpts[MAILSEALD_RCPTS];
	size_t rcpt_count;
};

/* Returns MAILSEALD_GO with the options, or the exit status to end with, after
 * --help or --version was answered or a misuse told. */
#define MAILSEALD_GO (-1)
int mailseald_options_parse(int argc, char **argv,
    struct mailseald_options *options_r);

#endif
