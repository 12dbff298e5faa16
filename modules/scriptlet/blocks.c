/*
 * blocks.c: chunks cut into blocks, free blocks in a list for each size.
 */
#include "scriptlet/blocks.h"

#include "dkim/memory.h"

#include <stdbool.h>
#include <stdlib.h>

#define CHUNK_BYTES (32u << 10)
#define CHUNK_HEAD BLOCKS_STEP /* the link to the next, and alignment */

#if defined(__SANITIZE_ADDRESS__)
#define SMALL 0 /* each block its own, so that misuse is seen */
#else
#define SMALL BLOCKS_LARGEST
#endif

/* Free blocks and chunks begin with the next of their list. */
static void
push(void **list, void *p)
{
	*(void **)p = *list;
	*list = p;
}

static void *
pop(void **list)
{
	void *p = *list;

	*list = *(void **)p;
	return p;
}

static bool
is_small(size_t size)
{
	return size > 0 && size <= SMALL;
}

static size_t
list_of(size_t size)
{
	return (size - 1) / BLOCKS_STEP;
}

/* What is left of the one before is less than one block: it stays unused. */
static void
add_chunk(struct blocks *blocks)
{
	unsigned char *chunk = memory_new(CHUNK_BYTES);

	push(&blocks->chunks, chunk);
	blocks->bytes += CHUNK_BYTES;
	blocks->next = chunk + CHUNK_HEAD;
	blocks->left = CHUNK_BYTES - CHUNK_HEAD;
}

static bool
is_full(const struct blocks *blocks)
{
	return blocks->most > 0 && blocks->bytes + CHUNK_BYTES > blocks->most;
}

/* must: whatever the limit says. */
static void *
get(struct blocks *blocks, size_t size, bool must)
{
	void **list, *p;

	if (!is_small(size))
		return malloc(size);
	list = &blocks->free[list_of(size)];
	if (*list != NULL)
		return pop(list);
	size = (list_of(size) + 1) * BLOCKS_STEP;
	if (blocks->left < size && !must && is_full(blocks))
		return NULL;
	if (blocks->left < size)
		add_chunk(blocks);
	p = blocks->next;
	blocks->next += size;
	blocks->left -= size;
	return p;
}

static void
put(struct blocks *blocks, void *p, size_t size)
{
	if (is_small(size))
		push(&blocks->free[list_of(size)], p);
	else
		free(p);
}

static void *
move(struct blocks *blocks, void *p, size_t had, size_t size)
{
	/* a small one that shrinks may stay: a larger block serves as well */
	void *new = get(blocks, size, size < had && !is_small(had));

	if (new == NULL)
		return size < had ? p : NULL;
	memcpy(new, p, had < size ? had : size);
	put(blocks, p, had);
	return new;
}

void *
blocks_resize(struct blocks *blocks, void *p, size_t had, size_t size)
{
	void *new;

	if (p == NULL)
		return size == 0 ? NULL : get(blocks, size, false);
	if (size == 0) {
		put(blocks, p, had);
		return NULL;
	}
	if (is_small(had) && is_small(size) && list_of(had) == list_of(size))
		return p;
	if (is_small(had) || is_small(size))
		return move(blocks, p, had, size);
	new = realloc(p, size);
	return new == NULL && size <= had ? p : new;
}

void
blocks_deinit(struct blocks *blocks)
{
	while (blocks->chunks != NULL)
		memory_free(pop(&blocks->chunks));
	*blocks = (struct blocks){ .most = blocks->most };
}
