/*
 * sockaddr.c: cut a text into host and port, then read each.
 */
#include "host/config/sockaddr.h"

#include "base/span.h"

#include <arpa/inet.h>
#include <sys/un.h>

/* port = 1*5DIGIT, up to 65535 */
static bool
parse_port(struct span s, in_port_t *port_r)
{
	unsigned port = 0;

	if (s.n == 0 || s.n > 5)
		return false;
	for (size_t i = 0; i < s.n; i++) {
		if (!byte_is_digit(s.p[i]))
			return false;
		port = port * 10 + s.p[i] - '0';
	}
	*port_r = htons((uint16_t)port);
	return port <= UINT16_MAX;
}

static bool
parse_v4(struct span host, in_port_t port, struct sockaddr_storage *address)
{
	struct sockaddr_in *v4 = (struct sockaddr_in *)address;
	char text[INET_ADDRSTRLEN];

	if (host.n >= sizeof(text))
		return false;
	memcpy(text, host.p, host.n);
	text[host.n] = '\0';
	v4->sin_family = AF_INET;
	v4->sin_port = port;
	if (host.n == 0 || span_eq(host, SPAN("*"))) {
		v4->sin_addr.s_addr = htonl(INADDR_ANY);
		return true;
	}
	return inet_pton(AF_INET, text, &v4->sin_addr) == 1;
}

static bool
parse_v6(struct span host, in_port_t port, struct sockaddr_storage *address)
{
	struct sockaddr_in6 *v6 = (struct sockaddr_in6 *)address;
	char text[INET6_ADDRSTRLEN];

	if (host.n >= sizeof(text))
		return false;
	memcpy(text, host.p, host.n);
	text[host.n] = '\0';
	v6->sin6_family = AF_INET6;
	v6->sin6_port = port;
	if (span_eq(host, SPAN("*"))) {
		v6->sin6_addr = in6addr_any;
		return true;
	}
	return inet_pton(AF_INET6, text, &v6->sin6_addr) == 1;
}

static bool
parse_unix(struct span path, struct sockaddr_storage *address)
{
	struct sockaddr_un *un = (struct sockaddr_un *)address;

	if (path.n >= sizeof(un->sun_path))
		return false;
	un->sun_family = AF_UNIX;
	memcpy(un->sun_path, path.p, path.n);
	un->sun_path[path.n] = '\0';
	return true;
}

/* Cut at the last separator. */
static bool
cut_last(struct span s, unsigned char separator, struct span *head_r,
    struct span *tail_r)
{
	for (size_t i = s.n; i-- > 0;) {
		if (s.p[i] == separator) {
			*head_r = span_of(s.p, i);
			*tail_r = span_from(s, i + 1);
			return true;
		}
	}
	return false;
}

/* "[" address "]" [ ":" port ] */
static bool
parse_bracketed(struct span s, bool with_port,
    struct sockaddr_storage *address)
{
	size_t end = span_find(s, ']');
	struct span rest;
	in_port_t port = 0;

	if (end == s.n)
		return false;
	rest = span_from(s, end + 1);
	if (rest.n == 0 ? with_port : rest.p[0] != ':' ||
	    !parse_port(span_from(rest, 1), &port))
		return false;
	return parse_v6(span_of(s.p + 1, end - 1), port, address);
}

/* What holds two colons is IPv6, its port behind the last dot. */
static bool
parse_bare(struct span s, bool with_port, struct sockaddr_storage *address)
{
	size_t colon = span_find(s, ':');
	bool v6 = colon < s.n && span_find(span_from(s, colon + 1), ':') <
	    s.n - colon - 1;
	struct span host = s, digits;
	in_port_t port = 0;

	if (!with_port && (v6 || colon == s.n))
		return v6 ? parse_v6(s, 0, address) : parse_v4(s, 0, address);
	if (!cut_last(s, v6 ? '.' : ':', &host, &digits) ||
	    !parse_port(digits, &port))
		return false;
	return v6 ? parse_v6(host, port, address) :
	    parse_v4(host, port, address);
}

bool
sockaddr_parse(const char *text, bool with_port,
    struct sockaddr_storage *address_r)
{
	struct span s = span_of_text(text);

	*address_r = (struct sockaddr_storage){ 0 };
	if (s.n == 0)
		return false;
	if (s.p[0] == '/')
		return parse_unix(s, address_r);
	if (s.p[0] == '[')
		return parse_bracketed(s, with_port, address_r);
	return parse_bare(s, with_port, address_r);
}
