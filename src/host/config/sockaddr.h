/*
 * sockaddr.h: socket addresses as a configuration spells them.
 *
 *	192.0.2.1:25    2001:db8::1.25    [2001:db8::1]:25
 *	:25 or *:25 (any IPv4)    [*]:25 or [::]:25 (any IPv6)    /path/of/socket
 */
#ifndef CONFIG_SOCKADDR_H
#define CONFIG_SOCKADDR_H

#include <stdbool.h>
#include <sys/socket.h>

/* Returns false when text is no such address.  Without with_port, an address
 * alone, in brackets or not, gives port 0. */
bool sockaddr_parse(const char *text, bool with_port,
    struct sockaddr_storage *address_r);

#endif
