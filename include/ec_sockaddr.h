/*
 * ec_sockaddr.h: the address of a peer, whatever its family.
 *
 * As text: 192.0.2.1:25, 2001:db8::1.25, /path/of/a/socket; without a port
 * 192.0.2.1 and 2001:db8::1.  An address that is not known is "unknown".
 */
#ifndef EC_SOCKADDR_H
#define EC_SOCKADDR_H

#include "ec_types.h"

#include <netinet/in.h>
#include <sys/socket.h>
#include <sys/un.h>

typedef union _ec_sockaddr {
	struct sockaddr sa; /* AF_UNSPEC: not known */
	struct sockaddr_in sin;
	struct sockaddr_in6 sin6;
	struct sockaddr_un unixaddr;
} ec_sockaddr;

/* Room for any address as text, with its NUL. */
#define EC_SOCKADDR_TEXT 128

/* Options of sockaddr_to_string_opt. */
#define EC_SA2S_NO_PORT 1

int ec_sockaddr_family(ec_sockaddr *sa); /* AF_INET, AF_INET6, ... */

/* Text into buffer, cut to fit, NUL-terminated.  Gives its length. */
int sockaddr_to_string2(struct sockaddr *sa, char *buffer, int buf_size);
int sockaddr_to_string_opt(struct sockaddr *sa, char *buffer, int buf_size,
    int opt);
/* Append the text. */
int sockaddr_to_string3(struct sockaddr *sa, string *str);

#endif
