/*
 * options.c: by getopt_long().
 */
#include "cli/console/options.h"

#include "cli/console/endpoint.h"

#include <getopt.h>
#include <stddef.h>

enum { CLEARTEXT = 256, MANUAL, PASSWORD_FILE, VERSION };

static const struct option known[] = {
	{ "cleartext", no_argument, NULL, CLEARTEXT },
	{ "help", no_argument, NULL, 'h' },
	{ "man", no_argument, NULL, MANUAL },
	{ "password-file", required_argument, NULL, PASSWORD_FILE },
	{ "version", no_argument, NULL, VERSION },
	{ NULL, 0, NULL, 0 }
};

enum console_action
console_options_parse(int argc, char **argv, struct console_options *options_r)
{
	struct console_options options = { .endpoint = CONSOLE_ENDPOINT };
	int option;

	while ((option = getopt_long(argc, argv, "+h", known, NULL)) != -1) {
		switch (option) {
		case CLEARTEXT:
			options.allows_cleartext = true;
			break;
		case PASSWORD_FILE:
			options.password_file = optarg;
			break;
		case 'h':
			return CONSOLE_ACTION_HELP;
		case MANUAL:
			return CONSOLE_ACTION_MANUAL;
		case VERSION:
			return CONSOLE_ACTION_VERSION;
		default:
			return CONSOLE_ACTION_WRONG;
		}
	}
	if (optind < argc)
		options.endpoint = argv[optind++];
	options.n = argc - optind;
	options.words = argv + optind;
	*options_r = options;
	return CONSOLE_ACTION_RUN;
}
