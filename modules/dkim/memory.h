/*
 * memory.h: memory of the modules.  It never fails: a host without memory says
 * so and ends.
 */
#ifndef DKIM_MEMORY_H
#define DKIM_MEMORY_H

#include "ec_malloc.h"

#include <string.h>

/* Cleared. */
static inline void *
memory_new(size_t size)
{
	void *p = ec_malloc_size(MEMTYPE_IS_MALLOC_3C, size);

	memset(p, 0, size);
	return p;
}

/* A copy of a text; NULL of NULL. */
static inline char *
memory_text(const char *text)
{
	return text == NULL ? NULL :
	    ec_mt_strdup(MEMTYPE_IS_MALLOC_3C, text);
}

/* NULL is fine. */
static inline void
memory_free(void *p)
{
	ec_free(MEMTYPE_IS_MALLOC_3C, p);
}

#endif
