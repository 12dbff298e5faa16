/*
 * dig.c: a question beside those of verifiers.
 *
 * Who waits and who answers hold one errand together: one may give up without
 * the other's noticing.
 */
#include "keys/dig.h"

#include "keys/dnsname.h"
#include "keys/network.h"
#include "keys/zone.h"

#include <errno.h>
#include <pthread.h>
#include <stdatomic.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>
#include <time.h>

#define TYPE_CNAME 5
#define TYPE_TXT 16
#define KEY_BYTES (DNSNAME_MAX_TEXT + 16)
#define GRACE_MS 1000 /* beyond the time-out of the query itself */
#define NANOSECONDS 1000000000

static int64_t
now(void)
{
	struct timespec time;

	(void)clock_gettime(CLOCK_MONOTONIC, &time);
	return (int64_t)time.tv_sec * NANOSECONDS + time.tv_nsec;
}

void *
dig_ref(void *value)
{
	struct dig *dig = value;

	atomic_fetch_add_explicit(&dig->refs, 1, memory_order_relaxed);
	return dig;
}

void
dig_unref(void *value)
{
	struct dig *dig = value;

	if (dig == NULL || atomic_fetch_sub_explicit(&dig->refs, 1,
	    memory_order_acq_rel) != 1)
		return;
	for (size_t i = 0; i < dig->n; i++) {
		free(dig->records[i].owner);
		free(dig->records[i].data);
	}
	free(dig->records);
	free(dig->why);
	free(dig);
}

static struct dig *
dig_new(const char *status)
{
	struct dig *dig = calloc(1, sizeof(*dig));

	if (dig == NULL)
		return NULL;
	atomic_init(&dig->refs, 1);
	(void)snprintf(dig->status, sizeof(dig->status), "%s", status);
	return dig;
}

/* What could not be put down for lack of memory is left out. */
static void
add_record(struct dig *dig, const char *owner, uint16_t type, char *data)
{
	struct dig_record *records = data == NULL ? NULL :
	    realloc(dig->records, (dig->n + 1) * sizeof(*records));
	struct dig_record *record;

	if (records == NULL) {
		free(data);
		return;
	}
	dig->records = records;
	record = &records[dig->n++];
	*record = (struct dig_record){ .owner = strdup(owner), .data = data };
	dig_type_name(type, record->type);
	if (record->owner == NULL) {
		free(data);
		dig->n--;
	}
}

static void
add_data(struct dig *dig, const char *owner, uint16_t type, struct span data)
{
	struct buffer text = { 0 };

	dig_data(type, data, &text);
	add_record(dig, owner, type, buffer_take_text(&text));
}

/* With the final dot. */
static void
write_name(const char *name, char text_r[static DNSNAME_MAX_TEXT + 1])
{
	size_t n = strnlen(name, DNSNAME_MAX_TEXT - 1);

	memcpy(text_r, name, n);
	if (n == 0 || text_r[n - 1] != '.')
		text_r[n++] = '.';
	text_r[n] = '\0';
}

static const char *
dnssec_word(enum seal_dnssec dnssec)
{
	switch (dnssec) {
	case SEAL_DNSSEC_SECURE:
		return "secure";
	case SEAL_DNSSEC_INSECURE:
		return "insecure";
	default:
		return "not validated";
	}
}

static void
write_status(const struct network_reply *reply, char status_r[16])
{
	static const char *const words[] = {
		"NOERROR", "FORMERR", "SERVFAIL", "NXDOMAIN", "NOTIMP",
		"REFUSED",
	};
	size_t rcode = reply->rcode < 0 ? SIZE_MAX : (size_t)reply->rcode;

	if (reply->dns == SEAL_DNS_TIMEOUT)
		(void)snprintf(status_r, 16, "TIMEOUT");
	else if (reply->dns == SEAL_DNS_BOGUS)
		(void)snprintf(status_r, 16, "BOGUS");
	else if (rcode < sizeof(words) / sizeof(words[0]))
		(void)snprintf(status_r, 16, "%s", words[rcode]);
	else if (reply->rcode > 0)
		(void)snprintf(status_r, 16, "RCODE%d", reply->rcode);
	else
		(void)snprintf(status_r, 16, "%s", reply->dns ==
		    SEAL_DNS_ANSWERED ? "NOERROR" : "FAILED");
}

static struct dig *
dig_of_reply(const char *name, uint16_t type,
    const struct network_reply *reply)
{
	char owner[DNSNAME_MAX_TEXT + 1], canonical[DNSNAME_MAX_TEXT + 1];
	struct dig *dig = dig_new("");

	if (dig == NULL)
		return NULL;
	write_status(reply, dig->status);
	if (reply->why != NULL)
		dig->why = strdup(reply->why);
	if (reply->dns != SEAL_DNS_ANSWERED)
		return dig;
	dig->dnssec = dnssec_word(reply->dnssec);
	dig->ttl = reply->ttl;
	write_name(name, owner);
	if (reply->canonical != NULL) {
		write_name(reply->canonical, canonical);
		if (strcasecmp(owner, canonical) != 0) {
			/* libunbound tells the end of a chain, not its links */
			add_record(dig, owner, TYPE_CNAME, strdup(canonical));
			write_name(reply->canonical, owner);
		}
	}
	for (size_t i = 0; i < reply->n; i++)
		add_data(dig, owner, type, reply->texts[i]);
	return dig;
}

static struct dig *
dig_of_zone(const struct zone *zone, const char *name)
{
	struct network_reply reply = { .dns = SEAL_DNS_ANSWERED };
	struct zone_txt txt = { 0 };

	switch (zone_lookup(zone, name, &txt)) {
	case ZONE_FOUND:
		reply.texts = txt.texts;
		reply.n = txt.n;
		reply.ttl = txt.ttl;
		break;
	case ZONE_NODATA:
		break;
	case ZONE_NXDOMAIN:
		reply.rcode = 3;
		break;
	case ZONE_CNAME_LOOP:
		reply.dns = SEAL_DNS_FAILED;
		reply.rcode = 2;
		reply.why = "CNAME records that lead nowhere";
		break;
	}
	return dig_of_reply(name, TYPE_TXT, &reply);
}

/* over the network */

struct errand {
	_Atomic unsigned refs;
	const struct resolver *resolver;
	uint16_t type;
	int64_t began;
	/* set: it goes into the cache; NULL: somebody waits */
	struct cache_flight *flight;

	pthread_mutex_t lock;
	pthread_cond_t done;
	bool is_done; /* these two under the lock */
	struct dig *dig; /* NULL: no memory */
	char name[];
};

static struct errand *
errand_new(const struct resolver *resolver, const char *name, uint16_t type)
{
	size_t room = strlen(name) + 1;
	struct errand *errand = calloc(1, sizeof(*errand) + room);
	pthread_condattr_t attributes;

	if (errand == NULL)
		return NULL;
	atomic_init(&errand->refs, 1);
	errand->resolver = resolver;
	errand->type = type;
	errand->began = now();
	memcpy(errand->name, name, room);
	pthread_mutex_init(&errand->lock, NULL);
	pthread_condattr_init(&attributes);
	pthread_condattr_setclock(&attributes, CLOCK_MONOTONIC);
	pthread_cond_init(&errand->done, &attributes);
	pthread_condattr_destroy(&attributes);
	return errand;
}

static void
errand_unref(struct errand *errand)
{
	if (atomic_fetch_sub_explicit(&errand->refs, 1,
	    memory_order_acq_rel) != 1)
		return;
	dig_unref(errand->dig);
	cache_flight_unref(&errand->flight);
	pthread_cond_destroy(&errand->done);
	pthread_mutex_destroy(&errand->lock);
	free(errand);
}

static void
count_reply(const struct errand *errand, enum seal_dns dns, int64_t took)
{
	enum resolver_event event = RESOLVER_BAD;

	if (dns == SEAL_DNS_ANSWERED)
		event = RESOLVER_ANSWERED;
	else if (dns == SEAL_DNS_TIMEOUT)
		event = RESOLVER_TIMED_OUT;
	resolver_count(errand->resolver, event, errand->type, NULL, took);
}

static void
land(struct errand *errand, struct dig *dig,
    const struct network_reply *reply)
{
	struct cache_load load = {
		.value = dig,
		.negative = reply->dns != SEAL_DNS_ANSWERED || reply->n == 0,
		.max_lifetime = reply->dns == SEAL_DNS_ANSWERED ? reply->ttl :
		    0,
	};

	cache_land(errand->flight, dig != NULL ? 0 : CACHE_E_NOMEM, &load);
}

/* On the network's thread. */
static void
on_reply(void *context, const struct network_reply *reply)
{
	struct errand *errand = context;
	struct dig *dig = dig_of_reply(errand->name, errand->type, reply);
	int64_t took = now() - errand->began;

	count_reply(errand, reply->dns, took);
	if (dig != NULL)
		dig->nanoseconds = took;
	if (errand->flight != NULL) {
		land(errand, dig, reply);
	} else {
		pthread_mutex_lock(&errand->lock);
		errand->dig = dig;
		errand->is_done = true;
		pthread_cond_signal(&errand->done);
		pthread_mutex_unlock(&errand->lock);
	}
	errand_unref(errand);
}

/* Gives the errand's end away in any case: on_reply() comes, now or later. */
static void
send_errand(const struct resolver *resolver, struct errand *errand)
{
	struct network_reply reply = {
		.dns = SEAL_DNS_FAILED,
		.rcode = -1,
		.why = "too many queries are under way",
	};

	resolver_count(resolver, RESOLVER_ASKED, errand->type, errand->name,
	    0);
	if (network_ask_type(resolver_network(resolver), errand->name,
	    errand->type, on_reply, errand) != 0)
		on_reply(errand, &reply);
}

static struct dig *
wait_for(struct errand *errand, unsigned timeout)
{
	int64_t until = now() + (int64_t)timeout * (NANOSECONDS / 1000);
	struct timespec deadline = {
		.tv_sec = (time_t)(until / NANOSECONDS),
		.tv_nsec = (long)(until % NANOSECONDS),
	};
	struct dig *dig = NULL;
	int ret = 0;

	pthread_mutex_lock(&errand->lock);
	while (!errand->is_done && ret != ETIMEDOUT)
		ret = pthread_cond_timedwait(&errand->done, &errand->lock,
		    &deadline);
	if (errand->is_done) {
		dig = errand->dig;
		errand->dig = NULL;
	} else {
		dig = dig_new("TIMEOUT");
	}
	pthread_mutex_unlock(&errand->lock);
	return dig;
}

static struct dig *
dig_of_network(struct resolver *resolver, const char *name, uint16_t type)
{
	struct errand *errand = errand_new(resolver, name, type);
	struct dig *dig;

	if (errand == NULL)
		return NULL;
	atomic_fetch_add(&errand->refs, 1); /* on_reply()'s */
	send_errand(resolver, errand);
	dig = wait_for(errand, resolver_query_timeout(resolver) + GRACE_MS);
	errand_unref(errand);
	return dig;
}

/* The form in which names are asked for; false: it cannot be one. */
static bool
tidy(const char *name, char text_r[static DNSNAME_MAX_TEXT])
{
	struct dnsname wire;

	if (!dnsname_from_text(name, &wire))
		return false;
	dnsname_format(&wire, text_r);
	return true;
}

/* Why it cannot be asked, in the words of an answer.  Zones of a resolver hold
 * TXT alone. */
static const char *
fault_of(const struct resolver *resolver, const char *name, uint16_t type,
    const char **status_r)
{
	struct dnsname wire;

	if (!dnsname_from_text(name, &wire)) {
		*status_r = "NOT A NAME";
		return "no domain can have that name";
	}
	*status_r = "NOTIMP";
	return resolver_zone(resolver) != NULL && type != TYPE_TXT ?
	    "dns_zone_file is read for records of type TXT alone" : NULL;
}

static struct dig *
refused(const char *status, const char *why)
{
	struct dig *dig = dig_new(status);

	if (dig != NULL)
		dig->why = strdup(why);
	return dig;
}

struct dig *
dig_refusal(const struct resolver *resolver, const char *name, uint16_t type)
{
	const char *status, *why = fault_of(resolver, name, type, &status);

	return why != NULL ? refused(status, why) : NULL;
}

int
dig_ask(struct resolver *resolver, const char *name, uint16_t type,
    struct dig **dig_r)
{
	char text[DNSNAME_MAX_TEXT];
	int64_t began = now();
	const char *status, *why = fault_of(resolver, name, type, &status);
	struct dig *dig = NULL;

	if (why != NULL)
		dig = refused(status, why);
	else if (tidy(name, text))
		dig = resolver_zone(resolver) != NULL ?
		    dig_of_zone(resolver_zone(resolver), text) :
		    dig_of_network(resolver, text, type);
	if (dig != NULL && dig->nanoseconds == 0)
		dig->nanoseconds = now() - began;
	*dig_r = dig;
	return dig != NULL ? 0 : RESOLVER_E_NOMEM;
}

/* the caches */

static void
write_key(const char *name, uint16_t type, char key_r[static KEY_BYTES])
{
	(void)snprintf(key_r, KEY_BYTES, "%u %s", type, name);
}

static struct dig *
dig_of_sight(const char *name, struct resolver_sight *sight)
{
	const struct seal_record_info *info = sight->answer.record == NULL ?
	    NULL : seal_record_info(sight->answer.record);
	struct network_reply reply = {
		.dns = sight->answer.dns,
		.dnssec = sight->answer.dnssec,
		.texts = info != NULL ? &info->text : NULL,
		.n = info != NULL && info->text.n > 0 ? 1 : 0,
		.ttl = sight->left,
		.rcode = sight->answer.dns == SEAL_DNS_ANSWERED ? 0 : 2,
	};
	struct dig *dig = dig_of_reply(name, TYPE_TXT, &reply);

	seal_record_unref(&sight->answer.record);
	return dig;
}

/* The same with the time that is left. */
static struct dig *
dig_copy(const struct dig *from, int64_t ttl)
{
	struct dig *dig = dig_new(from->status);

	if (dig == NULL)
		return NULL;
	dig->dnssec = from->dnssec;
	dig->ttl = ttl;
	for (size_t i = 0; i < from->n; i++) {
		add_record(dig, from->records[i].owner, 0,
		    strdup(from->records[i].data));
		if (dig->n == i + 1)
			memcpy(dig->records[i].type, from->records[i].type,
			    sizeof(from->records[i].type));
	}
	return dig;
}

struct dig *
dig_cached(struct resolver *resolver, const char *name, uint16_t type)
{
	char text[DNSNAME_MAX_TEXT], key[KEY_BYTES];
	struct resolver_sight sight;
	struct cache_sight other;
	struct dig *dig;

	if (!tidy(name, text))
		return NULL;
	if (type == TYPE_TXT)
		return resolver_peek(resolver, text, &sight) ?
		    dig_of_sight(text, &sight) : NULL;
	write_key(text, type, key);
	if (!cache_peek(resolver_others(resolver), key, &other))
		return NULL;
	dig = dig_copy(other.value, other.left / 1000);
	dig_unref(other.value);
	return dig;
}

static int
submit_other(struct resolver *resolver, const char *name, uint16_t type)
{
	char key[KEY_BYTES];
	struct cache_flight *flight;
	struct cache_load none = { .value = NULL };
	struct errand *errand;
	void *value;
	int ret;

	write_key(name, type, key);
	ret = cache_begin(resolver_others(resolver), key, &value, &flight);
	dig_unref(value);
	if (ret < 0)
		return RESOLVER_E_NOMEM;
	if (ret != CACHE_LEAD) {
		cache_flight_unref(&flight);
		return 0;
	}
	errand = errand_new(resolver, name, type);
	if (errand == NULL) {
		cache_land(flight, CACHE_E_NOMEM, &none);
		cache_flight_unref(&flight);
		return RESOLVER_E_NOMEM;
	}
	errand->flight = flight;
	send_errand(resolver, errand);
	return 0;
}

int
dig_submit(struct resolver *resolver, const char *name, uint16_t type)
{
	char text[DNSNAME_MAX_TEXT];
	const char *names[1] = { text };
	struct resolver_lookup *lookup;
	int ret;

	if (!tidy(name, text))
		return RESOLVER_E_OPTION;
	if (type != TYPE_TXT)
		return resolver_network(resolver) == NULL ?
		    RESOLVER_E_OPTION : submit_other(resolver, text, type);
	ret = resolver_start(resolver, names, 1, &lookup);
	if (ret == 0)
		resolver_lookup_free(&lookup); /* the answer comes all the same */
	return ret;
}

struct walk {
	struct resolver *resolver;
	void (*each)(void *context, const char *name, const char *type,
	    unsigned references, int64_t ttl);
	void *context;
};

static void
tell_name(void *context, const char *name)
{
	struct walk *walk = context;
	struct resolver_sight sight;

	if (!resolver_peek(walk->resolver, name, &sight))
		return; /* it went meanwhile */
	walk->each(walk->context, name, "TXT", sight.references, sight.left);
	seal_record_unref(&sight.answer.record);
}

static void
tell_other(void *context, const char *key)
{
	struct walk *walk = context;
	struct cache_sight sight;
	struct dig *dig;
	char type[12], *name;

	if (!cache_peek(resolver_others(walk->resolver), key, &sight))
		return;
	dig = sight.value;
	dig_type_name((uint16_t)strtoul(key, &name, 10), type);
	walk->each(walk->context, name + 1, type, atomic_load(&dig->refs) - 1,
	    sight.left / 1000);
	dig_unref(dig);
}

void
dig_each(struct resolver *resolver, void (*each)(void *context,
    const char *name, const char *type, unsigned references, int64_t ttl),
    void *context)
{
	struct walk walk = { resolver, each, context };

	(void)resolver_names(resolver, tell_name, &walk);
	(void)cache_names(resolver_others(resolver), tell_other, &walk);
}
