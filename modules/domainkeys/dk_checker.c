/*
 * dk_checker.c: options into a verifier's settings.
 */
#include "dk_checker.h"

#include "dkim/memory.h"
#include "dkim/option.h"
#include "verifying/resolvers.h"

static int
int_of(const struct option_place *place, enum dk_check_option option,
    int if_unset)
{
	return option_int(place, dk_check_options_slot(option), if_unset);
}

static bool
bool_of(const struct option_place *place, enum dk_check_option option)
{
	return option_bool(place, dk_check_options_slot(option));
}

static void
read_verify_options(struct dk_checker *checker,
    const struct option_place *place)
{
	struct seal_dk_verify_options *options = &checker->options;

	seal_dk_verify_options_init(options);
	options->max_header_bytes = (size_t)int_of(place,
	    DK_CHECK_MAX_HEADER_SIZE, 0);
	options->max_signatures = (unsigned)int_of(place,
	    DK_CHECK_MAX_SIGNATURES, 0);
	options->min_rsa_bits = (unsigned)int_of(place,
	    DK_CHECK_MIN_KEY_BITS, 0);
	if (options->max_rsa_bits < options->min_rsa_bits)
		options->max_rsa_bits = options->min_rsa_bits;
	options->empty_granularity_is_none = int_of(place,
	    DK_CHECK_EMPTY_GRANULARITY, 0) == EMPTY_GRANULARITY_NOBODY;
}

static struct resolver_limits
read_limits(const struct option_place *place)
{
	return (struct resolver_limits){
		.timeout = int_of(place, DK_CHECK_DNS_TIMEOUT, 0),
		.cache_size = int_of(place, DK_CHECK_KEYCACHE_SIZE,
		    RESOLVER_DEFAULT_CACHE_SIZE),
		.positive_max = int_of(place, DK_CHECK_POS_KEYCACHE_TTL,
		    RESOLVER_DEFAULT_POSITIVE_MAX),
		.negative_max = int_of(place, DK_CHECK_NEG_KEYCACHE_TTL,
		    RESOLVER_DEFAULT_NEGATIVE_MAX),
	};
}

static char *
read_authserv_id(const struct option_place *place)
{
	char *id = option_text(place,
	    dk_check_options_slot(DK_CHECK_AUTHSERV_ID));

	if (id == NULL)
		id = option_global_text(place->transaction, "Hostname");
	return id != NULL ? id : memory_text(config_get_hostname(NULL));
}

struct dk_checker *
dk_checker_new(ec_config_header *transaction,
    generic_module_infrastructure *self, string *output)
{
	const struct option_place place = { transaction, self, NULL, NULL };
	struct resolver_limits limits = read_limits(&place);
	struct dk_checker *checker = memory_new(sizeof(*checker));

	checker->self = self;
	checker->authserv_id = read_authserv_id(&place);
	read_verify_options(checker, &place);
	checker->dns_failure = (enum dns_failure)int_of(&place,
	    DK_CHECK_DNS_FAILURE, DNS_FAILURE_ACCEPT);
	checker->authentication_results = bool_of(&place,
	    DK_CHECK_AUTHENTICATION_RESULTS);
	checker->report_none = bool_of(&place, DK_CHECK_REPORT_NONE);
	checker->resolver = resolvers_get(transaction, &limits, output);
	if (checker->resolver == NULL)
		dk_checker_free(&checker);
	return checker;
}

void
dk_checker_free(struct dk_checker **checker)
{
	struct dk_checker *c = *checker;
	void *verifier;

	*checker = NULL;
	if (c == NULL)
		return;
	while ((verifier = pool_take(&c->verifiers)) != NULL) {
		struct seal_dk_verifier *idle = verifier;

		seal_dk_verifier_free(&idle);
	}
	resolvers_put(&c->resolver);
	memory_free(c->authserv_id);
	memory_free(c);
}

struct seal_dk_verifier *
dk_checker_borrow(struct dk_checker *checker)
{
	struct seal_dk_verifier *verifier = pool_take(&checker->verifiers);
	int ret = verifier == NULL ?
	    seal_dk_verifier_new(&checker->options, &verifier) :
	    seal_dk_verifier_reset(verifier, &checker->options);

	if (ret != 0 && verifier != NULL)
		seal_dk_verifier_free(&verifier);
	return verifier;
}

void
dk_checker_give_back(struct dk_checker *checker,
    struct seal_dk_verifier *verifier)
{
	/* nothing of the message shall wait in the pool */
	if (seal_dk_verifier_reset(verifier, &checker->options) == 0)
		verifier = pool_give(&checker->verifiers, verifier);
	seal_dk_verifier_free(&verifier);
}

static size_t
flush(void *of)
{
	return resolver_flush(((struct dk_checker *)of)->resolver);
}

static void
stats(void *of, struct cache_stats *stats_r)
{
	resolver_stats(((struct dk_checker *)of)->resolver, stats_r);
}

struct console_keycache
dk_checker_keycache(struct dk_checker *checker)
{
	return (struct console_keycache){ .flush = flush, .stats = stats,
	    .of = checker };
}
