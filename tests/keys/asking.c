/*
 * asking.c: see asking.h.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "asking.h"

struct seal_answer
ask(struct resolver *resolver, const char *name)
{
	struct resolver_lookup *lookup;
	struct seal_answer answer;

	assert_int_equal(resolver_start(resolver, &name, 1, &lookup), 0);
	resolver_wait(lookup, &answer);
	resolver_lookup_free(&lookup);
	return answer;
}

void
assert_answer(struct seal_answer answer, enum seal_dns dns,
    enum seal_reason reason)
{
	assert_int_equal(answer.dns, dns);
	if (dns == SEAL_DNS_ANSWERED) {
		assert_non_null(answer.record);
		assert_int_equal(seal_record_info(answer.record)->reason,
		    reason);
	} else {
		assert_null(answer.record);
	}
	seal_record_unref(&answer.record);
}

void
discard(struct seal_answer answer)
{
	seal_record_unref(&answer.record);
}

struct resolver *
start_resolver(struct resolver_options *options, const char *address)
{
	struct resolver *resolver;
	struct why why = { "" };

	options->forwarders = &address;
	options->n_forwarders = 1;
	if (resolver_new(options, &resolver, &why) != 0)
		fail_msg("%s", why.text);
	return resolver;
}

struct cache_stats
stats_of(struct resolver *resolver)
{
	struct cache_stats stats;

	resolver_stats(resolver, &stats);
	return stats;
}
