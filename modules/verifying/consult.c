/*
 * consult.c: questions of the console, answered by keys/dig.h.
 */
#include "verifying/consult.h"

#include "ec_dns.h"
#include "keys/dig.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define SOURCE_BYTES 256

void
consult_count(void *context, enum resolver_event event, uint16_t type,
    const char *name, int64_t nanoseconds)
{
	static const int events[] = {
		[RESOLVER_HIT] = EC_DNS_HIT,
		[RESOLVER_MISS] = EC_DNS_MISS,
		[RESOLVER_ASKED] = EC_DNS_ASKED,
		[RESOLVER_ANSWERED] = EC_DNS_ANSWERED,
		[RESOLVER_BAD] = EC_DNS_BAD,
		[RESOLVER_TIMED_OUT] = EC_DNS_TIMED_OUT,
	};

	(void)context;
	ec_dns_count(events[event], type, name, nanoseconds > 0 ?
	    (u_int64_t)nanoseconds : 0);
}

/* The first line of resolver_describe() that says where answers come from. */
static void
write_source(const struct resolver *resolver, char source_r[SOURCE_BYTES])
{
	static const char head[] = "source: ";
	char *text = resolver_describe(resolver, NULL), *rest = text, *line;
	size_t n = 0;

	source_r[0] = '\0';
	while (text != NULL && (line = strsep(&rest, "\n")) != NULL) {
		if (strncmp(line, head, sizeof(head) - 1) != 0)
			continue;
		n += (size_t)snprintf(source_r + n, SOURCE_BYTES - n, "%s%s",
		    n > 0 ? ", " : "", line + sizeof(head) - 1);
		if (n >= SOURCE_BYTES)
			break;
	}
	free(text);
}

static void
tell(ec_dns_request *request, const struct resolver *resolver,
    const struct dig *dig)
{
	char source[SOURCE_BYTES];

	write_source(resolver, source);
	ec_dns_tell_status(request, dig->status, dig->dnssec, source, dig->why,
	    (u_int64_t)dig->nanoseconds);
	for (size_t i = 0; i < dig->n; i++)
		ec_dns_tell_record(request, dig->records[i].owner,
		    dig->ttl > 0 ? (u_int64_t)dig->ttl : 0,
		    dig->records[i].type, dig->records[i].data);
}

static void
ask(ec_dns_request *request, struct resolver *resolver)
{
	struct dig *dig;

	if (dig_ask(resolver, request->name, (uint16_t)request->type,
	    &dig) != 0) {
		ec_dns_tell_status(request, "FAILED", NULL, NULL,
		    "out of memory", 0);
		return;
	}
	tell(request, resolver, dig);
	dig_unref(dig);
}

/* Of several caches the first that has it answers. */
static void
look(ec_dns_request *request, struct resolver *resolver)
{
	struct dig *dig = dig_cached(resolver, request->name,
	    (uint16_t)request->type);

	if (dig != NULL)
		tell(request, resolver, dig);
	dig_unref(dig);
}

static void
submit(ec_dns_request *request, struct resolver *resolver)
{
	uint16_t type = (uint16_t)request->type;
	int ret = dig_submit(resolver, request->name, type);
	struct dig *dig = ret == RESOLVER_E_OPTION ?
	    dig_refusal(resolver, request->name, type) : NULL;

	if (ret == 0)
		ec_dns_tell_status(request, "NOERROR", NULL, NULL, NULL, 0);
	else if (dig != NULL)
		tell(request, resolver, dig);
	else
		ec_dns_tell_status(request, "FAILED", NULL, NULL,
		    "out of memory", 0);
	dig_unref(dig);
}

static void
tell_entry(void *context, const char *name, const char *type,
    unsigned references, int64_t ttl)
{
	ec_dns_tell_entry(context, name, type, references, ttl > 0 ?
	    (u_int64_t)ttl : 0);
}

static void
count(ec_dns_request *request, struct resolver *resolver)
{
	struct cache_stats stats;

	resolver_stats(resolver, &stats);
	request->entries += stats.size;
}

static void
answer(void *closure, ec_dns_request *request)
{
	struct resolver *resolver = closure;

	if (request->is_answered || !ec_dns_is_first(request, resolver))
		return;
	switch (request->what) {
	case EC_DNS_ASK:
		ask(request, resolver);
		break;
	case EC_DNS_LOOKUP:
		look(request, resolver);
		break;
	case EC_DNS_SUBMIT:
		submit(request, resolver);
		break;
	case EC_DNS_ENTRIES:
		dig_each(resolver, tell_entry, request);
		break;
	case EC_DNS_COUNT:
		count(request, resolver);
		break;
	default:
		break;
	}
}

void
consult_register(struct resolver *resolver)
{
	register_core_dns_hook_last(answer, resolver);
}
