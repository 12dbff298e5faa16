/*
 * password.c: whatever ends the asking, the terminal echoes again.
 */
#include "cli/console/password.h"

#include "cli/console/signals.h"

#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <termios.h>
#include <unistd.h>

#define PROMPT "Authorization required for console session\n"
#define PASSWORD "Password:"
#define LINE_BYTES (CONSOLE_PASSWORD_BYTES + 3) /* one too many, CR LF or NUL */

static int
complain(struct buffer *why, const char *words, const char *reason)
{
	buffer_add_text(why, words);
	if (reason != NULL) {
		buffer_add_text(why, ": ");
		buffer_add_text(why, reason);
	}
	return -1;
}

/* Without its end; -1 when it is empty or too long. */
static int
take_line(char *line, size_t n, struct buffer *why)
{
	char *end = memchr(line, '\n', n);

	if (end == NULL && n == CONSOLE_PASSWORD_BYTES + 2)
		return complain(why, "the password is too long", NULL);
	n = end == NULL ? n : (size_t)(end - line);
	if (end != NULL && n > 0 && line[n - 1] == '\r')
		n--;
	/* with what was typed or stands behind the line */
	explicit_bzero(line + n, LINE_BYTES - n);
	if (n == 0 || strlen(line) != n)
		return complain(why, n == 0 ? "there is no password" :
		    "a password holds no NUL", NULL);
	return 0;
}

/* Until the end of the line or of the input; -1 and errno. */
static ssize_t
read_line(int fd, char *line, size_t room)
{
	size_t have = 0;

	while (have < room && memchr(line, '\n', have) == NULL) {
		ssize_t n;

		if (console_signals_wait(fd, POLLIN, -1) < 0) {
			errno = EINTR;
			return -1;
		}
		n = read(fd, line + have, room - have);
		if (n < 0)
			return -1;
		if (n == 0)
			break;
		have += (size_t)n;
	}
	return (ssize_t)have;
}

static void
write_text(int fd, const char *text)
{
	if (write(fd, text, strlen(text)) < 0)
		return; /* then nobody reads it */
}

/* Ask once.  -1 and errno: EINTR when a signal wants something else. */
static ssize_t
ask(int tty, const struct termios *normal, char *line, size_t room)
{
	struct termios silent = *normal;
	ssize_t n;
	int error;

	silent.c_lflag &= ~(tcflag_t)(ECHO | ECHONL);
	if (tcsetattr(tty, TCSAFLUSH, &silent) != 0)
		return -1;
	write_text(tty, PASSWORD);
	n = read_line(tty, line, room);
	error = errno;
	(void)tcsetattr(tty, TCSAFLUSH, normal);
	write_text(tty, "\n");
	errno = error;
	return n;
}

static ssize_t
ask_until_answered(int tty, char *line, size_t room)
{
	struct termios normal;

	if (tcgetattr(tty, &normal) != 0)
		return -1;
	write_text(tty, PROMPT);
	for (;;) {
		ssize_t n = ask(tty, &normal, line, room);

		if (n >= 0 || errno != EINTR || console_signals_interrupt())
			return n;
		if (console_signals_take(SIGTSTP))
			console_signals_obey(SIGTSTP);
		(void)console_signals_take(SIGCONT);
		(void)console_signals_take(SIGWINCH);
		explicit_bzero(line, room); /* typed again, as TCSAFLUSH has it */
	}
}

static char *
new_line(struct buffer *why)
{
	char *line = calloc(1, LINE_BYTES);

	if (line == NULL)
		(void)complain(why, "out of memory", NULL);
	return line;
}

/* What came of reading a line: n octets, or -1 and errno.  The line is taken. */
static int
keep(char *line, ssize_t n, const char *trouble, char **password_r,
    struct buffer *why)
{
	int ret = -1;

	if (n < 0)
		(void)complain(why, trouble,
		    errno == EINTR ? NULL : strerror(errno));
	else
		ret = take_line(line, (size_t)n, why);
	if (ret == 0) {
		*password_r = line;
		return 0;
	}
	/* all of it: a NUL may stand in what was read */
	explicit_bzero(line, LINE_BYTES);
	free(line);
	return -1;
}

int
console_password_ask(char **password_r, struct buffer *why)
{
	int tty = open("/dev/tty", O_RDWR | O_CLOEXEC | O_NOCTTY), ret = -1;
	char *line;
	ssize_t n;

	if (tty < 0)
		return complain(why, "a password is asked for, and there is no "
		    "terminal to type it at (--password-file names a file)",
		    NULL);
	line = new_line(why);
	if (line != NULL) {
		console_signals_catch();
		n = ask_until_answered(tty, line, CONSOLE_PASSWORD_BYTES + 2);
		console_signals_release();
		ret = keep(line, n, "no password was typed", password_r, why);
	}
	(void)close(tty);
	return ret;
}

static int
check_file(int fd, struct buffer *why)
{
	struct stat st;

	if (fstat(fd, &st) != 0)
		return complain(why, "the password file cannot be examined",
		    strerror(errno));
	if (st.st_uid != geteuid() && st.st_uid != 0)
		return complain(why, "the password file belongs to somebody "
		    "else", NULL);
	if ((st.st_mode & (S_IRWXG | S_IRWXO)) != 0)
		return complain(why, "the password file may be read or written "
		    "by others (chmod 600 it)", NULL);
	return 0;
}

int
console_password_read(const char *path, char **password_r, struct buffer *why)
{
	int fd = open(path, O_RDONLY | O_CLOEXEC), ret = -1;
	char *line = NULL;
	ssize_t n;

	if (fd < 0)
		return complain(why, "the password file cannot be opened",
		    strerror(errno));
	if (check_file(fd, why) == 0)
		line = new_line(why);
	if (line != NULL) {
		n = read_line(fd, line, CONSOLE_PASSWORD_BYTES + 2);
		ret = keep(line, n, "the password file cannot be read",
		    password_r, why);
	}
	(void)close(fd);
	return ret;
}

void
console_password_free(char **password)
{
	if (*password == NULL)
		return;
	explicit_bzero(*password, strlen(*password));
	free(*password);
	*password = NULL;
}
