/*
 * editor.h: a line from who sits at the terminal.
 *
 * With libedit where the terminal can (its keys come from ~/.editrc, or the
 * file that $EDITRC names), else as the terminal's own driver has it.
 */
#ifndef CONSOLE_EDITOR_H
#define CONSOLE_EDITOR_H

#include "cli/console/link.h"

struct console_editor;

enum console_editor_outcome {
	CONSOLE_EDITOR_LINE,
	CONSOLE_EDITOR_CLEARED, /* ctrl-C: nothing was typed */
	CONSOLE_EDITOR_END, /* ctrl-D, or the terminal is gone */
	CONSOLE_EDITOR_SIGNAL, /* console_signals_end() says which */
};

/* Completes by the link, which outlives it.  NULL without memory. */
struct console_editor *console_editor_new(struct console_link *link);

/* The line has no end and lives until the next call; it is in the history. */
enum console_editor_outcome console_editor_read(struct console_editor *editor,
    const char *prompt, const char **line_r);

/* The terminal is as it was before. */
void console_editor_free(struct console_editor **editor);

#endif
