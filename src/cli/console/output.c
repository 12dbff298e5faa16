/*
 * output.c: straight on, or by a file without a name to the pager.
 *
 * By a file and not a pipe: who reads the first page of a long answer must not
 * keep the daemon waiting until it gives up.
 */
#include "cli/console/output.h"

#include "cli/console/pager.h"
#include "cli/console/terminal.h"

#include <stdlib.h>
#include <unistd.h>
#include <wchar.h>

#define KEPT_BYTES (256u << 20) /* more than that is nothing to read */
#define TAB 8

void
console_output_begin(struct console_output *output)
{
	*output = (struct console_output){
		.is_terminal = isatty(STDOUT_FILENO) != 0,
		.last = '\n',
	};
}

void
console_output_begin_paged(struct console_output *output, const char *pager)
{
	console_output_begin(output);
	if (!output->is_terminal)
		return;
	output->pager = pager;
	output->rows = 1;
	output->aside = tmpfile();
}

/* The columns that the first letter takes; its length to *n_r. */
static size_t
width(struct span s, size_t *n_r)
{
	mbstate_t state = { 0 };
	wchar_t c;
	size_t n = mbrtowc(&c, (const char *)s.p, s.n, &state);
	int columns;

	*n_r = 1;
	if (n == 0 || n > s.n)
		return 1;
	*n_r = n;
	columns = wcwidth(c);
	return columns < 0 ? 0 : (size_t)columns;
}

static void
measure(struct console_output *output, struct span text)
{
	size_t columns = console_terminal_size().columns, n;

	for (; text.n > 0; text = span_from(text, n)) {
		n = 1;
		if (text.p[0] == '\n') {
			output->rows++;
			output->column = 0;
			continue;
		}
		if (text.p[0] == '\t')
			output->column += TAB - output->column % TAB;
		else
			output->column += width(text, &n);
		if (output->column > columns) {
			output->rows++;
			output->column = 1;
		}
	}
}

/* To a stream, what is fit for a terminal already. */
static int
put(struct console_output *output, FILE *to, struct span text)
{
	if (text.n == 0)
		return 0;
	output->last = text.p[text.n - 1];
	return fwrite(text.p, 1, text.n, to) == text.n ? 0 : -1;
}

/* No longer aside: there is no room for it, or no pager. */
static int
put_back(struct console_output *output)
{
	char room[16384];
	size_t n;
	int ret = 0;

	rewind(output->aside);
	while (ret == 0 &&
	    (n = fread(room, 1, sizeof(room), output->aside)) > 0)
		ret = fwrite(room, 1, n, stdout) == n ? 0 : -1;
	(void)fclose(output->aside);
	output->aside = NULL;
	return ret;
}

static int
keep(struct console_output *output, struct span text)
{
	if (output->kept + text.n > KEPT_BYTES) {
		if (put_back(output) != 0)
			return -1;
		return put(output, stdout, text);
	}
	output->kept += text.n;
	measure(output, text);
	return put(output, output->aside, text);
}

static int
put_fit(struct console_output *output, struct span text)
{
	if (output->aside != NULL)
		return keep(output, text);
	return put(output, stdout, text);
}

int
console_output_add(struct console_output *output, struct span piece)
{
	struct buffer fit = { 0 };
	int ret = -1;

	if (!output->is_terminal)
		return put(output, stdout, piece);
	console_printable_add(&output->printable, piece, &fit);
	if (!buffer_failed(&fit))
		ret = put_fit(output, buffer_span(&fit));
	buffer_deinit(&fit);
	return ret;
}

static int
show_aside(struct console_output *output)
{
	/* the last line is the prompt's */
	if (output->rows <= console_terminal_size().rows ||
	    fflush(output->aside) != 0 ||
	    lseek(fileno(output->aside), 0, SEEK_SET) != 0 ||
	    console_pager_show(output->pager, fileno(output->aside)) != 0)
		return put_back(output);
	(void)fclose(output->aside);
	output->aside = NULL;
	return 0;
}

int
console_output_end(struct console_output *output)
{
	struct buffer fit = { 0 };
	int ret = 0;

	console_printable_end(&output->printable, &fit);
	ret = put_fit(output, buffer_span(&fit));
	buffer_deinit(&fit);
	if (ret == 0 && output->ends_line && output->last != '\n')
		ret = put_fit(output, SPAN("\n"));
	if (output->aside != NULL && show_aside(output) != 0)
		ret = -1;
	if (fflush(stdout) != 0)
		ret = -1;
	return ret;
}
