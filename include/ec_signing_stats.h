/*
 * ec_signing_stats.h: what signing modules count (addition).
 *
 *	struct ec_signing_tally tally = { .processed = 1, .signed_ok = 1,
 *	    .nanoseconds = spent };
 *	ec_signing_stats_add(msg, EC_SIGNING_DKIM, &tally);
 *
 * The console shows the sums with "signing_stats": for the process, for each
 * domain that mail goes to, for each binding, and for each domain within a
 * binding.  The global option Signing_Stats says how much of that is kept.
 * Counting takes no lock, so a module may do it for every message.
 */
#ifndef EC_SIGNING_STATS_H
#define EC_SIGNING_STATS_H

#include "ec_types.h"

enum {
	EC_SIGNING_DOMAINKEYS = 0,
	EC_SIGNING_DKIM = 1
};

struct ec_signing_tally {
	unsigned processed; /* messages looked at, to be signed or not */
	unsigned signed_ok; /* messages that were signed */
	unsigned failed; /* attempts that failed */
	u_int64_t nanoseconds; /* spent */
};

/* Count for the binding of the message and for the domain that it goes to: the
 * routing domain if policy set one, else the domain of its recipients.  A
 * message to several domains counts once in each, and once in all. */
EC_ADDITION void ec_signing_stats_add(ec_message *msg, int kind,
    const struct ec_signing_tally *tally);

/* All that was counted, with what earlier runs have left: the row "Global" of
 * signing_stats. */
struct ec_signing_totals {
	u_int64_t processed, signed_ok, failed, nanoseconds;
};
EC_ADDITION void ec_signing_stats_totals(int kind,
    struct ec_signing_totals *totals_r);

/* Nanoseconds on a clock that only goes forward, for the time spent. */
EC_ADDITION u_int64_t ec_signing_stats_clock(void);

#endif
