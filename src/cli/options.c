/*
 * options.c: getopt_long driven by option rows.
 */
#include "cli/options.h"

#include "cli/report.h"

#include <errno.h>
#include <getopt.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sysexits.h>

#define MAX_ROWS 32 /* options of one subcommand; the largest has half */
#define ROW_CODE 256 /* getopt_long's value of the first row: past any letter */

int
option_switch(const struct option_row *row, const char *text, void *target,
    const char **why_r)
{
	(void)row;
	(void)text;
	(void)why_r;
	*(bool *)target = true;
	return 0;
}

int
option_text(const struct option_row *row, const char *text, void *target,
    const char **why_r)
{
	(void)row;
	if (text[0] == '\0') {
		*why_r = "something, not nothing";
		return -1;
	}
	*(const char **)target = text;
	return 0;
}

int
option_text_list(const struct option_row *row, const char *text, void *target,
    const char **why_r)
{
	struct option_list *list = target;

	if (list->n == OPTION_LIST_MAX) {
		*why_r = "to be given fewer times";
		return -1;
	}
	if (option_text(row, text, &list->items[list->n], why_r) != 0)
		return -1;
	list->n++;
	return 0;
}

/* strtoll() would also take white space, a plus sign, and silence. */
static int
read_number(const char *text, int64_t *number_r)
{
	const char *digits = text[0] == '-' ? text + 1 : text;
	long long number;
	char *end;

	if (digits[0] < '0' || digits[0] > '9')
		return -1;
	errno = 0;
	number = strtoll(text, &end, 10);
	if (errno != 0 || *end != '\0')
		return -1;
	*number_r = number;
	return 0;
}

int
option_number(const struct option_row *row, const char *text, void *target,
    const char **why_r)
{
	static char range[96];
	int64_t number;

	if (read_number(text, &number) == 0 && number >= row->least &&
	    number <= row->most) {
		*(int64_t *)target = number;
		return 0;
	}
	snprintf(range, sizeof(range), "a whole number from %lld to %lld",
	    (long long)row->least, (long long)row->most);
	*why_r = range;
	return -1;
}

static const struct option_word *
find_word(const struct option_row *row, const char *text, size_t n)
{
	for (const struct option_word *w = row->words; w->word != NULL; w++) {
		if (strlen(w->word) == n && strncmp(w->word, text, n) == 0)
			return w;
	}
	return NULL;
}

/* "rsa or ed25519" */
static const char *
name_words(const struct option_row *row)
{
	static char names[160];
	size_t n = 0;

	names[0] = '\0';
	for (const struct option_word *w = row->words; w->word != NULL; w++) {
		const char *between = w == row->words ? "" :
		    w[1].word == NULL                 ? " or " : ", ";
		int added = snprintf(names + n, sizeof(names) - n, "%s%s",
		    between, w->word);

		if (added < 0 || (size_t)added >= sizeof(names) - n)
			break;
		n += (size_t)added;
	}
	return names;
}

int
option_word(const struct option_row *row, const char *text, void *target,
    const char **why_r)
{
	const struct option_word *w = find_word(row, text, strlen(text));

	if (w == NULL) {
		*why_r = name_words(row);
		return -1;
	}
	*(unsigned *)target = w->value;
	return 0;
}

int
option_words(const struct option_row *row, const char *text, void *target,
    const char **why_r)
{
	for (;;) {
		size_t n = strcspn(text, ",");
		const struct option_word *w = find_word(row, text, n);

		if (w == NULL) {
			*why_r = name_words(row);
			return -1;
		}
		*(unsigned *)target |= w->value;
		if (text[n] == '\0')
			return 0;
		text += n + 1;
	}
}

static void
show_lines(const char *indent, const char *lines)
{
	while (*lines != '\0') {
		size_t n = strcspn(lines, "\n");

		printf("%s%.*s\n", n > 0 ? indent : "", (int)n, lines);
		lines += n + (lines[n] == '\n' ? 1 : 0);
	}
}

static void
show_row(const struct option_row *row)
{
	printf("  --%s%s%s\n", row->name, row->argument != NULL ? " " : "",
	    row->argument != NULL ? row->argument : "");
	show_lines("        ", row->help);
}

static void
show_page(const struct option_page *page)
{
	printf("usage: mailseal %s ", page->name);
	show_lines("", page->usage);
	printf("\n");
	show_lines("", page->about);
	printf("\noptions:\n");
	for (size_t i = 0; i < page->n_rows; i++)
		show_row(&page->rows[i]);
	printf("  --help\n        print this and exit\n\n");
	show_lines("", page->notes);
}

int
options_misuse(const struct option_page *page, const char *format, ...)
{
	char *words = NULL;
	va_list args;

	va_start(args, format);
	if (vasprintf(&words, format, args) < 0)
		words = NULL;
	va_end(args);
	report_error("%s: %s (see mailseal %s --help)", page->name,
	    words != NULL ? words : "misused", page->name);
	free(words);
	return EX_USAGE;
}

static void
fill_long_options(const struct option_page *page, struct option *out)
{
	for (size_t i = 0; i < page->n_rows; i++) {
		out[i] = (struct option){
			.name = page->rows[i].name,
			.has_arg = page->rows[i].argument != NULL,
			.val = ROW_CODE + (int)i,
		};
	}
	out[page->n_rows] = (struct option){ .name = "help", .val = 'h' };
	out[page->n_rows + 1] = (struct option){ 0 };
}

static int
take_row(const struct option_page *page, const struct option_row *row,
    void *settings)
{
	const char *why = NULL;

	if (row->parse(row, optarg, (char *)settings + row->offset, &why) == 0)
		return OPTIONS_RUN;
	return options_misuse(page, "--%s '%s': wants %s", row->name, optarg,
	    why);
}

/* getopt_long says '?' for all that it does not like; optopt tells which. */
static int
refuse(const struct option_page *page, char *const *argv)
{
	if (optopt >= ROW_CODE)
		return options_misuse(page, "--%s takes no value",
		    page->rows[optopt - ROW_CODE].name);
	if (optopt == 'h')
		return options_misuse(page, "--help takes no value");
	if (optopt != 0)
		return options_misuse(page, "unknown option '-%c'", optopt);
	return options_misuse(page, "unknown option '%s'", argv[optind - 1]);
}

int
options_parse(const struct option_page *page, int argc, char **argv,
    void *settings, int *operand_r)
{
	struct option longs[MAX_ROWS + 2];
	int status = OPTIONS_RUN;

	fill_long_options(page, longs);
	opterr = 0;
	optind = 0; /* begin anew, whatever was parsed before */
	while (status == OPTIONS_RUN) {
		int code = getopt_long(argc, argv, ":h", longs, NULL);

		if (code == -1)
			break;
		if (code >= ROW_CODE) {
			status = take_row(page, &page->rows[code - ROW_CODE],
			    settings);
		} else if (code == 'h') {
			show_page(page);
			status = EX_OK;
		} else if (code == ':') {
			status = options_misuse(page, "%s wants a value",
			    argv[optind - 1]);
		} else {
			status = refuse(page, argv);
		}
	}
	*operand_r = optind;
	return status;
}
