/*
 * arena.h: memory that is given back all at once.
 *
 * Everything that lives as long as one message comes from its arena.  An
 * arena belongs to one thread.  Allocations fail with NULL, never abort.
 */
#ifndef BASE_ARENA_H
#define BASE_ARENA_H

#include "base/span.h"

struct arena_block;

struct arena {
	struct arena_block *blocks; /* the newest first */
	unsigned char *at, *end; /* the free part of the newest */
};

/* { 0 } is an empty arena. */

/* n octets, aligned for any object, not zeroed. */
void *arena_alloc(struct arena *arena, size_t n);

/* count objects of size octets each, zeroed; NULL also when the product
 * would overflow. */
void *arena_calloc(struct arena *arena, size_t count, size_t size);

/* n octets without alignment: text. */
unsigned char *arena_bytes(struct arena *arena, size_t n);

/* Give back the unused end of the latest arena_bytes(). */
void arena_shrink(struct arena *arena, const unsigned char *bytes, size_t n,
    size_t used);

/* A copy of s in *copy_r.  Returns 0, or -1 without memory. */
int arena_copy(struct arena *arena, struct span s, struct span *copy_r);

/* A NUL-terminated copy, or NULL without memory. */
char *arena_text(struct arena *arena, struct span s);

/* Formatted text, NUL-terminated, or NULL without memory. */
__attribute__((format(printf, 2, 3)))
char *arena_printf(struct arena *arena, const char *format, ...);

/* Forget everything but keep one block for the next message. */
void arena_reset(struct arena *arena);

/* Give everything back. */
void arena_deinit(struct arena *arena);

#endif
