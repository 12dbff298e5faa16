/*
 * query_numbers.h: what all who verify count of the DNS for monitoring systems.
 */
#ifndef VERIFYING_QUERY_NUMBERS_H
#define VERIFYING_QUERY_NUMBERS_H

#include "keys/resolver.h"

/* Once in the process for each module; they count together. */
void query_numbers_register(void);

/* For resolver_options: a query of the DNS was answered or given up. */
void query_numbers_observe(void *context, int64_t nanoseconds,
    enum seal_dns dns);

#endif
