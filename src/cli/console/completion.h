/*
 * completion.h: what the word under the cursor may become.
 *
 * The server knows: its request "complete LINE" is answered by candidates for
 * the last word, one a line.  To one that does not know it, there are none but
 * our own commands.
 */
#ifndef CONSOLE_COMPLETION_H
#define CONSOLE_COMPLETION_H

#include "cli/console/link.h"

#include <stddef.h>

struct console_completion { /* { 0 } is empty */
	char *word; /* the last one, as it was typed */
	char **candidates; /* that it may become; sorted, each once */
	size_t n;
	char *common; /* what all of them begin with; NULL when n is 0 */
};

/* For a line up to the cursor.  Never connects anew where the user would see
 * it. */
void console_completion_find(struct console_link *link, const char *line,
    struct console_completion *completion_r);

void console_completion_deinit(struct console_completion *completion);

#endif
