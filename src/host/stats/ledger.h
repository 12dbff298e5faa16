/*
 * ledger.h: counters of signing, for all, by binding, and by domain within a
 * binding.
 *
 * Counting and reading may go on in any number of threads at once; nobody waits
 * for anybody.  Places are only ever added, so a pointer to one is good as long
 * as the ledger.  Their number is bounded: what finds no place any more is
 * counted together, as LEDGER_OTHERS.
 */
#ifndef HOST_STATS_LEDGER_H
#define HOST_STATS_LEDGER_H

#include "ec_signing_stats.h"

#include <stdint.h>

#define LEDGER_KINDS 2 /* EC_SIGNING_DOMAINKEYS, EC_SIGNING_DKIM */
/* Pairs of binding and domain: 100,000 domains in two bindings, about 30 MB. */
#define LEDGER_PAIRS 200000
#define LEDGER_BINDINGS 4096 /* slots from 0; further ones are one */
#define LEDGER_DOMAIN_BYTES 255 /* RFC 1035 section 2.3.4; longer ones are cut */
#define LEDGER_OTHERS "(others)"

struct ledger_sums {
	uint64_t nanoseconds, signed_ok, failed, processed;
};

struct ledger;

struct ledger *ledger_new(void);
void ledger_free(struct ledger **ledger); /* nobody may be using it */

/* The whole. */
void ledger_count_all(struct ledger *ledger, int kind,
    const struct ec_signing_tally *tally);
/* A binding, by its slot (below 0 counts as beyond the last). */
void ledger_count_binding(struct ledger *ledger, int binding, int kind,
    const struct ec_signing_tally *tally);
/* A domain within a binding; case does not matter. */
void ledger_count_domain(struct ledger *ledger, int binding,
    const char *domain, int kind, const struct ec_signing_tally *tally);

/* Sums so far; sums_r has LEDGER_KINDS. */
void ledger_all(const struct ledger *ledger, struct ledger_sums *sums_r);
void ledger_binding(const struct ledger *ledger, int binding,
    struct ledger_sums *sums_r);

/* All pairs that were counted, in no order. */
void ledger_each(const struct ledger *ledger, void (*each)(void *closure,
    int binding, const char *domain, const struct ledger_sums *sums),
    void *closure);

/* How many pairs a count looks at, at the most, to find its own. */
unsigned ledger_longest_search(const struct ledger *ledger);

void ledger_sums_add(struct ledger_sums *to, const struct ledger_sums *from);
int ledger_sums_is_zero(const struct ledger_sums *sums); /* LEDGER_KINDS */

#endif
