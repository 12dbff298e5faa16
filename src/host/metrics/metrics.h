/*
 * metrics.h: all numbers of the host and its modules, as text.
 */
#ifndef HOST_METRICS_H
#define HOST_METRICS_H

#include "ec_metrics.h"
#include "misc/ec_string.h"

#include <stdbool.h>

#define METRICS_CELLS 512 /* counters and bounds of histograms in all */

enum metrics_form {
	METRICS_OPENMETRICS, /* application/openmetrics-text, version 1.0.0 */
	METRICS_PROMETHEUS, /* text/plain, version 0.0.4 */
};

/* Ask everybody, and write what they say. */
void metrics_write(enum metrics_form form, string *out);

/* cells.c */
struct cells_family {
	const char *name, *help, *labels; /* labels NULL: none */
	bool is_histogram;
	int first; /* cell */
};
/* Every family with its labels, in the order in which they were made. */
void cells_each(void (*each)(void *closure, const struct cells_family *family),
    void *closure);
uint64_t cells_sum(int cell);
#define CELLS_BOUNDS 16 /* of a histogram; a cell more for what is above */
extern const double cells_bounds[CELLS_BOUNDS]; /* seconds */
/* Cells of a histogram: one for each bound, above, and the sum in ns. */
#define CELLS_HISTOGRAM (CELLS_BOUNDS + 2)

/* host.c of this room: numbers of the host itself */
enum metrics_message { /* what became of a message */
	METRICS_ACCEPTED,
	METRICS_HELD,
	METRICS_DISCARDED,
	METRICS_DEFERRED,
	METRICS_REJECTED,
	METRICS_MESSAGES
};
void metrics_open(void); /* once, before any is counted */
void metrics_message(enum metrics_message became);
void metrics_connection_began(void);
void metrics_connection_ended(void);
void metrics_internal_error(void);
void metrics_reload(bool good);
void metrics_of_host(ec_metrics *metrics);

#endif
