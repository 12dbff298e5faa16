/*
 * printable.h: text from afar, made fit for a terminal.
 *
 * An answer may quote what a stranger wrote into a header field.  Whatever a
 * terminal would obey and not show, escape codes before all, and the marks that
 * turn the order of letters around, come out as \xHH.  Line ends and tabs stay,
 * and letters of the locale's character set.
 */
#ifndef CONSOLE_PRINTABLE_H
#define CONSOLE_PRINTABLE_H

#include "base/buffer.h"
#include "base/span.h"

#include <limits.h>
#include <stdbool.h>
#include <wchar.h>

/* Is it seen, and changes nothing around it? */
bool console_printable_letter(wint_t c);

struct console_printable { /* { 0 } at the start of a text */
	unsigned char kept[MB_LEN_MAX]; /* the beginning of a letter */
	size_t n;
};

/* Append what is fit of the next piece of a text to out; a letter may be cut
 * between two pieces. */
void console_printable_add(struct console_printable *printable,
    struct span piece, struct buffer *out);

/* The text has ended. */
void console_printable_end(struct console_printable *printable,
    struct buffer *out);

/* A whole text at once. */
void console_printable_text(const char *text, struct buffer *out);

/* To standard error: "ec_console: ENDPOINT: words", each part made fit; the
 * endpoint may be NULL. */
void console_printable_complain(const char *endpoint, const char *words);

#endif
