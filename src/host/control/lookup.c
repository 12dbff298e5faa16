/*
 * lookup.c: dig, dns_cache: questions that modules answer, see ec_dns.h.
 *
 * The thread is that of the console who asks: it alone waits for an answer, as
 * long as the module's own resolver would.
 */
#include "host/control/lookup.h"

#include "ec_dns.h"
#include "host/control/commands.h"
#include "host/control/commands_of.h"
#include "host/control/form.h"
#include "host/metrics/metrics.h"
#include "host/types/alloc.h"

#include <arpa/inet.h>
#include <netinet/in.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>

#define SOURCES 16 /* resolvers of a configuration that are told apart */
#define RECORDS_SHOWN 4096
#define NAME_BYTES 1025 /* as text, every octet escaped, and a NUL */

struct record {
	char *owner, *type, *data; /* an entry has no data */
	u_int64_t ttl;
	unsigned references;
};

struct lookup { /* the host's side of a request */
	char *status, *dnssec, *source, *why; /* or NULL */
	u_int64_t nanoseconds;
	struct record *records;
	size_t n, room;
	const void *sources[SOURCES];
	size_t sources_n;
};

static struct lookup *
lookup_of(ec_dns_request *request)
{
	return request->reserved;
}

static void
keep(char **to, const char *text)
{
	free(*to);
	*to = text != NULL ? xstrdup(text) : NULL;
}

void
ec_dns_tell_status(ec_dns_request *request, const char *status,
    const char *dnssec, const char *source, const char *why,
    u_int64_t nanoseconds)
{
	struct lookup *lookup = lookup_of(request);

	keep(&lookup->status, status);
	keep(&lookup->dnssec, dnssec);
	keep(&lookup->source, source);
	keep(&lookup->why, why);
	lookup->nanoseconds = nanoseconds;
	request->is_answered = 1;
}

static struct record *
add(ec_dns_request *request, const char *owner, const char *type)
{
	struct lookup *lookup = lookup_of(request);

	if (lookup->n == RECORDS_SHOWN)
		return NULL;
	if (lookup->n == lookup->room) {
		lookup->room = lookup->room == 0 ? 16 : lookup->room * 2;
		lookup->records = xrealloc(lookup->records, lookup->room *
		    sizeof(*lookup->records));
	}
	lookup->records[lookup->n] = (struct record){
		.owner = xstrdup(owner),
		.type = xstrdup(type),
	};
	return &lookup->records[lookup->n++];
}

void
ec_dns_tell_record(ec_dns_request *request, const char *owner, u_int64_t ttl,
    const char *type, const char *data)
{
	struct record *record = add(request, owner, type);

	if (record == NULL)
		return;
	record->ttl = ttl;
	record->data = xstrdup(data);
}

void
ec_dns_tell_entry(ec_dns_request *request, const char *name, const char *type,
    unsigned references, u_int64_t ttl)
{
	struct record *record = add(request, name, type);

	if (record == NULL)
		return;
	record->ttl = ttl;
	record->references = references;
}

int
ec_dns_is_first(ec_dns_request *request, const void *source)
{
	struct lookup *lookup = lookup_of(request);

	for (size_t i = 0; i < lookup->sources_n; i++) {
		if (lookup->sources[i] == source)
			return 0;
	}
	if (lookup->sources_n < SOURCES)
		lookup->sources[lookup->sources_n++] = source;
	return 1;
}

static void
lookup_deinit(struct lookup *lookup)
{
	for (size_t i = 0; i < lookup->n; i++) {
		free(lookup->records[i].owner);
		free(lookup->records[i].type);
		free(lookup->records[i].data);
	}
	free(lookup->records);
	free(lookup->status);
	free(lookup->dnssec);
	free(lookup->source);
	free(lookup->why);
}

uint64_t
lookup_count_entries(void)
{
	struct lookup lookup = { 0 };
	ec_dns_request request = {
		.what = EC_DNS_COUNT,
		.reserved = &lookup,
	};

	call_core_dns_hook(&request);
	lookup_deinit(&lookup);
	return request.entries;
}

/* words of a command */

static const struct {
	const char *name;
	unsigned type;
} types[] = {
	{ "A", 1 }, { "NS", 2 }, { "CNAME", 5 }, { "SOA", 6 }, { "PTR", 12 },
	{ "MX", 15 }, { "TXT", 16 }, { "AAAA", 28 }, { "SRV", 33 },
	{ "DS", 43 }, { "DNSKEY", 48 }, { "TLSA", 52 }, { "CAA", 257 },
};
#define TYPES (sizeof(types) / sizeof(types[0]))

/* TYPEnnn is RFC 3597's.  0: none of that name. */
static unsigned
type_of(const char *word)
{
	unsigned long number;
	char *end;

	for (size_t i = 0; i < TYPES; i++) {
		if (strcasecmp(word, types[i].name) == 0)
			return types[i].type;
	}
	if (strncasecmp(word, "TYPE", 4) != 0 || word[4] < '0' ||
	    word[4] > '9')
		return 0;
	number = strtoul(word + 4, &end, 10);
	return *end == '\0' && number <= UINT16_MAX ? (unsigned)number : 0;
}

static bool
read_type(command_construct *cc, const char *word, unsigned *type_r)
{
	*type_r = type_of(word);
	if (*type_r != 0)
		return true;
	if (strcasecmp(word, "X") == 0 || strcasecmp(word, "X_AAAA") == 0) {
		(void)stringprintf(&cc->response, "%s is the look-up of a way "
		    "to deliver, which this host does not do\n", word);
		return false;
	}
	(void)stringprintf(&cc->response, "'%s' is no type of record; there "
	    "are", word);
	for (size_t i = 0; i < TYPES; i++)
		(void)stringprintf(&cc->response, " %s", types[i].name);
	(void)stringprintf(&cc->response, " and TYPEnnn\n");
	return false;
}

/* The name whose PTR record names an address; other text stays as it is. */
static void
reverse(const char *text, unsigned type, char name_r[NAME_BYTES])
{
	struct in6_addr v6;
	unsigned char v4[4];
	char *to = name_r;

	(void)snprintf(name_r, NAME_BYTES, "%s", text);
	if (type != 12)
		return;
	if (inet_pton(AF_INET, text, v4) == 1) {
		(void)snprintf(name_r, NAME_BYTES, "%u.%u.%u.%u.in-addr.arpa",
		    v4[3], v4[2], v4[1], v4[0]);
	} else if (inet_pton(AF_INET6, text, &v6) == 1) {
		for (int i = 15; i >= 0; i--)
			to += sprintf(to, "%x.%x.", v6.s6_addr[i] & 0xf,
			    v6.s6_addr[i] >> 4);
		(void)sprintf(to, "ip6.arpa");
	}
}

/* answers */

static void
write_question(string *out, const char *name, const char *type)
{
	(void)stringprintf(out, ";; QUESTION SECTION:\n;%-22s %-7s %s\n\n",
	    name, "IN", type);
}

static void
write_records(string *out, const struct lookup *lookup)
{
	if (lookup->n == 0)
		return;
	(void)stringprintf(out, ";; ANSWER SECTION:\n");
	for (size_t i = 0; i < lookup->n; i++) {
		const struct record *record = &lookup->records[i];

		(void)stringprintf(out, "%-23s %-7llu %-7s %-7s %s\n",
		    record->owner, (unsigned long long)record->ttl, "IN",
		    record->type, record->data);
	}
	(void)stringprintf(out, "\n");
}

/* Above the question, what became of it; below, what it took. */
static void
write_dig(string *out, const char *name, const char *type,
    const struct lookup *lookup)
{
	(void)stringprintf(out, ";; status: %s, ANSWER: %zu\n",
	    lookup->status, lookup->n);
	if (lookup->why != NULL)
		(void)stringprintf(out, ";; %s\n", lookup->why);
	(void)stringprintf(out, "\n");
	write_question(out, name, type);
	write_records(out, lookup);
	if (lookup->dnssec != NULL)
		(void)stringprintf(out, ";; DNSSEC: %s\n", lookup->dnssec);
	(void)stringprintf(out, ";; Query time: %.0f msec\n",
	    (double)lookup->nanoseconds / 1e6);
	if (lookup->source != NULL)
		(void)stringprintf(out, ";; SOURCE: %s\n", lookup->source);
}

static json_t *
model(const char *name, const char *type, const struct lookup *lookup)
{
	json_t *list = json_array();

	for (size_t i = 0; i < lookup->n; i++) {
		const struct record *record = &lookup->records[i];

		(void)json_array_append_new(list, json_pack(
		    "{s:o,s:I,s:o,s:o}", "name", form_text(record->owner),
		    "ttl", (json_int_t)record->ttl, "type",
		    form_text(record->type), "data",
		    form_text(record->data)));
	}
	return json_pack("{s:o,s:s,s:o,s:o,s:o,s:o,s:f,s:o}", "name",
	    form_text(name), "type", type, "status",
	    form_text(lookup->status), "dnssec", form_text(lookup->dnssec),
	    "source", form_text(lookup->source), "why",
	    form_text(lookup->why), "milliseconds",
	    (double)lookup->nanoseconds / 1e6, "answer", list);
}

static bool
is_failure(const struct lookup *lookup)
{
	return lookup->status != NULL &&
	    strcmp(lookup->status, "NOERROR") != 0 &&
	    strcmp(lookup->status, "NXDOMAIN") != 0;
}

static int
nobody(command_construct *cc)
{
	(void)stringprintf(&cc->response, "No module of this configuration "
	    "asks the DNS\n");
	return 0;
}

static int
answer_submitted(command_construct *cc, const ec_dns_request *request,
    const struct lookup *lookup, const char *type, const char *words)
{
	char line[32];

	if (is_failure(lookup)) {
		if (form_is_wanted(cc))
			(void)form_answer(cc, "dns", model(request->name, type,
			    lookup));
		else
			(void)stringprintf(&cc->response, "%s\n",
			    lookup->why != NULL ? lookup->why :
			    lookup->status);
		return 0;
	}
	(void)snprintf(line, sizeof(line), "%s\n", words);
	return form_answer_done(cc, "dns", json_pack("{s:o,s:s,s:b}", "name",
	    form_text(request->name), "type", type, "submitted", 1), line);
}

static int
answer(command_construct *cc, const ec_dns_request *request,
    const struct lookup *lookup, const char *type)
{
	string *out = &cc->response;

	if (request->what == EC_DNS_SUBMIT)
		return answer_submitted(cc, request, lookup, type,
		    "Submitted");
	if (form_is_wanted(cc)) {
		(void)form_answer(cc, "dns", model(request->name, type,
		    lookup));
	} else if (request->what == EC_DNS_ASK) {
		write_dig(out, request->name, type, lookup);
	} else {
		/* that there is no record, or an error, is held as well */
		if (lookup->n == 0)
			(void)stringprintf(out, ";; status: %s, ANSWER: 0\n\n",
			    lookup->status);
		write_question(out, request->name, type);
		write_records(out, lookup);
	}
	return request->what == EC_DNS_LOOKUP || !is_failure(lookup);
}

/* As data its status is null. */
static int
nothing_held(command_construct *cc, const char *name, const char *type,
    const struct lookup *lookup)
{
	if (form_is_wanted(cc))
		return form_answer(cc, "dns", model(name, type, lookup));
	(void)stringprintf(&cc->response,
	    "Cached result not found, try a submit.\n");
	return 1;
}

/* NAME and TYPE are the words from `first` on. */
static int
ask(command_construct *cc, int what, int first)
{
	struct lookup lookup = { 0 };
	char name[NAME_BYTES], type[16];
	ec_dns_request request = { .what = what, .name = name,
	    .reserved = &lookup };
	int ret;

	if (cc->argc != first + 2) {
		(void)stringprintf(&cc->response, "expected NAME TYPE, such as "
		    "\"s1._domainkey.example.com TXT\"\n");
		return 0;
	}
	if (!read_type(cc, cc->argv[first + 1], &request.type))
		return 0;
	reverse(cc->argv[first], request.type, name);
	(void)snprintf(type, sizeof(type), "%s", cc->argv[first + 1]);
	for (char *c = type; *c != '\0'; c++)
		*c = (char)(*c >= 'a' && *c <= 'z' ? *c - 'a' + 'A' : *c);
	call_core_dns_hook(&request);
	if (request.is_answered)
		ret = answer(cc, &request, &lookup, type);
	else if (what == EC_DNS_LOOKUP && has_core_dns_hook() != 0)
		ret = nothing_held(cc, name, type, &lookup);
	else
		ret = nobody(cc);
	lookup_deinit(&lookup);
	return ret;
}

static int
run_dig(command_construct *cc, void *closure)
{
	struct lookup lookup = { 0 };
	ec_dns_request request = { .what = EC_DNS_SUBMIT, .type = 15,
	    .reserved = &lookup };
	int ret;

	(void)closure;
	if (cc->argc != 2)
		return ask(cc, EC_DNS_ASK, 1);
	/* the published form: a query for MX that nobody waits for */
	request.name = cc->argv[1];
	call_core_dns_hook(&request);
	ret = request.is_answered ? answer_submitted(cc, &request, &lookup,
	    "MX", "submitted") : nobody(cc);
	lookup_deinit(&lookup);
	return ret;
}

static int
run_lookup(command_construct *cc, void *closure)
{
	(void)closure;
	return ask(cc, EC_DNS_LOOKUP, 2);
}

static int
run_submit(command_construct *cc, void *closure)
{
	(void)closure;
	return ask(cc, EC_DNS_SUBMIT, 2);
}

static json_t *
entries_model(const struct lookup *lookup)
{
	json_t *list = json_array();

	for (size_t i = 0; i < lookup->n; i++)
		(void)json_array_append_new(list, json_pack(
		    "{s:i,s:o,s:o,s:I}", "references",
		    (int)lookup->records[i].references, "name",
		    form_text(lookup->records[i].owner), "type",
		    form_text(lookup->records[i].type), "ttl",
		    (json_int_t)lookup->records[i].ttl));
	return json_pack("{s:o}", "entries", list);
}

static int
run_refcnts(command_construct *cc, void *closure)
{
	struct lookup lookup = { 0 };
	ec_dns_request request = { .what = EC_DNS_ENTRIES,
	    .reserved = &lookup };

	(void)closure;
	call_core_dns_hook(&request);
	if (form_is_wanted(cc))
		(void)form_answer(cc, "entries", entries_model(&lookup));
	for (size_t i = 0; i < lookup.n && !form_is_wanted(cc); i++)
		(void)stringprintf(&cc->response, "[%3u] %s [%llus]\n",
		    lookup.records[i].references, lookup.records[i].owner,
		    (unsigned long long)lookup.records[i].ttl);
	lookup_deinit(&lookup);
	return 1;
}

static void
write_count(string *out, const char *label, uint64_t n)
{
	(void)stringprintf(out, "%11s: %llu\n", label, (unsigned long long)n);
}

static void
write_counts(string *out, const struct metrics_dns_counts *counts,
    double hit_rate)
{
	(void)stringprintf(out, "DNS Queries:\n");
	write_count(out, "TXT", counts->queries[METRICS_DNS_TXT]);
	write_count(out, "PTR", counts->queries[METRICS_DNS_PTR]);
	write_count(out, "MX", counts->queries[METRICS_DNS_MX]);
	write_count(out, "A", counts->queries[METRICS_DNS_A]);
	write_count(out, "arpa IPv4", counts->arpa_ipv4);
	write_count(out, "arpa IPv6", counts->arpa_ipv6);
	(void)stringprintf(out, "\nDNS responses:\n");
	write_count(out, "Total", counts->answers);
	write_count(out, "Bad", counts->bad);
	(void)stringprintf(out, "\nDNS cache:\n");
	write_count(out, "Lookups", counts->lookups);
	/* an empty line ends the published answer, too */
	(void)stringprintf(out, "%11s: %.4f%%\n\n", "Hit Rate", hit_rate);
}

static int
run_stats(command_construct *cc, void *closure)
{
	struct metrics_dns_counts counts;
	double hit_rate = 0;

	(void)closure;
	metrics_dns_get(&counts);
	if (counts.lookups > 0)
		hit_rate = 100.0 * (double)counts.hits /
		    (double)counts.lookups;
	if (form_is_wanted(cc))
		return form_answer(cc, "dns_cache", json_pack(
		    "{s:{s:I,s:I,s:I,s:I,s:I,s:I,s:I},s:{s:I,s:I},s:{s:I,s:f}}",
		    "queries", "TXT",
		    (json_int_t)counts.queries[METRICS_DNS_TXT], "PTR",
		    (json_int_t)counts.queries[METRICS_DNS_PTR], "MX",
		    (json_int_t)counts.queries[METRICS_DNS_MX], "A",
		    (json_int_t)counts.queries[METRICS_DNS_A], "AAAA",
		    (json_int_t)counts.queries[METRICS_DNS_AAAA],
		    "arpa_ipv4", (json_int_t)counts.arpa_ipv4, "arpa_ipv6",
		    (json_int_t)counts.arpa_ipv6, "responses", "total",
		    (json_int_t)counts.answers, "bad",
		    (json_int_t)counts.bad, "cache", "lookups",
		    (json_int_t)counts.lookups, "hit_rate", hit_rate));
	write_counts(&cc->response, &counts, hit_rate);
	return 1;
}

void
lookup_add_commands(void)
{
	static const struct command_row rows[] = {
		{ "dig", run_dig, "ask the DNS as the modules do",
		    "dig NAME TYPE\nThe resolver that the modules use asks; "
		    "what a cache of theirs holds does not matter.\n"
		    "\"dig NAME\" submits a query for MX and does not wait." },
		{ "dns_cache lookup", run_lookup,
		    "what a resolver's cache holds",
		    "dns_cache lookup NAME TYPE" },
		{ "dns_cache refcnts", run_refcnts,
		    "all names in the caches: users, name, seconds left",
		    NULL },
		{ "dns_cache stats", run_stats, "queries, answers, hits",
		    NULL },
		{ "dns_cache submit", run_submit,
		    "bring a name into the cache, without waiting",
		    "dns_cache submit NAME TYPE" },
	};

	commands_add_rows(rows, sizeof(rows) / sizeof(rows[0]));
}
