/*
 * clock.h: seconds that only go forward, for lifetimes.
 *
 * Any thread.  A test moves the clock instead of sleeping.
 */
#ifndef HOST_CLOCK_H
#define HOST_CLOCK_H

#include <stdint.h>

uint64_t clock_seconds(void);
void clock_advance(uint64_t seconds); /* for tests */

#endif
