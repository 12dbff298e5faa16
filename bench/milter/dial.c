/*
 * dial.c: addresses taken apart, and connect().
 */
#include <errno.h>
#include <fcntl.h>
#include <netdb.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <unistd.h>

#include "dial.h"

#define HOST_MAX 256
#define PORT_MAX 32 /* a number, or the name of a service */

static int
fail(struct buffer *why, const char *address, const char *words)
{
	buffer_add_text(why, address);
	buffer_add_text(why, ": ");
	buffer_add_text(why, words);
	return -1;
}

static int
connected(int fd, const struct sockaddr *address, socklen_t n)
{
	int ret;

	do {
		ret = connect(fd, address, n);
	} while (ret != 0 && errno == EINTR);
	if (ret != 0 || fcntl(fd, F_SETFL, O_NONBLOCK) != 0)
		return -1;
	return 0;
}

static int
dial_unix(const char *address, const char *path, struct buffer *why)
{
	struct sockaddr_un sun = { .sun_family = AF_UNIX };
	int fd;

	if (strlen(path) >= sizeof(sun.sun_path))
		return fail(why, address, "the path is too long for a socket");
	strcpy(sun.sun_path, path);
	fd = socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0);
	if (fd >= 0 && connected(fd, (struct sockaddr *)&sun,
	        sizeof(sun)) == 0)
		return fd;
	(void)fail(why, address, strerror(errno));
	if (fd >= 0)
		(void)close(fd);
	return -1;
}

/* "PORT@HOST" or "HOST:PORT", with the host in brackets or not. */
static bool
split(const char *text, char *host, char *port)
{
	const char *at = strchr(text, '@'), *colon = strrchr(text, ':');
	struct span h, p;

	if (at != NULL) {
		p = span_of(text, (size_t)(at - text));
		h = span_of_text(at + 1);
	} else if (colon != NULL) {
		h = span_of(text, (size_t)(colon - text));
		p = span_of_text(colon + 1);
	} else {
		return false;
	}
	if (h.n >= 2 && h.p[0] == '[' && h.p[h.n - 1] == ']')
		h = span_of(h.p + 1, h.n - 2);
	if (h.n == 0 || h.n >= HOST_MAX || p.n == 0 || p.n >= PORT_MAX)
		return false;
	(void)snprintf(host, HOST_MAX, "%.*s", (int)h.n, (const char *)h.p);
	(void)snprintf(port, PORT_MAX, "%.*s", (int)p.n, (const char *)p.p);
	return true;
}

static int
dial_found(const struct addrinfo *found)
{
	const int on = 1;
	int fd = socket(found->ai_family, SOCK_STREAM | SOCK_CLOEXEC, 0);

	if (fd < 0)
		return -1;
	if (connected(fd, found->ai_addr, found->ai_addrlen) == 0) {
		(void)setsockopt(fd, IPPROTO_TCP, TCP_NODELAY, &on,
		    sizeof(on));
		return fd;
	}
	(void)close(fd);
	return -1;
}

static int
dial_inet(const char *address, const char *rest, int family,
    struct buffer *why)
{
	struct addrinfo hints = { .ai_family = family,
		.ai_socktype = SOCK_STREAM }, *found;
	char host[HOST_MAX], port[PORT_MAX];
	int ret, fd = -1;

	if (!split(rest, host, port))
		return fail(why, address, "not of the form inet:PORT@HOST");
	ret = getaddrinfo(host, port, &hints, &found);
	if (ret != 0)
		return fail(why, address, gai_strerror(ret));
	for (struct addrinfo *a = found; a != NULL && fd < 0; a = a->ai_next)
		fd = dial_found(a);
	if (fd < 0)
		(void)fail(why, address, strerror(errno));
	freeaddrinfo(found);
	return fd;
}

int
dial(const char *address, struct buffer *why)
{
	static const struct {
		const char *scheme;
		int family;
	} forms[] = {
		{ "unix:", AF_UNIX }, { "local:", AF_UNIX },
		{ "inet:", AF_INET }, { "inet6:", AF_INET6 },
	};

	for (size_t i = 0; i < sizeof(forms) / sizeof(forms[0]); i++) {
		size_t n = strlen(forms[i].scheme);

		if (strncmp(address, forms[i].scheme, n) != 0)
			continue;
		if (forms[i].family == AF_UNIX)
			return dial_unix(address, address + n, why);
		return dial_inet(address, address + n, forms[i].family, why);
	}
	if (address[0] == '/')
		return dial_unix(address, address, why);
	return fail(why, address,
	    "not unix:PATH, inet:PORT@HOST or inet6:PORT@HOST");
}
