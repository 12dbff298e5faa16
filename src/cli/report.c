/*
 * report.c: lines on standard error.
 *
 * The line is made whole before it is written, so that two programs that
 * share a terminal do not mix their words.
 */
#include "cli/report.h"

#include "cli/text.h"
#include "seal.h"

#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <sysexits.h>

__attribute__((format(printf, 2, 0)))
static void
report_line(const char *prefix, const char *format, va_list args)
{
	struct buffer line = { 0 };
	char *words = NULL;
	char *text;

	if (vasprintf(&words, format, args) < 0)
		words = NULL;
	buffer_add_text(&line, "mailseal: ");
	buffer_add_text(&line, prefix);
	text_show(&line, span_of_text(words != NULL ? words : "no memory"));
	buffer_add_byte(&line, '\n');
	text = buffer_take_text(&line);
	fputs(text != NULL ? text : "mailseal: no memory\n", stderr);
	free(text);
	free(words);
}

void
report_error(const char *format, ...)
{
	va_list args;

	va_start(args, format);
	report_line("", format, args);
	va_end(args);
}

void
report_warning(const char *format, ...)
{
	va_list args;

	va_start(args, format);
	report_line("warning: ", format, args);
	va_end(args);
}

int
report_engine(const char *what, int error)
{
	report_error("%s failed: %s", what, seal_error_word(error));
	return error == SEAL_E_NOMEM ? EX_OSERR : EX_SOFTWARE;
}

int
report_no_memory(void)
{
	report_error("out of memory");
	return EX_OSERR;
}
