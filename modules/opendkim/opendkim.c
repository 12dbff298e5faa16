/*
 * opendkim.c: sign mail with DKIM (RFC 6376) when it leaves, by the options of
 * the module of that name, and verify it when policy asks (verify.c).
 *
 * Signing is that of dkim_sign; the lists of headers are this module's own.
 */
#include "dkim/memory.h"
#include "dkim/option.h"
#include "opendkim/lists.h"
#include "opendkim/verify_options.h"
#include "opendkim/verify_stanza.h"
#include "signing/engine_dkim.h"
#include "signing/instance.h"
#include "signing/option_rules.h"
#include "signing/settings.h"
#include "signing/stanza.h"
#include "signing/stanzas.h"
#include "verifying/query_numbers.h"

SIGNING_STANZAS(opendkim)

static const struct signing_option options[] = {
	{ .option = OPTION_ALLOW_WEAK_KEY },
	{ .option = OPTION_BASE_DOMAIN },
	{ .option = OPTION_BODY_CANON, .defval = "simple" },
	{ .option = OPTION_BODY_LENGTH_LIMIT },
	{ .option = OPTION_COPY_HEADERS },
	{ .option = OPTION_DIGEST, .help =
	    "The algorithm (`a=`). Unset: `rsa-sha256`, and "
	    "`ed25519-sha256` with an Ed25519 key, which is an addition." },
	{ .option = OPTION_FILTER_HEADER },
	{ .option = OPTION_HEADER_CANON, .defval = "simple" },
	{ .option = OPTION_HEADERLIST,
	    .validate_value = option_rule_field_names, .help =
	    "The fields to sign, all that there are of each name, in this "
	    "order; needed where there is a `key` and a `selector`. Also as "
	    "names separated by colons." },
	{ .option = OPTION_IDENTITY },
	{ .option = OPTION_KEY },
	{ .option = OPTION_KEY_CACHE_SIZE },
	{ .option = OPTION_KEY_PERMISSIONS },
	{ .option = OPTION_KEYCACHE_SIZE },
	{ .option = OPTION_LIFETIME },
	{ .option = OPTION_NEG_KEYCACHE_TTL },
	{ .option = OPTION_OVERSIGN_HEADERLIST },
	{ .option = OPTION_POS_KEYCACHE_TTL },
	{ .option = OPTION_SELECTOR },
	{ .option = OPTION_SIGN_CONDITION },
	{ .option = OPTION_SIGN_FAILURE },
	{ .option = OPTION_SKIP_HEADERLIST },
	{ .option = OPTION_TESTING, .help =
	    "This is not production: messages that cannot be signed go on, "
	    "whatever `sign_failure` says, and signatures carry `z=`, as with "
	    "`copy_headers`." },
	{ .option = OPTION_SWITCH, .name = "opendkim_sign", .defval = "true" },
};

static bool
is_set(const struct option_place *place, enum sign_option option)
{
	char *text = option == OPTION_HEADERLIST ?
	    options_joined(place, option) : options_text(place, option);
	bool set = text != NULL;

	memory_free(text);
	return set;
}

/* A stanza may be there for scripts alone, which bring selector and key; where
 * it signs by itself, it must say what. */
static bool
check(const struct option_place *place, string *output)
{
	if (!is_set(place, OPTION_SELECTOR) || !is_set(place, OPTION_KEY) ||
	    is_set(place, OPTION_HEADERLIST))
		return true;
	if (place->scope != NULL)
		(void)stringprintf(output, "%s '%s' ", place->scope,
		    place->instance);
	(void)stringwrite_strings(output, 1, "lacks the option 'headerlist': "
	    "which fields shall be signed? (expected 'headerlist = ( From "
	    "To Subject Date )')");
	return false;
}

static void
adjust(struct settings *settings, const struct option_place *place)
{
	char *oversign = options_joined(place, OPTION_OVERSIGN_HEADERLIST);
	char *skip = options_joined(place, OPTION_SKIP_HEADERLIST);
	char *list = lists_join(settings->headerlist, oversign, skip);

	memory_free(settings->headerlist);
	settings->headerlist = list;
	memory_free(oversign);
	memory_free(skip);
	if (settings->testing) {
		settings->copy_headers = true;
		settings->sign_failure = SIGN_FAILURE_UNSIGNED;
	}
}

const struct signing signing = {
	.name = "opendkim",
	.function = "ec_opendkim_sign",
	.options = options,
	.options_count = sizeof(options) / sizeof(options[0]),
	.domain_scope = "dkim_domain",
	.engine = &engine_dkim,
	.provide = stanzas_provide,
	.collect = stanzas_collect,
	.check = check,
	.adjust = adjust,
};

static int
config_setup(generic_module_infrastructure *self, int ignoreme)
{
	query_numbers_register();
	if (verify_options_register() != 0)
		return -1;
	return instance_config_setup(self, ignoreme);
}

static int
ext_init(generic_module_infrastructure *self, ec_config_header *transaction,
    string *output, int flags)
{
	int ret;

	if (EC_MODULE_INIT_MODE(flags) == EC_MODULE_INIT_DESTROY)
		verify_stanza_end(self);
	ret = instance_ext_init(self, transaction, output, flags);
	if (ret == 0 && EC_MODULE_INIT_MODE(flags) == EC_MODULE_INIT_INIT)
		ret = verify_stanza_begin(self, transaction, output);
	return ret;
}

static size_t
flush(void *of)
{
	generic_module_infrastructure *self = of;
	struct console_keycache own =
	    stanza_keycache(self->module_private_data);

	return own.flush(own.of) + verify_stanza_flush(self);
}

static void
stats(void *of, struct cache_stats *stats_r)
{
	generic_module_infrastructure *self = of;
	struct console_keycache own =
	    stanza_keycache(self->module_private_data);

	own.stats(own.of, stats_r);
}

/* Private keys and public ones. */
static void
control(generic_module_infrastructure *self, string *response,
    const char *command, int xml)
{
	struct console_keycache keycache = { flush, stats, self, NULL };

	console_answer(&keycache, response, command, xml);
}

EC_MODULE_EXPORT generic_module_infrastructure opendkim = { .shared = {
	EC_MODULE_INIT(EC_MODULE_TYPE_VALIDATE, 0),
	.module_name = "opendkim",
	.module_description = "signs mail with DKIM, and verifies it for scripts",
	EC_MODULE_VERSION,
	.module_control = control,
	.module_config_setup = config_setup,
	.module_ext_init = ext_init,
} };
