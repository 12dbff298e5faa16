/*
 * blocks.h: small blocks of memory of one Lua state.
 *
 * A state makes and drops hundreds of them for a message, and goes from thread
 * to thread: malloc() would take a lock for each that another thread made.
 * What is given back waits for the next of its size; the memory itself goes
 * with the state.  One thread at a time.
 */
#ifndef SCRIPTLET_BLOCKS_H
#define SCRIPTLET_BLOCKS_H

#include <stddef.h>

#define BLOCKS_STEP 16 /* sizes are multiples of it */
#define BLOCKS_LARGEST 512 /* larger blocks are malloc()'s */

struct blocks { /* all zero: empty, and without a limit */
	void *free[BLOCKS_LARGEST / BLOCKS_STEP]; /* lists, by size */
	void *chunks; /* a list */
	unsigned char *next; /* not used so far, in the latest chunk */
	size_t left; /* there */
	size_t bytes; /* of all chunks */
	size_t most; /* that bytes may be: sizes do not share; 0: no limit */
};

/*
 * As realloc(): size octets with what p held, which was `had` octets (0 and
 * NULL: nothing).  size 0 gives p back and NULL.  NULL, and p as it was, when
 * there is no memory, or the limit is met; never when it shrinks.
 */
void *blocks_resize(struct blocks *blocks, void *p, size_t had, size_t size);

/* All small blocks are gone; large ones must have been given back. */
void blocks_deinit(struct blocks *blocks);

#endif
