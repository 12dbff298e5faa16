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

/* The same, one by one; those of a family follow each other. */
struct metrics_sample {
	const char *prefix, *name; /* together the name of the family */
	const char *help, *labels; /* "": none */
	const char *type; /* "counter", "gauge", "histogram" */
	double value;
	int cells; /* of a histogram, the first; else -1 */
};
void metrics_each(void (*each)(void *closure,
    const struct metrics_sample *sample), void *closure);
/* The sum of a histogram. */
double metrics_seconds(int cells);

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
uint64_t metrics_messages(enum metrics_message became); /* so far */
long metrics_connections(void); /* open now */
void metrics_connection_began(void);
void metrics_connection_ended(void);
void metrics_internal_error(void);
void metrics_reload(bool good);
void metrics_of_host(ec_metrics *metrics);

/* dns.c: queries that modules told of, see ec_dns.h */
enum metrics_dns { /* types that are counted by themselves */
	METRICS_DNS_A,
	METRICS_DNS_AAAA,
	METRICS_DNS_MX,
	METRICS_DNS_TXT,
	METRICS_DNS_PTR,
	METRICS_DNS_OTHER,
	METRICS_DNS_TYPES
};
struct metrics_dns_counts {
	uint64_t queries[METRICS_DNS_TYPES], timeouts[METRICS_DNS_TYPES];
	uint64_t arpa_ipv4, arpa_ipv6; /* queries for names of addresses */
	uint64_t answers; /* to queries, those that failed included */
	uint64_t bad; /* of these: failed or forged */
	uint64_t pending; /* queries that are neither answered nor given up */
	uint64_t nanoseconds; /* of all answers */
	uint64_t lookups, hits; /* in the caches in front */
};
void metrics_dns_open(void); /* once, before any is counted */
void metrics_dns_get(struct metrics_dns_counts *counts_r);
/* The longest that an answer took since the last reset. */
uint64_t metrics_dns_peak(void);
void metrics_dns_reset_peak(void);
void metrics_dns_tell(ec_metrics *metrics);

#endif
