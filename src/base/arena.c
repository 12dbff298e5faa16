/*
 * arena.c: a chain of blocks, the newest of which is cut from front to end.
 */
#include "base/arena.h"

#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>

#define BLOCK_BYTES (16 * 1024) /* a usual header block fits in one */
#define ALIGNMENT _Alignof(max_align_t)

struct arena_block {
	struct arena_block *older;
	size_t size;
	_Alignas(max_align_t) unsigned char bytes[];
};

static int
add_block(struct arena *arena, size_t n)
{
	size_t size = n > BLOCK_BYTES ? n : BLOCK_BYTES;
	struct arena_block *block;

	if (size > SIZE_MAX - sizeof(*block))
		return -1;
	block = malloc(sizeof(*block) + size);
	if (block == NULL)
		return -1;
	block->older = arena->blocks;
	block->size = size;
	arena->blocks = block;
	arena->at = block->bytes;
	arena->end = block->bytes + size;
	return 0;
}

static size_t
padding(const struct arena *arena)
{
	return (ALIGNMENT - (uintptr_t)arena->at % ALIGNMENT) % ALIGNMENT;
}

unsigned char *
arena_bytes(struct arena *arena, size_t n)
{
	unsigned char *p;

	if (arena->at == NULL || n > (size_t)(arena->end - arena->at)) {
		if (add_block(arena, n) < 0)
			return NULL;
	}
	p = arena->at;
	arena->at += n;
	return p;
}

void *
arena_alloc(struct arena *arena, size_t n)
{
	size_t pad = arena->at == NULL ? 0 : padding(arena);

	if (arena->at == NULL || pad > (size_t)(arena->end - arena->at) ||
	    n > (size_t)(arena->end - arena->at) - pad) {
		if (add_block(arena, n) < 0)
			return NULL;
		pad = 0;
	}
	arena->at += pad;
	return arena_bytes(arena, n);
}

void *
arena_calloc(struct arena *arena, size_t count, size_t size)
{
	void *p;

	if (size != 0 && count > SIZE_MAX / size)
		return NULL;
	p = arena_alloc(arena, count * size);
	if (p != NULL)
		memset(p, 0, count * size);
	return p;
}

void
arena_shrink(struct arena *arena, const unsigned char *bytes, size_t n,
    size_t used)
{
	if (bytes + n == arena->at && used <= n)
		arena->at -= n - used;
}

int
arena_copy(struct arena *arena, struct span s, struct span *copy_r)
{
	unsigned char *p = arena_bytes(arena, s.n);

	if (p == NULL)
		return -1;
	if (s.n > 0)
		memcpy(p, s.p, s.n);
	*copy_r = span_of(p, s.n);
	return 0;
}

char *
arena_text(struct arena *arena, struct span s)
{
	unsigned char *p;

	if (s.n == SIZE_MAX)
		return NULL;
	p = arena_bytes(arena, s.n + 1);
	if (p == NULL)
		return NULL;
	if (s.n > 0)
		memcpy(p, s.p, s.n);
	p[s.n] = '\0';
	return (char *)p;
}

char *
arena_printf(struct arena *arena, const char *format, ...)
{
	unsigned char *p = NULL;
	va_list args;
	int n;

	va_start(args, format);
	n = vsnprintf(NULL, 0, format, args);
	va_end(args);
	if (n >= 0)
		p = arena_bytes(arena, (size_t)n + 1);
	if (p == NULL)
		return NULL;
	va_start(args, format);
	(void)vsnprintf((char *)p, (size_t)n + 1, format, args);
	va_end(args);
	return (char *)p;
}

void
arena_reset(struct arena *arena)
{
	struct arena_block *kept = arena->blocks, *older;

	if (kept == NULL)
		return;
	for (struct arena_block *b = kept->older; b != NULL; b = older) {
		older = b->older;
		free(b);
	}
	kept->older = NULL;
	if (kept->size > BLOCK_BYTES) { /* one huge message is no reason to keep it */
		arena_deinit(arena);
		return;
	}
	arena->at = kept->bytes;
	arena->end = kept->bytes + kept->size;
}

void
arena_deinit(struct arena *arena)
{
	struct arena_block *older;

	for (struct arena_block *b = arena->blocks; b != NULL; b = older) {
		older = b->older;
		free(b);
	}
	*arena = (struct arena){ 0 };
}
