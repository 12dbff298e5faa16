/*
 * history.c: one command a line, appended; too many are cut when it is read.
 *
 * Several consoles share the file, and each holds a lock while it writes.
 */
#include "cli/console/history.h"

#include "base/buffer.h"

#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <unistd.h>

#define LINES 1000 /* that are kept */
#define LINE_BYTES 4096 /* a longer one is not */
#define FILE_BYTES (2 * LINES * LINE_BYTES) /* this is not our file */

struct console_history {
	History *list;
	char *path; /* NULL: nowhere */
	char *last; /* line that was added */
};

/* What may stand in a line that holds a secret. */
static const char *const secrets[] = { "passw", "secret", "keybuf",
	"passphrase", "private key", "credential", "token" };

static bool
is_secret(const char *line)
{
	for (size_t i = 0; i < sizeof(secrets) / sizeof(secrets[0]); i++) {
		if (strcasestr(line, secrets[i]) != NULL)
			return true;
	}
	return line[0] == ' ' || line[0] == '\t';
}

static char *
find_path(void)
{
	const char *state = getenv("XDG_STATE_HOME"), *home = getenv("HOME");
	struct buffer path = { 0 };
	char *folder;

	/* a relative one is invalid, says the specification */
	if (state != NULL && state[0] == '/') {
		buffer_add_text(&path, state);
		buffer_add_text(&path, "/mailseal");
		folder = buffer_take_text(&path);
		if (folder == NULL)
			return NULL;
		(void)mkdir(state, 0700);
		(void)mkdir(folder, 0700);
		buffer_add_text(&path, folder);
		buffer_add_text(&path, "/console_history");
		free(folder);
	} else if (home != NULL && home[0] == '/') {
		buffer_add_text(&path, home);
		buffer_add_text(&path, "/.mailseal_history");
	} else {
		return NULL;
	}
	return buffer_take_text(&path);
}

/* Open and locked; or -1. */
static int
open_file(const struct console_history *past)
{
	struct stat st;
	int fd;

	if (past->path == NULL)
		return -1;
	/* a fifo in its place would keep us waiting, and root may have the
	 * HOME of somebody who laid a link to another file */
	fd = open(past->path, O_RDWR | O_CREAT | O_APPEND | O_CLOEXEC |
	    O_NONBLOCK | O_NOCTTY | O_NOFOLLOW, 0600);
	if (fd < 0)
		return -1;
	if (fstat(fd, &st) != 0 || !S_ISREG(st.st_mode) ||
	    st.st_uid != geteuid() || st.st_nlink > 1 ||
	    ((st.st_mode & 077) != 0 && fchmod(fd, 0600) != 0) ||
	    flock(fd, LOCK_EX) != 0) {
		(void)close(fd);
		return -1;
	}
	return fd;
}

static char *
read_file(int fd)
{
	struct buffer text = { 0 };
	struct stat st;
	ssize_t n = 1;

	if (fstat(fd, &st) != 0 || st.st_size > FILE_BYTES)
		return NULL;
	while (n > 0 && text.n <= FILE_BYTES) {
		unsigned char *room = buffer_extend(&text, 65536);

		n = room == NULL ? -1 : read(fd, room, 65536);
		if (room != NULL)
			text.n -= 65536 - (n > 0 ? (size_t)n : 0);
	}
	if (n < 0)
		buffer_deinit(&text);
	return buffer_take_text(&text);
}

static void
remember(struct console_history *past, const char *line)
{
	HistEvent event;

	(void)history(past->list, &event, H_ENTER, line);
}

/* The last LINES lines of the text are remembered, and the file gets no
 * others. */
static void
take_lines(struct console_history *past, int fd, char *text)
{
	size_t lines = 0;
	char *line, *rest, *from = text;

	for (char *c = text; *c != '\0'; c++)
		lines += *c == '\n';
	for (size_t left = lines; left > LINES; left--)
		from = strchr(from, '\n') + 1;
	if (lines > 2 * LINES && ftruncate(fd, 0) == 0 &&
	    write(fd, from, strlen(from)) < 0)
		return;
	for (rest = from; (line = strsep(&rest, "\n")) != NULL;) {
		if (line[0] != '\0')
			remember(past, line);
	}
}

static void
read_lines(struct console_history *past)
{
	int fd = open_file(past);
	char *text;

	if (fd < 0)
		return;
	text = read_file(fd);
	if (text != NULL)
		take_lines(past, fd, text);
	free(text);
	(void)close(fd);
}

struct console_history *
console_history_new(void)
{
	struct console_history *past = calloc(1, sizeof(*past));
	HistEvent event;

	if (past == NULL)
		return NULL;
	past->list = history_init();
	if (past->list == NULL) {
		free(past);
		return NULL;
	}
	(void)history(past->list, &event, H_SETSIZE, LINES);
	past->path = find_path();
	read_lines(past);
	return past;
}

History *
console_history_list(struct console_history *past)
{
	return past->list;
}

void
console_history_add(struct console_history *past, const char *line)
{
	size_t n = strlen(line);
	int fd;

	if (past->last != NULL && strcmp(past->last, line) == 0)
		return;
	free(past->last);
	past->last = strdup(line);
	remember(past, line);
	if (is_secret(line) || n > LINE_BYTES)
		return;
	fd = open_file(past);
	if (fd < 0)
		return;
	/* in one piece, or a reader would see half a line */
	if (dprintf(fd, "%s\n", line) < 0)
		past->path[0] = '\0'; /* the disk is full: no more */
	(void)close(fd);
}

void
console_history_free(struct console_history **past)
{
	if (*past == NULL)
		return;
	history_end((*past)->list);
	free((*past)->path);
	free((*past)->last);
	free(*past);
	*past = NULL;
}
