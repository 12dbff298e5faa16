/*
 * lookup.c: a zone, or queries by the thread of keys/network.h.
 *
 * Nothing is opened before the first question, so that a stanza whose scripts
 * never ask costs nothing.
 */
#include "scriptlet/bindings/lookup.h"

#include "dkim/memory.h"
#include "dkim/option.h"
#include "ec_dns.h"
#include "keys/cache.h"
#include "keys/dnsname.h"
#include "keys/network.h"
#include "keys/resolver.h"
#include "keys/zone.h"

#include <pthread.h>
#include <stdlib.h>

#define RESOLV_CONF "/etc/resolv.conf"
#define MILLISECONDS 1000
#define NANOSECONDS_IN_MILLISECOND 1000000

struct server {
	char text[NAMESERVER_BYTES];
	struct network *network;
};

struct lookup {
	/* as the options have them; they do not change */
	char *zone_file, *resolv_conf, *anchor;
	struct nameservers forwarders;
	unsigned timeout; /* milliseconds */

	pthread_mutex_t lock; /* guards the rest; opening happens under it */
	bool opened;
	struct why why;
	struct zone *zone;
	struct network *network;
	struct server servers[LOOKUP_SERVERS];
	size_t n_servers;
};

/* A question on its way; the asker and the answer hold it. */
struct question {
	pthread_mutex_t lock;
	pthread_cond_t answered;
	unsigned holders;
	bool done;
	uint16_t type;
	int64_t began; /* cache_clock_monotonic() */
	enum lookup_outcome outcome;
	struct lookup_records records;
};

/* options */

static void
add_forwarder(void *closure, const char *text)
{
	struct lookup *lookup = closure;

	if (!nameservers_add(&lookup->forwarders, text))
		why_set(&lookup->why, "dns_forwarders: '%s' is no address of "
		    "a server, or there are too many", text);
}

void *
lookup_make(void)
{
	struct lookup *lookup = calloc(1, sizeof(*lookup));
	int seconds;

	if (lookup == NULL)
		return NULL;
	(void)pthread_mutex_init(&lookup->lock, NULL);
	lookup->zone_file = option_global_text(NULL, "DNS_Zone_File");
	lookup->resolv_conf = option_global_text(NULL, "DNS_Resolv_Conf");
	lookup->anchor = option_global_text(NULL, "DNS_Trust_Anchor");
	option_global_each(NULL, "DNS_Forwarders", add_forwarder, lookup);
	seconds = option_global_int(NULL, "DNS_Timeout",
	    RESOLVER_DEFAULT_QUERY_TIMEOUT / MILLISECONDS);
	lookup->timeout = (unsigned)seconds * MILLISECONDS;
	return lookup;
}

void
lookup_free(void *object)
{
	struct lookup *lookup = object;

	zone_free(&lookup->zone);
	network_free(&lookup->network);
	for (size_t i = 0; i < lookup->n_servers; i++)
		network_free(&lookup->servers[i].network);
	memory_free(lookup->zone_file);
	memory_free(lookup->resolv_conf);
	memory_free(lookup->anchor);
	(void)pthread_mutex_destroy(&lookup->lock);
	free(lookup);
}

const char *
lookup_why(const struct lookup *lookup)
{
	return lookup->why.text;
}

/* opening */

static struct network *
open_network(struct lookup *lookup, const struct nameservers *servers)
{
	struct network_options options = {
		.servers = servers,
		.trust_anchor = lookup->anchor,
		.query_timeout = lookup->timeout,
	};
	struct network *network = NULL;

	if (network_new(&options, &network, &lookup->why) != 0 &&
	    lookup->why.text[0] == '\0')
		why_set(&lookup->why, "out of memory");
	return network;
}

static void
open_servers(struct lookup *lookup)
{
	struct nameservers servers = lookup->forwarders;
	const char *path = lookup->resolv_conf != NULL ? lookup->resolv_conf :
	    RESOLV_CONF;
	int error = 0;

	if (servers.n == 0)
		error = nameservers_read(&servers, path);
	if (error != 0 && lookup->resolv_conf != NULL) {
		why_set(&lookup->why, "%s: %s", path, strerrordesc_np(error));
		return;
	}
	lookup->network = open_network(lookup, &servers);
}

static void
open_source(struct lookup *lookup)
{
	if (lookup->opened)
		return;
	lookup->opened = true;
	if (lookup->why.text[0] != '\0')
		return;
	if (lookup->zone_file == NULL)
		open_servers(lookup);
	else if (zone_load_hosts(lookup->zone_file, &lookup->zone,
	    &lookup->why) != 0 && lookup->why.text[0] == '\0')
		why_set(&lookup->why, "out of memory");
}

/* The network to ask, or NULL with the outcome. */
static struct network *
network_for(struct lookup *lookup, const char *server,
    enum lookup_outcome *outcome_r)
{
	struct nameservers one = { .n = 0 };
	struct server *slot;

	*outcome_r = LOOKUP_UNUSABLE;
	if (server == NULL)
		return lookup->network;
	*outcome_r = LOOKUP_NO_SERVER;
	if (!nameservers_add(&one, server))
		return NULL;
	for (size_t i = 0; i < lookup->n_servers; i++) {
		if (strcmp(lookup->servers[i].text, one.text[0]) == 0)
			return lookup->servers[i].network;
	}
	*outcome_r = LOOKUP_FAILED;
	if (lookup->n_servers == LOOKUP_SERVERS)
		return NULL;
	slot = &lookup->servers[lookup->n_servers];
	slot->network = open_network(lookup, &one);
	if (slot->network == NULL)
		return NULL;
	memcpy(slot->text, one.text[0], sizeof(slot->text));
	lookup->n_servers++;
	return slot->network;
}

/* records */

static enum lookup_outcome
copy_records(const struct span *items, size_t n,
    struct lookup_records *records)
{
	size_t octets = 0;
	unsigned char *to;

	for (size_t i = 0; i < n; i++)
		octets += items[i].n;
	records->items = calloc(n + 1, sizeof(*records->items));
	records->bytes = to = malloc(octets + 1);
	if (records->items == NULL || to == NULL) {
		lookup_records_free(records);
		return LOOKUP_E_NOMEM;
	}
	for (size_t i = 0; i < n; i++) {
		if (items[i].n > 0)
			memcpy(to, items[i].p, items[i].n);
		records->items[i] = span_of(to, items[i].n);
		to += items[i].n;
	}
	records->n = n;
	return LOOKUP_FOUND;
}

void
lookup_records_free(struct lookup_records *records)
{
	free(records->items);
	free(records->bytes);
	*records = (struct lookup_records){ .n = 0 };
}

/* asking the network */

static void
question_unref(struct question *question)
{
	bool last;

	(void)pthread_mutex_lock(&question->lock);
	last = --question->holders == 0;
	(void)pthread_mutex_unlock(&question->lock);
	if (!last)
		return;
	lookup_records_free(&question->records);
	(void)pthread_mutex_destroy(&question->lock);
	(void)pthread_cond_destroy(&question->answered);
	free(question);
}

static enum lookup_outcome
outcome_of(const struct network_reply *reply)
{
	switch (reply->dns) {
	case SEAL_DNS_ANSWERED:
		return reply->nxdomain ? LOOKUP_NXDOMAIN : LOOKUP_FOUND;
	case SEAL_DNS_TIMEOUT:
		return LOOKUP_TIMEOUT;
	case SEAL_DNS_BOGUS:
		return LOOKUP_BOGUS;
	default:
		return LOOKUP_FAILED;
	}
}

/* For "summary" and "dns_cache stats". */
static void
count_reply(const struct question *question, enum seal_dns dns)
{
	int64_t took = cache_clock_monotonic(NULL) - question->began;
	int event = EC_DNS_BAD;

	if (dns == SEAL_DNS_ANSWERED)
		event = EC_DNS_ANSWERED;
	else if (dns == SEAL_DNS_TIMEOUT)
		event = EC_DNS_TIMED_OUT;
	ec_dns_count(event, question->type, NULL,
	    (u_int64_t)took * NANOSECONDS_IN_MILLISECOND);
}

/* On the network's thread. */
static void
on_reply(void *context, const struct network_reply *reply)
{
	struct question *question = context;

	count_reply(question, reply->dns);
	(void)pthread_mutex_lock(&question->lock);
	question->outcome = outcome_of(reply);
	if (question->outcome == LOOKUP_FOUND)
		question->outcome = copy_records(reply->texts, reply->n,
		    &question->records);
	question->done = true;
	(void)pthread_cond_signal(&question->answered);
	(void)pthread_mutex_unlock(&question->lock);
	question_unref(question);
}

static enum lookup_outcome
ask_network(struct network *network, const char *name, uint16_t type,
    struct lookup_records *records_r)
{
	struct question *question = calloc(1, sizeof(*question));
	enum lookup_outcome outcome;

	if (question == NULL)
		return LOOKUP_E_NOMEM;
	(void)pthread_mutex_init(&question->lock, NULL);
	(void)pthread_cond_init(&question->answered, NULL);
	question->holders = 2;
	question->type = type;
	question->began = cache_clock_monotonic(NULL);
	ec_dns_count(EC_DNS_ASKED, type, name, 0);
	if (network_ask_type(network, name, type, on_reply, question) != 0) {
		count_reply(question, SEAL_DNS_FAILED);
		question->holders = 1;
		question_unref(question);
		return LOOKUP_FAILED;
	}
	/* every question is answered: the network watches the time */
	(void)pthread_mutex_lock(&question->lock);
	while (!question->done)
		(void)pthread_cond_wait(&question->answered, &question->lock);
	outcome = question->outcome;
	*records_r = question->records;
	question->records = (struct lookup_records){ .n = 0 };
	(void)pthread_mutex_unlock(&question->lock);
	question_unref(question);
	return outcome;
}

/* asking the zone */

static enum lookup_outcome
ask_zone(const struct zone *zone, const char *name, uint16_t type,
    struct lookup_records *records_r)
{
	struct span items[ZONE_MAX_TEXTS];
	const struct zone_record *records;
	size_t n = 0;

	switch (zone_lookup_type(zone, name, type, &records)) {
	case ZONE_NXDOMAIN:
		return LOOKUP_NXDOMAIN;
	case ZONE_CNAME_LOOP:
		return LOOKUP_FAILED;
	case ZONE_NODATA:
	case ZONE_FOUND:
		break;
	}
	for (; records != NULL && n < ZONE_MAX_TEXTS; records = records->next) {
		if (records->type == type)
			items[n++] = records->data;
	}
	return copy_records(items, n, records_r);
}

enum lookup_outcome
lookup_ask(struct lookup *lookup, const char *name, uint16_t type,
    const char *server, struct lookup_records *records_r)
{
	char text[DNSNAME_MAX_TEXT];
	enum lookup_outcome outcome = LOOKUP_FAILED;
	struct network *network = NULL;
	struct dnsname wire;

	*records_r = (struct lookup_records){ .n = 0 };
	/* what cannot be a name does not exist */
	if (!dnsname_from_text(name, &wire))
		return LOOKUP_NXDOMAIN;
	(void)pthread_mutex_lock(&lookup->lock);
	open_source(lookup);
	if (lookup->zone == NULL)
		network = network_for(lookup, server, &outcome);
	(void)pthread_mutex_unlock(&lookup->lock);
	if (lookup->zone != NULL)
		return ask_zone(lookup->zone, name, type, records_r);
	if (network == NULL)
		return outcome;
	dnsname_format(&wire, text);
	return ask_network(network, text, type, records_r);
}
