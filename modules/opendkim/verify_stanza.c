/*
 * verify_stanza.c: options into a verifier's settings, and a list of those in
 * use.
 */
#include "opendkim/verify_stanza.h"

#include "dkim/memory.h"
#include "dkim/numbers.h"
#include "dkim/option.h"
#include "ec_caches.h"
#include "opendkim/verify_options.h"
#include "verifying/resolvers.h"

#include <pthread.h>

/* Guards the list: two configurations may begin and end at the same time. */
static pthread_mutex_t list_lock = PTHREAD_MUTEX_INITIALIZER;
static struct verify_stanza *list;

static int
read_int(const struct option_place *place, enum verify_option option)
{
	return option_int(place, verify_options_slot(option), 0);
}

static void
read_options(struct seal_verify_options *options,
    const struct option_place *place)
{
	seal_verify_options_init(options);
	options->allow_rsa_sha1 = option_bool(place,
	    verify_options_slot(VERIFY_RSA_SHA1));
	options->allow_partial_body = option_bool(place,
	    verify_options_slot(VERIFY_PARTIAL_BODY));
	options->max_header_bytes = (size_t)read_int(place,
	    VERIFY_MAX_HEADER_SIZE);
	options->max_signatures = (unsigned)read_int(place,
	    VERIFY_MAX_SIGNATURES);
	options->min_rsa_bits = (unsigned)read_int(place,
	    VERIFY_MIN_KEY_BITS);
	if (options->max_rsa_bits < options->min_rsa_bits)
		options->max_rsa_bits = options->min_rsa_bits;
}

static struct verify_stanza *
give(void *closure)
{
	return closure;
}

static void
tell_caches(void *closure, ec_caches *caches)
{
	const struct verify_stanza *stanza = closure;
	struct cache_stats stats;

	resolver_stats(stanza->checking.resolver, &stats);
	numbers_tell_cache(caches, stanza->self, "resolver", &stats);
}

int
verify_stanza_begin(generic_module_infrastructure *self,
    ec_config_header *transaction, string *output)
{
	const struct option_place place = { transaction, self, NULL, NULL };
	const struct resolver_limits limits = {
		.timeout = read_int(&place, VERIFY_DNS_TIMEOUT),
		.cache_size = RESOLVER_DEFAULT_CACHE_SIZE,
		.positive_max = RESOLVER_DEFAULT_POSITIVE_MAX,
		.negative_max = RESOLVER_DEFAULT_NEGATIVE_MAX,
	};
	struct verify_stanza *stanza = memory_new(sizeof(*stanza));

	stanza->self = self;
	read_options(&stanza->checking.options, &place);
	stanza->checking.resolver = resolvers_get(transaction, &limits,
	    output);
	if (stanza->checking.resolver == NULL) {
		memory_free(stanza);
		return -1;
	}
	(void)pthread_mutex_lock(&list_lock);
	stanza->next = list;
	list = stanza;
	(void)pthread_mutex_unlock(&list_lock);
	register_opendkim_verify_stanza_hook_last(give, stanza);
	register_core_caches_hook_last(tell_caches, stanza);
	return 0;
}

size_t
verify_stanza_flush(const generic_module_infrastructure *self)
{
	struct resolver *resolver = NULL;

	(void)pthread_mutex_lock(&list_lock);
	for (struct verify_stanza *s = list; s != NULL; s = s->next) {
		if (s->self == self)
			resolver = s->checking.resolver;
	}
	(void)pthread_mutex_unlock(&list_lock);
	/* its configuration is in use as long as somebody asks this of it */
	return resolver != NULL ? resolver_flush(resolver) : 0;
}

void
verify_stanza_end(generic_module_infrastructure *self)
{
	struct verify_stanza **at = &list, *stanza;

	(void)pthread_mutex_lock(&list_lock);
	while (*at != NULL && (*at)->self != self)
		at = &(*at)->next;
	stanza = *at;
	if (stanza != NULL)
		*at = stanza->next;
	(void)pthread_mutex_unlock(&list_lock);
	if (stanza == NULL)
		return;
	checking_deinit(&stanza->checking);
	memory_free(stanza);
}
