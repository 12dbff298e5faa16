/*
 * batch.c: ask, write, tell how it went.
 */
#include "cli/console/batch.h"

#include "cli/console/output.h"
#include "cli/console/printable.h"
#include "cli/console/words.h"

#include <errno.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <strings.h>
#include <sysexits.h>

#define EX_REFUSED 1 /* the command failed, or is not allowed */

static int
write_answer(struct console_link *link, struct buffer *why)
{
	struct console_output output;
	struct span piece;
	int ret, written = 0;

	console_output_begin(&output);
	while ((ret = console_link_read(link, &piece, why)) > 0 &&
	    written == 0)
		written = console_output_add(&output, piece);
	if (console_output_end(&output) != 0 || written != 0) {
		buffer_clear(why);
		buffer_add_text(why, "the answer cannot be written");
		return EX_IOERR;
	}
	return ret < 0 ? EX_UNAVAILABLE : EX_OK;
}

static int
run(struct console_link *link, const char *request)
{
	struct buffer why = { 0 };
	char *words;
	int status = console_link_send(link, request, &why), ret;

	if (status == CONSOLE_CLIENT_E_UNFIT)
		ret = EX_USAGE;
	else if (status < 0)
		ret = EX_UNAVAILABLE;
	else
		ret = write_answer(link, &why);
	words = buffer_take_text(&why);
	if (ret != EX_OK && words != NULL)
		console_printable_complain(link->endpoint.name, words);
	free(words);
	buffer_deinit(&why);
	return ret == EX_OK && status != CONSOLE_CLIENT_DONE ? EX_REFUSED : ret;
}

static bool
is_quit(const char *request)
{
	return strcasecmp(request, "quit") == 0;
}

int
console_batch_words(struct console_link *link, int n, char *const *words)
{
	char *request = console_words_join(n, words);
	int ret = EX_OSERR;

	if (request != NULL)
		ret = is_quit(request) ? EX_OK : run(link, request);
	free(request);
	return ret;
}

/* Blanks around a command mean nothing. */
static char *
tidy(char *line, size_t n)
{
	static const char blanks[] = " \t\r\n";

	while (n > 0 && strchr(blanks, line[n - 1]) != NULL)
		line[--n] = '\0';
	return line + strspn(line, blanks);
}

/* Shorter than what came, were it taken: the rest would not be asked for. */
static bool
has_nul(const char *endpoint, const char *line, size_t n)
{
	if (strlen(line) == n)
		return false;
	console_printable_complain(endpoint, "a command holds no NUL");
	return true;
}

int
console_batch_lines(struct console_link *link)
{
	char *line = NULL, *request;
	size_t room = 0;
	ssize_t n;
	int ret = EX_OK;

	while ((n = getline(&line, &room, stdin)) > 0) {
		int one = EX_USAGE;

		if (!has_nul(link->endpoint.name, line, (size_t)n)) {
			request = tidy(line, (size_t)n);
			if (request[0] == '\0')
				continue;
			if (is_quit(request))
				break;
			one = run(link, request);
		}
		if (one == EX_UNAVAILABLE || one == EX_IOERR) {
			ret = one;
			break;
		}
		if (one != EX_OK)
			ret = EX_REFUSED;
	}
	free(line);
	return ret;
}
