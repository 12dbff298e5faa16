/*
 * score.h: what was measured so far.
 */
#ifndef BENCH_SCORE_H
#define BENCH_SCORE_H

#include "memory.h"
#include "row.h"

struct score {
	/* 0 where nothing was measured */
	double per_second[WORK_COUNT][SIZE_COUNT][ALGORITHM_COUNT][IMPL_COUNT];
	struct memory memory;
};

static inline double *
score_at(struct score *score, const struct row *row)
{
	return &score->per_second[row->work][row->size][row->algorithm]
	                         [row->impl];
}

/* How many times as fast as another implementation libseal was at the row's
 * work; 0 when one of them was not measured. */
static inline double
score_ratio(const struct score *score, const struct row *row,
    enum impl against)
{
	const double *rates =
	    score->per_second[row->work][row->size][row->algorithm];

	return rates[against] > 0 ? rates[IMPL_LIBSEAL] / rates[against] : 0;
}

/* How many microseconds more than libseal another implementation took for the
 * row's work; 0 when one of them was not measured. */
static inline double
score_more_us(const struct score *score, const struct row *row,
    enum impl other)
{
	const double *rates =
	    score->per_second[row->work][row->size][row->algorithm];

	return rates[other] > 0 && rates[IMPL_LIBSEAL] > 0 ?
	    1e6 / rates[other] - 1e6 / rates[IMPL_LIBSEAL] : 0;
}

#endif
