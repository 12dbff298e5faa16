/*
 * series.c: a hash table for each series, a ring of counters for each key.
 */
#include "scriptlet/bindings/series.h"

#include "keys/cache.h"

#include <pthread.h>
#include <stdlib.h>

#define BUCKETS 4096

struct item {
	struct item *next; /* in the bucket */
	int64_t window; /* that was counted in last */
	struct span key; /* behind the counters */
	double counters[]; /* window modulo their number */
};

struct series {
	struct series *next;
	char *name;
	pthread_mutex_t lock; /* guards the rest */
	enum series_type type;
	unsigned interval, windows;
	size_t n;
	struct item *buckets[BUCKETS];
};

/* Guards the list; what is in it stays. */
static pthread_mutex_t list_lock = PTHREAD_MUTEX_INITIALIZER;
static struct series *list;

static struct series *
find_locked(const char *name, unsigned *count_r)
{
	struct series *series;

	*count_r = 0;
	for (series = list; series != NULL; series = series->next) {
		if (strcmp(series->name, name) == 0)
			break;
		++*count_r;
	}
	return series;
}

struct series *
series_find(const char *name)
{
	struct series *series;
	unsigned count;

	(void)pthread_mutex_lock(&list_lock);
	series = find_locked(name, &count);
	(void)pthread_mutex_unlock(&list_lock);
	return series;
}

static struct series *
make(const char *name, enum series_type type, unsigned interval,
    unsigned windows)
{
	struct series *series = calloc(1, sizeof(*series));

	if (series == NULL)
		return NULL;
	series->name = strdup(name);
	if (series->name == NULL) {
		free(series);
		return NULL;
	}
	(void)pthread_mutex_init(&series->lock, NULL);
	series->type = type;
	series->interval = interval;
	series->windows = windows;
	return series;
}

static void
empty(struct series *series)
{
	struct item *next;

	for (size_t i = 0; i < BUCKETS; i++) {
		for (struct item *item = series->buckets[i]; item != NULL;
		    item = next) {
			next = item->next;
			free(item);
		}
		series->buckets[i] = NULL;
	}
	series->n = 0;
}

struct series *
series_define(const char *name, enum series_type type, unsigned interval,
    unsigned windows)
{
	struct series *series;
	unsigned count;

	(void)pthread_mutex_lock(&list_lock);
	series = find_locked(name, &count);
	if (series == NULL && count < SERIES_MAX &&
	    (series = make(name, type, interval, windows)) != NULL) {
		series->next = list;
		list = series;
	}
	(void)pthread_mutex_unlock(&list_lock);
	if (series == NULL)
		return NULL;
	(void)pthread_mutex_lock(&series->lock);
	if (series->type != type || series->interval != interval ||
	    series->windows != windows) {
		empty(series);
		series->type = type;
		series->interval = interval;
		series->windows = windows;
	}
	(void)pthread_mutex_unlock(&series->lock);
	return series;
}

enum series_type
series_type(struct series *series)
{
	enum series_type type;

	(void)pthread_mutex_lock(&series->lock);
	type = series->type;
	(void)pthread_mutex_unlock(&series->lock);
	return type;
}

/* FNV-1a: keys are what scripts make of clients, of whom few can choose. */
static size_t
bucket_of(struct span key)
{
	uint64_t hash = 14695981039346656037u;

	for (size_t i = 0; i < key.n; i++)
		hash = (hash ^ key.p[i]) * 1099511628211u;
	return (size_t)(hash ^ hash >> 32) % BUCKETS;
}

/* Never so near to 0 that a window before it would be negative: the clock may
 * have begun with the machine. */
static int64_t
window_now(const struct series *series)
{
	return cache_clock_monotonic(NULL) /
	    ((int64_t)series->interval * 1000) + SERIES_WINDOWS;
}

/* Clear the windows that have passed since. */
static void
advance(const struct series *series, struct item *item, int64_t now)
{
	int64_t steps = now - item->window;

	if (steps > (int64_t)series->windows)
		steps = series->windows;
	for (int64_t i = 0; i < steps; i++)
		item->counters[(now - i) % series->windows] = 0;
	item->window = now;
}

static struct item **
find(struct series *series, struct span key)
{
	struct item **at = &series->buckets[bucket_of(key)];

	while (*at != NULL && !span_eq((*at)->key, key))
		at = &(*at)->next;
	return at;
}

static void
drop(struct series *series, struct item **at)
{
	struct item *item = *at;

	*at = item->next;
	free(item);
	series->n--;
}

static void
drop_old(struct series *series, int64_t now)
{
	for (size_t i = 0; i < BUCKETS; i++) {
		for (struct item **at = &series->buckets[i]; *at != NULL;) {
			if (now - (*at)->window >= (int64_t)series->windows)
				drop(series, at);
			else
				at = &(*at)->next;
		}
	}
}

static struct item *
item_new(struct series *series, struct span key, int64_t now)
{
	struct item *item = calloc(1, sizeof(*item) +
	    series->windows * sizeof(item->counters[0]) + key.n);
	unsigned char *text;

	if (item == NULL)
		return NULL;
	text = (unsigned char *)&item->counters[series->windows];
	if (key.n > 0)
		memcpy(text, key.p, key.n);
	item->key = span_of(text, key.n);
	item->window = now;
	series->n++;
	return item;
}

void
series_add(struct series *series, struct span key, double count)
{
	struct item **at, *item;
	int64_t now;

	(void)pthread_mutex_lock(&series->lock);
	now = window_now(series);
	at = find(series, key);
	if (*at == NULL && series->n >= SERIES_KEYS) {
		drop_old(series, now);
		at = find(series, key);
	}
	if (*at == NULL && series->n < SERIES_KEYS)
		*at = item_new(series, key, now);
	item = *at;
	if (item != NULL) {
		advance(series, item, now);
		item->counters[now % series->windows] += count;
	}
	(void)pthread_mutex_unlock(&series->lock);
}

static double
sum(const struct series *series, struct item *item, int64_t now,
    unsigned from, unsigned to)
{
	double total = 0;

	advance(series, item, now);
	for (unsigned i = from; i <= to && i < series->windows; i++)
		total += item->counters[(now - i) % series->windows];
	return total;
}

double
series_count(struct series *series, struct span key,
    bool (*fits)(const void *closure, struct span key), const void *closure,
    unsigned from, unsigned to)
{
	struct item *item;
	double total = 0;
	int64_t now;

	(void)pthread_mutex_lock(&series->lock);
	now = window_now(series);
	if (fits == NULL) {
		item = *find(series, key);
		if (item != NULL)
			total = sum(series, item, now, from, to);
	}
	for (size_t i = 0; fits != NULL && i < BUCKETS; i++) {
		for (item = series->buckets[i]; item != NULL;
		    item = item->next) {
			if (fits(closure, item->key))
				total += sum(series, item, now, from, to);
		}
	}
	(void)pthread_mutex_unlock(&series->lock);
	return total;
}

void
series_remove(struct series *series, struct span key)
{
	struct item **at;

	(void)pthread_mutex_lock(&series->lock);
	at = find(series, key);
	if (*at != NULL)
		drop(series, at);
	(void)pthread_mutex_unlock(&series->lock);
}
