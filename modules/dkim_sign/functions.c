/*
 * functions.c: ec_dkim_sign(), for C modules and for whoever binds it to a
 * script.
 */
#include "module.h"
#include "modules/validate/ec_dkim.h"
#include "signing/request.h"

EC_MODULE_EXPORT int
ec_dkim_sign_with(ec_message *m, validate_context *ctx,
    const struct ec_dkim_sign_args *args)
{
	const struct request_args request = {
		.base_domain = args->base_domain,
		.header_canon = args->header_canon,
		.body_canon = args->body_canon,
		.digest = args->digest,
		.headerlist = args->headerlist,
		.identity = args->identity,
		.selector = args->selector,
		.key_file = args->key_file,
		.key = args->key,
		.body_length_limit = args->body_length_limit,
		.lifetime = args->lifetime,
	};

	(void)ctx;
	return request_sign(m, &request);
}

EC_MODULE_EXPORT int
ec_dkim_sign(ec_message *m, validate_context *ctx, const char *base_domain,
    const char *header_canon, const char *body_canon, const char *digest,
    const char *headerlist, const char *identity, const char *selector,
    const char *key_file, const char *key, int body_length_limit)
{
	const struct ec_dkim_sign_args args = {
		.base_domain = base_domain,
		.header_canon = header_canon,
		.body_canon = body_canon,
		.digest = digest,
		.headerlist = headerlist,
		.identity = identity,
		.selector = selector,
		.key_file = key_file,
		.key = key,
		.body_length_limit = body_length_limit,
		.lifetime = -1,
	};

	return ec_dkim_sign_with(m, ctx, &args);
}
