/*
 * race.c: slices, rounds and medians.
 */
#include <sched.h>
#include <stdlib.h>
#include <time.h>

#include "fatal.h"
#include "race.h"

#define ROUNDS 25
/* Reading the clock costs a good part of a microsecond: it is read after
 * batches that take this long. */
#define BATCH_SECONDS 0.0005
#define MAX_BATCH 10000u

static double
clock_seconds(void)
{
	struct timespec now;

	clock_gettime(CLOCK_THREAD_CPUTIME_ID, &now);
	return (double)now.tv_sec + (double)now.tv_nsec / 1e9;
}

static void
run_batch(const struct contestant *contestant, unsigned n)
{
	for (unsigned i = 0; i < n; i++) {
		if (contestant->run(contestant->state) != 0)
			fatal("%s failed while it was timed",
			    impl_name(contestant->impl));
	}
}

/* How many runs fill BATCH_SECONDS; a first run warms up. */
static unsigned
batch_size(const struct contestant *contestant)
{
	unsigned n = 1;

	run_batch(contestant, 1);
	while (n < MAX_BATCH) {
		double start = clock_seconds();

		run_batch(contestant, n);
		if (clock_seconds() - start >= BATCH_SECONDS)
			break;
		n *= 2;
	}
	return n;
}

static double
run_slice(const struct contestant *contestant, unsigned batch, double seconds)
{
	double start = clock_seconds(), elapsed;
	unsigned long runs = 0;

	do {
		run_batch(contestant, batch);
		runs += batch;
		elapsed = clock_seconds() - start;
	} while (elapsed < seconds);
	return (double)runs / elapsed;
}

static int
compare_rates(const void *a, const void *b)
{
	const double *x = a, *y = b;

	return (*x > *y) - (*x < *y);
}

static double
median(double *rates)
{
	qsort(rates, ROUNDS, sizeof(*rates), compare_rates);
	return rates[ROUNDS / 2];
}

void
race_run(const struct contestant *contestants, size_t n, double seconds,
    double *per_second_r)
{
	double rates[RACE_MAX][ROUNDS];
	unsigned batches[RACE_MAX];

	for (size_t i = 0; i < n; i++)
		batches[i] = batch_size(&contestants[i]);
	for (size_t round = 0; round < ROUNDS; round++) {
		for (size_t turn = 0; turn < n; turn++) {
			size_t i = round % 2 == 0 ? turn : n - 1 - turn;

			rates[i][round] = run_slice(&contestants[i],
			    batches[i], seconds / ROUNDS);
		}
	}
	for (size_t i = 0; i < n; i++)
		per_second_r[i] = median(rates[i]);
}

void
race_pin(void)
{
	int cpu = sched_getcpu();
	cpu_set_t set;

	if (cpu < 0)
		return;
	CPU_ZERO(&set);
	CPU_SET((size_t)cpu, &set);
	/* without it the figures scatter more, no harm else */
	(void)sched_setaffinity(0, sizeof(set), &set);
}
