/*
 * report.h: the results on standard output, as a table for people or as one
 * JSON object a line, each as soon as it is there.
 */
#ifndef BENCH_REPORT_H
#define BENCH_REPORT_H

#include "score.h"

/* The head of the table. */
void report_head(void);

/* One race: the row's work by all that took part. */
void report_race(struct score *score, struct row row);
void report_race_json(struct score *score, struct row row);

void report_memory(const struct memory *memory);
void report_memory_json(const struct memory *memory);

#endif
