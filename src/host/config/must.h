/*
 * must.h: the host gives up when memory does.
 */
#ifndef CONFIG_MUST_H
#define CONFIG_MUST_H

#include <stdio.h>
#include <stdlib.h>

#define MUST_EXIT 75 /* EX_TEMPFAIL: whoever started us may try again */

/* What an allocation returned, if it did. */
static inline void *
must(void *allocated)
{
	if (allocated == NULL) {
		(void)fputs("configuration: out of memory\n", stderr);
		_Exit(MUST_EXIT);
	}
	return allocated;
}

#endif
