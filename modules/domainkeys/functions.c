/*
 * functions.c: what C modules, and those who bind scripts, may call: signing,
 * and asking about a message.
 */
#include "dk_checkers.h"
#include "dk_findings.h"
#include "dkim/letterhead.h"
#include "ec_config.h"
#include "modules/validate/ec_dk.h"
#include "signing/request.h"
#include "validate_module.h"

EC_MODULE_EXPORT int
ec_dk_sign_with(ec_message *m, validate_context *ctx,
    const struct ec_dk_sign_args *args)
{
	const struct request_args request = {
		.base_domain = args->base_domain,
		.dk_canon = args->canon,
		.digest = args->digest,
		.headerlist = args->headerlist,
		.selector = args->selector,
		.key_file = args->key_file,
		.key = args->key,
		.body_length_limit = -1,
		.lifetime = -1,
	};

	(void)ctx;
	return request_sign(m, &request);
}

EC_MODULE_EXPORT int
ec_dk_sign(ec_message *m, validate_context *ctx, const char *base_domain,
    const char *selector, const char *key_file, const char *key)
{
	const struct ec_dk_sign_args args = {
		.base_domain = base_domain,
		.selector = selector,
		.key_file = key_file,
		.key = key,
	};

	return ec_dk_sign_with(m, ctx, &args);
}

EC_MODULE_EXPORT int
ec_dk_responsible_domain(ec_message *m, validate_context *ctx, char **domain)
{
	(void)ctx;
	return letterhead_domain(m, domain);
}

EC_MODULE_EXPORT int
ec_dk_responsible_domain_string(ec_message *m, validate_context *ctx,
    string *domain)
{
	(void)ctx;
	return letterhead_domain_string(m, domain);
}

/* Whether the message has come: before that, nothing can be verified. */
static bool
is_complete(const validate_context *ctx)
{
	return ctx != NULL && ctx->last_state >= MC_STATE_DATA &&
	    ctx->last_state < MC_STATE_RCPTTO_LIST_RESPONSE;
}

EC_MODULE_EXPORT int
ec_dk_status(ec_message *m, validate_context *ctx, const char **status)
{
	ec_config_header *conf = ec_config_fetch_globalconf();
	struct dk_checker *checker = has_dk_validate_checker_hook() ?
	    call_dk_validate_checker_hook() : NULL;
	const struct dk_findings *findings = checker == NULL ||
	    !is_complete(ctx) ? NULL : dk_findings_of(checker, m);

	*status = findings == NULL ? NULL : findings->status;
	ec_config_release_scope_instance(conf);
	return findings != NULL;
}
