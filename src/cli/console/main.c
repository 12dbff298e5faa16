/*
 * main.c: ec_console, commands to a running mailseald.
 *
 *	ec_console [--password-file FILE] [--cleartext] [ENDPOINT [COMMAND...]]
 *
 * With a command, that is run; without, each line of standard input is one,
 * with all that makes typing pleasant if that is a terminal.
 */
#include "cli/console/batch.h"
#include "cli/console/interactive.h"
#include "cli/console/link.h"
#include "cli/console/login.h"
#include "cli/console/manual.h"
#include "cli/console/options.h"
#include "cli/console/printable.h"
#include "cli/console/signals.h"

#include <locale.h>
#include <stdio.h>
#include <stdlib.h>
#include <sysexits.h>
#include <unistd.h>

static const char usage[] =
    "usage: ec_console [--password-file FILE] [--cleartext]\n"
    "           [[USER@]SOCKET | [USER@]HOST:PORT [COMMAND...]]\n"
    "       ec_console --man | --help | --version\n"
    "\n"
    "Gives commands to a running mailseald.  Without a command, each line of\n"
    "standard input is one.  The endpoint is " CONSOLE_ENDPOINT " by default.\n"
    "  --password-file FILE  its first line is the password\n"
    "  --cleartext           the password may cross the network as it is\n";

/* A signal that came while a password was asked for. */
static void
obey_pending(void)
{
	int signo = console_signals_take(SIGINT) ? SIGINT :
	    console_signals_end();

	if (signo != 0)
		console_signals_obey(signo);
}

static int
open_link(struct console_link *link)
{
	struct buffer why = { 0 };
	int ret = console_link_open(link, &why);
	char *words = buffer_take_text(&why);

	if (ret != EX_OK) {
		if (words != NULL)
			console_printable_complain(link->endpoint.name, words);
		obey_pending();
	}
	free(words);
	return ret;
}

static int
run(const struct console_options *options)
{
	struct console_link link = {
		.password_file = options->password_file,
		.login_flags = options->allows_cleartext ?
		    CONSOLE_LOGIN_CLEARTEXT : 0,
	};
	const char *why;
	int ret = EX_USAGE;

	if (console_endpoint_parse(options->endpoint, &link.endpoint, &why) !=
	    0) {
		console_printable_complain(options->endpoint, why);
		return ret;
	}
	ret = open_link(&link);
	if (ret != EX_OK)
		goto out;
	if (options->n > 0)
		ret = console_batch_words(&link, options->n, options->words);
	else if (isatty(STDIN_FILENO) != 0)
		ret = console_interactive_run(&link);
	else
		ret = console_batch_lines(&link);
out:
	console_link_deinit(&link);
	return ret;
}

int
main(int argc, char **argv)
{
	struct console_options options;

	(void)setlocale(LC_CTYPE, "");
	switch (console_options_parse(argc, argv, &options)) {
	case CONSOLE_ACTION_RUN:
		return run(&options);
	case CONSOLE_ACTION_MANUAL:
		return console_manual_show();
	case CONSOLE_ACTION_HELP:
		(void)fputs(usage, stdout);
		return EX_OK;
	case CONSOLE_ACTION_VERSION:
		(void)printf("ec_console " MAILSEAL_VERSION "\n");
		return EX_OK;
	case CONSOLE_ACTION_WRONG:
		break;
	}
	(void)fputs(usage, stderr);
	return EX_USAGE;
}
