/*
 * options.c: names, types, defaults, and what values are good.
 */
#include "signing/options.h"

#include "dkim/memory.h"
#include "dkim/option.h"
#include "dkim/option_check.h"
#include "ec_config.h"
#include "seal.h"
#include "signing/field_list.h"
#include "signing/option_rules.h"
#include "signing/signing.h"

#include <assert.h>
#include <stdbool.h>
#include <stdio.h>
#include <string.h>

#define SENDING \
	"Binding_Group:Binding:Domain>Binding:Domain>Binding_Group:Domain>" \
	"Binding_Group:Binding>Binding>Binding_Group>Domain>Global"

#define SCOPES_BYTES 128 /* names of modules and their scopes are short */

static const struct ec_config_value_mapping canons[] = {
	{ "simple", "0" },
	{ "relaxed", "1" },
	{ NULL, NULL },
};
static_assert(SEAL_CANON_SIMPLE == 0 && SEAL_CANON_RELAXED == 1,
    "as the table says");

static const struct ec_config_value_mapping dk_canons[] = {
	{ "simple", "0" },
	{ "nofws", "1" },
	{ NULL, NULL },
};
static_assert(SEAL_DK_SIMPLE == 0 && SEAL_DK_NOFWS == 1,
    "as the table says");

static const struct ec_config_value_mapping digests[] = {
	{ "rsa-sha256", "1" },
	{ "ed25519-sha256", "2" },
	{ "rsa-sha1", "3" },
	{ NULL, NULL },
};
static_assert(SEAL_RSA_SHA256 == 1 && SEAL_ED25519_SHA256 == 2 &&
    SEAL_RSA_SHA1 == 3, "as the table says");

static const struct ec_config_value_mapping failures[] = {
	{ "unsigned", "0" },
	{ "tempfail", "1" },
	{ "reject", "2" },
	{ NULL, NULL },
};

static const struct ec_config_value_mapping permissions[] = {
	{ "owner", "0" },
	{ "group", "1" },
	{ "any", "2" },
	{ NULL, NULL },
};

/* As usual: what a module does not say otherwise.  The fallbacks are written
 * when the module's names are known. */
static ec_config_option_def rows[OPTION_COUNT] = {
	[OPTION_ALLOW_WEAK_KEY] = { .name = "allow_weak_key",
	    .flags = EC_CFG_OPT_ADDITION,
	    .type = ECCFGTYPE_BOOL, .defval = "false" },
	[OPTION_BASE_DOMAIN] = { .name = "base_domain",
	    .type = ECCFGTYPE_STRING,
	    .validate_value = option_rule_domain },
	[OPTION_BODY_CANON] = { .name = "body_canon",
	    .type = ECCFGTYPE_INT, .defval = "relaxed", .map = canons },
	[OPTION_BODY_LENGTH_LIMIT] = { .name = "body_length_limit",
	    .type = ECCFGTYPE_BOOL, .defval = "false" },
	[OPTION_CANON] = { .name = "canon",
	    .type = ECCFGTYPE_INT, .defval = "nofws", .map = dk_canons },
	[OPTION_COPY_HEADERS] = { .name = "copy_headers",
	    .type = ECCFGTYPE_BOOL, .defval = "false" },
	[OPTION_DIGEST] = { .name = "digest",
	    .type = ECCFGTYPE_INT, .map = digests },
	[OPTION_FILTER_HEADER] = { .name = "filter_header",
	    .flags = EC_CFG_OPT_ADDITION,
	    .type = ECCFGTYPE_BOOL, .defval = "false" },
	[OPTION_HEADER_CANON] = { .name = "header_canon",
	    .type = ECCFGTYPE_INT, .defval = "relaxed", .map = canons },
	[OPTION_HEADERLIST] = { .name = "headerlist",
	    .type = ECCFGTYPE_STRING, .flags = EC_CFG_OPT_IS_ARRAY,
	    .validate_value = option_rule_list },
	[OPTION_IDENTITY] = { .name = "identity",
	    .type = ECCFGTYPE_STRING,
	    .validate_value = option_rule_identity },
	[OPTION_KEY] = { .name = "key",
	    .type = ECCFGTYPE_STRING, .validate_value = option_rule_key },
	[OPTION_KEY_CACHE_SIZE] = { .name = "key_cache_size",
	    .type = ECCFGTYPE_INT, .validate_value = option_check_size },
	[OPTION_KEY_PERMISSIONS] = { .name = "key_permissions",
	    .flags = EC_CFG_OPT_ADDITION,
	    .type = ECCFGTYPE_INT, .defval = "owner", .map = permissions },
	[OPTION_KEYCACHE_SIZE] = { .name = "keycache_size",
	    .type = ECCFGTYPE_INT, .defval = "2048",
	    .validate_value = option_check_size },
	[OPTION_LIFETIME] = { .name = "lifetime",
	    .type = ECCFGTYPE_INT, .defval = "0",
	    .validate_value = option_rule_lifetime },
	[OPTION_NEG_KEYCACHE_TTL] = { .name = "neg_keycache_ttl",
	    .type = ECCFGTYPE_INT, .defval = "3600",
	    .validate_value = option_check_ttl },
	[OPTION_OVERSIGN_HEADERLIST] = { .name = "oversign_headerlist",
	    .type = ECCFGTYPE_STRING, .flags = EC_CFG_OPT_IS_ARRAY,
	    .validate_value = option_rule_names },
	[OPTION_POS_KEYCACHE_TTL] = { .name = "pos_keycache_ttl",
	    .type = ECCFGTYPE_INT, .defval = "300",
	    .validate_value = option_check_ttl },
	[OPTION_SELECTOR] = { .name = "selector",
	    .type = ECCFGTYPE_STRING,
	    .validate_value = option_rule_selector },
	[OPTION_SIGN_CONDITION] = { .name = "sign_condition",
	    .type = ECCFGTYPE_STRING,
	    .validate_value = option_check_given },
	[OPTION_SIGN_FAILURE] = { .name = "sign_failure",
	    .flags = EC_CFG_OPT_ADDITION,
	    .type = ECCFGTYPE_INT, .defval = "unsigned", .map = failures },
	[OPTION_SKIP_HEADERLIST] = { .name = "skip_headerlist",
	    .type = ECCFGTYPE_STRING, .flags = EC_CFG_OPT_IS_ARRAY,
	    .validate_value = option_rule_names },
	[OPTION_TESTING] = { .name = "testing",
	    .type = ECCFGTYPE_BOOL, .defval = "false" },
	[OPTION_SWITCH] = { .type = ECCFGTYPE_BOOL, .fallback = SENDING,
	    .defval = "enabled" },
};

/* For the manual, where a module has nothing better. */
static const char *const helps[OPTION_COUNT] = {
	[OPTION_ALLOW_WEAK_KEY] =
	    "Sign with RSA keys under 1024 bits, which receivers must "
	    "not accept (RFC 8301).",
	[OPTION_BASE_DOMAIN] =
	    "Sign as this domain, mostly the parent, instead of the "
	    "responsible one.",
	[OPTION_BODY_CANON] =
	    "Canonicalization of the body (RFC 6376 section 3.4).",
	[OPTION_BODY_LENGTH_LIMIT] =
	    "Put the number of signed octets of the body into the "
	    "signature (`l=`): who resends the message can then add to "
	    "it.",
	[OPTION_CANON] =
	    "Canonicalization (RFC 4870 section 3.4.2).",
	[OPTION_COPY_HEADERS] =
	    "Put copies of the signed fields into the signature (`z=`), "
	    "for diagnosis.",
	[OPTION_DIGEST] =
	    "The algorithm (`a=`). Unset: what the key is for. "
	    "`ed25519-sha256` is an addition.",
	[OPTION_FILTER_HEADER] =
	    "Add `DKIM-Filter: mailseal VERSION HOST ID` to what was "
	    "signed.",
	[OPTION_HEADER_CANON] =
	    "Canonicalization of the header (RFC 6376 section 3.4).",
	[OPTION_HEADERLIST] =
	    "The fields to sign: names separated by colons, each alone "
	    "(one, or its absence), with `?` (one if there), `*` (all, "
	    "and no more), `+` (all). Also as an array. Unset: those of "
	    "RFC 6376 section 5.4.1, From once more than it occurs.",
	[OPTION_IDENTITY] =
	    "The identity (`i=`): an address in the signing domain or "
	    "below it.",
	[OPTION_KEY] =
	    "The private key, a PEM file. `%{d}` stands for the signing "
	    "domain, `%{s}` for the selector.",
	[OPTION_KEY_CACHE_SIZE] =
	    "Another spelling of `keycache_size`, which counts before it.",
	[OPTION_KEY_PERMISSIONS] =
	    "Who else may read a key: nobody, its group, or whoever "
	    "(then links are followed, too).",
	[OPTION_KEYCACHE_SIZE] =
	    "Keys kept in memory. In a `SCOPE` it has no effect.",
	[OPTION_LIFETIME] =
	    "Hours from `t=` to `x=`; 0: no `x=`.",
	[OPTION_NEG_KEYCACHE_TTL] =
	    "Seconds before a key that failed to load is tried again; a "
	    "file that is there but holds no key, after a second. "
	    "In a `SCOPE` it has no effect.",
	[OPTION_OVERSIGN_HEADERLIST] =
	    "Fields to sign, and to name once more than they occur, so that "
	    "none can be added.",
	[OPTION_POS_KEYCACHE_TTL] =
	    "Seconds before a key is read anew. In a `SCOPE` it has "
	    "no effect.",
	[OPTION_SELECTOR] =
	    "The selector (`s=`): the key record is at "
	    "SELECTOR._domainkey.DOMAIN.",
	[OPTION_SIGN_CONDITION] =
	    "Sign only if this variable is in the connection or message "
	    "context, whatever its value.",
	[OPTION_SIGN_FAILURE] =
	    "What becomes of a message that ought to be signed and "
	    "cannot be.",
	[OPTION_SKIP_HEADERLIST] =
	    "Fields never to sign, but From.",
	[OPTION_SWITCH] =
	    "Whether MODULE signs mail to recipients of this scope. "
	    "A message to several is left unsigned only if that holds "
	    "for all.",
};

static int slots[OPTION_COUNT];

/* Lay what the module says over what is usual. */
static void
lay_over(ec_config_option_def *row, const struct signing_option *own)
{
	if (own->name != NULL)
		row->name = own->name;
	if (own->defval != NULL)
		row->defval = own->defval;
	if (own->map != NULL)
		row->map = own->map;
	if (own->validate_value != NULL)
		row->validate_value = own->validate_value;
	row->flags |= own->flags;
}

/* Texts for the life of the process. */
static const char *
scopes_of(enum sign_option option)
{
	static char both[2 * SCOPES_BYTES], domain[SCOPES_BYTES];

	(void)snprintf(domain, sizeof(domain), "%s:%s", signing.name,
	    signing.domain_scope);
	(void)snprintf(both, sizeof(both), "%s>%s", domain, signing.name);
	return option == OPTION_BASE_DOMAIN ? domain : both;
}

/* The words with the module's names in the place of MODULE and SCOPE. */
static void
tell(int slot, const char *words)
{
	const char *at = strstr(words, "SCOPE"), *name = signing.domain_scope;
	size_t skip = strlen("SCOPE");
	char *text;

	if (at == NULL) {
		at = strstr(words, "MODULE");
		name = signing.name;
		skip = strlen("MODULE");
	}
	if (at == NULL) {
		ec_config_option_help(slot, words);
		return;
	}
	text = memory_new(strlen(words) + strlen(name) + 1);
	(void)sprintf(text, "%.*s%s%s", (int)(at - words), words, name,
	    at + skip);
	ec_config_option_help(slot, text);
	memory_free(text);
}

int
options_register(void)
{
	for (size_t i = 0; i < OPTION_COUNT; i++)
		slots[i] = -1;
	for (size_t i = 0; i < signing.options_count; i++) {
		const struct signing_option *own = &signing.options[i];
		ec_config_option_def *row = &rows[own->option];

		lay_over(row, own);
		if (row->fallback == NULL)
			row->fallback = scopes_of(own->option);
		slots[own->option] = ec_config_register_option(row);
		if (slots[own->option] < 0)
			return -1;
		tell(slots[own->option], own->help != NULL ? own->help :
		    helps[own->option]);
	}
	return 0;
}

int
options_slot(enum sign_option option)
{
	return slots[option];
}

const char *
options_name(enum sign_option option)
{
	return rows[option].name;
}

char *
options_text(const struct option_place *place, enum sign_option option)
{
	return slots[option] < 0 ? NULL : option_text(place, slots[option]);
}

char *
options_joined(const struct option_place *place, enum sign_option option)
{
	char *list = slots[option] < 0 ? NULL :
	    option_joined(place, slots[option], ':');

	field_list_settle(list);
	return list;
}

int
options_int(const struct option_place *place, enum sign_option option)
{
	return slots[option] < 0 ? 0 : option_int(place, slots[option], 0);
}
