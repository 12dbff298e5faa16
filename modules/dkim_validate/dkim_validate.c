/*
 * dkim_validate: verify the DKIM signatures of mail that comes in, and say so.
 *
 * A message is verified in core_validate_data, or before, if somebody earlier
 * in that phase asks for the results; it is verified once, whoever asks and
 * however many stanzas there are, and published once.
 */
#include "checkers.h"
#include "dkim/filter_header.h"
#include "dkim/functions.h"
#include "dkim/numbers.h"
#include "hooks/core/validate_data.h"
#include "numbers.h"
#include "publish.h"
#include "reflect.h"
#include "validate_module.h"
#include "verifying/look.h"
#include "verifying/query_numbers.h"

/* RFC 3463 section 3.5: directory server failure. */
#define TEMPFAIL_REPLY \
	"4.4.3 The key of a DKIM signature cannot be had now, try again later"

static struct checker *
give_checker(void *closure)
{
	generic_module_infrastructure *self = closure;

	return self->module_private_data;
}

/* Nothing was verified, or no signature holds and a key could not be had. */
static bool
is_undecided(const struct findings *findings)
{
	return findings == NULL ||
	    findings->results.status == EC_DKIM_TEMPERROR;
}

static void
publish(const struct checker *checker, ec_message *msg,
    struct findings *findings)
{
	publish_header(checker, msg, findings);
	if (checker->filter_header)
		filter_header_add(msg, checker->host, 0);
	if (findings == NULL)
		return;
	publish_variables(msg, findings);
	findings->published = true;
}

/* A line for each message: this is what an administrator looks for who is asked
 * where the mail is. */
static void
defer(const struct checker *checker, const struct findings *findings,
    validate_context *ctx)
{
	const ec_dkim_verify_result *result;

	if (findings == NULL || findings->decisive < 0) {
		ec_mod_debug(checker->self, DERROR,
		    "deferred, as dns_failure says: it could not be verified");
	} else {
		result = &findings->results.items[findings->decisive];
		ec_mod_debug(checker->self, DERROR, "deferred, as dns_failure "
		    "says: key '%s' of '%s': %s",
		    result->selector != NULL ? result->selector : "",
		    result->domain != NULL ? result->domain : "",
		    result->diagnostic);
	}
	(void)validate_context_set_code(ctx, 451, TEMPFAIL_REPLY);
}

/* Somebody is about to change the message: verify it as it came. */
static void
look(void *closure, ec_message *msg, const char *asker)
{
	generic_module_infrastructure *self = closure;

	if (look_is_wanted(self, msg, asker))
		(void)findings_of(self->module_private_data, msg);
}

static int
validate(void *closure, ec_message *msg, accept_construct *ac,
    validate_context *ctx)
{
	generic_module_infrastructure *self = closure;
	struct checker *checker = self->module_private_data;
	struct findings *findings = findings_of(checker, msg);

	(void)ac;
	reflect_answer(checker, msg, findings); /* the header is as it came */
	if (findings != NULL && findings->published)
		return VALIDATE_CONT; /* another stanza was here */
	call_verifying_look_hook(msg, "dkim_validate");
	publish(checker, msg, findings);
	if (is_undecided(findings) &&
	    checker->dns_failure == DNS_FAILURE_TEMPFAIL)
		defer(checker, findings, ctx);
	return VALIDATE_CONT;
}

static void
tell_numbers(void *closure, ec_metrics *metrics)
{
	const generic_module_infrastructure *self = closure;
	struct console_keycache keycache =
	    checker_keycache(self->module_private_data);

	numbers_tell_keycache(metrics, self, &keycache);
}

static void
tell_caches(void *closure, ec_caches *caches)
{
	const generic_module_infrastructure *self = closure;
	struct console_keycache keycache =
	    checker_keycache(self->module_private_data);
	struct cache_stats stats;

	keycache.stats(keycache.of, &stats);
	numbers_tell_cache(caches, self, "keycache", &stats);
}

static int
begin(generic_module_infrastructure *self, ec_config_header *transaction,
    string *output)
{
	self->module_private_data = checker_new(transaction, self, output);
	if (self->module_private_data == NULL)
		return -1;
	register_dkim_validate_checker_hook_last(give_checker, self);
	register_verifying_look_hook_last(look, self);
	register_core_validate_data_hook_last(validate, self);
	register_core_metrics_hook_last(tell_numbers, self);
	register_core_caches_hook_last(tell_caches, self);
	return 0;
}

static int
ext_init(generic_module_infrastructure *self, ec_config_header *transaction,
    string *output, int flags)
{
	struct checker *checker = self->module_private_data;

	switch (EC_MODULE_INIT_MODE(flags)) {
	case EC_MODULE_INIT_INIT:
		/* the resolver starts its thread with the first question */
		return begin(self, transaction, output);
	case EC_MODULE_INIT_DESTROY:
		self->module_private_data = NULL;
		checker_free(&checker);
		return 0;
	default:
		return 0;
	}
}

static int
config_setup(generic_module_infrastructure *self, int ignoreme)
{
	(void)ignoreme;
	console_register(self, NULL);
	functions_show();
	check_numbers_register();
	query_numbers_register();
	return options_register();
}

static void
control(generic_module_infrastructure *self, string *response,
    const char *command, int xml)
{
	struct console_keycache keycache =
	    checker_keycache(self->module_private_data);

	console_answer(&keycache, response, command, xml);
}

EC_MODULE_EXPORT generic_module_infrastructure dkim_validate = { .shared = {
	EC_MODULE_INIT(EC_MODULE_TYPE_VALIDATE, 0),
	.module_name = "dkim_validate",
	.module_description = "verifies DKIM signatures",
	EC_MODULE_VERSION,
	.module_control = control,
	.module_config_setup = config_setup,
	.module_ext_init = ext_init,
} };
