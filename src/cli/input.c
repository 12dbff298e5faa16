/*
 * input.c: reading a message once or twice.
 */
#include "cli/input.h"

#include "cli/report.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sysexits.h>
#include <unistd.h>

/* For file systems without O_TMPFILE: a name for a moment. */
static int
open_and_unlink(const char *folder)
{
	char *path = NULL;
	int fd;

	if (asprintf(&path, "%s/mailseal-XXXXXX", folder) < 0)
		return -1;
	fd = mkostemp(path, O_CLOEXEC);
	if (fd >= 0)
		unlink(path);
	free(path);
	return fd;
}

static int
open_spool(struct input *input)
{
	const char *folder = getenv("TMPDIR");

	if (folder == NULL || folder[0] == '\0')
		folder = "/tmp";
	input->spool = open(folder, O_TMPFILE | O_RDWR | O_CLOEXEC, 0600);
	if (input->spool < 0)
		input->spool = open_and_unlink(folder);
	if (input->spool >= 0)
		return 0;
	report_error("%s: cannot make a temporary file: %s", folder,
	    strerror(errno));
	return EX_CANTCREAT;
}

/* A file can be read again; where it begins is wherever our caller left it. */
static bool
can_seek(struct input *input)
{
	if (!S_ISREG(input->opened.st_mode))
		return false;
	input->start = lseek(input->fd, 0, SEEK_CUR);
	return input->start >= 0;
}

static int
refuse_input(const struct input *input, int error)
{
	report_error("%s: cannot be read: %s", input->name, strerror(error));
	return EX_NOINPUT;
}

int
input_open(struct input *input, const char *path, bool twice)
{
	*input = (struct input){ .fd = -1, .spool = -1 };
	if (path == NULL || strcmp(path, "-") == 0) {
		input->name = "standard input";
		input->fd = STDIN_FILENO;
	} else {
		input->name = path;
		input->fd = open(path, O_RDONLY | O_CLOEXEC);
	}
	if (input->fd < 0 || fstat(input->fd, &input->opened) != 0)
		return refuse_input(input, errno);
	if (S_ISDIR(input->opened.st_mode))
		return refuse_input(input, EISDIR);
	input->chunk = malloc(INPUT_CHUNK);
	if (input->chunk == NULL)
		return report_no_memory();
	return twice && !can_seek(input) ? open_spool(input) : 0;
}

static ssize_t
read_retried(int fd, void *chunk)
{
	ssize_t n;

	do
		n = read(fd, chunk, INPUT_CHUNK);
	while (n < 0 && errno == EINTR);
	return n;
}

static int
spool(struct input *input, struct span s)
{
	while (s.n > 0) {
		ssize_t n = write(input->spool, s.p, s.n);

		if (n < 0 && errno == EINTR)
			continue;
		if (n < 0) {
			report_error("temporary file: cannot be written: %s",
			    strerror(errno));
			return EX_IOERR;
		}
		s = span_from(s, (size_t)n);
	}
	return 0;
}

static void
note_line_end(struct input *input, struct span s)
{
	size_t at = span_find(s, '\n');

	if (at < s.n) {
		input->first_line_over = true;
		input->bare_lf = (at > 0 ? s.p[at - 1] : input->last) != '\r';
	} else if (s.n > 0) {
		input->last = s.p[s.n - 1];
	}
}

static bool
has_changed(const struct input *input)
{
	struct stat now;

	if (input->octets != input->expected)
		return true;
	if (input->spool >= 0)
		return false;
	return fstat(input->fd, &now) != 0 ||
	    now.st_size != input->opened.st_size ||
	    now.st_mtim.tv_sec != input->opened.st_mtim.tv_sec ||
	    now.st_mtim.tv_nsec != input->opened.st_mtim.tv_nsec;
}

static int
end_reading(struct input *input)
{
	if (!input->again) {
		input->expected = input->octets;
		return 0;
	}
	if (!has_changed(input))
		return 0;
	report_error("%s: changed while it was being signed: "
	    "the output is not valid", input->name);
	return EX_TEMPFAIL;
}

int
input_read(struct input *input, struct span *chunk_r)
{
	bool from_spool = input->again && input->spool >= 0;
	ssize_t n = read_retried(from_spool ? input->spool : input->fd,
	    input->chunk);

	*chunk_r = span_of(input->chunk, 0);
	if (n < 0) {
		report_error("%s: cannot be read: %s", input->name,
		    strerror(errno));
		return EX_IOERR;
	}
	if (n == 0)
		return end_reading(input);
	chunk_r->n = (size_t)n;
	input->octets += chunk_r->n;
	if (!input->first_line_over)
		note_line_end(input, *chunk_r);
	if (input->spool >= 0 && !input->again)
		return spool(input, *chunk_r);
	return 0;
}

int
input_rewind(struct input *input)
{
	int fd = input->spool >= 0 ? input->spool : input->fd;

	if (lseek(fd, input->spool >= 0 ? 0 : input->start, SEEK_SET) < 0) {
		report_error("%s: cannot be read again: %s", input->name,
		    strerror(errno));
		return EX_IOERR;
	}
	input->again = true;
	input->octets = 0;
	return 0;
}

void
input_close(struct input *input)
{
	if (input->fd >= 0 && input->fd != STDIN_FILENO)
		close(input->fd);
	if (input->spool >= 0)
		close(input->spool);
	free(input->chunk);
	*input = (struct input){ .fd = -1, .spool = -1 };
}
