/*
 * options.h: a command line whose options are rows of a table: what is parsed
 * is what --help shows.
 *
 * Options are long, stand anywhere, and take their value as "--name VALUE" or
 * "--name=VALUE".
 */
#ifndef BENCH_MILTER_OPTIONS_H
#define BENCH_MILTER_OPTIONS_H

#include <stdbool.h>
#include <stddef.h>

enum options_kind {
	OPTIONS_SWITCH, /* bool */
	OPTIONS_TEXT, /* const char * */
	OPTIONS_NUMBER, /* unsigned long: decimal, or hexadecimal with 0x */
	OPTIONS_OTHER, /* as take() says */
	OPTIONS_HELP,
};

struct options_row {
	const char *name;
	const char *argument; /* what --help calls its value; NULL: none */
	const char *help; /* lines */
	enum options_kind kind;
	size_t offset; /* of the member in the settings */
	unsigned long least, most; /* of a number */
	/* 0, or -1 with what is wanted */
	int (*take)(void *settings, const char *value, const char **wanted_r);
};

struct options_page {
	const char *program;
	const char *usage; /* behind the program's name; lines */
	const char *about; /* lines */
	const struct options_row *rows;
	size_t n_rows;
	const char *notes; /* lines behind the options */
};

/* Returns OPTIONS_GO with *operand_r, the first of argv that is no option; or
 * the exit status to end with, after --help or a misuse. */
#define OPTIONS_GO (-1)
int options_parse(const struct options_page *page, int argc, char **argv,
    void *settings, int *operand_r);

/* Tell of a misuse.  Returns EX_USAGE. */
__attribute__((format(printf, 2, 3)))
int options_misuse(const struct options_page *page, const char *format, ...);

#endif
