/*
 * dkim_sign.c: sign mail with DKIM (RFC 6376) when it leaves.
 */
#include "signing/engine_dkim.h"
#include "signing/instance.h"
#include "signing/stanzas.h"

SIGNING_STANZAS(dkim_sign)

static const struct signing_option options[] = {
	{ .option = OPTION_ALLOW_WEAK_KEY },
	{ .option = OPTION_BASE_DOMAIN },
	{ .option = OPTION_BODY_CANON },
	{ .option = OPTION_BODY_LENGTH_LIMIT },
	{ .option = OPTION_COPY_HEADERS },
	{ .option = OPTION_DIGEST },
	{ .option = OPTION_FILTER_HEADER },
	{ .option = OPTION_HEADER_CANON },
	{ .option = OPTION_HEADERLIST },
	{ .option = OPTION_IDENTITY },
	{ .option = OPTION_KEY, .flags = EC_CFG_OPT_REQUIRED },
	{ .option = OPTION_KEY_PERMISSIONS },
	{ .option = OPTION_KEYCACHE_SIZE },
	{ .option = OPTION_LIFETIME },
	{ .option = OPTION_NEG_KEYCACHE_TTL },
	{ .option = OPTION_POS_KEYCACHE_TTL },
	{ .option = OPTION_SELECTOR, .flags = EC_CFG_OPT_REQUIRED },
	{ .option = OPTION_SIGN_CONDITION },
	{ .option = OPTION_SIGN_FAILURE },
	{ .option = OPTION_SWITCH, .name = "dkim" },
};

const struct signing signing = {
	.name = "dkim_sign",
	.function = "ec_dkim_sign",
	.options = options,
	.options_count = sizeof(options) / sizeof(options[0]),
	.domain_scope = "dk_domain",
	.engine = &engine_dkim,
	.provide = stanzas_provide,
	.collect = stanzas_collect,
};

EC_MODULE_EXPORT generic_module_infrastructure dkim_sign = { .shared = {
	EC_MODULE_INIT(EC_MODULE_TYPE_VALIDATE, 0),
	.module_name = "dkim_sign",
	.module_description = "signs mail with DKIM",
	EC_MODULE_VERSION,
	.module_control = instance_control,
	.module_config_setup = instance_config_setup,
	.module_ext_init = instance_ext_init,
} };
