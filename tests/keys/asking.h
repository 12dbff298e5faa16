/*
 * asking.h: ask a resolver, and look at what it says.
 */
#ifndef TESTS_KEYS_ASKING_H
#define TESTS_KEYS_ASKING_H

#include "keys/resolver.h"

/* A resolver that asks the server at address alone; the other options count,
 * too.  These all fail the test when something else does. */
struct resolver *start_resolver(struct resolver_options *options,
    const char *address);

/* The answer for one name, waited for. */
struct seal_answer ask(struct resolver *resolver, const char *name);

/* Both take over the answer's record; reason counts when it is answered. */
void assert_answer(struct seal_answer answer, enum seal_dns dns,
    enum seal_reason reason);
void discard(struct seal_answer answer);

struct cache_stats stats_of(struct resolver *resolver);

#endif
