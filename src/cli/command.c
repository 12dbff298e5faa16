/*
 * command.c: which subcommand, and whether its output arrived.
 */
#include "cli/command.h"

#include "cli/report.h"
#include "seal.h"

#include <errno.h>
#include <stdio.h>
#include <string.h>
#include <sysexits.h>

#define MAX_NAME 32 /* a longer word resembles no subcommand */

static const struct command {
	const char *name;
	const char *summary;
	int (*run)(int argc, char **argv);
} commands[] = {
	{ "sign", "sign a message", command_sign },
	{ "verify", "verify the signatures of a message", command_verify },
	{ "keygen", "make a key pair and its DNS record", command_keygen },
	{ "key", "fetch a key record and say what is wrong with it",
	    command_key },
	{ "explain", "say from the log why a message was or was not signed",
	    command_explain },
	{ "policy", "run a policy script on a message", command_policy },
};
#define N_COMMANDS (sizeof(commands) / sizeof(commands[0]))

static const struct command *
find_command(const char *name)
{
	for (size_t i = 0; i < N_COMMANDS; i++) {
		if (strcmp(commands[i].name, name) == 0)
			return &commands[i];
	}
	return NULL;
}

static int
show_help(void)
{
	printf("usage: mailseal COMMAND [OPTION...] [ARGUMENT...]\n"
	    "\n"
	    "Sign and verify mail with DKIM (RFC 6376).\n"
	    "\n"
	    "commands:\n");
	for (size_t i = 0; i < N_COMMANDS; i++)
		printf("  %-8s  %s\n", commands[i].name, commands[i].summary);
	printf("  help      show this, or the help of a command: "
	    "mailseal help sign\n"
	    "\n"
	    "options:\n"
	    "  --help     show this and exit\n"
	    "  --version  show the version and exit\n"
	    "\n"
	    "Every command has --help, and a manual page: man mailseal-sign\n");
	return EX_OK;
}

static int
show_version(void)
{
	printf("mailseal %s\n", seal_version());
	return EX_OK;
}

static size_t
least(size_t a, size_t b, size_t c)
{
	size_t ab = a < b ? a : b;

	return ab < c ? ab : c;
}

/* How many letters must be put in, taken out or replaced to make a from b. */
static size_t
distance(const char *a, const char *b)
{
	size_t row[MAX_NAME + 1];
	size_t n = strlen(b);

	if (n > MAX_NAME)
		return SIZE_MAX;
	for (size_t j = 0; j <= n; j++)
		row[j] = j;
	for (size_t i = 1; a[i - 1] != '\0'; i++) {
		size_t diagonal = row[0];

		row[0] = i;
		for (size_t j = 1; j <= n; j++) {
			size_t above = row[j];

			row[j] = least(above + 1, row[j - 1] + 1,
			    diagonal + (a[i - 1] != b[j - 1]));
			diagonal = above;
		}
	}
	return row[n];
}

static int
refuse_command(const char *name)
{
	const struct command *closest = NULL;
	size_t best = 3; /* further off is another word, not a slip */

	for (size_t i = 0; i < N_COMMANDS; i++) {
		size_t d = distance(commands[i].name, name);

		if (d < best) {
			best = d;
			closest = &commands[i];
		}
	}
	if (closest != NULL) {
		report_error("unknown command '%s': did you mean '%s'? "
		    "(see mailseal --help)", name, closest->name);
	} else {
		report_error("unknown command '%s' (see mailseal --help)", name);
	}
	return EX_USAGE;
}

static int
help(int argc, char **argv)
{
	const struct command *command;
	char *arguments[] = { NULL, (char[]){ "--help" }, NULL };

	if (argc < 2)
		return show_help();
	command = find_command(argv[1]);
	if (command == NULL)
		return refuse_command(argv[1]);
	arguments[0] = argv[1];
	return command->run(2, arguments);
}

static int
dispatch(int argc, char **argv)
{
	const char *name = argc > 1 ? argv[1] : NULL;
	const struct command *command;

	if (name == NULL) {
		report_error("which command? (see mailseal --help)");
		return EX_USAGE;
	}
	if (strcmp(name, "--help") == 0 || strcmp(name, "-h") == 0)
		return show_help();
	if (strcmp(name, "--version") == 0)
		return show_version();
	if (strcmp(name, "help") == 0)
		return help(argc - 1, argv + 1);
	if (name[0] == '-') {
		report_error("unknown option '%s' (see mailseal --help)", name);
		return EX_USAGE;
	}
	command = find_command(name);
	if (command == NULL)
		return refuse_command(name);
	return command->run(argc - 1, argv + 1);
}

int
command_run(int argc, char **argv)
{
	int status = dispatch(argc, argv);

	errno = 0;
	if (fflush(stdout) == 0 && !ferror(stdout))
		return status;
	report_error("standard output: cannot be written: %s",
	    errno != 0 ? strerror(errno) : "an earlier write failed");
	return EX_IOERR;
}
