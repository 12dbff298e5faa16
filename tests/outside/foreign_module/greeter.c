/*
 * greeter.c: a singleton in the smallest form that the published samples have:
 * the headers they include, and a hook of the sending side, which this host
 * knows though the MTA behind it does the sending.
 */
#ifndef SHARED_MODULE
#define SHARED_MODULE
#endif
#include "validate_module.h"
#include "ec_config.h"
#include "ec_message.h"
#include "ec_ssl.h"
#include "ec_types.h"
#include "hooks/core/smtp_client_mailfrom_args.h"
#include <stddef.h>
#include <debug_tools.h>

static generic_module_infrastructure *greeter_self = NULL;

static int
before_mailfrom(void *closure, delivery_construct *dc, smtp_client_args *args)
{
	ec_mod_debug(greeter_self, DDEBUG, "greeter: before MAIL FROM\n");
	ec_message_context_set(dc->message, ECMESS_CTX_MESS, "greeting",
	    "good day");
	return 0;
}

static int
setup(generic_module_infrastructure *self, int mode)
{
	greeter_self = self;
	register_core_smtp_client_mailfrom_args_hook_first(before_mailfrom,
	    self);
	return 0;
}

static int
ext_init(generic_module_infrastructure *self, ec_config_header *transaction,
    string *output, int flags)
{
	ec_mod_debug(self, DDEBUG, "greeter: ext_init\n");
	return 0;
}

EC_MODULE_EXPORT
generic_module_infrastructure greeter = {
	{
		EC_MODULE_INIT(EC_MODULE_TYPE_SINGLETON, 0),
		"greeter",
		"a greeting",
#if _EC_MAJOR_VER > 3
		_EC_VER,
#endif
		NULL, NULL, NULL, NULL, NULL,
		setup,
		NULL, NULL,
		ext_init
	},
};
