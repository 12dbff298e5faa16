/*
 * domains.c: a hash table with open addressing, filled once.
 */
#include "signing/domains.h"

#include "dkim/memory.h"
#include "dkim/option.h"
#include "ec_config.h"
#include "misc/ec_string.h"
#include "signing/names.h"
#include "signing/signing.h"

#include <stdatomic.h>

struct domain {
	char *name; /* A-label, lower case; NULL: an empty place */
	const char *instance; /* as the configuration has it, and keeps it */
	_Atomic(struct settings *) settings; /* NULL: not read yet */
};

struct domains {
	ec_config_header *transaction;
	generic_module_infrastructure *self;
	struct domain *table;
	size_t room; /* a power of two, more than half of it empty; or 0 */
	size_t n;
	string *output; /* while loading */
};

static size_t
place_of(const struct domains *domains, const char *name)
{
	u_int64_t h = UINT64_C(0xcbf29ce484222325); /* FNV-1a */

	for (; *name != '\0'; name++)
		h = (h ^ (unsigned char)*name) * UINT64_C(0x100000001b3);
	return (size_t)(h ^ (h >> 32)) & (domains->room - 1);
}

/* The place of a name, or the empty one where it would be. */
static struct domain *
find(const struct domains *domains, const char *name)
{
	size_t i = place_of(domains, name);

	while (domains->table[i].name != NULL &&
	    strcmp(domains->table[i].name, name) != 0)
		i = (i + 1) & (domains->room - 1);
	return &domains->table[i];
}

static int
count(void *closure, const char *instance)
{
	(void)instance;
	((struct domains *)closure)->n++;
	return 0;
}

static struct option_place
place_in(const struct domains *domains, const char *instance)
{
	return (struct option_place){ domains->transaction, domains->self,
	    signing.domain_scope, instance };
}

static int
add(void *closure, const char *instance)
{
	struct domains *domains = closure;
	const struct option_place place = place_in(domains, instance);
	char ascii[SEAL_DOMAIN_BYTES];
	struct domain *domain;

	if (!names_to_ascii(instance, ascii)) {
		(void)stringprintf(domains->output,
		    "%s '%s': it is no domain name\n", signing.domain_scope,
		    instance);
		return 1;
	}
	domain = find(domains, ascii);
	if (domain->name == NULL) {
		domain->name = memory_text(ascii);
		domain->instance = instance;
	}
	return signing.check != NULL && !signing.check(&place, domains->output);
}

struct domains *
domains_new(ec_config_header *transaction, generic_module_infrastructure *self,
    string *output)
{
	struct domains *domains = memory_new(sizeof(*domains));

	domains->transaction = transaction;
	domains->self = self;
	domains->output = output;
	(void)ec_config_module_scope_each(transaction, self,
	    signing.domain_scope, count, domains);
	if (domains->n == 0)
		return domains;
	for (domains->room = 4; domains->room < 2 * domains->n;)
		domains->room *= 2;
	domains->table = memory_new(domains->room * sizeof(*domains->table));
	if (ec_config_module_scope_each(transaction, self,
	    signing.domain_scope, add, domains) != 0)
		domains_free(&domains);
	return domains;
}

void
domains_free(struct domains **domains)
{
	struct domains *d = *domains;

	*domains = NULL;
	if (d == NULL)
		return;
	for (size_t i = 0; i < d->room; i++) {
		struct settings *settings = atomic_load(&d->table[i].settings);

		settings_free(&settings);
		memory_free(d->table[i].name);
	}
	memory_free(d->table);
	memory_free(d);
}

/* Of several threads that read the same options, one sees its copy kept. */
static const struct settings *
read_settings(struct domains *domains, struct domain *domain)
{
	struct settings *known = NULL;
	struct settings *mine = settings_new(domains->transaction,
	    domains->self, domain->instance);

	if (atomic_compare_exchange_strong(&domain->settings, &known, mine))
		return mine;
	settings_free(&mine);
	return known;
}

const struct settings *
domains_find(struct domains *domains, const char *name)
{
	struct domain *domain;
	struct settings *settings;

	if (domains->n == 0)
		return NULL;
	domain = find(domains, name);
	if (domain->name == NULL)
		return NULL;
	settings = atomic_load_explicit(&domain->settings,
	    memory_order_acquire);
	return settings != NULL ? settings : read_settings(domains, domain);
}

static bool
is_set(const struct option_place *place, enum sign_option option)
{
	char *text = options_text(place, option);
	bool set = text != NULL;

	memory_free(text);
	return set;
}

struct domains_survey
domains_survey(const struct domains *domains)
{
	struct domains_survey survey = { false, false, false };

	for (size_t i = 0; i < domains->room; i++) {
		const struct domain *domain = &domains->table[i];
		const struct option_place place = place_in(domains,
		    domain->instance);

		if (domain->name == NULL)
			continue;
		if (options_int(&place, OPTION_SIGN_FAILURE) !=
		    SIGN_FAILURE_UNSIGNED)
			survey.may_refuse = true;
		if (options_int(&place, OPTION_DIGEST) == SEAL_RSA_SHA1)
			survey.rsa_sha1 = true;
		survey.signs = survey.signs ||
		    (is_set(&place, OPTION_SELECTOR) &&
		    is_set(&place, OPTION_KEY));
	}
	return survey;
}
