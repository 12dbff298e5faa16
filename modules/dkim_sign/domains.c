/*
 * domains.c: a hash table with open addressing, filled once.
 */
#include "domains.h"

#include "dkim/memory.h"
#include "dkim/option.h"
#include "ec_config.h"
#include "misc/ec_string.h"
#include "names.h"

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

static int
add(void *closure, const char *instance)
{
	struct domains *domains = closure;
	char ascii[SEAL_DOMAIN_BYTES];
	struct domain *domain;

	if (!names_to_ascii(instance, ascii)) {
		(void)stringprintf(domains->output,
		    "dk_domain '%s': it is no domain name\n", instance);
		return 1;
	}
	domain = find(domains, ascii);
	if (domain->name == NULL) {
		domain->name = memory_text(ascii);
		domain->instance = instance;
	}
	return 0;
}

struct domains *
domains_new(ec_config_header *transaction, generic_module_infrastructure *self,
    string *output)
{
	struct domains *domains = memory_new(sizeof(*domains));

	domains->transaction = transaction;
	domains->self = self;
	domains->output = output;
	(void)ec_config_module_scope_each(transaction, self, "dk_domain",
	    count, domains);
	if (domains->n == 0)
		return domains;
	for (domains->room = 4; domains->room < 2 * domains->n;)
		domains->room *= 2;
	domains->table = memory_new(domains->room * sizeof(*domains->table));
	if (ec_config_module_scope_each(transaction, self, "dk_domain", add,
	    domains) != 0)
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

static int
int_of(const struct domains *domains, const struct domain *domain,
    enum sign_option option)
{
	const struct option_place place = { domains->transaction,
	    domains->self, "dk_domain", domain->instance };

	return option_int(&place, options_slot(option), 0);
}

struct domains_survey
domains_survey(const struct domains *domains)
{
	struct domains_survey survey = { false, false };

	for (size_t i = 0; i < domains->room; i++) {
		const struct domain *domain = &domains->table[i];

		if (domain->name == NULL)
			continue;
		if (int_of(domains, domain, OPTION_SIGN_FAILURE) !=
		    SIGN_FAILURE_UNSIGNED)
			survey.may_refuse = true;
		if (int_of(domains, domain, OPTION_DIGEST) == SEAL_RSA_SHA1)
			survey.rsa_sha1 = true;
	}
	return survey;
}
