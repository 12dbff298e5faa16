/*
 * opendkim_caller: a module that calls ec_opendkim_sign() and
 * ec_opendkim_sign_with(), as somebody else's would, and leaves what they gave in
 * the message context.
 *
 * Its option `sign` is a dictionary of the arguments.
 */
#include "call.h"
#include "ec_config.h"
#include "hooks/core/final_validation.h"
#include "modules/validate/ec_opendkim.h"
#include "validate_module.h"

static ec_config_option_def sign_option = {
	.name = "sign", .type = ECCFGTYPE_ECDICT, .fallback = "opendkim_caller",
	.defval = "[]",
};
static int sign_slot;

static void
on_final(void *closure, ec_message *msg, accept_construct *ac,
    validate_context *ctx)
{
	ec_config_value *value = ec_config_option_fetch_module(NULL, sign_slot,
	    closure);
	ECDict dict = value->v->vdict;
	struct ec_opendkim_sign_args args = EC_OPENDKIM_SIGN_ARGS_INIT;

	(void)ac;
	args.base_domain = call_text(dict, "base_domain");
	args.header_canon = call_text(dict, "header_canon");
	args.body_canon = call_text(dict, "body_canon");
	args.digest = call_text(dict, "digest");
	args.headerlist = call_text(dict, "headerlist");
	args.identity = call_text(dict, "identity");
	args.selector = call_text(dict, "selector");
	args.key_file = call_text(dict, "key_file");
	args.key = call_text(dict, "key");
	args.body_length_limit = call_number(dict, "body_length_limit");
	args.lifetime = call_number(dict, "lifetime");
	if (call_text(dict, "plainly") != NULL)
		call_set_number(msg, "signed", ec_opendkim_sign(msg, ctx, NULL,
		    NULL, NULL, NULL, NULL, NULL, NULL, NULL, -1));
	else
		call_set_number(msg, "signed",
		    ec_opendkim_sign_with(msg, ctx, &args));
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
