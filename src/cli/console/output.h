/*
 * output.h: answers on their way to standard output.
 *
 * To a terminal only what is fit for it (cli/console/printable.h), to a file
 * or a pipe every octet.  With a pager, an answer is kept aside until it is
 * whole, and shown by it if it is longer than the terminal.
 */
#ifndef CONSOLE_OUTPUT_H
#define CONSOLE_OUTPUT_H

#include "base/span.h"
#include "cli/console/printable.h"

#include <stdio.h>

struct console_output {
	bool is_terminal;
	bool ends_line; /* add a line end to an answer without */
	struct console_printable printable;
	FILE *aside; /* NULL without a pager */
	const char *pager; /* or NULL: $PAGER */
	size_t column, rows, kept; /* of what is aside */
	unsigned char last; /* octet that was written; LF at the start */
};

/* To standard output. */
void console_output_begin(struct console_output *output);

/* The same, for a pager if the answer is long; NULL is that of $PAGER. */
void console_output_begin_paged(struct console_output *output,
    const char *pager);

/* Returns 0, or -1 when it cannot be written. */
int console_output_add(struct console_output *output, struct span piece);

/* The answer has ended: show it all.  As above. */
int console_output_end(struct console_output *output);

#endif
