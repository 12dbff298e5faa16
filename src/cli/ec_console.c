/*
 * ec_console.c: commands to a running mailseald.
 *
 *	ec_console [ENDPOINT [COMMAND...]]
 *
 * With a command, that is run; without, each line of standard input is one.
 * The protocol is described in host/control/session.h.
 */
#include <errno.h>
#include <netdb.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <sysexits.h>
#include <unistd.h>

#define ENDPOINT "/tmp/2025" /* the documented one */
#define LINE_BYTES 65536 /* of a command */

enum outcome {
	OUTCOME_DONE = 0,
	OUTCOME_REFUSED = 1, /* the command failed, or is not allowed */
	OUTCOME_LOST = -1, /* the connection is of no use any more */
};

struct server {
	FILE *in, *out;
};

static int
connect_path(const char *path)
{
	struct sockaddr_un un = { .sun_family = AF_UNIX };
	int fd;

	if (strlen(path) >= sizeof(un.sun_path)) {
		errno = ENAMETOOLONG;
		return -1;
	}
	(void)strcpy(un.sun_path, path);
	fd = socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0);
	if (fd >= 0 && connect(fd, (struct sockaddr *)&un, sizeof(un)) != 0) {
		int error = errno;

		(void)close(fd);
		errno = error;
		return -1;
	}
	return fd;
}

/* HOST:PORT or [V6]:PORT */
static int
connect_host(const char *endpoint)
{
	struct addrinfo hints = { .ai_socktype = SOCK_STREAM }, *found, *a;
	const char *colon = strrchr(endpoint, ':');
	char host[256];
	size_t n = (size_t)(colon - endpoint);
	int fd = -1, error = EADDRNOTAVAIL;

	if (n > 1 && endpoint[0] == '[' && endpoint[n - 1] == ']') {
		endpoint++;
		n -= 2;
	}
	if (n >= sizeof(host)) {
		errno = ENAMETOOLONG;
		return -1;
	}
	memcpy(host, endpoint, n);
	host[n] = '\0';
	if (getaddrinfo(host, colon + 1, &hints, &found) != 0) {
		errno = error;
		return -1;
	}
	for (a = found; a != NULL && fd < 0; a = a->ai_next) {
		fd = socket(a->ai_family, SOCK_STREAM | SOCK_CLOEXEC, 0);
		if (fd >= 0 && connect(fd, a->ai_addr, a->ai_addrlen) != 0) {
			error = errno;
			(void)close(fd);
			fd = -1;
		}
	}
	freeaddrinfo(found);
	errno = error;
	return fd;
}

static int
open_server(const char *endpoint, struct server *server_r)
{
	bool is_path = strchr(endpoint, '/') != NULL ||
	    strchr(endpoint, ':') == NULL;
	int fd = is_path ? connect_path(endpoint) : connect_host(endpoint);
	char greeting[256];

	if (fd < 0) {
		(void)fprintf(stderr, "ec_console: %s: %s%s\n", endpoint,
		    errno == ECONNREFUSED || errno == ENOENT ?
		    "nothing listens there: " : "", strerror(errno));
		return -1;
	}
	server_r->in = fdopen(fd, "r");
	server_r->out = fdopen(dup(fd), "w");
	if (server_r->in == NULL || server_r->out == NULL ||
	    fgets(greeting, sizeof(greeting), server_r->in) == NULL ||
	    strncmp(greeting, "mailseal ", 9) != 0) {
		(void)fprintf(stderr, "ec_console: %s: the connection was "
		    "closed, or that is not mailseald\n", endpoint);
		return -1;
	}
	return 0;
}

static bool
copy(FILE *from, size_t n)
{
	char room[4096];

	while (n > 0) {
		size_t want = n < sizeof(room) ? n : sizeof(room);
		size_t got = fread(room, 1, want, from);

		if (got == 0)
			return false;
		(void)fwrite(room, 1, got, stdout);
		n -= got;
	}
	return fflush(stdout) == 0;
}

static enum outcome
ask(const struct server *server, const char *command)
{
	char head[64];
	size_t n;
	int status;

	if (fprintf(server->out, "%s\n", command) < 0 ||
	    fflush(server->out) != 0 ||
	    fgets(head, sizeof(head), server->in) == NULL ||
	    sscanf(head, "%d %zu", &status, &n) != 2 ||
	    !copy(server->in, n)) {
		(void)fprintf(stderr, "ec_console: the connection was "
		    "closed\n");
		return OUTCOME_LOST;
	}
	return status == 0 ? OUTCOME_DONE : OUTCOME_REFUSED;
}

/* A word that the shell has taken the quotes off gets them back; a list stays
 * one. */
static bool
add_word(char *line, size_t *at, const char *word)
{
	bool quote = word[0] != '(' && word[0] != '[' &&
	    (word[0] == '\0' || strpbrk(word, " \t\"") != NULL);

	if (*at + 2 * strlen(word) + 4 > LINE_BYTES)
		return false;
	if (*at > 0)
		line[(*at)++] = ' ';
	if (quote)
		line[(*at)++] = '"';
	for (; *word != '\0'; word++) {
		if (quote && (*word == '"' || *word == '\\'))
			line[(*at)++] = '\\';
		line[(*at)++] = *word == '\n' ? ' ' : *word;
	}
	if (quote)
		line[(*at)++] = '"';
	line[*at] = '\0';
	return true;
}

static int
run_words(const struct server *server, int argc, char **argv)
{
	static char line[LINE_BYTES];
	size_t at = 0;

	/* one word is a whole command, if quoted for the shell */
	if (argc == 1 && strlen(argv[0]) < sizeof(line)) {
		(void)strcpy(line, argv[0]);
		argc = 0;
	}
	for (int i = 0; i < argc; i++) {
		if (!add_word(line, &at, argv[i])) {
			(void)fprintf(stderr, "ec_console: the command is too "
			    "long\n");
			return EX_USAGE;
		}
	}
	switch (ask(server, line)) {
	case OUTCOME_DONE:
		return EX_OK;
	case OUTCOME_REFUSED:
		return 1;
	case OUTCOME_LOST:
		break;
	}
	return EX_UNAVAILABLE;
}

static int
run_lines(const struct server *server, const char *endpoint)
{
	static char line[LINE_BYTES];
	bool prompts = isatty(STDIN_FILENO) != 0;
	int ret = EX_OK;

	for (;;) {
		enum outcome outcome;

		if (prompts) {
			(void)printf("%s> ", endpoint);
			(void)fflush(stdout);
		}
		if (fgets(line, sizeof(line), stdin) == NULL)
			return ret;
		line[strcspn(line, "\r\n")] = '\0';
		if (strcmp(line, "quit") == 0)
			return ret;
		if (line[0] == '\0')
			continue;
		outcome = ask(server, line);
		if (outcome == OUTCOME_LOST)
			return EX_UNAVAILABLE;
		if (outcome == OUTCOME_REFUSED)
			ret = 1;
	}
}

int
main(int argc, char **argv)
{
	const char *endpoint = argc > 1 ? argv[1] : ENDPOINT;
	struct server server;

	if (argc > 1 && argv[1][0] == '-') {
		(void)fprintf(stderr,
		    "usage: ec_console [SOCKET | HOST:PORT] [COMMAND...]\n");
		return EX_USAGE;
	}
	if (open_server(endpoint, &server) != 0)
		return EX_UNAVAILABLE;
	if (argc > 2)
		return run_words(&server, argc - 2, argv + 2);
	return run_lines(&server, endpoint);
}
