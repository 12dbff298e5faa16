/*
 * stanza.c: put together, look up, complain.
 */
#include "signing/stanza.h"

#include "dkim/memory.h"
#include "dkim/numbers.h"
#include "dkim/option.h"
#include "signing/keypath.h"
#include "signing/keytext.h"
#include "signing/signing.h"

#include <stdio.h>

#define COMPLAINT_BYTES (PATH_MAX + 512) /* a path, and words */

static unsigned
keyfile_flags(const struct option_place *place)
{
	switch (options_int(place, OPTION_KEY_PERMISSIONS)) {
	case 1:
		return KEYFILE_ALLOW_GROUP_READ;
	case 2:
		return KEYFILE_ALLOW_UNSAFE;
	default:
		return 0;
	}
}

static size_t
keycache_size(const struct option_place *place)
{
	int other = options_int(place, OPTION_KEY_CACHE_SIZE);

	return (size_t)(other > 0 ? other :
	    options_int(place, OPTION_KEYCACHE_SIZE));
}

static bool
make_caches(struct stanza *stanza, const struct option_place *place)
{
	struct keystore_options options;

	keystore_options_init(&options);
	options.size = keycache_size(place);
	options.positive_lifetime = options_int(place,
	    OPTION_POS_KEYCACHE_TTL);
	options.negative_lifetime = options_int(place,
	    OPTION_NEG_KEYCACHE_TTL);
	options.keyfile_flags = keyfile_flags(place);
	stanza->profiles = profiles_new(options.size,
	    options.positive_lifetime);
	stanza->texts = keytext_cache_new(options.size,
	    options.positive_lifetime);
	return keystore_new(&options, &stanza->keys) == 0 &&
	    stanza->profiles != NULL && stanza->texts != NULL;
}

/* rsa-sha1 is for those who ask for it in so many words, and hear about it. */
static void
look_over(struct stanza *stanza, string *output)
{
	struct domains_survey survey = domains_survey(stanza->domains);

	stanza->signs = survey.signs || settings_sign(stanza->defaults);
	stanza->may_refuse = survey.may_refuse ||
	    stanza->defaults->sign_failure != SIGN_FAILURE_UNSIGNED;
	if (signing.engine->rsa_sha1_is_past &&
	    (survey.rsa_sha1 || stanza->defaults->digest == SEAL_RSA_SHA1))
		(void)stringwrite_strings(output, 1, "warning: digest is "
		    "rsa-sha1, which receivers must not accept any more (RFC "
		    "8301 section 3.1)");
}

struct stanza *
stanza_new(ec_config_header *transaction, generic_module_infrastructure *self,
    string *output)
{
	const struct option_place place = { transaction, self, NULL, NULL };
	struct stanza *stanza = memory_new(sizeof(*stanza));

	stanza->self = self;
	stanza->host = option_global_text(transaction, "Hostname");
	if (stanza->host == NULL)
		stanza->host = memory_text(config_get_hostname(NULL));
	stanza->defaults = settings_new(transaction, self, NULL);
	stanza->domains = domains_new(transaction, self, output);
	if (stanza->domains == NULL ||
	    (signing.check != NULL && !signing.check(&place, output))) {
		stanza_free(&stanza);
		return NULL;
	}
	if (!make_caches(stanza, &place)) {
		(void)stringwrite_strings(output, 1, "out of memory");
		stanza_free(&stanza);
		return NULL;
	}
	look_over(stanza, output);
	return stanza;
}

void
stanza_free(struct stanza **stanza)
{
	struct stanza *s = *stanza;
	void *signer;

	*stanza = NULL;
	if (s == NULL)
		return;
	while ((signer = pool_take(&s->signers)) != NULL)
		signing.engine->signer_free(signer);
	profiles_free(&s->profiles);
	if (s->texts != NULL)
		cache_free(&s->texts);
	keystore_free(&s->keys);
	domains_free(&s->domains);
	settings_free(&s->defaults);
	memory_free(s->host);
	memory_free(s);
}

const struct settings *
stanza_settings(struct stanza *stanza, const char *responsible)
{
	const struct settings *own = domains_find(stanza->domains,
	    responsible);

	return own != NULL ? own : stanza->defaults;
}

static int
load(struct stanza *stanza, const struct settings *settings,
    const char *domain, struct seal_key **key_r, char path_r[PATH_MAX],
    struct why *why_r)
{
	if (!keypath_expand(settings->key, domain, settings->selector,
	    path_r)) {
		why_set(why_r, "the path of the key is too long");
		path_r[0] = '\0';
		return KEYFILE_UNUSABLE;
	}
	return keystore_get(stanza->keys, path_r, key_r, why_r);
}

int
stanza_key(struct stanza *stanza, const struct settings *settings,
    const char *domain, const char *responsible, struct seal_key **key_r,
    char path_r[PATH_MAX], struct why *why_r)
{
	char first[PATH_MAX];
	int ret = load(stanza, settings, domain, key_r, path_r, why_r);

	if (ret != KEYFILE_ABSENT || !settings->key_has_domain ||
	    strcmp(domain, responsible) == 0)
		return ret;
	memcpy(first, path_r, sizeof(first));
	ret = load(stanza, settings, responsible, key_r, path_r, why_r);
	if (ret == KEYFILE_OK)
		ec_mod_debug(stanza->self, DINFO,
		    "'%s' is signed for with the key of '%s': there is no "
		    "'%s'", domain, responsible, first);
	else if (ret == KEYFILE_ABSENT)
		why_set(why_r, "neither key file '%s' nor '%s' is there",
		    first, path_r);
	return ret;
}

void
stanza_complain(struct stanza *stanza, const char *about, const char *format,
    ...)
{
	char text[COMPLAINT_BYTES];
	va_list args;

	va_start(args, format);
	(void)vsnprintf(text, sizeof(text), format, args);
	va_end(args);
	ec_mod_debug_once(stanza->self, about, DERROR, "%s", text);
}

static size_t
flush(void *of)
{
	struct stanza *stanza = of;

	profiles_flush(stanza->profiles);
	return keystore_flush(stanza->keys) + cache_flush(stanza->texts);
}

static void
stats(void *of, struct cache_stats *stats_r)
{
	keystore_stats(((struct stanza *)of)->keys, stats_r);
}

struct console_keycache
stanza_keycache(struct stanza *stanza)
{
	return (struct console_keycache){ .flush = flush, .stats = stats,
	    .of = stanza };
}

void
stanza_tell_caches(struct stanza *stanza, ec_caches *caches)
{
	struct cache_stats one;

	keystore_stats(stanza->keys, &one);
	numbers_tell_cache(caches, stanza->self, "keycache", &one);
	cache_stats(stanza->texts, &one);
	numbers_tell_cache(caches, stanza->self, "keytexts", &one);
	profiles_stats(stanza->profiles, &one);
	numbers_tell_cache(caches, stanza->self, "profiles", &one);
}
