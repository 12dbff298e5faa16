/*
 * target.h: what we hold libseal to.
 */
#ifndef BENCH_TARGET_H
#define BENCH_TARGET_H

#include "score.h"

/* Print each target whose rows were measured, what came and what was wanted.
 * Prints nothing when none was. */
void target_print(const struct score *score);

#endif
