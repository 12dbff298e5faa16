/*
 * option_rules.c: what is checked while the configuration is read.
 */
#include "signing/option_rules.h"

#include "dkim/option_check.h"
#include "seal.h"
#include "signing/field_list.h"
#include "signing/keypath.h"
#include "signing/keytext.h"
#include "signing/names.h"

#include <stdbool.h>
#include <string.h>

#define MAX_LIFETIME 876000 /* a hundred years, in hours */
#define MAX_FIELD_NAME 77 /* RFC 5322 section 2.1.1: a line of 78 with its ':' */

int
option_rule_lifetime(ec_config_option_def *option, string *output,
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

int
option_rule_domain(ec_config_option_def *option, string *output,
    ec_config_header *cfghdr, ec_config_value *val)
{
	(void)option;
	(void)cfghdr;
	if (!is_name(val->v->vstr))
		return option_check_refuse(output, "it is no domain name");
	return 1;
}

int
option_rule_selector(ec_config_option_def *option, string *output,
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

int
option_rule_identity(ec_config_option_def *option, string *output,
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

int
option_rule_key(ec_config_option_def *option, string *output,
    ec_config_header *cfghdr, ec_config_value *val)
{
	(void)option;
	(void)cfghdr;
	if (val->v->vstr == NULL || *val->v->vstr == '\0')
		return option_check_refuse(output, "it is empty");
	if (keytext_is_key(val->v->vstr))
		return option_check_refuse(output, "it is a key itself "
		    "(expected the path of a file that holds it)");
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

/* The names of an array with colons between; the caller destroys list_r. */
static void
join(const ec_config_value *val, string *list_r)
{
	const ec_ptr_array *items = val->v->varr;

	(void)string_init_type(list_r, 256, STRING_TYPE_MALLOC);
	for (int i = 0; items != NULL && i < items->size; i++) {
		const ec_config_value_storage *item = items->items[i];

		(void)stringwrite_strings(list_r, 2, i > 0 ? ":" : NULL,
		    item->vstr);
	}
	field_list_settle(list_r->buffer);
	list_r->len = list_r->buffer == NULL ? 0 : (int)strlen(list_r->buffer);
}

int
option_rule_list(ec_config_option_def *option, string *output,
    ec_config_header *cfghdr, ec_config_value *val)
{
	string list;
	int good;

	(void)option;
	(void)cfghdr;
	join(val, &list);
	good = list.len == 0 ? option_check_refuse(output, "it is empty") :
	    check_list_text(list.buffer, output);
	(void)string_destroy(&list);
	return good;
}

/* ftext of RFC 5322 section 3.6.8, and short enough for a line. */
static bool
is_field_name(const char *name, size_t n)
{
	if (n == 0 || n > MAX_FIELD_NAME)
		return false;
	for (size_t i = 0; i < n; i++) {
		if (name[i] < 33 || name[i] > 126 || name[i] == ':' ||
		    name[i] == ';')
			return false;
	}
	return true;
}

static bool
are_names(const char *text, const char *suffixes)
{
	for (;;) {
		size_t n = strcspn(text, ":"), name = n;

		if (n > 0 && strchr(suffixes, text[n - 1]) != NULL)
			name--;
		if (!is_field_name(text, name))
			return false;
		if (text[n] == '\0')
			return true;
		text += n + 1;
	}
}

/* Whether the list names fields; an empty one names none. */
static int
check_names(const ec_config_value *val, string *output, const char *suffixes,
    bool may_be_empty, const char *words)
{
	string list;
	bool good, empty;

	join(val, &list);
	empty = list.len == 0;
	good = empty || are_names(list.buffer, suffixes);
	(void)string_destroy(&list);
	if (empty && !may_be_empty)
		return option_check_refuse(output, "it is empty");
	return good ? 1 : option_check_refuse(output, words);
}

int
option_rule_names(ec_config_option_def *option, string *output,
    ec_config_header *cfghdr, ec_config_value *val)
{
	(void)option;
	(void)cfghdr;
	return check_names(val, output, "", true, "names of header fields are "
	    "expected, as ( Subject Date ) or \"Subject:Date\"");
}

int
option_rule_field_names(ec_config_option_def *option, string *output,
    ec_config_header *cfghdr, ec_config_value *val)
{
	(void)option;
	(void)cfghdr;
	return check_names(val, output, "?*+", false, "names of header fields "
	    "are expected, as ( From Subject ) or \"From:Subject\"");
}
