/*
 * alloc.c: the one place where the host says that memory is out.
 */
#include "host/types/alloc.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define ALLOC_EXIT 75 /* EX_TEMPFAIL */

static void *
present(void *memory)
{
	if (memory == NULL) {
		(void)fputs("out of memory\n", stderr);
		_Exit(ALLOC_EXIT);
	}
	return memory;
}

void *
xcalloc(size_t n, size_t size)
{
	return present(calloc(n > 0 ? n : 1, size > 0 ? size : 1));
}

void *
xmalloc(size_t size)
{
	return present(malloc(size > 0 ? size : 1));
}

void *
xrealloc(void *old, size_t size)
{
	return present(realloc(old, size > 0 ? size : 1));
}

char *
xstrndup(const char *text, size_t n)
{
	char *copy = xmalloc(n + 1);

	memcpy(copy, text, n);
	copy[n] = '\0';
	return copy;
}

char *
xstrdup(const char *text)
{
	return xstrndup(text, strlen(text));
}
