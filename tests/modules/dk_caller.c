/*
 * dk_caller: a module that calls the functions of modules/validate/ec_dk.h, as
 * somebody else's would, and leaves what they gave in the message context.
 *
 * Its option `sign` is a dictionary of the arguments of ec_dk_sign_with().
 */
#include "call.h"
#include "ec_config.h"
#include "hooks/core/final_validation.h"
#include "hooks/core/validate_data.h"
#include "hooks/core/validate_rcptto.h"
#include "modules/validate/ec_dk.h"
#include "validate_module.h"

#include <stdlib.h>

static ec_config_option_def sign_option = {
	.name = "sign", .type = ECCFGTYPE_ECDICT, .fallback = "dk_caller",
	.defval = "[]",
};
static int sign_slot;

static int
on_rcpt(void *closure, ec_message *msg, string *line, accept_construct *ac,
    validate_context *vctx)
{
	const char *status = "";

	(void)closure;
	(void)line;
	(void)ac;
	call_set_number(msg, "early", ec_dk_status(msg, vctx, &status));
	return VALIDATE_CONT;
}

/* Before dk_validate: registered first. */
static int
on_data(void *closure, ec_message *msg, accept_construct *ac,
    validate_context *vctx)
{
	const char *status = "";
	char *domain = NULL;
	string text;

	(void)closure;
	(void)ac;
	call_set_number(msg, "known", ec_dk_status(msg, vctx, &status));
	call_set(msg, "status", status);
	call_set(msg, "not_yet", ec_message_context_get(msg, ECMESS_CTX_MESS,
	    "dk_status"));
	call_set_number(msg, "responsible_found",
	    ec_dk_responsible_domain(msg, vctx, &domain));
	call_set(msg, "responsible", domain);
	free(domain);
	(void)string_init_type(&text, 1, STRING_TYPE_MALLOC);
	call_set_number(msg, "string_found",
	    ec_dk_responsible_domain_string(msg, vctx, &text));
	call_set(msg, "string", text.buffer);
	(void)string_destroy(&text);
	return VALIDATE_CONT;
}

static void
on_final(void *closure, ec_message *msg, accept_construct *ac,
    validate_context *ctx)
{
	ec_config_value *value = ec_config_option_fetch_module(NULL, sign_slot,
	    closure);
	ECDict dict = value->v->vdict;
	struct ec_dk_sign_args args = EC_DK_SIGN_ARGS_INIT;

	(void)ac;
	args.base_domain = call_text(dict, "base_domain");
	args.selector = call_text(dict, "selector");
	args.key_file = call_text(dict, "key_file");
	args.key = call_text(dict, "key");
	args.canon = call_text(dict, "canon");
	args.digest = call_text(dict, "digest");
	args.headerlist = call_text(dict, "headerlist");
	if (call_text(dict, "plainly") != NULL)
		call_set_number(msg, "signed", ec_dk_sign(msg, ctx, NULL, NULL,
		    NULL, NULL));
	else if (call_text(dict, "do") != NULL)
		call_set_number(msg, "signed",
		    ec_dk_sign_with(msg, ctx, &args));
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
	register_core_validate_rcptto_hook_first(on_rcpt, self);
	register_core_validate_data_hook_first(on_data, self);
	register_core_final_validation_hook_last(on_final, self);
	return 0;
}

EC_MODULE_EXPORT generic_module_infrastructure dk_caller = { .shared = {
	EC_MODULE_INIT(EC_MODULE_TYPE_GENERIC, 0),
	.module_name = "dk_caller",
	.module_description = "calls what dk_sign and dk_validate offer",
	EC_MODULE_VERSION,
	.module_config_setup = config_setup,
	.module_ext_init = ext_init,
} };
