/*
 * query_numbers.c: how long queries take, and how many fail.
 */
#include "verifying/query_numbers.h"

#include "ec_metrics.h"

static int dns_errors, queries;

void
query_numbers_register(void)
{
	dns_errors = ec_metric_counter("errors", "Troubles by their kind.",
	    "kind=\"dns\"");
	queries = ec_metric_histogram("dns_query_seconds",
	    "What queries for public keys took that the cache did not "
	    "answer.");
}

void
query_numbers_observe(void *context, int64_t nanoseconds, enum seal_dns dns)
{
	(void)context;
	ec_metric_observe(queries, nanoseconds > 0 ? (u_int64_t)nanoseconds :
	    0);
	if (dns != SEAL_DNS_ANSWERED)
		ec_metric_add(dns_errors, 1);
}
