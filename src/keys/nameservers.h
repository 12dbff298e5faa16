/*
 * nameservers.h: the DNS servers to ask, from options or from resolv.conf(5).
 */
#ifndef KEYS_NAMESERVERS_H
#define KEYS_NAMESERVERS_H

#include <stdbool.h>
#include <stddef.h>

#define NAMESERVERS_MAX 16
#define NAMESERVER_BYTES 96 /* an IPv6 address, a zone index, "@65535" */

struct nameservers { /* { 0 } is an empty list */
	char text[NAMESERVERS_MAX][NAMESERVER_BYTES]; /* "::1@5353" */
	size_t n;
};

/* Add "address" or "address@port".  Returns false when it is neither, or when
 * the list is full. */
bool nameservers_add(struct nameservers *servers, const char *text);

/* Add what the nameserver lines of a file name; what is no address there is
 * passed over, as the C library does.  Returns 0 or an errno. */
int nameservers_read(struct nameservers *servers, const char *path);

#endif
