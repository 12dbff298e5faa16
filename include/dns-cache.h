/*
 * dns-cache.h: the shapes of DNS questions and answers.
 *
 * Modules of this suite ask through src/keys, which validates; these types
 * are here for sources that pass them around.
 */
#ifndef EC_DNS_CACHE_H
#define EC_DNS_CACHE_H

#include "ec_types.h"
#include <netinet/in.h>
#include <pthread.h>

typedef struct _dns_cache_query {
	u_int8_t query_type;
	union _dns_cache_query_query {
		char *name;
		struct in_addr ip4;
		struct in6_addr ip6;
	} query;
} dns_cache_query;

typedef struct _dns_cache_cachenode {
	dns_cache_query query;
	ec_atomic_t refcnt;
	u_int8_t answer_type;
	u_int8_t answer_count;
	u_int8_t resolver_status;
	union _dns_cache_cachenode_answer {
		char **name;
		struct in_addr *ip4;
		struct in6_addr *ip6;
	} answer;
	void *__private;
	u_int64_t expiry;
	int *preference;
	pthread_cond_t cv;
	int *weight;
	int *port;
} dns_cache_cachenode;

typedef void (*dns_cache_callback)(dns_cache_cachenode *node, void *closure);

#endif
