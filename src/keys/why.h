/*
 * why.h: one line of words for people, in a fixed place.
 *
 * Functions of this folder that fail say why in a struct why of their
 * caller's.  The line never holds a line end or another control byte, whatever
 * a path holds, and ends in "..." when it had to be cut.
 */
#ifndef KEYS_WHY_H
#define KEYS_WHY_H

#include <stdarg.h>

#define WHY_BYTES 4608 /* a path of PATH_MAX and a sentence around it */

struct why {
	char text[WHY_BYTES]; /* NUL-terminated; "" when there is nothing to say */
};

/* Set the line; why may be NULL, for callers who do not want to know. */
__attribute__((format(printf, 2, 3)))
void why_set(struct why *why, const char *format, ...);

__attribute__((format(printf, 2, 0)))
void why_vset(struct why *why, const char *format, va_list arguments);

#endif
