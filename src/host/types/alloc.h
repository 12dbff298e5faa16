/*
 * alloc.h: memory for the host, which gives up when there is none.
 *
 * None of these returns NULL: the process writes a line to standard error and
 * ends with a status that asks its supervisor to try again.
 */
#ifndef HOST_ALLOC_H
#define HOST_ALLOC_H

#include <stddef.h>

void *xcalloc(size_t n, size_t size); /* zeroed; n * size is checked */
void *xmalloc(size_t size);
void *xrealloc(void *old, size_t size);
char *xstrdup(const char *text);
char *xstrndup(const char *text, size_t n);

#endif
