/*
 * cidr.h: a block of IPv4 or IPv6 addresses, "10.0.0.0/8", "::1", "192.0.2.1".
 */
#ifndef CONFIG_CIDR_H
#define CONFIG_CIDR_H

#include "base/span.h"

struct cidr {
	unsigned char address[16]; /* IPv4 as ::ffff:a.b.c.d */
	uint8_t bits; /* of the 128 that count */
	bool v6; /* written as IPv6; an IPv4 block never holds an IPv6 address */
};

/* Returns false when text is no address and no block.  Bits behind the prefix
 * are cleared, as "10.1.2.3/8" is usual for 10.0.0.0/8.  IPv6 may stand in
 * brackets. */
bool cidr_parse(const char *text, struct cidr *cidr_r);

/* Is inner wholly within outer?  A single address is a block of 128 bits.
 * "0.0.0.0/0" holds IPv6 addresses as well: it is the idiom for everyone. */
bool cidr_contains(const struct cidr *outer, const struct cidr *inner);

#endif
