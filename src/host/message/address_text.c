/*
 * address_text.c: ec_sockaddr.h.
 */
#include "ec_sockaddr.h"

#include "misc/ec_string.h"

#include <arpa/inet.h>
#include <stdbool.h>
#include <stdio.h>

int
ec_sockaddr_family(ec_sockaddr *sa)
{
	return sa->sa.sa_family;
}

static int
write_inet(const struct sockaddr *sa, char *out, size_t size, int opt)
{
	char host[INET6_ADDRSTRLEN] = "unknown";
	const struct sockaddr_in *v4 = (const void *)sa;
	const struct sockaddr_in6 *v6 = (const void *)sa;
	bool is_v4 = sa->sa_family == AF_INET;
	unsigned port = ntohs(is_v4 ? v4->sin_port : v6->sin6_port);

	if (is_v4)
		(void)inet_ntop(AF_INET, &v4->sin_addr, host, sizeof(host));
	else
		(void)inet_ntop(AF_INET6, &v6->sin6_addr, host, sizeof(host));
	if ((opt & EC_SA2S_NO_PORT) != 0)
		return snprintf(out, size, "%s", host);
	return snprintf(out, size, "%s%c%u", host, is_v4 ? ':' : '.', port);
}

int
sockaddr_to_string_opt(struct sockaddr *sa, char *buffer, int buf_size,
    int opt)
{
	size_t size = buf_size > 0 ? (size_t)buf_size : 0;
	int n;

	switch (sa->sa_family) {
	case AF_INET:
	case AF_INET6:
		n = write_inet(sa, buffer, size, opt);
		break;
	case AF_UNIX:
		n = snprintf(buffer, size, "%s",
		    ((const struct sockaddr_un *)(const void *)sa)->sun_path);
		break;
	default:
		n = snprintf(buffer, size, "unknown");
		break;
	}
	return n < buf_size ? n : buf_size - 1;
}

int
sockaddr_to_string2(struct sockaddr *sa, char *buffer, int buf_size)
{
	return sockaddr_to_string_opt(sa, buffer, buf_size, 0);
}

int
sockaddr_to_string3(struct sockaddr *sa, string *str)
{
	char text[EC_SOCKADDR_TEXT];
	int n = sockaddr_to_string2(sa, text, sizeof(text));

	(void)stringwrite(str, text, n);
	return n;
}
