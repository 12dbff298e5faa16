/*
 * settings.c: from options to settings.
 */
#include "settings.h"

#include "dkim/memory.h"
#include "dkim/option.h"
#include "keypath.h"
#include "names.h"

#define SECONDS_IN_HOUR 3600

static char *
domain_option(const struct option_place *place, enum sign_option option)
{
	char *text = option_text(place, options_slot(option));
	char ascii[SEAL_DOMAIN_BYTES];

	if (text == NULL || !names_to_ascii(text, ascii))
		return text;
	memory_free(text);
	return memory_text(ascii);
}

struct settings *
settings_new(ec_config_header *transaction,
    generic_module_infrastructure *self, const char *domain)
{
	const struct option_place place = {
		.transaction = transaction,
		.self = self,
		.scope = domain == NULL ? NULL : "dk_domain",
		.instance = domain,
	};
	struct settings *s = memory_new(sizeof(*s));

#define TEXT(option) option_text(&place, options_slot(option))
#define INT(option) option_int(&place, options_slot(option), 0)
#define BOOL(option) option_bool(&place, options_slot(option))
	if (domain != NULL)
		s->base_domain = domain_option(&place, OPTION_BASE_DOMAIN);
	s->selector = TEXT(OPTION_SELECTOR);
	s->key = TEXT(OPTION_KEY);
	s->headerlist = option_joined(&place,
	    options_slot(OPTION_HEADERLIST), ':');
	s->identity = TEXT(OPTION_IDENTITY);
	s->sign_condition = TEXT(OPTION_SIGN_CONDITION);
	s->header_canon = (enum seal_canon)INT(OPTION_HEADER_CANON);
	s->body_canon = (enum seal_canon)INT(OPTION_BODY_CANON);
	s->digest = (enum seal_algorithm)INT(OPTION_DIGEST);
	s->sign_failure = (enum sign_failure)INT(OPTION_SIGN_FAILURE);
	s->lifetime = (int64_t)INT(OPTION_LIFETIME) * SECONDS_IN_HOUR;
	s->body_length_limit = BOOL(OPTION_BODY_LENGTH_LIMIT);
	s->copy_headers = BOOL(OPTION_COPY_HEADERS);
	s->filter_header = BOOL(OPTION_FILTER_HEADER);
	s->allow_weak_key = BOOL(OPTION_ALLOW_WEAK_KEY);
#undef TEXT
#undef INT
#undef BOOL
	s->id = memory_text(domain == NULL ? "" : domain);
	s->key_has_domain = s->key != NULL && keypath_has_domain(s->key);
	return s;
}

void
settings_free(struct settings **settings)
{
	struct settings *s = *settings;

	*settings = NULL;
	if (s == NULL)
		return;
	memory_free(s->id);
	memory_free(s->base_domain);
	memory_free(s->selector);
	memory_free(s->key);
	memory_free(s->headerlist);
	memory_free(s->identity);
	memory_free(s->sign_condition);
	memory_free(s);
}

static struct span
span_of_text(const char *text)
{
	return (struct span){ (const unsigned char *)text,
	    text == NULL ? 0 : strlen(text) };
}

void
settings_fill(const struct settings *s, struct seal_sign_options *options_r)
{
	seal_sign_options_init(options_r);
	options_r->selector = span_of_text(s->selector);
	options_r->identity = span_of_text(s->identity);
	options_r->headers = span_of_text(s->headerlist);
	options_r->algorithm = s->digest;
	options_r->header_canon = s->header_canon;
	options_r->body_canon = s->body_canon;
	options_r->lifetime = s->lifetime;
	options_r->body_length = s->body_length_limit;
	options_r->copy_headers = s->copy_headers;
	options_r->allow_rsa_sha1 = s->digest == SEAL_RSA_SHA1;
	options_r->allow_weak_key = s->allow_weak_key;
}
