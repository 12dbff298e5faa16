/*
 * cells.c: counters in as many copies as there are shards.
 *
 * A cell's number never changes, and cells are never given back: what a module
 * counts goes on over reloads.
 */
#include "host/metrics/metrics.h"

#include "host/stats/shard.h"
#include "host/types/alloc.h"

#include <pthread.h>
#include <stdatomic.h>
#include <string.h>

#define NANOSECONDS 1e9

struct shard {
	_Atomic uint64_t cells[METRICS_CELLS];
} __attribute__((aligned(SHARD_LINE)));

static struct shard shards[SHARDS];

static pthread_mutex_t families_lock = PTHREAD_MUTEX_INITIALIZER;
static struct cells_family families[METRICS_CELLS]; /* under families_lock */
static int families_n, cells_n; /* under families_lock, too */

const double cells_bounds[CELLS_BOUNDS] = {
	0.0001, 0.00025, 0.0005, 0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1,
	0.25, 0.5, 1, 2.5, 5, 10,
};

static bool
is_same(const char *a, const char *b)
{
	return a == NULL || b == NULL ? a == b : strcmp(a, b) == 0;
}

/* Under families_lock. */
static int
find(const char *name, const char *labels)
{
	for (int i = 0; i < families_n; i++) {
		if (is_same(families[i].name, name) &&
		    is_same(families[i].labels, labels))
			return families[i].first;
	}
	return -1;
}

static int
make(const char *name, const char *help, const char *labels, bool histogram)
{
	int cells = histogram ? CELLS_HISTOGRAM : 1, first;

	(void)pthread_mutex_lock(&families_lock);
	first = find(name, labels);
	if (first < 0 && cells_n + cells <= METRICS_CELLS) {
		first = cells_n;
		cells_n += cells;
		families[families_n++] = (struct cells_family){
			.name = xstrdup(name),
			.help = xstrdup(help),
			.labels = labels != NULL ? xstrdup(labels) : NULL,
			.is_histogram = histogram,
			.first = first,
		};
	}
	(void)pthread_mutex_unlock(&families_lock);
	return first;
}

int
ec_metric_counter(const char *name, const char *help, const char *labels)
{
	return make(name, help, labels, false);
}

int
ec_metric_histogram(const char *name, const char *help)
{
	return make(name, help, NULL, true);
}

void
ec_metric_add(int metric, u_int64_t n)
{
	if (metric >= 0 && metric < METRICS_CELLS)
		atomic_fetch_add_explicit(
		    &shards[shard_here()].cells[metric], n,
		    memory_order_relaxed);
}

void
ec_metric_observe(int metric, u_int64_t nanoseconds)
{
	int bound = 0;

	if (metric < 0 || metric > METRICS_CELLS - CELLS_HISTOGRAM)
		return;
	while (bound < CELLS_BOUNDS &&
	    (double)nanoseconds / NANOSECONDS > cells_bounds[bound])
		bound++;
	ec_metric_add(metric + bound, 1);
	ec_metric_add(metric + CELLS_BOUNDS + 1, nanoseconds);
}

uint64_t
cells_sum(int cell)
{
	uint64_t sum = 0;

	for (size_t i = 0; i < SHARDS; i++)
		sum += atomic_load_explicit(&shards[i].cells[cell],
		    memory_order_relaxed);
	return sum;
}

void
cells_each(void (*each)(void *closure, const struct cells_family *family),
    void *closure)
{
	int n;

	(void)pthread_mutex_lock(&families_lock);
	n = families_n; /* rows below do not change any more */
	(void)pthread_mutex_unlock(&families_lock);
	for (int i = 0; i < n; i++)
		each(closure, &families[i]);
}
