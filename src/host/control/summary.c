/*
 * summary.c: the published summary, of a host that receives and hands back.
 *
 * All published lines are there, for scripts that look for them.  What is about
 * delivering (outbound sessions, queues, delivered and failed messages, the
 * limiter of look-ups for it) is another program's here, and 0 or disabled.
 *
 * Counters only grow; "summary reset" remembers what they were.
 */
#include "host/control/commands.h"
#include "host/control/commands_of.h"
#include "host/control/form.h"

#include "ec_dns.h"
#include "host/control/lookup.h"
#include "host/metrics/metrics.h"

#include <pthread.h>
#include <stdint.h>
#include <time.h>

#define NANOSECONDS_IN_MILLISECOND 1e6

struct counters { /* that "summary reset" sets to zero */
	uint64_t received, rejected;
	struct metrics_dns_counts dns;
	time_t since; /* of the monotonic clock */
};

/* For consoles alone. */
static pthread_mutex_t base_lock = PTHREAD_MUTEX_INITIALIZER;
static struct counters base; /* under base_lock */
static time_t began; /* of the monotonic clock */

static time_t
now(void)
{
	struct timespec ts = { 0 };

	(void)clock_gettime(CLOCK_MONOTONIC, &ts);
	return ts.tv_sec;
}

static void
counters_read(struct counters *counters)
{
	counters->received = metrics_messages(METRICS_ACCEPTED) +
	    metrics_messages(METRICS_HELD) +
	    metrics_messages(METRICS_DISCARDED);
	counters->rejected = metrics_messages(METRICS_REJECTED) +
	    metrics_messages(METRICS_DEFERRED);
	metrics_dns_get(&counters->dns);
	counters->since = now();
}

struct summary {
	long inbound;
	uint64_t domains, received, rejected;
	uint64_t queries[METRICS_DNS_TYPES], timeouts[METRICS_DNS_TYPES];
	uint64_t all_queries, pending;
	double peak, average; /* milliseconds */
	time_t seconds, uptime;
};

/* What happened since then; counters read later may be a little ahead. */
static uint64_t
since(uint64_t value, uint64_t before)
{
	return value > before ? value - before : 0;
}

static void
summary_read(struct summary *summary)
{
	struct counters at, from;
	uint64_t answers;

	counters_read(&at);
	(void)pthread_mutex_lock(&base_lock);
	from = base;
	(void)pthread_mutex_unlock(&base_lock);
	*summary = (struct summary){
		.inbound = metrics_connections(),
		.domains = lookup_count_entries(),
		.received = since(at.received, from.received),
		.rejected = since(at.rejected, from.rejected),
		.pending = at.dns.pending,
		.peak = (double)metrics_dns_peak() /
		    NANOSECONDS_IN_MILLISECOND,
		.seconds = at.since - from.since,
		.uptime = at.since - began,
	};
	for (int i = 0; i < METRICS_DNS_TYPES; i++) {
		summary->queries[i] = since(at.dns.queries[i],
		    from.dns.queries[i]);
		summary->timeouts[i] = since(at.dns.timeouts[i],
		    from.dns.timeouts[i]);
		summary->all_queries += summary->queries[i];
	}
	answers = since(at.dns.answers, from.dns.answers);
	if (answers > 0)
		summary->average = (double)since(at.dns.nanoseconds,
		    from.dns.nanoseconds) / (double)answers /
		    NANOSECONDS_IN_MILLISECOND;
}

static double
rate(const struct summary *summary, uint64_t n)
{
	return summary->seconds > 0 ? (double)n / (double)summary->seconds :
	    (double)n;
}

static const struct {
	enum metrics_dns type;
	const char *name;
} dns_rows[] = {
	{ METRICS_DNS_A, "A" },
	{ METRICS_DNS_AAAA, "AAAA" },
	{ METRICS_DNS_MX, "MX" },
	{ METRICS_DNS_TXT, "TXT" },
};
#define DNS_ROWS (sizeof(dns_rows) / sizeof(dns_rows[0]))

static void
write_dns(string *out, const struct summary *summary)
{
	(void)stringprintf(out, "        DNS Resolver: libunbound\n");
	for (size_t i = 0; i < DNS_ROWS; i++)
		(void)stringprintf(out, "        DNS %s Queries: %llu\n"
		    "        DNS %s Timeouts: %llu\n", dns_rows[i].name,
		    (unsigned long long)summary->queries[dns_rows[i].type],
		    dns_rows[i].name,
		    (unsigned long long)summary->timeouts[dns_rows[i].type]);
	(void)stringprintf(out, "        Pending DNS Queries: %llu\n"
	    "        Query Rate: %6.2f queries/second\n"
	    "        DNS Response Time Peak: %4.0f ms\n"
	    "        DNS Response Time Average: %6.3f ms\n"
	    "        DNS Rate Limiter: disabled\n",
	    (unsigned long long)summary->pending,
	    rate(summary, summary->all_queries), summary->peak,
	    summary->average);
}

static void
write_text(string *out, const struct summary *summary)
{
	(void)stringprintf(out, "Summary Statistics\n"
	    "        Outbound Concurrency: %7d\n"
	    "        Inbound Concurrency: %7ld\n"
	    "        Active Domains: %7llu\n"
	    "        Active Queue Size: %6d\n"
	    "        Delayed Queue Size: %6d\n"
	    "        Total Queue Size: %6d\n", 0, summary->inbound,
	    (unsigned long long)summary->domains, 0, 0, 0);
	write_dns(out, summary);
	(void)stringprintf(out,
	    "        Successfully Delivered Messages: %6d\n"
	    "        Failed Messages: %6d\n"
	    "        Rejected Messages: %6llu\n"
	    "        Received Messages: %6llu\n"
	    "        Delivery Rate: %6.2f messages/second\n"
	    "        Reception Rate: %6.2f messages/second\n"
	    "        Statistics Last Reset: %6lld seconds\n"
	    "        Uptime: %6lld seconds\n", 0, 0,
	    (unsigned long long)summary->rejected,
	    (unsigned long long)summary->received, 0.0,
	    rate(summary, summary->received), (long long)summary->seconds,
	    (long long)summary->uptime);
}

static void
put(json_t *object, const char *name, json_t *value)
{
	(void)json_object_set_new(object, name, value);
}

static void
put_dns(json_t *object, const struct summary *summary)
{
	char name[48];

	put(object, "DNSResolver", json_string("libunbound"));
	for (size_t i = 0; i < DNS_ROWS; i++) {
		(void)snprintf(name, sizeof(name), "DNS%sQueries",
		    dns_rows[i].name);
		put(object, name, json_integer(
		    (json_int_t)summary->queries[dns_rows[i].type]));
		(void)snprintf(name, sizeof(name), "DNS%sTimeouts",
		    dns_rows[i].name);
		put(object, name, json_integer(
		    (json_int_t)summary->timeouts[dns_rows[i].type]));
	}
	put(object, "DNSPendingQueries", json_integer(
	    (json_int_t)summary->pending));
	put(object, "DNSQueryRate", json_real(rate(summary,
	    summary->all_queries)));
	put(object, "DNSResponseTimePeak", json_real(summary->peak));
	put(object, "DNSResponseTimeAverage", json_real(summary->average));
	put(object, "DNSRateLimiterEnabled", json_false());
}

/* The names are those of the published HTTP interface for the same. */
static json_t *
model(const struct summary *summary)
{
	json_t *object = json_object();
	uint64_t all = summary->received + summary->rejected;

	put(object, "OutboundConcurrency", json_integer(0));
	put(object, "InboundConcurrency", json_integer(summary->inbound));
	put(object, "ActiveDomains", json_integer(
	    (json_int_t)summary->domains));
	put(object, "ActiveQueueSize", json_integer(0));
	put(object, "DelayedQueueSize", json_integer(0));
	put(object, "TotalQueueSize", json_integer(0));
	put_dns(object, summary);
	put(object, "DeliveredMessages", json_integer(0));
	put(object, "FailedMessages", json_integer(0));
	put(object, "RejectedMessages", json_integer(
	    (json_int_t)summary->rejected));
	put(object, "ReceivedMessages", json_integer(
	    (json_int_t)summary->received));
	put(object, "DeliveryRate", json_real(0));
	put(object, "ReceptionRate", json_real(rate(summary,
	    summary->received)));
	put(object, "RejectionRate", json_real(rate(summary,
	    summary->rejected)));
	put(object, "RejectionPercentage", json_real(all > 0 ? 100.0 *
	    (double)summary->rejected / (double)all : 0.0));
	put(object, "StatisticsLastReset", json_integer(summary->seconds));
	put(object, "Uptime", json_integer(summary->uptime));
	return object;
}

static int
run_summary(command_construct *cc, void *closure)
{
	struct summary summary;

	(void)closure;
	if (commands_has_rest(cc, 1))
		return 0;
	summary_read(&summary);
	if (form_is_wanted(cc))
		return form_answer(cc, "summary", model(&summary));
	write_text(&cc->response, &summary);
	return 1;
}

static int
run_reset(command_construct *cc, void *closure)
{
	struct counters at;

	(void)closure;
	counters_read(&at);
	(void)pthread_mutex_lock(&base_lock);
	base = at;
	(void)pthread_mutex_unlock(&base_lock);
	metrics_dns_reset_peak();
	if (form_is_wanted(cc))
		return form_answer(cc, "summary", json_pack("{s:s}",
		    "message", "statistics cleared"));
	(void)stringprintf(&cc->response, "statistics cleared.\n");
	return 1;
}

void
summary_add_commands(void)
{
	static const struct command_row rows[] = {
		{ "summary", run_summary, "messages, queries and times",
		    "Since the start, or \"summary reset\".  Messages are "
		    "delivered by the mail server:\nlines about that are 0." },
		{ "summary reset", run_reset, "count from zero", NULL },
	};

	began = base.since = now();
	commands_add_rows(rows, sizeof(rows) / sizeof(rows[0]));
}
