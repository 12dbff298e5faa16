/*
 * options.c: names, types, defaults, and what values are good.
 */
#include "options.h"

#include "dkim/option_check.h"
#include "ec_config.h"
#include "keypath.h"
#include "names.h"
#include "seal.h"

#include <assert.h>
#include <stdbool.h>
#include <string.h>

#define BOTH "dkim_sign:dk_domain>dkim_sign"
#define SENDING \
	"Binding_Group:Binding:Domain>Binding:Domain>Binding_Group:Domain>" \
	"Binding_Group:Binding>Binding>Binding_Group>Domain>Global"

#define MAX_LIFETIME 876000 /* a hundred years, in hours */

static const struct ec_config_value_mapping canons[] = {
	{ "simple", "0" },
	{ "relaxed", "1" },
	{ NULL, NULL },
};
static_assert(SEAL_CANON_SIMPLE == 0 && SEAL_CANON_RELAXED == 1,
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

static int
check_lifetime(ec_config_option_def *option, string *output,
    ec_config_header *cfghdr, ec_config_value *val)
{
	(void)option;
	(void)cfghdr;
	return option_check_within(val, output, 0, MAX_LIFETIME);
}

static bool
is_name(const char *text)
{
	char ascii[SEAL_DOMAIN_BYTES];

	return text != NULL && names_to_ascii(text, ascii);
}

static int
check_domain(ec_config_option_def *option, string *output,
    ec_config_header *cfghdr, ec_config_value *val)
{
	(void)option;
	(void)cfghdr;
	if (!is_name(val->v->vstr))
		return option_check_refuse(output, "it is no domain name");
	return 1;
}

static int
check_selector(ec_config_option_def *option, string *output,
    ec_config_header *cfghdr, ec_config_value *val)
{
	(void)option;
	(void)cfghdr;
	if (!is_name(val->v->vstr))
		return option_check_refuse(output,
		    "it is no selector (labels of letters, "
		    "digits and '-', RFC 6376 section 3.1)");
	return 1;
}

static int
check_identity(ec_config_option_def *option, string *output,
    ec_config_header *cfghdr, ec_config_value *val)
{
	const char *at = val->v->vstr == NULL ? NULL :
	    strrchr(val->v->vstr, '@');

	(void)option;
	(void)cfghdr;
	if (at == NULL || !is_name(at + 1))
		return option_check_refuse(output, "it is no address: expected "
		    "\"user@example.com\" or \"@example.com\"");
	return 1;
}

static int
check_key(ec_config_option_def *option, string *output,
    ec_config_header *cfghdr, ec_config_value *val)
{
	(void)option;
	(void)cfghdr;
	if (val->v->vstr == NULL || *val->v->vstr == '\0')
		return option_check_refuse(output, "it is empty");
	if (!keypath_is_pattern(val->v->vstr))
		return option_check_refuse(output,
		    "of patterns it may hold %{d} (domain), "
		    "%{s} (selector) and %% alone");
	return 1;
}

/* The engine reads header lists, so it is asked, with a key that signs
 * nothing. */
static int
check_list_text(const char *list, string *output)
{
	struct seal_sign_options options;
	struct seal_profile *profile = NULL;
	const char *why = "out of memory";
	int ret;

	seal_sign_options_init(&options);
	ret = seal_key_generate(SEAL_ED25519_SHA256, 0, &options.key, &why);
	if (ret == 0) {
		options.domain = (struct span){
		    (const unsigned char *)"example.com", 11 };
		options.selector = (struct span){
		    (const unsigned char *)"s", 1 };
		options.headers = (struct span){
		    (const unsigned char *)list, strlen(list) };
		ret = seal_profile_new(&options, &profile, &why);
	}
	if (ret != 0)
		(void)stringwrite_strings(output, 1, why);
	seal_profile_unref(&profile);
	seal_key_unref(&options.key);
	return ret == 0;
}

static int
check_headerlist(ec_config_option_def *option, string *output,
    ec_config_header *cfghdr, ec_config_value *val)
{
	string list;
	int good;

	(void)option;
	(void)cfghdr;
	(void)string_init_type(&list, 256, STRING_TYPE_MALLOC);
	for (int i = 0; val->v->varr != NULL && i < val->v->varr->size; i++) {
		const ec_config_value_storage *item = val->v->varr->items[i];

		(void)stringwrite_strings(&list, 2, i > 0 ? ":" : NULL,
		    item->vstr);
	}
	good = list.len == 0 ? option_check_refuse(output, "it is empty") :
	    check_list_text(list.buffer, output);
	(void)string_destroy(&list);
	return good;
}

static ec_config_option_def rows[OPTION_COUNT] = {
	[OPTION_ALLOW_WEAK_KEY] = { .name = "allow_weak_key",
	    .flags = EC_CFG_OPT_ADDITION,
	    .type = ECCFGTYPE_BOOL, .fallback = BOTH, .defval = "false" },
	[OPTION_BASE_DOMAIN] = { .name = "base_domain",
	    .type = ECCFGTYPE_STRING, .fallback = "dkim_sign:dk_domain",
	    .validate_value = check_domain },
	[OPTION_BODY_CANON] = { .name = "body_canon",
	    .type = ECCFGTYPE_INT, .fallback = BOTH, .defval = "relaxed",
	    .map = canons },
	[OPTION_BODY_LENGTH_LIMIT] = { .name = "body_length_limit",
	    .type = ECCFGTYPE_BOOL, .fallback = BOTH, .defval = "false" },
	[OPTION_COPY_HEADERS] = { .name = "copy_headers",
	    .type = ECCFGTYPE_BOOL, .fallback = BOTH, .defval = "false" },
	[OPTION_DIGEST] = { .name = "digest",
	    .type = ECCFGTYPE_INT, .fallback = BOTH, .map = digests },
	[OPTION_FILTER_HEADER] = { .name = "filter_header",
	    .flags = EC_CFG_OPT_ADDITION,
	    .type = ECCFGTYPE_BOOL, .fallback = BOTH, .defval = "false" },
	[OPTION_HEADER_CANON] = { .name = "header_canon",
	    .type = ECCFGTYPE_INT, .fallback = BOTH, .defval = "relaxed",
	    .map = canons },
	[OPTION_HEADERLIST] = { .name = "headerlist",
	    .type = ECCFGTYPE_STRING, .fallback = BOTH,
	    .flags = EC_CFG_OPT_IS_ARRAY, .validate_value = check_headerlist },
	[OPTION_IDENTITY] = { .name = "identity",
	    .type = ECCFGTYPE_STRING, .fallback = BOTH,
	    .validate_value = check_identity },
	[OPTION_KEY] = { .name = "key",
	    .type = ECCFGTYPE_STRING, .fallback = BOTH,
	    .flags = EC_CFG_OPT_REQUIRED, .validate_value = check_key },
	[OPTION_KEY_PERMISSIONS] = { .name = "key_permissions",
	    .flags = EC_CFG_OPT_ADDITION,
	    .type = ECCFGTYPE_INT, .fallback = BOTH, .defval = "owner",
	    .map = permissions },
	[OPTION_KEYCACHE_SIZE] = { .name = "keycache_size",
	    .type = ECCFGTYPE_INT, .fallback = BOTH, .defval = "2048",
	    .validate_value = option_check_size },
	[OPTION_LIFETIME] = { .name = "lifetime",
	    .type = ECCFGTYPE_INT, .fallback = BOTH, .defval = "0",
	    .validate_value = check_lifetime },
	[OPTION_NEG_KEYCACHE_TTL] = { .name = "neg_keycache_ttl",
	    .type = ECCFGTYPE_INT, .fallback = BOTH, .defval = "3600",
	    .validate_value = option_check_ttl },
	[OPTION_POS_KEYCACHE_TTL] = { .name = "pos_keycache_ttl",
	    .type = ECCFGTYPE_INT, .fallback = BOTH, .defval = "300",
	    .validate_value = option_check_ttl },
	[OPTION_SELECTOR] = { .name = "selector",
	    .type = ECCFGTYPE_STRING, .fallback = BOTH,
	    .flags = EC_CFG_OPT_REQUIRED, .validate_value = check_selector },
	[OPTION_SIGN_CONDITION] = { .name = "sign_condition",
	    .type = ECCFGTYPE_STRING, .fallback = BOTH,
	    .validate_value = option_check_given },
	[OPTION_SIGN_FAILURE] = { .name = "sign_failure",
	    .flags = EC_CFG_OPT_ADDITION,
	    .type = ECCFGTYPE_INT, .fallback = BOTH, .defval = "unsigned",
	    .map = failures },
	[OPTION_DKIM] = { .name = "dkim",
	    .type = ECCFGTYPE_BOOL, .fallback = SENDING, .defval = "enabled" },
};

/* For the manual. */
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
	[OPTION_KEY_PERMISSIONS] =
	    "Who else may read a key: nobody, its group, or whoever "
	    "(then links are followed, too).",
	[OPTION_KEYCACHE_SIZE] =
	    "Keys kept in memory. In a `dk_domain` it has no effect.",
	[OPTION_LIFETIME] =
	    "Hours from `t=` to `x=`; 0: no `x=`.",
	[OPTION_NEG_KEYCACHE_TTL] =
	    "Seconds before a key that failed to load is tried again. "
	    "In a `dk_domain` it has no effect.",
	[OPTION_POS_KEYCACHE_TTL] =
	    "Seconds before a key is read anew. In a `dk_domain` it has "
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
	[OPTION_DKIM] =
	    "Whether dkim_sign signs mail to recipients of this scope. "
	    "A message to several is left unsigned only if that holds "
	    "for all.",
};

static int slots[OPTION_COUNT];

int
options_register(void)
{
	for (size_t i = 0; i < OPTION_COUNT; i++) {
		slots[i] = ec_config_register_option(&rows[i]);
		if (slots[i] < 0)
			return -1;
		ec_config_option_help(slots[i], helps[i]);
	}
	return 0;
}

int
options_slot(enum sign_option option)
{
	return slots[option];
}
