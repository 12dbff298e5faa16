/*
 * dns.c: queries and answers, as modules count them.
 *
 * A query takes long beside a shared counter, so there is one of each; what
 * every message counts, look-ups in a cache, is in cells.
 */
#include "host/metrics/metrics.h"

#include "ec_dns.h"

#include <stdatomic.h>
#include <stdio.h>
#include <string.h>
#include <strings.h>

static const struct {
	unsigned type;
	const char *name;
} types[METRICS_DNS_TYPES] = {
	[METRICS_DNS_A] = { 1, "A" },
	[METRICS_DNS_AAAA] = { 28, "AAAA" },
	[METRICS_DNS_MX] = { 15, "MX" },
	[METRICS_DNS_TXT] = { 16, "TXT" },
	[METRICS_DNS_PTR] = { 12, "PTR" },
	[METRICS_DNS_OTHER] = { 0, "other" },
};

static _Atomic uint64_t queries[METRICS_DNS_TYPES],
    timeouts[METRICS_DNS_TYPES];
static _Atomic uint64_t arpa_ipv4, arpa_ipv6, answers, bad, nanoseconds, peak;
static int lookups[2] = { -1, -1 }; /* cells: misses, hits */

void
metrics_dns_open(void)
{
	lookups[0] = ec_metric_counter("dns_cache_lookups",
	    "Look-ups in the caches of DNS answers.", "result=\"miss\"");
	lookups[1] = ec_metric_counter("dns_cache_lookups",
	    "Look-ups in the caches of DNS answers.", "result=\"hit\"");
}

static enum metrics_dns
row_of(unsigned type)
{
	int i = 0;

	while (i < METRICS_DNS_OTHER && types[i].type != type)
		i++;
	return (enum metrics_dns)i;
}

static void
add(_Atomic uint64_t *counter, uint64_t n)
{
	atomic_fetch_add_explicit(counter, n, memory_order_relaxed);
}

static uint64_t
get(_Atomic uint64_t *counter)
{
	return atomic_load_explicit(counter, memory_order_relaxed);
}

static bool
ends_in(const char *name, const char *zone)
{
	size_t n = name != NULL ? strlen(name) : 0, length = strlen(zone);

	if (n > 0 && name[n - 1] == '.')
		n--;
	return n >= length && strncasecmp(name + n - length, zone,
	    length) == 0;
}

static void
count_query(unsigned type, const char *name)
{
	add(&queries[row_of(type)], 1);
	if (ends_in(name, ".in-addr.arpa"))
		add(&arpa_ipv4, 1);
	else if (ends_in(name, ".ip6.arpa"))
		add(&arpa_ipv6, 1);
}

static void
count_answer(uint64_t took)
{
	uint64_t most = get(&peak);

	add(&answers, 1);
	add(&nanoseconds, took);
	while (took > most && !atomic_compare_exchange_weak(&peak, &most,
	    took))
		continue;
}

void
ec_dns_count(int event, unsigned type, const char *name, u_int64_t took)
{
	switch (event) {
	case EC_DNS_ASKED:
		count_query(type, name);
		break;
	case EC_DNS_BAD:
		add(&bad, 1);
		count_answer(took);
		break;
	case EC_DNS_ANSWERED:
		count_answer(took);
		break;
	case EC_DNS_TIMED_OUT:
		add(&timeouts[row_of(type)], 1);
		break;
	case EC_DNS_HIT:
		ec_metric_add(lookups[1], 1);
		break;
	case EC_DNS_MISS:
		ec_metric_add(lookups[0], 1);
		break;
	default:
		break;
	}
}

void
metrics_dns_get(struct metrics_dns_counts *counts_r)
{
	uint64_t asked = 0, done = get(&answers);

	*counts_r = (struct metrics_dns_counts){
		.arpa_ipv4 = get(&arpa_ipv4),
		.arpa_ipv6 = get(&arpa_ipv6),
		.answers = done,
		.bad = get(&bad),
		.nanoseconds = get(&nanoseconds),
		.hits = lookups[1] < 0 ? 0 : cells_sum(lookups[1]),
	};
	counts_r->lookups = counts_r->hits + (lookups[0] < 0 ? 0 :
	    cells_sum(lookups[0]));
	for (int i = 0; i < METRICS_DNS_TYPES; i++) {
		counts_r->timeouts[i] = get(&timeouts[i]);
		counts_r->queries[i] = get(&queries[i]);
		asked += counts_r->queries[i];
		done += counts_r->timeouts[i];
	}
	/* counted at different moments: never below none */
	counts_r->pending = asked > done ? asked - done : 0;
}

uint64_t
metrics_dns_peak(void)
{
	return get(&peak);
}

void
metrics_dns_reset_peak(void)
{
	atomic_store(&peak, 0);
}

void
metrics_dns_tell(ec_metrics *metrics)
{
	struct metrics_dns_counts counts;
	char labels[32];

	metrics_dns_get(&counts);
	for (int i = 0; i < METRICS_DNS_TYPES; i++) {
		(void)snprintf(labels, sizeof(labels), "type=\"%s\"",
		    types[i].name);
		ec_metrics_tell_counter(metrics, "dns_queries",
		    "Queries sent, by the type of record.", labels,
		    (double)counts.queries[i]);
		ec_metrics_tell_counter(metrics, "dns_timeouts",
		    "Queries that nobody answered in time.", labels,
		    (double)counts.timeouts[i]);
	}
	ec_metrics_tell_counter(metrics, "dns_bad_answers",
	    "Answers that were errors or forged.", NULL, (double)counts.bad);
	ec_metrics_tell_gauge(metrics, "dns_queries_pending",
	    "Queries that wait for an answer.", NULL, (double)counts.pending);
}
