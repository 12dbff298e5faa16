/*
 * checker.c: options into a verifier's settings.
 */
#include "checker.h"

#include "dkim/memory.h"
#include "dkim/option.h"
#include "verifying/resolvers.h"

static void
read_verify_options(struct checker *checker, const struct option_place *place)
{
	struct seal_verify_options *options = &checker->checking.options;

	seal_verify_options_init(options);
	options->allow_rsa_sha1 = option_bool(place,
	    options_slot(OPTION_ALLOW_RSA_SHA1));
	options->allow_partial_body = option_bool(place,
	    options_slot(OPTION_ALLOW_PARTIAL_BODY));
	options->max_header_bytes = (size_t)option_int(place,
	    options_slot(OPTION_MAX_HEADER_SIZE), 0);
	options->max_signatures = (unsigned)option_int(place,
	    options_slot(OPTION_MAX_SIGNATURES), 0);
	options->min_rsa_bits = (unsigned)option_int(place,
	    options_slot(OPTION_MIN_KEY_BITS), 0);
	if (options->max_rsa_bits < options->min_rsa_bits)
		options->max_rsa_bits = options->min_rsa_bits;
}

static struct resolver_limits
read_limits(const struct option_place *place)
{
	return (struct resolver_limits){
		.timeout = option_int(place,
		    options_slot(OPTION_DNS_TIMEOUT), 0),
		.cache_size = option_int(place,
		    options_slot(OPTION_KEYCACHE_SIZE),
		    RESOLVER_DEFAULT_CACHE_SIZE),
		.positive_max = option_int(place,
		    options_slot(OPTION_POS_KEYCACHE_TTL),
		    RESOLVER_DEFAULT_POSITIVE_MAX),
		.negative_max = option_int(place,
		    options_slot(OPTION_NEG_KEYCACHE_TTL),
		    RESOLVER_DEFAULT_NEGATIVE_MAX),
	};
}

static void
read_report_options(struct checker *checker, const struct option_place *place)
{
	checker->report_relay = option_text(place,
	    options_slot(OPTION_REPORT_RELAY));
	checker->report_command = option_text(place,
	    options_slot(OPTION_REPORT_COMMAND));
	if (checker->report_command != NULL &&
	    checker->report_command[0] == '\0') {
		memory_free(checker->report_command);
		checker->report_command = NULL;
	}
	checker->report_timeout = option_int(place,
	    options_slot(OPTION_REPORT_TIMEOUT), 0);
}

struct checker *
checker_new(ec_config_header *transaction,
    generic_module_infrastructure *self, string *output)
{
	const struct option_place place = { transaction, self, NULL, NULL };
	struct resolver_limits limits = read_limits(&place);
	struct checker *checker = memory_new(sizeof(*checker));

	checker->self = self;
	checker->host = option_global_text(transaction, "Hostname");
	if (checker->host == NULL)
		checker->host = memory_text(config_get_hostname(NULL));
	checker->authserv_id = option_text(&place,
	    options_slot(OPTION_AUTHSERV_ID));
	if (checker->authserv_id == NULL)
		checker->authserv_id = memory_text(checker->host);
	read_verify_options(checker, &place);
	checker->dns_failure = (enum dns_failure)option_int(&place,
	    options_slot(OPTION_DNS_FAILURE), DNS_FAILURE_ACCEPT);
	checker->report_none = option_bool(&place,
	    options_slot(OPTION_REPORT_NONE));
	checker->filter_header = option_bool(&place,
	    options_slot(OPTION_FILTER_HEADER));
	read_report_options(checker, &place);
	checker->checking.resolver = resolvers_get(transaction, &limits, output);
	if (checker->checking.resolver == NULL)
		checker_free(&checker);
	return checker;
}

void
checker_free(struct checker **checker)
{
	struct checker *c = *checker;

	*checker = NULL;
	if (c == NULL)
		return;
	checking_deinit(&c->checking);
	memory_free(c->report_relay);
	memory_free(c->report_command);
	memory_free(c->authserv_id);
	memory_free(c->host);
	memory_free(c);
}

static size_t
flush(void *of)
{
	return resolver_flush(((struct checker *)of)->checking.resolver);
}

static void
stats(void *of, struct cache_stats *stats_r)
{
	resolver_stats(((struct checker *)of)->checking.resolver, stats_r);
}

struct console_keycache
checker_keycache(struct checker *checker)
{
	return (struct console_keycache){ .flush = flush, .stats = stats,
	    .of = checker };
}
