/*
 * functions.c: ec_opendkim_sign(), for C modules and for whoever binds it to a
 * script.
 */
#include "dkim/memory.h"
#include "module.h"
#include "modules/validate/ec_opendkim.h"
#include "opendkim/lists.h"
#include "signing/field_list.h"
#include "signing/request.h"

EC_MODULE_EXPORT int
ec_opendkim_sign_with(ec_message *m, validate_context *ctx,
    const struct ec_opendkim_sign_args *args)
{
	char *names = memory_text(args->headerlist);
	char *list;
	struct request_args request = {
		.base_domain = args->base_domain,
		.header_canon = args->header_canon,
		.body_canon = args->body_canon,
		.digest = args->digest,
		.identity = args->identity,
		.selector = args->selector,
		.key_file = args->key_file,
		.key = args->key,
		.body_length_limit = args->body_length_limit,
		.lifetime = args->lifetime,
	};
	int made;

	(void)ctx;
	field_list_settle(names);
	list = lists_join(names, NULL, NULL);
	request.headerlist = list;
	made = request_sign(m, &request);
	memory_free(names);
	memory_free(list);
	return made;
}

EC_MODULE_EXPORT int
ec_opendkim_sign(ec_message *m, validate_context *ctx,
    const char *base_domain, const char *header_canon, const char *body_canon,
    const char *digest, const char *identity, const char *selector,
    const char *key_file, const char *key, int body_length_limit)
{
	const struct ec_opendkim_sign_args args = {
		.base_domain = base_domain,
		.header_canon = header_canon,
		.body_canon = body_canon,
		.digest = digest,
		.identity = identity,
		.selector = selector,
		.key_file = key_file,
		.key = key,
		.body_length_limit = body_length_limit,
		.lifetime = -1,
	};

	return ec_opendkim_sign_with(m, ctx, &args);
}
