/*
 * memory.h: how much memory verifying takes.
 *
 * The message is made while it is read, in pieces, and is nowhere in memory as
 * a whole; a process of its own verifies it, and its peak is what counts, the
 * median of several such processes.
 */
#ifndef BENCH_MEMORY_H
#define BENCH_MEMORY_H

#include <stddef.h>

/* The two sizes compared. */
#define MEMORY_SMALL ((size_t)1024 * 1024)
#define MEMORY_LARGE ((size_t)64 * 1024 * 1024)

struct memory {
	long small, large; /* peak resident set in KiB */
};

/* To be called before this process grows: children begin with its pages. */
struct memory memory_measure(void);

#endif
