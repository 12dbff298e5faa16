/*
 * options.h: the options of a subcommand, one row each.
 *
 * The rows are what is parsed and what --help prints, so neither can know an
 * option that the other does not.  Options are long, may stand before or after
 * operands, and take their value as "--name VALUE" or "--name=VALUE".
 */
#ifndef CLI_OPTIONS_H
#define CLI_OPTIONS_H

#include "seal.h"

struct option_row;

/* Read text into the member that the row names.  Returns 0, or -1 with *why_r
 * saying what is wanted: "a whole number of seconds". */
typedef int option_parser(const struct option_row *row, const char *text,
    void *target, const char **why_r);

struct option_word { /* one of the words an option takes; the last is NULL */
	const char *word;
	unsigned value;
};

struct option_row {
	const char *name; /* without the dashes */
	const char *argument; /* what --help calls its value; NULL for a switch */
	const char *help; /* lines, with a line end between */
	option_parser *parse;
	size_t offset; /* of the member in the settings */
	int64_t least, most; /* option_number: what is accepted */
	const struct option_word *words; /* option_word, option_words */
};

struct option_page { /* a subcommand, as --help shows it */
	const char *name;
	const char *usage; /* after "mailseal NAME "; lines */
	const char *about; /* lines */
	const struct option_row *rows;
	size_t n_rows;
	const char *notes; /* lines behind the options */
};

#define OPTION_LIST_MAX SEAL_MAX_PROFILES

struct option_list { /* an option that may be given several times */
	const char *items[OPTION_LIST_MAX];
	size_t n;
};

/* Parsers, by the type of the member. */
option_parser option_switch; /* bool */
option_parser option_text; /* const char *, not empty */
option_parser option_text_list; /* struct option_list */
option_parser option_number; /* int64_t, decimal, least to most */
option_parser option_word; /* unsigned: the value of one of the words */
option_parser option_words; /* unsigned: values of words with commas between */

/* argv[0] is the subcommand's name; settings hold the defaults.  Returns
 * OPTIONS_RUN to go on, with the operands from argv[*operand_r]; or the exit
 * status to end with, after --help was printed or a misuse told. */
#define OPTIONS_RUN (-1)
int options_parse(const struct option_page *page, int argc, char **argv,
    void *settings, int *operand_r);

/* Tell of a misuse: the words, then where help is.  Returns EX_USAGE. */
__attribute__((format(printf, 2, 3)))
int options_misuse(const struct option_page *page, const char *format, ...);

#endif
