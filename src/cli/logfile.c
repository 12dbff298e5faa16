/*
 * logfile.c: zlib's own way to read files, and lines.
 */
#include "cli/logfile.h"

#include "cli/report.h"

#include <errno.h>
#include <stdio.h>
#include <sysexits.h>
#include <unistd.h>
#include <zlib.h>

#define CHUNK 4096

int
logfile_open(struct logfile *file, const char *path)
{
	*file = (struct logfile){ .name = path };
	if (strcmp(path, "-") == 0) {
		file->name = "standard input";
		file->gz = gzdopen(dup(STDIN_FILENO), "rb");
	} else {
		file->gz = gzopen(path, "rbe");
	}
	if (file->gz != NULL)
		return 0;
	report_error("%s: cannot be opened: %s", file->name, strerror(errno));
	return EX_NOINPUT;
}

/* Nothing more comes: is it the end?  0 or -1. */
static int
end(struct logfile *file)
{
	int number = Z_OK;
	const char *why = gzerror(file->gz, &number);

	if (number == Z_OK || number == Z_STREAM_END)
		return 0;
	report_error("%s: cannot be read: %s", file->name,
	    number == Z_ERRNO ? strerror(errno) : why);
	return -1;
}

/* What a line has beyond LOGFILE_LINE is read and dropped, as are NULs, which a
 * crash may leave in front of what is written next. */
static void
add(struct buffer *line, struct span piece)
{
	struct span part;
	bool more;

	do {
		size_t room = line->n < LOGFILE_LINE ?
		    LOGFILE_LINE - line->n : 0;

		more = span_cut(&piece, '\0', &part);
		buffer_add(line, span_first(part, room));
	} while (more);
}

int
logfile_next(struct logfile *file, struct span *line_r)
{
	z_off_t at = gztell(file->gz);
	char piece[CHUNK];
	bool any = false;

	buffer_clear(&file->line);
	while (gzgets(file->gz, piece, sizeof(piece)) != NULL) {
		/* not by strlen(): a NUL is not the end */
		size_t n = (size_t)(gztell(file->gz) - at);

		any = true;
		at += (z_off_t)n;
		add(&file->line, span_of(piece, n));
		if (n > 0 && piece[n - 1] == '\n')
			break;
	}
	if (!any)
		return end(file);
	if (buffer_failed(&file->line)) {
		(void)report_no_memory();
		return -1;
	}
	*line_r = buffer_span(&file->line);
	return 1;
}

void
logfile_close(struct logfile *file)
{
	if (file->gz != NULL)
		(void)gzclose(file->gz);
	buffer_deinit(&file->line);
	*file = (struct logfile){ .name = NULL };
}
