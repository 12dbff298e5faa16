/*
 * keyname.h: the DNS name of a key: SELECTOR._domainkey.DOMAIN (RFC 6376
 * section 3.6.2.1), in A-labels.
 */
#ifndef CLI_KEYNAME_H
#define CLI_KEYNAME_H

#include "base/arena.h"

struct keyname { /* NUL-terminated, in the arena */
	char *selector;
	char *domain;
	char *text; /* "s1._domainkey.example.com" */
};

/* Returns 0, EX_USAGE after telling which of the two is no name, or EX_OSERR. */
int keyname_make(const char *selector, const char *domain,
    struct arena *arena, struct keyname *name_r);

#endif
