/*
 * terminal.c: asked each time, for windows change their size.
 */
#include "cli/console/terminal.h"

#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <unistd.h>

struct console_size
console_terminal_size(void)
{
	struct console_size size = { 24, 80 };
	struct winsize window;

	if (ioctl(STDOUT_FILENO, TIOCGWINSZ, &window) == 0 &&
	    window.ws_row > 0 && window.ws_col > 0) {
		size.rows = window.ws_row;
		size.columns = window.ws_col;
	}
	return size;
}

bool
console_terminal_can_edit(void)
{
	const char *term = getenv("TERM");

	return isatty(STDIN_FILENO) != 0 && isatty(STDOUT_FILENO) != 0 &&
	    term != NULL && term[0] != '\0' && strcmp(term, "dumb") != 0;
}
