/*
 * caller: a module that calls the functions of modules/validate/ec_dkim.h, as
 * somebody else's would, and leaves what they gave in the message context.
 *
 * Its option `sign` is a dictionary of the arguments of ec_dkim_sign_with().
 */
#include "call.h"
#include "ec_config.h"
#include "hooks/core/final_validation.h"
#include "hooks/core/validate_data.h"
#include "hooks/core/validate_rcptto.h"
#include "modules/validate/ec_dkim.h"
#include "validate_module.h"

#include <stdio.h>
#include <stdlib.h>

static ec_config_option_def sign_option = {
	.name = "sign", .type = ECCFGTYPE_ECDICT, .fallback = "caller",
	.defval = "[]",
};
static int sign_slot;

static void
set_item(ec_message *msg, const ec_dkim_verify_result *item, int i)
{
	char name[32], value[512];

	(void)snprintf(name, sizeof(name), "item%d", i);
	(void)snprintf(value, sizeof(value), "%s|%s|%s|%s|%s|%s|%s/%s|%u",
	    ec_dkim_verify_status_to_string(item->status),
	    item->algorithm != NULL ? item->algorithm : "-",
	    item->query != NULL ? item->query : "-",
	    item->domain != NULL ? item->domain : "-",
	    item->identity != NULL ? item->identity : "-",
	    item->reason, item->header_canon, item->body_canon,
	    item->key_bits);
	call_set(msg, name, value);
}

static void
ask_for_results(ec_message *msg, validate_context *vctx)
{
	ec_dkim_verify_results *results;
	int n = ec_dkim_get_verify_results(vctx, &results);

	call_set_number(msg, "count", n);
	call_set(msg, "known", results != NULL ? "yes" : "no");
	for (int i = 0; results != NULL && i < results->count; i++)
		set_item(msg, &results->items[i], i);
	ec_dkim_verify_results_release(results);
}

static void
ask_for_domains(ec_message *msg, validate_context *vctx)
{
	char *text = NULL;
	string str;

	call_set_number(msg, "domains_found",
	    ec_dkim_domains(msg, vctx, &text));
	call_set(msg, "domains", text);
	free(text);
	call_set_number(msg, "responsible_found",
	    ec_dkim_responsible_domain(msg, vctx, &text));
	call_set(msg, "responsible", text);
	free(text);
	(void)string_init_type(&str, 1, STRING_TYPE_MALLOC);
	(void)ec_dkim_domains_string(msg, vctx, &str);
	(void)stringwrite_strings(&str, 1, "/");
	(void)ec_dkim_responsible_domain_string(msg, vctx, &str);
	call_set(msg, "strings", str.buffer);
	(void)string_destroy(&str);
}

/* Before dkim_validate: registered first. */
static int
on_data(void *closure, ec_message *msg, accept_construct *ac,
    validate_context *vctx)
{
	(void)closure;
	(void)ac;
	ask_for_results(msg, vctx);
	ask_for_domains(msg, vctx);
	call_set_number(msg, "reflect_late", ec_dkim_reflect(msg, vctx,
	    "a@example.com", "b@example.com", NULL, NULL));
	call_set_number(msg, "reflect_alone", ec_dkim_reflect(msg, NULL,
	    "a@example.com", "b@example.com", NULL, NULL));
	return VALIDATE_CONT;
}

static int
on_rcpt(void *closure, ec_message *msg, string *line, accept_construct *ac,
    validate_context *vctx)
{
	ec_dkim_verify_results *results;

	(void)closure;
	(void)line;
	(void)ac;
	call_set_number(msg, "early",
	    ec_dkim_get_verify_results(vctx, &results));
	call_set(msg, "early_known", results != NULL ? "yes" : "no");
	call_set_number(msg, "reflect", ec_dkim_reflect(msg, vctx,
	    "a@example.com", "b@example.com;c@example.com", "subject", "note"));
	call_set_number(msg, "reflect_no_rcpt", ec_dkim_reflect(msg, vctx,
	    "a@example.com", "b@example.com;;", NULL, NULL));
	call_set_number(msg, "reflect_no_sender", ec_dkim_reflect(msg, vctx,
	    NULL, "b@example.com", NULL, NULL));
	return VALIDATE_CONT;
}

static void
on_final(void *closure, ec_message *msg, accept_construct *ac,
    validate_context *ctx)
{
	ec_config_value *value = ec_config_option_fetch_module(NULL, sign_slot,
	    closure);
	ECDict dict = value->v->vdict;
	struct ec_dkim_sign_args args = EC_DKIM_SIGN_ARGS_INIT;

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
		call_set_number(msg, "signed", ec_dkim_sign(msg, ctx, NULL,
		    NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL, -1));
	else if (call_text(dict, "do") != NULL)
		call_set_number(msg, "signed",
		    ec_dkim_sign_with(msg, ctx, &args));
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

EC_MODULE_EXPORT generic_module_infrastructure caller = { .shared = {
	EC_MODULE_INIT(EC_MODULE_TYPE_GENERIC, 0),
	.module_name = "caller",
	.module_description = "calls what dkim_sign and dkim_validate offer",
	EC_MODULE_VERSION,
	.module_config_setup = config_setup,
	.module_ext_init = ext_init,
} };
