/*
 * race.h: the same work by several implementations, in turns.
 *
 * Everybody gets a short slice in every round, and the first in one round is
 * the last in the next, so that what else the machine does hits all alike.  A
 * slice counts processor time of this thread; the result is the median of the
 * rounds.
 */
#ifndef BENCH_RACE_H
#define BENCH_RACE_H

#include "contestant.h"

#define RACE_MAX IMPL_COUNT

/* Run n contestants (at most RACE_MAX), each for about that many seconds.
 * Fills in runs per second.  Ends the program when a run fails. */
void race_run(const struct contestant *contestants, size_t n, double seconds,
    double *per_second_r);

/* Stay on the processor that we are on, where the system allows it. */
void race_pin(void);

#endif
