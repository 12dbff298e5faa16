/*
 * fatal.h: the bench has nothing to save when a step fails; it says what
 * failed and ends with status 70.
 */
#ifndef BENCH_FATAL_H
#define BENCH_FATAL_H

#include <stddef.h>

__attribute__((noreturn, format(printf, 1, 2)))
void fatal(const char *format, ...);

/* Zeroed memory, or the end of the program. */
void *fatal_calloc(size_t count, size_t size);

#endif
