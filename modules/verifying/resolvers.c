/*
 * resolvers.c: a list of those in use, with counts.
 */
#include "verifying/resolvers.h"

#include "dkim/memory.h"
#include "dkim/option.h"
#include "verifying/consult.h"
#include "verifying/query_numbers.h"

#include <pthread.h>

#define MILLISECONDS 1000

struct shared {
	struct shared *next;
	ec_config_header *transaction; /* as a name: not used after loading */
	struct resolver_limits limits;
	struct resolver *resolver;
	unsigned users;
};

/* Guards the list and its counts: two configurations may begin and end at the
 * same time. */
static pthread_mutex_t list_lock = PTHREAD_MUTEX_INITIALIZER;
static struct shared *list;

struct forwarders { /* while options are read */
	char *texts[RESOLVER_MAX_FORWARDERS + 1]; /* one more, to be refused */
	size_t n;
};

static void
add_forwarder(void *closure, const char *text)
{
	struct forwarders *forwarders = closure;

	if (forwarders->n <= RESOLVER_MAX_FORWARDERS)
		forwarders->texts[forwarders->n++] = memory_text(text);
}

static unsigned
milliseconds(int seconds)
{
	return (unsigned)seconds * MILLISECONDS;
}

static void
read_limits(ec_config_header *transaction,
    const struct resolver_limits *limits, struct resolver_options *options)
{
	int message = limits->timeout > 0 ? limits->timeout :
	    option_global_int(transaction, "DNS_Message_Timeout",
	    RESOLVER_DEFAULT_MESSAGE_TIMEOUT / MILLISECONDS);
	int query = option_global_int(transaction, "DNS_Timeout",
	    RESOLVER_DEFAULT_QUERY_TIMEOUT / MILLISECONDS);

	options->message_timeout = milliseconds(message);
	options->query_timeout = milliseconds(query < message ? query :
	    message);
	options->cache_size = (size_t)limits->cache_size;
	options->positive_max = limits->positive_max;
	options->negative_max = limits->negative_max;
}

static struct resolver *
make(ec_config_header *transaction, const struct resolver_limits *limits,
    string *output)
{
	char *zone_file = option_global_text(transaction, "DNS_Zone_File");
	char *resolv_conf = option_global_text(transaction, "DNS_Resolv_Conf");
	char *anchor = option_global_text(transaction, "DNS_Trust_Anchor");
	struct forwarders forwarders = { .n = 0 };
	struct resolver_options options;
	struct resolver *resolver = NULL;
	struct why why = { "" };

	option_global_each(transaction, "DNS_Forwarders", add_forwarder,
	    &forwarders);
	resolver_options_init(&options);
	options.zone_file = zone_file;
	options.resolv_conf = resolv_conf;
	options.trust_anchor = anchor;
	options.forwarders = (const char *const *)forwarders.texts;
	options.n_forwarders = forwarders.n;
	options.observe = query_numbers_observe;
	options.count = consult_count;
	read_limits(transaction, limits, &options);
	if (resolver_new(&options, &resolver, &why) != 0)
		(void)stringwrite_strings(output, 1,
		    why.text[0] != '\0' ? why.text : "out of memory");
	for (size_t i = 0; i < forwarders.n; i++)
		memory_free(forwarders.texts[i]);
	memory_free(zone_file);
	memory_free(resolv_conf);
	memory_free(anchor);
	return resolver;
}

static bool
is_same(const struct shared *shared, ec_config_header *transaction,
    const struct resolver_limits *limits)
{
	return shared->transaction == transaction &&
	    shared->limits.timeout == limits->timeout &&
	    shared->limits.cache_size == limits->cache_size &&
	    shared->limits.positive_max == limits->positive_max &&
	    shared->limits.negative_max == limits->negative_max;
}

static struct shared *
find_or_make(ec_config_header *transaction,
    const struct resolver_limits *limits, string *output)
{
	struct shared *shared = list;
	struct resolver *resolver;

	while (shared != NULL && !is_same(shared, transaction, limits))
		shared = shared->next;
	if (shared != NULL)
		return shared;
	resolver = make(transaction, limits, output);
	if (resolver == NULL)
		return NULL;
	shared = memory_new(sizeof(*shared));
	*shared = (struct shared){ list, transaction, *limits, resolver, 0 };
	list = shared;
	return shared;
}

struct resolver *
resolvers_get(ec_config_header *transaction,
    const struct resolver_limits *limits, string *output)
{
	struct resolver *resolver = NULL;
	struct shared *shared;

	(void)pthread_mutex_lock(&list_lock);
	shared = find_or_make(transaction, limits, output);
	if (shared != NULL) {
		shared->users++;
		resolver = shared->resolver;
	}
	(void)pthread_mutex_unlock(&list_lock);
	if (resolver != NULL)
		consult_register(resolver);
	return resolver;
}

void
resolvers_put(struct resolver **resolver)
{
	struct shared **at = &list, *shared = NULL;

	if (*resolver == NULL)
		return;
	(void)pthread_mutex_lock(&list_lock);
	while ((*at)->resolver != *resolver)
		at = &(*at)->next;
	if (--(*at)->users == 0) {
		shared = *at;
		*at = shared->next;
	}
	(void)pthread_mutex_unlock(&list_lock);
	*resolver = NULL;
	if (shared != NULL) {
		resolver_free(&shared->resolver);
		memory_free(shared);
	}
}
