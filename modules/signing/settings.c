/*
 * settings.c: from options to settings.
 */
#include "signing/settings.h"

#include "dkim/memory.h"
#include "dkim/option.h"
#include "signing/keypath.h"
#include "signing/names.h"
#include "signing/signing.h"

#define SECONDS_IN_HOUR 3600

static char *
domain_option(const struct option_place *place, enum sign_option option)
{
	char *text = options_text(place, option);
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
		.scope = domain == NULL ? NULL : signing.domain_scope,
		.instance = domain,
	};
	struct settings *s = memory_new(sizeof(*s));

#define TEXT(option) options_text(&place, option)
#define INT(option) options_int(&place, option)
#define BOOL(option) (options_int(&place, option) != 0)
	if (domain != NULL)
		s->base_domain = domain_option(&place, OPTION_BASE_DOMAIN);
	s->selector = TEXT(OPTION_SELECTOR);
	s->key = TEXT(OPTION_KEY);
	s->headerlist = options_joined(&place, OPTION_HEADERLIST);
	s->identity = TEXT(OPTION_IDENTITY);
	s->sign_condition = TEXT(OPTION_SIGN_CONDITION);
	s->header_canon = (enum seal_canon)INT(OPTION_HEADER_CANON);
	s->body_canon = (enum seal_canon)INT(OPTION_BODY_CANON);
	s->dk_canon = (enum seal_dk_canon)INT(OPTION_CANON);
	s->digest = (enum seal_algorithm)INT(OPTION_DIGEST);
	s->sign_failure = (enum sign_failure)INT(OPTION_SIGN_FAILURE);
	s->lifetime = (int64_t)INT(OPTION_LIFETIME) * SECONDS_IN_HOUR;
	s->body_length_limit = BOOL(OPTION_BODY_LENGTH_LIMIT);
	s->copy_headers = BOOL(OPTION_COPY_HEADERS);
	s->filter_header = BOOL(OPTION_FILTER_HEADER);
	s->allow_weak_key = BOOL(OPTION_ALLOW_WEAK_KEY);
	s->testing = BOOL(OPTION_TESTING);
#undef TEXT
#undef INT
#undef BOOL
	s->id = memory_text(domain == NULL ? "" : domain);
	s->key_has_domain = s->key != NULL && keypath_has_domain(s->key);
	if (signing.adjust != NULL)
		signing.adjust(s, &place);
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
