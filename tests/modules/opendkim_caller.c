/*
 * opendkim_caller: a module that calls ec_opendkim_sign() and
 * ec_opendkim_sign_with(), as somebody else's would, and leaves what they gave in
 * the message context.
 *
 * Its option `sign` is a dictionary of the arguments.
 */
#include "ec_config.h"
#include "hooks/core/final_validation.h"
#include "modules/validate/ec_opendkim.h"
#include "validate_module.h"

#include <stdlib.h>

static ec_config_option_def sign_option = {
	.name = "sign", .type = ECCFGTYPE_ECDICT, .fallback = "opendkim_caller",
	.defval = "[]",
};
static int sign_slot;

static const char *
argument(ECDict dict, const char *name)
{
	const char *value = NULL;

	return dict_key_exists_and_fetch(dict, name, &value) ? value : NULL;
}

static int
number(ECDict dict, const char *name)
{
	const char *text = argument(dict, name);

	return text == NULL ? -1 : atoi(text);
}

static void
on_final(void *closure, ec_message *msg, accept_construct *ac,
    validate_context *ctx)
{
	ec_config_value *value = ec_config_option_fetch_module(NULL, sign_slot,
	    closure);
	ECDict dict = value->v->vdict;
	struct ec_opendkim_sign_args args = EC_OPENDKIM_SIGN_ARGS_INIT;
	int made = 0;

	(void)ac;
	args.base_domain = argument(dict, "base_domain");
	args.header_canon = argument(dict, "header_canon");
	args.body_canon = argument(dict, "body_canon");
	args.digest = argument(dict, "digest");
	args.headerlist = argument(dict, "headerlist");
	args.identity = argument(dict, "identity");
	args.selector = argument(dict, "selector");
	args.key_file = argument(dict, "key_file");
	args.key = argument(dict, "key");
	args.body_length_limit = number(dict, "body_length_limit");
	args.lifetime = number(dict, "lifetime");
	if (argument(dict, "plainly") != NULL)
		made = ec_opendkim_sign(msg, ctx, NULL, NULL, NULL, NULL,
		    NULL, NULL, NULL, NULL, -1);
	else
		made = ec_opendkim_sign_with(msg, ctx, &args);
	(void)ec_message_context_set(msg, ECMESS_CTX_MESS, "signed",
	    made != 0 ? "1" : "0");
	ec_config_release_value(value);
}

static int
config_setup(generic_module_infrastructure *self, int ignoreme)
{
	(void)self;
	(void)ignoreme;
	sign_slot = ec_config_register_option(&sign_option);
	return sign_slot < 0 ? -1 : 0;
}

static int
ext_init(generic_module_infrastructure *self, ec_config_header *transaction,
    string *output, int flags)
{
	(void)transaction;
	(void)output;
	if (EC_MODULE_INIT_MODE(flags) != EC_MODULE_INIT_INIT)
		return 0;
	register_core_final_validation_hook_last(on_final, self);
	return 0;
}

EC_MODULE_EXPORT generic_module_infrastructure opendkim_caller = { .shared = {
	EC_MODULE_INIT(EC_MODULE_TYPE_GENERIC, 0),
	.module_name = "opendkim_caller",
	.module_description = "calls what opendkim offers",
	EC_MODULE_VERSION,
	.module_config_setup = config_setup,
	.module_ext_init = ext_init,
} };
