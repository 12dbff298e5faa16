/*
 * clock.c: the system's monotonic clock, and how far a test has moved it.
 */
#include "host/types/clock.h"

#include <stdatomic.h>
#include <time.h>

static _Atomic uint64_t advanced;

uint64_t
clock_seconds(void)
{
	struct timespec now;

	/* the coarse clock costs no system call, and seconds suffice here */
	(void)clock_gettime(CLOCK_MONOTONIC_COARSE, &now);
	return (uint64_t)now.tv_sec + atomic_load(&advanced);
}

void
clock_advance(uint64_t seconds)
{
	atomic_fetch_add(&advanced, seconds);
}
