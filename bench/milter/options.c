/*
 * options.c: getopt_long over the rows.
 */
#include <errno.h>
#include <getopt.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sysexits.h>

#include "options.h"

#define ROWS_MAX 64
#define FIRST_ROW 256 /* above all letters */

int
options_misuse(const struct options_page *page, const char *format, ...)
{
	va_list args;

	(void)fprintf(stderr, "%s: ", page->program);
	va_start(args, format);
	(void)vfprintf(stderr, format, args);
	va_end(args);
	(void)fprintf(stderr, "\n%s: see '%s --help'\n", page->program,
	    page->program);
	return EX_USAGE;
}

static void
show_row(const struct options_row *row)
{
	char left[40];
	const char *line = row->help;

	(void)snprintf(left, sizeof(left), "--%s%s%s", row->name,
	    row->argument == NULL ? "" : " ",
	    row->argument == NULL ? "" : row->argument);
	(void)printf("  %-24s", left);
	for (;;) {
		size_t n = strcspn(line, "\n");

		(void)printf("  %.*s\n", (int)n, line);
		if (line[n] == '\0')
			return;
		line += n + 1;
		(void)printf("  %-24s", "");
	}
}

static int
show(const struct options_page *page)
{
	(void)printf("usage: %s %s\n\n%s\n\n", page->program, page->usage,
	    page->about);
	for (size_t i = 0; i < page->n_rows; i++)
		show_row(&page->rows[i]);
	(void)printf("\n%s\n", page->notes);
	return EX_OK;
}

static bool
parse_number(const struct options_row *row, const char *text,
    unsigned long *number_r)
{
	int base = strncmp(text, "0x", 2) == 0 ? 16 : 10;
	char *end;

	errno = 0;
	*number_r = strtoul(text, &end, base);
	return end != text && *end == '\0' && errno == 0 && text[0] != '-' &&
	    *number_r >= row->least && *number_r <= row->most;
}

static int
take_number(const struct options_page *page, const struct options_row *row,
    unsigned long *member)
{
	if (parse_number(row, optarg, member))
		return OPTIONS_GO;
	return options_misuse(page, "--%s wants a number from %lu to %lu, not "
	    "'%s'", row->name, row->least, row->most, optarg);
}

static int
take(const struct options_page *page, const struct options_row *row,
    void *settings)
{
	void *member = (char *)settings + row->offset;
	const char *wanted = "";

	switch (row->kind) {
	case OPTIONS_SWITCH:
		*(bool *)member = true;
		return OPTIONS_GO;
	case OPTIONS_TEXT:
		*(const char **)member = optarg;
		return OPTIONS_GO;
	case OPTIONS_NUMBER:
		return take_number(page, row, member);
	case OPTIONS_OTHER:
		if (row->take(settings, optarg, &wanted) == 0)
			return OPTIONS_GO;
		return options_misuse(page, "--%s wants %s, not '%s'",
		    row->name, wanted, optarg);
	case OPTIONS_HELP:
		break;
	}
	return show(page);
}

int
options_parse(const struct options_page *page, int argc, char **argv,
    void *settings, int *operand_r)
{
	struct option names[ROWS_MAX + 1] = { 0 };
	int code, ret;

	for (size_t i = 0; i < page->n_rows && i < ROWS_MAX; i++)
		names[i] = (struct option){ page->rows[i].name,
			page->rows[i].argument == NULL ? no_argument :
			required_argument, NULL, FIRST_ROW + (int)i };
	while ((code = getopt_long(argc, argv, "", names, NULL)) != -1) {
		if (code < FIRST_ROW) /* getopt has told what is wrong */
			return options_misuse(page, "wrong option");
		ret = take(page, &page->rows[code - FIRST_ROW], settings);
		if (ret != OPTIONS_GO)
			return ret;
	}
	*operand_r = optind;
	return OPTIONS_GO;
}
