/*
 * resolver.c: names in, parsed records out, with a cache between.
 *
 * A look-up holds a slot for each name: an answer that was at hand, or the
 * flight that will bring it.  Flights are led by the network, not by the
 * thread that began them, so a message that gives up early leaves the answer
 * for the next one, and a late answer finds nothing that was freed.
 */
#include "keys/resolver.h"

#include "base/buffer.h"
#include "keys/dig.h"
#include "keys/dnsname.h"
#include "keys/network.h"
#include "keys/zone.h"

#include <stdatomic.h>
#include <stdlib.h>
#include <time.h>

#define TYPE_TXT 16
#define OTHERS 128 /* answers of other types, which consoles asked for */
#define SYSTEM_RESOLV_CONF "/etc/resolv.conf"

_Static_assert(RESOLVER_MAX_FORWARDERS == NAMESERVERS_MAX, "one limit");
_Static_assert(RESOLVER_MAX_OUTSTANDING == NETWORK_MAX_OUTSTANDING, "one limit");
_Static_assert((int)RESOLVER_E_OPTION == (int)NETWORK_E_OPTION &&
    (int)RESOLVER_E_DNS == (int)NETWORK_E_DNS &&
    (int)RESOLVER_E_NOMEM == (int)NETWORK_E_NOMEM,
    "codes of the network are passed up unchanged");

struct resolver {
	struct cache *cache; /* name to struct found */
	struct cache *others; /* "TYPE name" to struct dig: dig.h */
	struct zone *zone; /* the only source, when there is one */
	struct network *network; /* otherwise */
	char *zone_file, *resolv_conf, *trust_anchor; /* to be told about */
	bool forwarders;
	struct nameservers servers;
	unsigned query_timeout, message_timeout;
	size_t cache_size;
	int64_t positive_min, positive_max, negative_max, failure_lifetime;
	void (*observe)(void *context, int64_t nanoseconds, enum seal_dns dns);
	void (*count)(void *context, enum resolver_event event, uint16_t type,
	    const char *name, int64_t nanoseconds);
	void *observe_context;
};

/* The value that is cached. */
struct found {
	atomic_uint refs;
	struct seal_answer answer; /* holds a reference to its record */
};

/* A query that the network works on. */
struct errand {
	const struct resolver *resolver;
	struct cache_flight *flight;
	int64_t began; /* nanoseconds */
};

struct slot {
	struct found *found; /* NULL while flight has it */
	struct cache_flight *flight;
};

struct resolver_lookup {
	int64_t deadline; /* cache_clock_monotonic() */
	size_t n;
	struct slot slots[];
};

static void *
found_ref(void *value)
{
	struct found *found = value;

	atomic_fetch_add_explicit(&found->refs, 1, memory_order_relaxed);
	return found;
}

static void
found_unref(void *value)
{
	struct found *found = value;

	if (found == NULL || atomic_fetch_sub_explicit(&found->refs, 1,
	    memory_order_acq_rel) != 1)
		return;
	seal_record_unref(&found->answer.record);
	free(found);
}

/* Parse what came; *load_r gets the answer with how long to keep it. */
static int
make_load(const struct resolver *resolver, const struct network_reply *reply,
    struct cache_load *load_r)
{
	struct found *found = calloc(1, sizeof(*found));
	int64_t lifetime = reply->ttl;

	if (found == NULL)
		return CACHE_E_NOMEM;
	atomic_init(&found->refs, 1);
	found->answer.dns = reply->dns;
	found->answer.dnssec = reply->dnssec;
	if (reply->dns == SEAL_DNS_ANSWERED && seal_record_parse(reply->texts,
	    reply->n, &found->answer.record) != 0) {
		free(found);
		return CACHE_E_NOMEM;
	}
	if (reply->dns == SEAL_DNS_TIMEOUT) {
		lifetime = 0;
	} else if (reply->dns != SEAL_DNS_ANSWERED) {
		lifetime = resolver->failure_lifetime;
	} else if (reply->n > 0) {
		if (lifetime < resolver->positive_min)
			lifetime = resolver->positive_min;
	} else if (lifetime > resolver->negative_max) {
		lifetime = resolver->negative_max;
	}
	load_r->value = found;
	load_r->negative = reply->dns != SEAL_DNS_ANSWERED || reply->n == 0;
	load_r->max_lifetime = lifetime;
	return 0;
}

static void
land(const struct resolver *resolver, struct cache_flight *flight,
    const struct network_reply *reply)
{
	struct cache_load load = { 0 };
	int ret = make_load(resolver, reply, &load);

	cache_land(flight, ret, &load);
}

static void
land_failed(const struct resolver *resolver, struct cache_flight *flight)
{
	struct cache_load load = { 0 };
	struct network_reply reply = { .dns = SEAL_DNS_FAILED };
	int ret = make_load(resolver, &reply, &load);

	load.max_lifetime = 0; /* our trouble, not the name's */
	cache_land(flight, ret, &load);
}

static int64_t
now(void)
{
	struct timespec time;

	(void)clock_gettime(CLOCK_MONOTONIC, &time);
	return (int64_t)time.tv_sec * 1000000000 + time.tv_nsec;
}

void
resolver_count(const struct resolver *resolver, enum resolver_event event,
    uint16_t type, const char *name, int64_t nanoseconds)
{
	if (resolver->count != NULL)
		resolver->count(resolver->observe_context, event, type, name,
		    nanoseconds);
}

static enum resolver_event
event_of(enum seal_dns dns)
{
	switch (dns) {
	case SEAL_DNS_ANSWERED:
		return RESOLVER_ANSWERED;
	case SEAL_DNS_TIMEOUT:
		return RESOLVER_TIMED_OUT;
	default:
		return RESOLVER_BAD;
	}
}

/* From the network's thread. */
static void
on_reply(void *context, const struct network_reply *reply)
{
	struct errand *errand = context;
	const struct resolver *resolver = errand->resolver;

	int64_t took = now() - errand->began;

	if (resolver->observe != NULL)
		resolver->observe(resolver->observe_context, took, reply->dns);
	resolver_count(resolver, event_of(reply->dns), TYPE_TXT, NULL, took);
	land(errand->resolver, errand->flight, reply);
	cache_flight_unref(&errand->flight);
	free(errand);
}

static void
ask_network(struct resolver *resolver, const char *name,
    struct cache_flight *flight)
{
	struct errand *errand = malloc(sizeof(*errand));

	if (errand != NULL) {
		errand->resolver = resolver;
		errand->flight = cache_flight_ref(flight);
		errand->began = now();
		resolver_count(resolver, RESOLVER_ASKED, TYPE_TXT, name, 0);
		if (network_ask(resolver->network, name, on_reply,
		    errand) == 0)
			return;
		resolver_count(resolver, RESOLVER_BAD, TYPE_TXT, NULL, 0);
		cache_flight_unref(&errand->flight);
		free(errand);
	}
	land_failed(resolver, flight);
}

/* A name that is not in the zone does not exist; for lack of an SOA the
 * caller's limit says how long that holds. */
static void
ask_zone(struct resolver *resolver, const char *name,
    struct cache_flight *flight)
{
	struct network_reply reply = { .dns = SEAL_DNS_ANSWERED };
	struct zone_txt txt;

	switch (zone_lookup(resolver->zone, name, &txt)) {
	case ZONE_FOUND:
		reply.texts = txt.texts;
		reply.n = txt.n;
		reply.ttl = txt.ttl;
		break;
	case ZONE_NODATA:
	case ZONE_NXDOMAIN:
		reply.ttl = INT64_MAX;
		break;
	case ZONE_CNAME_LOOP:
		reply.dns = SEAL_DNS_FAILED;
		break;
	}
	land(resolver, flight, &reply);
}

/* What cannot be a name has no record; libunbound is not troubled with it. */
static void
ask_nobody(struct resolver *resolver, struct cache_flight *flight)
{
	struct network_reply reply = {
		.dns = SEAL_DNS_ANSWERED,
		.ttl = INT64_MAX,
	};

	land(resolver, flight, &reply);
}

static int
start_slot(struct resolver *resolver, const char *name, struct slot *slot)
{
	char text[DNSNAME_MAX_TEXT];
	struct dnsname wire;
	bool is_name = dnsname_from_text(name, &wire);
	void *value;
	int ret;

	if (is_name)
		dnsname_format(&wire, text);
	ret = cache_begin(resolver->cache, is_name ? text : name, &value,
	    &slot->flight);
	slot->found = value;
	resolver_count(resolver, ret == CACHE_HIT ? RESOLVER_HIT :
	    RESOLVER_MISS, TYPE_TXT, NULL, 0);
	if (ret < 0)
		return RESOLVER_E_NOMEM;
	if (ret != CACHE_LEAD)
		return 0;
	if (!is_name)
		ask_nobody(resolver, slot->flight);
	else if (resolver->zone != NULL)
		ask_zone(resolver, name, slot->flight);
	else
		ask_network(resolver, text, slot->flight);
	return 0;
}

int
resolver_start(struct resolver *resolver, const char *const *names, size_t n,
    struct resolver_lookup **lookup_r)
{
	struct resolver_lookup *lookup;
	size_t i;

	*lookup_r = NULL;
	if (n > RESOLVER_MAX_NAMES)
		return RESOLVER_E_OPTION;
	lookup = calloc(1, sizeof(*lookup) + n * sizeof(lookup->slots[0]));
	if (lookup == NULL)
		return RESOLVER_E_NOMEM;
	lookup->deadline = cache_clock_monotonic(NULL) +
	    resolver->message_timeout;
	for (i = 0; i < n; i++, lookup->n++) {
		if (start_slot(resolver, names[i], &lookup->slots[i]) != 0) {
			resolver_lookup_free(&lookup);
			return RESOLVER_E_NOMEM;
		}
	}
	*lookup_r = lookup;
	return 0;
}

/* What came of one name, or that its time is up. */
static struct seal_answer
wait_for_slot(struct slot *slot, int64_t deadline)
{
	struct seal_answer answer = { .dns = SEAL_DNS_FAILED };
	void *value = NULL;
	int ret = 0;

	if (slot->found == NULL) {
		ret = cache_flight_wait(slot->flight, deadline, &value);
		slot->found = value;
	}
	if (slot->found != NULL) {
		answer = slot->found->answer;
		if (answer.record != NULL)
			seal_record_ref(answer.record);
	} else if (ret == CACHE_TIMED_OUT) {
		answer.dns = SEAL_DNS_TIMEOUT;
	}
	return answer;
}

void
resolver_wait(struct resolver_lookup *lookup, struct seal_answer *answers_r)
{
	size_t i;

	for (i = 0; i < lookup->n; i++)
		answers_r[i] = wait_for_slot(&lookup->slots[i],
		    lookup->deadline);
}

void
resolver_lookup_free(struct resolver_lookup **lookup)
{
	struct resolver_lookup *l = *lookup;
	size_t i;

	if (l == NULL)
		return;
	*lookup = NULL;
	for (i = 0; i < l->n; i++) {
		found_unref(l->slots[i].found);
		cache_flight_unref(&l->slots[i].flight);
	}
	free(l);
}

/*
 * With a verifier.
 */
int
resolver_start_verifier(struct resolver *resolver,
    const struct seal_verifier *verifier, struct resolver_lookup **lookup_r)
{
	const char *names[RESOLVER_MAX_NAMES];
	size_t n = seal_verifier_query_count(verifier), i;

	*lookup_r = NULL;
	if (n > RESOLVER_MAX_NAMES)
		return RESOLVER_E_OPTION;
	for (i = 0; i < n; i++)
		names[i] = seal_verifier_query(verifier, i);
	return resolver_start(resolver, names, n, lookup_r);
}

int
resolver_answer_verifier(struct resolver_lookup *lookup,
    struct seal_verifier *verifier)
{
	struct seal_answer answer;
	int ret = 0;
	size_t i;

	for (i = 0; i < lookup->n && ret == 0; i++) {
		answer = wait_for_slot(&lookup->slots[i], lookup->deadline);
		ret = seal_verifier_answer(verifier, i, &answer);
		seal_record_unref(&answer.record);
	}
	return ret;
}

int
resolver_verify_answers(struct resolver *resolver,
    struct seal_verifier *verifier)
{
	struct resolver_lookup *lookup;
	int ret = resolver_start_verifier(resolver, verifier, &lookup);

	if (ret == 0)
		ret = resolver_answer_verifier(lookup, verifier);
	resolver_lookup_free(&lookup);
	return ret;
}

/*
 * Making one.
 */
void
resolver_options_init(struct resolver_options *options)
{
	*options = (struct resolver_options){
		.query_timeout = RESOLVER_DEFAULT_QUERY_TIMEOUT,
		.message_timeout = RESOLVER_DEFAULT_MESSAGE_TIMEOUT,
		.cache_size = RESOLVER_DEFAULT_CACHE_SIZE,
		.positive_max = RESOLVER_DEFAULT_POSITIVE_MAX,
		.negative_max = RESOLVER_DEFAULT_NEGATIVE_MAX,
		.failure_lifetime = RESOLVER_DEFAULT_FAILURE_LIFETIME,
		.clock = cache_clock_monotonic,
	};
}

static int
make_cache(struct resolver *resolver, const struct resolver_options *options,
    struct why *why_r)
{
	struct cache_options cache;

	cache_options_init(&cache);
	cache.size = options->cache_size;
	/* each answer brings its own lifetime; these are the bounds */
	cache.positive_lifetime = options->positive_max;
	cache.negative_lifetime =
	    options->negative_max > options->failure_lifetime
	    ? options->negative_max : options->failure_lifetime;
	cache.clock = options->clock;
	cache.clock_context = options->clock_context;
	cache.ref = found_ref;
	cache.unref = found_unref;
	if (cache_new(&cache, &resolver->cache) != 0) {
		why_set(why_r, "out of memory");
		return RESOLVER_E_NOMEM;
	}
	cache.size = OTHERS;
	cache.ref = dig_ref;
	cache.unref = dig_unref;
	if (cache_new(&cache, &resolver->others) == 0)
		return 0;
	why_set(why_r, "out of memory");
	return RESOLVER_E_NOMEM;
}

static int
use_zone(struct resolver *resolver, const char *path, struct why *why_r)
{
	int ret = zone_load(path, &resolver->zone, why_r);

	if (ret == 0)
		return 0;
	return ret == ZONE_E_NOMEM ? RESOLVER_E_NOMEM : RESOLVER_E_ZONE;
}

static int
use_forwarders(struct resolver *resolver,
    const struct resolver_options *options, struct why *why_r)
{
	size_t i;

	resolver->forwarders = true;
	if (options->n_forwarders > RESOLVER_MAX_FORWARDERS) {
		why_set(why_r, "%zu forwarders, at most %d can be used",
		    options->n_forwarders, RESOLVER_MAX_FORWARDERS);
		return RESOLVER_E_OPTION;
	}
	for (i = 0; i < options->n_forwarders; i++) {
		if (nameservers_add(&resolver->servers, options->forwarders[i]))
			continue;
		why_set(why_r, "forwarder '%s' is neither \"address\" nor "
		    "\"address@port\"", options->forwarders[i]);
		return RESOLVER_E_OPTION;
	}
	return 0;
}

static int
use_resolv_conf(struct resolver *resolver, const char *path, struct why *why_r)
{
	int error = nameservers_read(&resolver->servers, path);

	if (error == 0 && resolver->servers.n > 0)
		return 0;
	if (error != 0)
		why_set(why_r, "resolver file '%s': %s", path,
		    strerrordesc_np(error));
	else
		why_set(why_r, "resolver file '%s' names no server", path);
	return RESOLVER_E_OPTION;
}

static int
choose_servers(struct resolver *resolver,
    const struct resolver_options *options, struct why *why_r)
{
	if (options->n_forwarders > 0)
		return use_forwarders(resolver, options, why_r);
	if (options->resolv_conf != NULL)
		return use_resolv_conf(resolver, options->resolv_conf, why_r);
	/* no matter if that fails: no servers means recursion */
	use_resolv_conf(resolver, SYSTEM_RESOLV_CONF, NULL);
	return 0;
}

static int
use_network(struct resolver *resolver, const struct resolver_options *options,
    struct why *why_r)
{
	struct network_options network = {
		.servers = &resolver->servers,
		.hosts = options->hosts,
		.trust_anchor = options->trust_anchor,
		.trust_anchor_auto = options->trust_anchor_auto,
		.query_timeout = options->query_timeout,
	};
	int ret = choose_servers(resolver, options, why_r);

	if (ret == 0)
		ret = network_new(&network, &resolver->network, why_r);
	return ret;
}

static int
copy_text(const char *text, char **copy_r, struct why *why_r)
{
	*copy_r = text != NULL ? strdup(text) : NULL;
	if (text == NULL || *copy_r != NULL)
		return 0;
	why_set(why_r, "out of memory");
	return RESOLVER_E_NOMEM;
}

static int
resolver_setup(struct resolver *resolver,
    const struct resolver_options *options, struct why *why_r)
{
	int ret;

	resolver->query_timeout = options->query_timeout;
	resolver->message_timeout = options->message_timeout;
	resolver->cache_size = options->cache_size;
	resolver->positive_min = options->positive_min;
	resolver->positive_max = options->positive_max;
	resolver->negative_max = options->negative_max;
	resolver->failure_lifetime = options->failure_lifetime;
	resolver->observe = options->observe;
	resolver->count = options->count;
	resolver->observe_context = options->observe_context;
	ret = copy_text(options->zone_file, &resolver->zone_file, why_r);
	if (ret == 0)
		ret = copy_text(options->resolv_conf != NULL
		    ? options->resolv_conf : SYSTEM_RESOLV_CONF,
		    &resolver->resolv_conf, why_r);
	if (ret == 0)
		ret = copy_text(options->trust_anchor, &resolver->trust_anchor,
		    why_r);
	if (ret == 0)
		ret = make_cache(resolver, options, why_r);
	if (ret != 0)
		return ret;
	if (options->zone_file != NULL)
		return use_zone(resolver, options->zone_file, why_r);
	return use_network(resolver, options, why_r);
}

int
resolver_new(const struct resolver_options *options,
    struct resolver **resolver_r, struct why *why_r)
{
	struct resolver *resolver = calloc(1, sizeof(*resolver));
	int ret = RESOLVER_E_NOMEM;

	*resolver_r = NULL;
	if (resolver == NULL)
		why_set(why_r, "out of memory");
	else
		ret = resolver_setup(resolver, options, why_r);
	if (ret != 0)
		resolver_free(&resolver);
	*resolver_r = resolver;
	return ret;
}

void
resolver_free(struct resolver **resolver)
{
	struct resolver *r = *resolver;

	if (r == NULL)
		return;
	*resolver = NULL;
	/* first: it lands what is under way, in the cache */
	network_free(&r->network);
	if (r->cache != NULL)
		cache_free(&r->cache);
	if (r->others != NULL)
		cache_free(&r->others);
	zone_free(&r->zone);
	free(r->zone_file);
	free(r->resolv_conf);
	free(r->trust_anchor);
	free(r);
}

size_t
resolver_flush(struct resolver *resolver)
{
	size_t n = cache_flush(resolver->cache);

	(void)cache_flush(resolver->others);
	if (resolver->network != NULL)
		network_flush(resolver->network);
	return n;
}

void
resolver_stats(struct resolver *resolver, struct cache_stats *stats_r)
{
	cache_stats(resolver->cache, stats_r);
}

/*
 * Looking into one.
 */
bool
resolver_peek(struct resolver *resolver, const char *name,
    struct resolver_sight *sight_r)
{
	char text[DNSNAME_MAX_TEXT];
	struct cache_sight sight;
	struct dnsname wire;
	struct found *found;

	*sight_r = (struct resolver_sight){ .references = 0 };
	if (dnsname_from_text(name, &wire)) {
		dnsname_format(&wire, text);
		name = text;
	}
	if (!cache_peek(resolver->cache, name, &sight))
		return false;
	found = sight.value;
	sight_r->answer = found->answer;
	if (found->answer.record != NULL)
		seal_record_ref(found->answer.record);
	/* but ours */
	sight_r->references = atomic_load(&found->refs) - 1;
	sight_r->left = sight.left / 1000;
	found_unref(found);
	return true;
}

int
resolver_names(struct resolver *resolver,
    void (*each)(void *context, const char *name), void *context)
{
	return cache_names(resolver->cache, each, context);
}

struct network *
resolver_network(const struct resolver *resolver)
{
	return resolver->network;
}

const struct zone *
resolver_zone(const struct resolver *resolver)
{
	return resolver->zone;
}

struct cache *
resolver_others(const struct resolver *resolver)
{
	return resolver->others;
}

unsigned
resolver_query_timeout(const struct resolver *resolver)
{
	return resolver->query_timeout;
}

/*
 * Telling about one.
 */
__attribute__((format(printf, 2, 3)))
static void
add_line(struct buffer *out, const char *format, ...)
{
	struct why line;
	va_list arguments;

	va_start(arguments, format);
	why_vset(&line, format, arguments);
	va_end(arguments);
	buffer_add_text(out, line.text);
	buffer_add_byte(out, '\n');
}

static void
describe_query(const char *name, struct buffer *out)
{
	char text[DNSNAME_MAX_TEXT];
	struct dnsname wire;

	if (!dnsname_from_text(name, &wire)) {
		add_line(out, "query: none, for '%.300s' cannot be a name",
		    name);
		return;
	}
	dnsname_format(&wire, text);
	add_line(out, "query: %s. IN TXT", text);
}

static void
describe_source(const struct resolver *resolver, struct buffer *out)
{
	size_t i;

	if (resolver->zone != NULL) {
		add_line(out, "source: zone file '%s' alone, %zu records",
		    resolver->zone_file, zone_record_count(resolver->zone));
		return;
	}
	for (i = 0; i < resolver->servers.n; i++) {
		if (resolver->forwarders)
			add_line(out, "source: forwarder %s",
			    resolver->servers.text[i]);
		else
			add_line(out, "source: server %s of '%s'",
			    resolver->servers.text[i], resolver->resolv_conf);
	}
	if (resolver->servers.n == 0)
		add_line(out, "source: recursion from the root servers");
	if (resolver->trust_anchor != NULL)
		add_line(out, "dnssec: validated from '%s'",
		    resolver->trust_anchor);
	else
		add_line(out, "dnssec: not validated");
	add_line(out, "time-outs: %u ms for a name, %u ms for a message",
	    resolver->query_timeout, resolver->message_timeout);
}

char *
resolver_describe(const struct resolver *resolver, const char *name)
{
	struct buffer out = { 0 };
	struct cache_stats stats;

	if (name != NULL)
		describe_query(name, &out);
	describe_source(resolver, &out);
	cache_stats(resolver->cache, &stats);
	add_line(&out, "cache: %zu of %zu names, found for %lld to %lld "
	    "seconds, absent for at most %lld, failed for %lld", stats.size,
	    resolver->cache_size, (long long)resolver->positive_min,
	    (long long)resolver->positive_max,
	    (long long)resolver->negative_max,
	    (long long)resolver->failure_lifetime);
	return buffer_take_text(&out);
}
