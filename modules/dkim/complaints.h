/*
 * complaints.h: trouble that comes again with every message is told once a
 * minute.
 */
#ifndef DKIM_COMPLAINTS_H
#define DKIM_COMPLAINTS_H

#include "ec_types.h"

#include <stdatomic.h>
#include <stdbool.h>

#define COMPLAINTS_KEPT 256 /* different ones at a time; more are told oftener */
#define COMPLAINTS_SECONDS 60

struct complaints { /* { 0 } is an empty one */
	struct complaint {
		_Atomic u_int64_t about; /* a hash of the words; 0: unused */
		_Atomic int64_t told; /* seconds of CLOCK_MONOTONIC */
	} kept[COMPLAINTS_KEPT];
};

/* Whether to tell now what these words name.  Any thread; no lock. */
bool complaints_due(struct complaints *complaints, const char *about);

#endif
