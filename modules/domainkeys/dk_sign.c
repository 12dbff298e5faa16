/*
 * dk_sign.c: sign mail with DomainKeys (RFC 4870) when it leaves.
 */
#include "dk_engine.h"
#include "dkim/console.h"
#include "ec_signing_stats.h"
#include "signing/instance.h"
#include "signing/option_rules.h"
#include "signing/stanza.h"
#include "signing/stanzas.h"

#include <assert.h>
#include <inttypes.h>
#include <stdio.h>

#define NANOSECONDS 1e9 /* in a second */

SIGNING_STANZAS(dk_sign)

/* The engine knows no other. */
static const struct ec_config_value_mapping digests[] = {
	{ "rsa-sha1", "0" },
	{ NULL, NULL },
};
static_assert(SEAL_ALGORITHM_NONE == 0, "as the table says");

static const struct signing_option options[] = {
	{ .option = OPTION_ALLOW_WEAK_KEY },
	{ .option = OPTION_BASE_DOMAIN, .help =
	    "Sign as this domain, which is above the responsible one." },
	{ .option = OPTION_CANON, .help =
	    "Canonicalization (RFC 4870 section 3.4.2); `simple` does not "
	    "survive most ways." },
	{ .option = OPTION_DIGEST, .defval = "rsa-sha1", .map = digests,
	    .help = "The algorithm (`a=`): there is no other." },
	{ .option = OPTION_HEADERLIST, .validate_value = option_rule_names,
	    .help = "The fields to sign, all of each name, in this order: "
	    "names separated by colons, or an array. Sender, or else From, is "
	    "signed in any case. Unset: all but those that trace." },
	{ .option = OPTION_KEY, .flags = EC_CFG_OPT_REQUIRED },
	{ .option = OPTION_KEY_PERMISSIONS },
	{ .option = OPTION_KEYCACHE_SIZE },
	{ .option = OPTION_NEG_KEYCACHE_TTL },
	{ .option = OPTION_POS_KEYCACHE_TTL },
	{ .option = OPTION_SELECTOR, .flags = EC_CFG_OPT_REQUIRED },
	{ .option = OPTION_SIGN_CONDITION },
	{ .option = OPTION_SIGN_FAILURE },
	{ .option = OPTION_SWITCH, .name = "domainkeys" },
};

const struct signing signing = {
	.name = "dk_sign",
	.function = "ec_dk_sign",
	.options = options,
	.options_count = sizeof(options) / sizeof(options[0]),
	.domain_scope = "dk_domain",
	.engine = &dk_engine,
	.stats = "what was signed",
	.provide = stanzas_provide,
	.collect = stanzas_collect,
};

static void
tell_number(console_row *row, void *answer, const char *label,
    u_int64_t number)
{
	char value[24];

	(void)snprintf(value, sizeof(value), "%" PRIu64, number);
	row(answer, label, value);
}

/* The counters of signing_stats, by their names there: those of all stanzas. */
static void
tell_totals(void *of, console_row *row, void *answer)
{
	struct ec_signing_totals totals;
	char seconds[32];

	(void)of;
	ec_signing_stats_totals(EC_SIGNING_DOMAINKEYS, &totals);
	(void)snprintf(seconds, sizeof(seconds), "%.4f",
	    (double)totals.nanoseconds / NANOSECONDS);
	row(answer, "AccumulatedSigningTime", seconds);
	tell_number(row, answer, "TotalMessagesSigned", totals.signed_ok);
	tell_number(row, answer, "FailedSigningAttempts", totals.failed);
	tell_number(row, answer, "TotalMessagesProcessed", totals.processed);
}

static void
control(generic_module_infrastructure *self, string *response,
    const char *command, int xml)
{
	struct console_keycache keycache =
	    stanza_keycache(self->module_private_data);

	keycache.more = tell_totals;
	console_answer(&keycache, response, command, xml);
}

EC_MODULE_EXPORT generic_module_infrastructure dk_sign = { .shared = {
	EC_MODULE_INIT(EC_MODULE_TYPE_VALIDATE, 0),
	.module_name = "dk_sign",
	.module_description = "signs mail with DomainKeys",
	EC_MODULE_VERSION,
	.module_control = control,
	.module_config_setup = instance_config_setup,
	.module_ext_init = instance_ext_init,
} };
