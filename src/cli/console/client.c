/*
 * client.c: connect, greet, ask.
 *
 * The socket never blocks: all waiting is in console_signals_wait(), so that
 * signals end it.
 */
#include "cli/console/client.h"

#include "cli/console/signals.h"

#include <arpa/inet.h>
#include <errno.h>
#include <netdb.h>
#include <netinet/in.h>
#include <poll.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <unistd.h>

#define CONNECT_MS 30000 /* an address that does not answer is none */
#define GREETING_MS 30000 /* a mailseald greets at once */
#define GREETING_BYTES 512
#define HEAD_BYTES 32 /* "STATUS LENGTH", twenty digits of length */

struct console_client {
	int fd;
	bool is_local;
	char version[GREETING_BYTES];
	char mechanisms[GREETING_BYTES]; /* "" when there are none */
	size_t rest; /* octets of the answer that were not handed out */
	size_t at, n; /* of input */
	unsigned char input[16384];
};

static void
say(struct buffer *why, const char *words, const char *reason)
{
	buffer_clear(why);
	buffer_add_text(why, words);
	if (reason != NULL) {
		buffer_add_text(why, ": ");
		buffer_add_text(why, reason);
	}
}

/* 1, or 0 when the time is over; -1 when a signal wants the user heard. */
static int
wait_for(int fd, short events, int ms)
{
	for (;;) {
		int ret = console_signals_wait(fd, events, ms);

		if (ret >= 0)
			return ret;
		/* the terminal's size is asked for when it matters */
		(void)console_signals_take(SIGWINCH);
		(void)console_signals_take(SIGCONT);
		if (console_signals_take(SIGTSTP))
			console_signals_obey(SIGTSTP);
		if (console_signals_interrupt())
			return -1;
	}
}

/* 0, or the errno. */
static int
connect_within(int fd, const struct sockaddr *to, socklen_t n)
{
	int error = connect(fd, to, n) == 0 ? 0 : errno;
	socklen_t size = sizeof(error);

	/* a socket file says EAGAIN when its queue is full */
	while (error == EAGAIN && to->sa_family == AF_UNIX) {
		if (wait_for(-1, 0, 100) < 0)
			return EINTR;
		error = connect(fd, to, n) == 0 ? 0 : errno;
	}
	if (error != EINPROGRESS)
		return error;
	switch (wait_for(fd, POLLOUT, CONNECT_MS)) {
	case 1:
		return getsockopt(fd, SOL_SOCKET, SO_ERROR, &error, &size) ==
		    0 ? error : errno;
	case 0:
		return ETIMEDOUT;
	}
	return EINTR;
}

/* A connected socket; or -1 and errno. */
static int
connect_to(const struct sockaddr *to, socklen_t n)
{
	int fd = socket(to->sa_family,
	    SOCK_STREAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0);
	int error;

	if (fd < 0)
		return -1;
	error = connect_within(fd, to, n);
	if (error == 0)
		return fd;
	(void)close(fd);
	errno = error;
	return -1;
}

static int
connect_path(const char *path)
{
	struct sockaddr_un un = { .sun_family = AF_UNIX };

	if (strlen(path) >= sizeof(un.sun_path)) {
		errno = ENAMETOOLONG;
		return -1;
	}
	(void)strcpy(un.sun_path, path);
	return connect_to((struct sockaddr *)&un, sizeof(un));
}

static bool
is_loopback(const struct sockaddr *address)
{
	const struct sockaddr_in *v4 = (const void *)address;
	const struct sockaddr_in6 *v6 = (const void *)address;

	if (address->sa_family == AF_INET)
		return ntohl(v4->sin_addr.s_addr) >> 24 == 127;
	return address->sa_family == AF_INET6 &&
	    (IN6_IS_ADDR_LOOPBACK(&v6->sin6_addr) ||
	    (IN6_IS_ADDR_V4MAPPED(&v6->sin6_addr) &&
	    v6->sin6_addr.s6_addr[12] == 127));
}

/* As connect_path; *why_r is set when errno is not the reason. */
static int
connect_host(const struct console_endpoint *endpoint, bool *is_local_r,
    const char **why_r)
{
	struct addrinfo hints = { .ai_socktype = SOCK_STREAM }, *found, *a;
	int fd = -1, on = 1, error;

	error = getaddrinfo(endpoint->host, endpoint->port, &hints, &found);
	if (error != 0) {
		*why_r = error == EAI_SYSTEM ? NULL : gai_strerror(error);
		return -1;
	}
	error = EADDRNOTAVAIL;
	for (a = found; a != NULL && fd < 0; a = a->ai_next) {
		fd = connect_to(a->ai_addr, a->ai_addrlen);
		if (fd < 0)
			error = errno;
		else
			*is_local_r = is_loopback(a->ai_addr);
		if (fd < 0 && error == EINTR)
			break;
	}
	freeaddrinfo(found);
	/* a host that died is noticed some time */
	if (fd >= 0)
		(void)setsockopt(fd, SOL_SOCKET, SO_KEEPALIVE, &on, sizeof(on));
	errno = error;
	return fd;
}

static int
connect_endpoint(const struct console_endpoint *endpoint, bool *is_local_r,
    struct buffer *why)
{
	const char *reason = NULL;
	int fd;

	*is_local_r = true;
	if (endpoint->path != NULL)
		fd = connect_path(endpoint->path);
	else
		fd = connect_host(endpoint, is_local_r, &reason);
	if (fd >= 0)
		return fd;
	if (reason != NULL)
		say(why, "there is no such host or port", reason);
	else if (errno == ECONNREFUSED || errno == ENOENT)
		say(why, "nothing listens there", strerror(errno));
	else if (errno == EACCES)
		say(why, "this user may not open it", strerror(errno));
	else
		say(why, "cannot connect", strerror(errno));
	return -1;
}

/* Wait for more input.  1, or 0 at its end, or -1 with why. */
static int
fill(struct console_client *client, int ms, struct buffer *why)
{
	ssize_t n;

	if (client->at == client->n)
		client->at = client->n = 0;
	for (;;) {
		switch (wait_for(client->fd, POLLIN, ms)) {
		case 1:
			break;
		case 0:
			say(why, "nothing came for too long", NULL);
			return -1;
		default:
			say(why, "interrupted", NULL);
			return -1;
		}
		n = recv(client->fd, client->input + client->n,
		    sizeof(client->input) - client->n, 0);
		if (n >= 0)
			break;
		if (errno != EAGAIN && errno != EINTR) {
			say(why, "the connection was lost", strerror(errno));
			return -1;
		}
	}
	client->n += (size_t)n;
	return n > 0;
}

/* A line of at most n - 1 octets, without its end: 1; else 0 at the end of the
 * input, -1 with why. */
static int
read_line(struct console_client *client, char *line, size_t n, int ms,
    struct buffer *why)
{
	for (;;) {
		const unsigned char *start = client->input + client->at;
		size_t have = client->n - client->at;
		const unsigned char *end = have == 0 ? NULL :
		    memchr(start, '\n', have);
		size_t length = end == NULL ? have : (size_t)(end - start);
		int ret;

		if (length >= n) {
			say(why, "the server does not speak as a mailseald "
			    "does", NULL);
			return -1;
		}
		if (end != NULL) {
			memcpy(line, start, length);
			line[length] = '\0';
			client->at += length + 1;
			/* a NUL would hide what follows */
			return strlen(line) == length ? 1 : (say(why,
			    "the server does not speak as a mailseald does",
			    NULL), -1);
		}
		if (client->at > 0) {
			memmove(client->input, start, have);
			client->at = 0;
			client->n = have;
		}
		ret = fill(client, ms, why);
		if (ret <= 0)
			return ret;
	}
}

/* greeting = "mailseal " VERSION [ " auth " mechanism *( "," mechanism ) ] */
static bool
parse_greeting(struct console_client *client, char *line)
{
	static const char name[] = "mailseal ", auth[] = " auth ";
	size_t n = strlen(name);
	char *end;

	for (const char *p = line; *p != '\0'; p++) {
		if (*p < ' ' || *p > '~')
			return false;
	}
	if (strncmp(line, name, n) != 0 || line[n] == '\0' || line[n] == ' ')
		return false;
	end = strstr(line, auth);
	if (end != NULL) {
		(void)strcpy(client->mechanisms, end + strlen(auth));
		*end = '\0';
	}
	(void)strcpy(client->version, line + n);
	return true;
}

static int
greet(struct console_client *client, struct buffer *why)
{
	char line[GREETING_BYTES];
	int ret = read_line(client, line, sizeof(line), GREETING_MS, why);

	if (ret == 0) {
		say(why, "the connection was closed without a greeting: this "
		    "client is denied, or there are as many consoles as may "
		    "be", NULL);
		return -1;
	}
	if (ret > 0 && parse_greeting(client, line))
		return 0;
	if (ret > 0)
		say(why, "who listens there is not mailseald", NULL);
	return -1;
}

int
console_client_open(const struct console_endpoint *endpoint,
    struct console_client **client_r, struct buffer *why)
{
	struct console_client *client = malloc(sizeof(*client));
	int ret = -1;

	if (client == NULL) {
		say(why, "out of memory", NULL);
		return -1;
	}
	client->version[0] = client->mechanisms[0] = '\0';
	client->rest = client->at = client->n = 0;
	client->fd = connect_endpoint(endpoint, &client->is_local, why);
	if (client->fd < 0 || greet(client, why) != 0)
		goto out;
	*client_r = client;
	client = NULL;
	ret = 0;
out:
	console_client_free(&client);
	return ret;
}

void
console_client_free(struct console_client **client)
{
	if (*client == NULL)
		return;
	if ((*client)->fd >= 0)
		(void)close((*client)->fd);
	free(*client);
	*client = NULL;
}

const char *
console_client_version(const struct console_client *client)
{
	return client->version;
}

const char *
console_client_mechanisms(const struct console_client *client)
{
	return client->mechanisms[0] == '\0' ? NULL : client->mechanisms;
}

bool
console_client_is_local(const struct console_client *client)
{
	return client->is_local;
}

/* What is there while nothing was asked: 1 octets, 0 nothing, -1 the end. */
static int
peek(const struct console_client *client)
{
	unsigned char c;
	ssize_t n = recv(client->fd, &c, 1, MSG_PEEK | MSG_DONTWAIT);

	if (n > 0 || client->at < client->n)
		return 1;
	return n == 0 || (errno != EAGAIN && errno != EINTR) ? -1 : 0;
}

bool
console_client_is_closed(struct console_client *client)
{
	return peek(client) < 0;
}

/* Nothing is done before the line's end arrives, which is the last octet. */
static int
send_all(struct console_client *client, const char *p, size_t n,
    struct buffer *why)
{
	while (n > 0) {
		ssize_t sent = send(client->fd, p, n, MSG_NOSIGNAL);

		if (sent < 0 && errno == EAGAIN) {
			if (wait_for(client->fd, POLLOUT, -1) > 0)
				continue;
			say(why, "interrupted; the command was not sent", NULL);
			return CONSOLE_CLIENT_E_LOST;
		}
		if (sent < 0 && errno == EINTR)
			continue;
		if (sent <= 0) {
			say(why, "the server has closed the connection", NULL);
			return CONSOLE_CLIENT_E_NOT_SENT;
		}
		p += sent;
		n -= (size_t)sent;
	}
	return 0;
}

/* status SP length */
static int
parse_head(struct console_client *client, const char *line)
{
	char status = line[0];
	unsigned long long length;
	char *end;

	if (memchr("0234", status, 4) == NULL || line[1] != ' ' ||
	    line[2] < '0' || line[2] > '9')
		return CONSOLE_CLIENT_E_LOST;
	errno = 0;
	length = strtoull(line + 2, &end, 10);
	if (*end != '\0' || errno != 0 || length > SIZE_MAX / 2)
		return CONSOLE_CLIENT_E_LOST;
	client->rest = (size_t)length;
	return status - '0';
}

/* The request may have been carried out: why must not leave that open. */
static int
read_head(struct console_client *client, struct buffer *why)
{
	static const char unknown[] =
	    "; whether the command was carried out is not known";
	char line[HEAD_BYTES];
	int ret = read_line(client, line, sizeof(line), -1, why);

	if (ret > 0) {
		ret = parse_head(client, line);
		if (ret >= 0)
			return ret;
		say(why, "the server does not speak as a mailseald does", NULL);
	} else if (ret == 0) {
		say(why, "the server has closed the connection", NULL);
	}
	buffer_add_text(why, unknown);
	return CONSOLE_CLIENT_E_LOST;
}

int
console_client_send(struct console_client *client, const char *request,
    struct buffer *why)
{
	size_t n = strlen(request);
	char *line;
	int there, ret;

	if (n > CONSOLE_CLIENT_REQUEST_BYTES || strchr(request, '\n') != NULL) {
		say(why, "the command is too long, or not one line", NULL);
		return CONSOLE_CLIENT_E_UNFIT;
	}
	there = client->rest > 0 ? 1 : peek(client);
	if (there > 0) {
		say(why, "the server sends what nobody asked for; the command "
		    "was not sent", NULL);
		return CONSOLE_CLIENT_E_LOST;
	}
	if (there < 0) {
		say(why, "the server has closed the connection", NULL);
		return CONSOLE_CLIENT_E_NOT_SENT;
	}
	line = malloc(n + 1);
	if (line == NULL) {
		say(why, "out of memory", NULL);
		return CONSOLE_CLIENT_E_UNFIT;
	}
	memcpy(line, request, n);
	line[n] = '\n';
	ret = send_all(client, line, n + 1, why);
	explicit_bzero(line, n); /* a password, maybe */
	free(line);
	return ret == 0 ? read_head(client, why) : ret;
}

int
console_client_read(struct console_client *client, struct span *piece_r,
    struct buffer *why)
{
	size_t n;

	if (client->rest == 0)
		return 0;
	if (client->at == client->n) {
		int ret = fill(client, -1, why);

		if (ret == 0)
			say(why, "the connection ended within the answer",
			    NULL);
		if (ret <= 0)
			return CONSOLE_CLIENT_E_LOST;
	}
	n = client->n - client->at;
	if (n > client->rest)
		n = client->rest;
	*piece_r = span_of(client->input + client->at, n);
	client->at += n;
	client->rest -= n;
	return 1;
}

int
console_client_ask(struct console_client *client, const char *request,
    struct buffer *text, struct buffer *why)
{
	int status = console_client_send(client, request, why);
	struct span piece;
	int ret;

	buffer_clear(text);
	if (status < 0)
		return status;
	if (client->rest > CONSOLE_CLIENT_TEXT_BYTES) {
		say(why, "the server's answer is too long", NULL);
		return CONSOLE_CLIENT_E_LOST;
	}
	while ((ret = console_client_read(client, &piece, why)) > 0)
		buffer_add(text, piece);
	return ret < 0 ? ret : status;
}
