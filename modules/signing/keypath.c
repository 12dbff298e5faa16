/*
 * keypath.c: put domain and selector into a pattern.
 *
 * Neither can lead out of the directory: a domain comes as an A-label and a
 * selector was checked by its option, so there is no '/' in them and no "..".
 */
#include "signing/keypath.h"

#include <stddef.h>
#include <string.h>

enum piece { /* what a pattern is made of */
	PIECE_END,
	PIECE_BYTE, /* one byte that stands for itself */
	PIECE_DOMAIN,
	PIECE_SELECTOR,
	PIECE_BAD,
};

/* Take a piece off the front.  byte_r gets the byte of PIECE_BYTE. */
static enum piece
take(const char **at, char *byte_r)
{
	const char *p = *at;

	if (*p == '\0')
		return PIECE_END;
	*byte_r = *p;
	*at = p + 1;
	if (*p != '%')
		return PIECE_BYTE;
	if (p[1] == '%') {
		*at = p + 2;
		return PIECE_BYTE;
	}
	if (strncmp(p, "%{d}", strlen("%{d}")) != 0 &&
	    strncmp(p, "%{s}", strlen("%{s}")) != 0)
		return PIECE_BAD;
	*at = p + strlen("%{d}");
	return p[2] == 'd' ? PIECE_DOMAIN : PIECE_SELECTOR;
}

/* Whether the pattern has a piece of that kind. */
static bool
has(const char *pattern, enum piece wanted)
{
	enum piece piece;
	char byte;

	do {
		piece = take(&pattern, &byte);
		if (piece == wanted)
			return true;
	} while (piece != PIECE_END && piece != PIECE_BAD);
	return false;
}

bool
keypath_is_pattern(const char *pattern)
{
	return !has(pattern, PIECE_BAD);
}

bool
keypath_has_domain(const char *pattern)
{
	return has(pattern, PIECE_DOMAIN);
}

bool
keypath_expand(const char *pattern, const char *domain, const char *selector,
    char path_r[KEYPATH_BYTES])
{
	size_t n = 0;

	for (;;) {
		char byte;
		const char *text = &byte;
		size_t length = 1;

		switch (take(&pattern, &byte)) {
		case PIECE_END:
			path_r[n] = '\0';
			return true;
		case PIECE_BYTE:
			break;
		case PIECE_DOMAIN:
			text = domain;
			length = strlen(domain);
			break;
		case PIECE_SELECTOR:
			text = selector;
			length = strlen(selector);
			break;
		case PIECE_BAD:
			return false;
		}
		if (length >= KEYPATH_BYTES - n)
			return false;
		memcpy(path_r + n, text, length);
		n += length;
	}
}
