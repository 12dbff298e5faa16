/*
 * mailseald_options.c: a row for each option; parser and --help read the rows.
 */
#include "cli/mailseald_options.h"

#include "frontends/inject/inject.h"

#include <getopt.h>
#include <stdio.h>
#include <string.h>
#include <sysexits.h>

#ifndef MAILSEAL_CONFIG
#define MAILSEAL_CONFIG "/etc/mailseal/ecelerity.conf"
#endif

struct row {
	int letter; /* of the short form, or a number above all letters */
	const char *name; /* of the long form, or NULL */
	const char *argument; /* NULL: it takes none */
	const char *help;
	bool of_inject; /* goes with --inject alone */
};

enum {
	OPT_INJECT = 256,
	OPT_FROM,
	OPT_RCPT,
	OPT_CLIENT,
	OPT_AUTH,
	OPT_HELO,
	OPT_TRACE,
	OPT_OPTIONS_DOC,
	OPT_VERSION,
};

static const struct row rows[] = {
	{ 'c', NULL, "FILE", "the configuration; " MAILSEAL_CONFIG " unless "
	  "given", false },
	{ 'f', NULL, NULL, "stay in the foreground", false },
	{ 't', NULL, NULL, "check the configuration, tell all errors, and end",
	  false },
	{ OPT_INJECT, "inject", "MESSAGE", "send one message (- is standard "
	  "input) through the pipeline,\n\t\t\t    the result to standard "
	  "output, and end", false },
	{ OPT_FROM, "from", "ADDRESS", "its sender; the null sender unless "
	  "given", true },
	{ OPT_RCPT, "rcpt", "ADDRESS", "a recipient; may be given again",
	  true },
	{ OPT_CLIENT, "client", "IP", "the client that it came from", true },
	{ OPT_AUTH, "auth", "USER", "the user that the client authenticated "
	  "as", true },
	{ OPT_HELO, "helo", "NAME", "what the client called itself", true },
	{ OPT_TRACE, "trace", NULL, "tell on standard error what is decided "
	  "about it, and why", true },
	{ OPT_OPTIONS_DOC, "options-doc", NULL, "write the reference of all "
	  "options and end", false },
	{ 'h', "help", NULL, "show this", false },
	{ OPT_VERSION, "version", NULL, "show the version", false },
};
#define ROWS (sizeof(rows) / sizeof(rows[0]))

static void
show_row(const struct row *row)
{
	char left[32];
	int n = 0;

	if (row->letter < OPT_INJECT)
		n = snprintf(left, sizeof(left), "-%c%s", row->letter,
		    row->name != NULL ? ", " : "");
	if (row->name != NULL)
		n += snprintf(left + n, sizeof(left) - (size_t)n, "--%s",
		    row->name);
	if (row->argument != NULL)
		(void)snprintf(left + n, sizeof(left) - (size_t)n, " %s",
		    row->argument);
	(void)printf("  %-24s  %s\n", left, row->help);
}

static int
show_help(void)
{
	(void)printf("usage: mailseald [-c FILE] [-f]\n"
	    "       mailseald [-c FILE] -t\n"
	    "       mailseald [-c FILE] --inject MESSAGE [--from ADDRESS]\n"
	    "                 [--rcpt ADDRESS]... [--client IP] [--auth USER] "
	    "[--helo NAME]\n"
	    "                 [--trace]\n"
	    "       mailseald --options-doc | --help | --version\n\n"
	    "Run mail through modules that sign, verify and decide.\n\n");
	for (size_t i = 0; i < ROWS; i++)
		show_row(&rows[i]);
	(void)printf("\nExit status of --inject: 0 accepted, 1 rejected "
	    "(the reply is on standard\nerror), 75 deferred, 99 discarded.  "
	    "78: the configuration is wrong.\n");
	return EX_OK;
}

static int
misuse(const char *words, const char *what)
{
	(void)fprintf(stderr, "mailseald: %s%s\n", words, what);
	(void)fprintf(stderr, "mailseald: see 'mailseald --help'\n");
	return EX_USAGE;
}

static void
fill_tables(char *letters, struct option *names)
{
	for (size_t i = 0; i < ROWS; i++) {
		int takes = rows[i].argument != NULL ? required_argument :
		    no_argument;

		if (rows[i].letter < OPT_INJECT) {
			*letters++ = (char)rows[i].letter;
			if (takes == required_argument)
				*letters++ = ':';
		}
		if (rows[i].name != NULL)
			*names++ = (struct option){ rows[i].name, takes, NULL,
			    rows[i].letter };
	}
	*letters = '\0';
	*names = (struct option){ 0 };
}

static bool
is_of_inject(int letter)
{
	for (size_t i = 0; i < ROWS; i++) {
		if (rows[i].letter == letter)
			return rows[i].of_inject;
	}
	return false;
}

static int
set_task(struct mailseald_options *o, enum mailseald_task task)
{
	if (o->task != TASK_RUN && o->task != task)
		return misuse("only one of -t, --inject and --options-doc ",
		    "can be done at a time");
	o->task = task;
	return MAILSEALD_GO;
}

static int
take(struct mailseald_options *o, int letter, const char *value)
{
	switch (letter) {
	case 'c':
		o->config = value;
		return MAILSEALD_GO;
	case 'f':
		o->foreground = true;
		return MAILSEALD_GO;
	case 't':
		return set_task(o, TASK_CHECK);
	case OPT_INJECT:
		o->message = value;
		return set_task(o, TASK_INJECT);
	case OPT_FROM:
		o->from = value;
		return MAILSEALD_GO;
	case OPT_RCPT:
		if (o->rcpt_count == MAILSEALD_RCPTS)
			return misuse("too many recipients: ", value);
		o->rcpts[o->rcpt_count++] = value;
		return MAILSEALD_GO;
	case OPT_CLIENT:
		if (!inject_is_client(value))
			return misuse("--client wants an IPv4 or IPv6 "
			    "address, not ", value);
		o->client = value;
		return MAILSEALD_GO;
	case OPT_AUTH:
		o->auth = value;
		return MAILSEALD_GO;
	case OPT_HELO:
		o->helo = value;
		return MAILSEALD_GO;
	case OPT_TRACE:
		o->trace = true;
		return MAILSEALD_GO;
	case OPT_OPTIONS_DOC:
		return set_task(o, TASK_OPTIONS_DOC);
	case 'h':
		return show_help();
	case OPT_VERSION:
		(void)printf("mailseald %s\n", MAILSEAL_VERSION);
		return EX_OK;
	default:
		/* getopt has told what is wrong */
		return misuse("", "wrong option");
	}
}

static const char *
name_of(int letter)
{
	for (size_t i = 0; i < ROWS; i++) {
		if (rows[i].letter == letter && rows[i].name != NULL)
			return rows[i].name;
	}
	return "";
}

int
mailseald_options_parse(int argc, char **argv,
    struct mailseald_options *options_r)
{
	char letters[2 * ROWS + 1];
	struct option names[ROWS + 1];
	int letter, ret, of_inject = 0;

	memset(options_r, 0, sizeof(*options_r));
	options_r->config = MAILSEAL_CONFIG;
	fill_tables(letters, names);
	while ((letter = getopt_long(argc, argv, letters, names, NULL)) != -1) {
		ret = take(options_r, letter, optarg);
		if (ret != MAILSEALD_GO)
			return ret;
		if (is_of_inject(letter))
			of_inject = letter;
	}
	if (optind < argc)
		return misuse("what is this for: ", argv[optind]);
	if (of_inject != 0 && options_r->task != TASK_INJECT)
		return misuse("this goes with --inject: --",
		    name_of(of_inject));
	return MAILSEALD_GO;
}
