/*
 * macro_spf.h: the macro letters of SPF (RFC 7208 section 7).
 */
#ifndef SCRIPTLET_MACRO_SPF_H
#define SCRIPTLET_MACRO_SPF_H

#include "base/arena.h"
#include "base/buffer.h"

#include <netinet/in.h>
#include <time.h>

struct macro_spf_facts {
	struct span localpart, domain; /* of the sender; "" for none */
	struct span ehlo;
	struct span hostname; /* our own */
	int family; /* AF_INET, AF_INET6; 0: not known */
	struct in_addr ip4;
	struct in6_addr ip6;
	time_t now;
};

/* Expand what stands between "%{" and "}", such as "d2r-", behind `out`.
 * Returns false, with nothing appended, when that is no such macro. */
bool macro_spf_expand(const struct macro_spf_facts *facts, struct span macro,
    struct buffer *out);

#endif
