/*
 * series.h: counts by key, in windows of time, of the whole process.
 *
 * A series lives as long as the process, so that a reload forgets nothing.
 * Keys whose windows have all passed leave when room is wanted; while there is
 * none, new keys are not counted.  Any thread.
 */
#ifndef SCRIPTLET_SERIES_H
#define SCRIPTLET_SERIES_H

#include "base/span.h"

#define SERIES_MAX 64 /* of them */
#define SERIES_KEYS 100000 /* in one */
#define SERIES_WINDOWS 1024
#define SERIES_KEY_BYTES 512

enum series_type {
	SERIES_CIDR,
	SERIES_CIDR_IPV6,
	SERIES_STRING,
	SERIES_CLIENTS, /* addresses of both families */
};

struct series;

/* Make it, or find it with the same shape; one of another shape is begun anew.
 * interval in seconds.  NULL: there are too many, or no memory. */
struct series *series_define(const char *name, enum series_type type,
    unsigned interval, unsigned windows);

/* NULL when there is none.  Good until the process ends. */
struct series *series_find(const char *name);

enum series_type series_type(struct series *series);

/* Add to the present window of a key. */
void series_add(struct series *series, struct span key, double count);

/* The sum over windows from..to, 0 being the present one, of all keys that fit
 * (`fits` NULL: of the key alone). */
double series_count(struct series *series, struct span key,
    bool (*fits)(const void *closure, struct span key), const void *closure,
    unsigned from, unsigned to);

void series_remove(struct series *series, struct span key);

#endif
