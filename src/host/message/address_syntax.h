/*
 * address_syntax.h: what addresses of the header (RFC 5322) and of the envelope
 * (RFC 5321) are both made of.
 */
#ifndef HOST_MESSAGE_ADDRESS_SYNTAX_H
#define HOST_MESSAGE_ADDRESS_SYNTAX_H

#include "base/span.h"

#include <stdbool.h>
#include <string.h>

static inline bool
address_is_alnum(unsigned char c)
{
	return (c >= '0' && c <= '9') || (c >= 'A' && c <= 'Z') ||
	    (c >= 'a' && c <= 'z');
}

/* atext of RFC 5322 section 3.2.3, and UTF-8 (RFC 6532 section 3.2) */
static inline bool
address_is_atext(unsigned char c)
{
	return address_is_alnum(c) || c >= 0x80 ||
	    (c != '\0' && strchr("!#$%&'*+-/=?^_`{|}~", c) != NULL);
}

/*
 * The index of the '+' between user and detail, or local.n when there is none.
 * One at the beginning is part of the user: nobody's name is empty.
 */
static inline size_t
address_find_detail(struct span local)
{
	if (local.n > 0 && local.p[0] == '"')
		return local.n;
	for (size_t i = 1; i < local.n; i++) {
		if (local.p[i] == '+')
			return i;
	}
	return local.n;
}

#endif
