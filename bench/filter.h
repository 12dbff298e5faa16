/*
 * filter.h: which rows are wanted (--only).
 *
 *	filter = word *("," word)
 *	word   = a work, a size in octets, an algorithm or an implementation
 *
 * A row is wanted when, of each kind of word that occurs, one names it:
 * "sign,libseal,openssl" is all signing by these two.
 */
#ifndef BENCH_FILTER_H
#define BENCH_FILTER_H

#include "row.h"

/* The wanted values of each kind; a kind with none wanted takes all. */
struct filter {
	bool works[WORK_COUNT], any_work;
	bool sizes[SIZE_COUNT], any_size;
	bool algorithms[ALGORITHM_COUNT], any_algorithm;
	bool impls[IMPL_COUNT], any_impl;
};

/* The filter that takes every row. */
struct filter filter_all(void);

/* Returns 0, or -1 with the word that is none in *word_r, counted by *n_r. */
int filter_parse(const char *text, struct filter *filter_r,
    const char **word_r, int *n_r);

bool filter_takes(const struct filter *filter, const struct row *row);

#endif
