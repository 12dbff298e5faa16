/*
 * fetch.c: asking for the values of options (ec_config.h).
 */
#include "ec_config.h"

#include "host/config/config.h"
#include "host/generation.h"
#include "host/loader/instance.h"
#include "host/loader/options.h"
#include "host/loader/values.h"
#include "host/types/alloc.h"

#include <limits.h>
#include <pthread.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

struct fetch { /* one question, and whom it is put to */
	struct generation *generation; /* may be NULL: nothing is loaded */
	struct config_query query;
};

static struct fetch
fetch_begin(ec_config_header *transaction)
{
	struct fetch fetch = { 0 };

	fetch.generation = transaction != NULL ?
	    generation_ref(generation_of(transaction)) : generation_here();
	return fetch;
}

static const struct config *
config_of(const struct fetch *fetch)
{
	return fetch->generation != NULL ? fetch->generation->config : NULL;
}

static void
fetch_scope(struct fetch *fetch, const char *scope, const char *instance)
{
	if (instance != NULL && config_of(fetch) != NULL)
		(void)config_query_add(config_of(fetch), &fetch->query, scope,
		    instance);
}

static ec_config_value *
give(struct fetch *fetch, int slot, const struct config_value *value)
{
	ec_config_value *ret = value != NULL ?
	    values_get(value, fetch->generation) : ec_config_null_value(slot);

	generation_unref(fetch->generation);
	return ret;
}

static ec_config_value *
fetch_end(struct fetch *fetch, int slot)
{
	const struct config *config = config_of(fetch);
	const struct config_option *option =
	    registry_option(options_registry(), slot);
	const struct config_value *value = NULL;

	if (option != NULL)
		value = config != NULL ?
		    config_lookup(config, slot, &fetch->query) :
		    option->default_value;
	return give(fetch, slot, value);
}

ec_config_value *
ec_config_option_fetch(ec_config_header *transaction, int slot,
    ec_config_header *from)
{
	struct fetch fetch = fetch_begin(transaction);

	(void)from;
	return fetch_end(&fetch, slot);
}

static ec_config_value *
fetch_two(ec_config_header *transaction, int slot, const char *outer,
    const char *outer_name, const char *inner, const char *inner_name)
{
	struct fetch fetch = fetch_begin(transaction);

	fetch_scope(&fetch, outer, outer_name);
	fetch_scope(&fetch, inner, inner_name);
	return fetch_end(&fetch, slot);
}

ec_config_value *
ec_config_option_fetch_binding(ec_config_header *transaction, int slot,
    ec_config_header *from, const char *binding)
{
	(void)from;
	return fetch_two(transaction, slot, "Binding", binding, NULL, NULL);
}

ec_config_value *
ec_config_option_fetch_binding_domain(ec_config_header *transaction, int slot,
    ec_config_header *from, const char *binding, const char *domain)
{
	(void)from;
	return fetch_two(transaction, slot, "Binding", binding, "Domain",
	    domain);
}

ec_config_value *
ec_config_option_fetch_domain(ec_config_header *transaction, int slot,
    ec_config_header *from, const char *domain)
{
	(void)from;
	return fetch_two(transaction, slot, "Domain", domain, NULL, NULL);
}

ec_config_value *
ec_config_option_fetch_host(ec_config_header *transaction, int slot,
    ec_config_header *from, const char *host)
{
	(void)from;
	return fetch_two(transaction, slot, "Host", host, NULL, NULL);
}

ec_config_value *
ec_config_option_fetch_binding_host(ec_config_header *transaction, int slot,
    ec_config_header *from, const char *binding, const char *host)
{
	(void)from;
	return fetch_two(transaction, slot, "Binding", binding, "Host", host);
}

ec_config_value *
ec_config_option_fetch_pathway(ec_config_header *transaction, int slot,
    ec_config_header *from, const char *pathway)
{
	(void)from;
	return fetch_two(transaction, slot, "Pathway", pathway, NULL, NULL);
}

ec_config_value *
ec_config_option_fetch_pathway_domain(ec_config_header *transaction, int slot,
    ec_config_header *from, const char *pathway, const char *domain)
{
	(void)from;
	return fetch_two(transaction, slot, "Pathway", pathway, "Domain",
	    domain);
}

ec_config_value *
ec_config_option_fetch_generic(ec_config_header *transaction, int slot,
    ec_config_header *from, int nargs, ec_ptr_array *args, ...)
{
	struct fetch fetch = fetch_begin(transaction);
	va_list list;

	(void)from;
	va_start(list, args);
	for (int i = 0; i + 1 < nargs; i += 2) {
		const char *scope = va_arg(list, const char *);
		const char *instance = va_arg(list, const char *);

		fetch_scope(&fetch, scope, instance);
	}
	va_end(list);
	for (int i = 0; nargs == 0 && args != NULL && i + 1 < args->size;
	    i += 2)
		fetch_scope(&fetch, args->items[i], args->items[i + 1]);
	return fetch_end(&fetch, slot);
}

/* The option in a stanza, or around it, or its default. */
static ec_config_value *
fetch_at(struct fetch *fetch, const struct config_node *node, int slot)
{
	const struct config_option *option =
	    registry_option(options_registry(), slot);
	const struct config_value *value = NULL;

	if (option != NULL)
		value = node != NULL ? node_value(node, slot) :
		    option->default_value;
	return give(fetch, slot, value);
}

static const struct config_node *
stanza_of(const struct fetch *fetch, const generic_module_infrastructure *self)
{
	return fetch->generation != NULL ?
	    instance_node(fetch->generation, self) : NULL;
}

static const struct config_node *
inner_of(const struct config_node *stanza, const char *scope,
    const char *instance)
{
	const struct config_scope *row = registry_scope(options_registry(),
	    scope);

	if (stanza == NULL || row == NULL || instance == NULL)
		return NULL;
	return node_child(stanza, row, instance);
}

ec_config_value *
ec_config_option_fetch_module(ec_config_header *transaction, int slot,
    generic_module_infrastructure *self)
{
	struct fetch fetch = fetch_begin(transaction);

	return fetch_at(&fetch, stanza_of(&fetch, self), slot);
}

ec_config_value *
ec_config_option_fetch_module_at_init(ec_config_header *transaction, int slot,
    generic_module_infrastructure *self)
{
	return ec_config_option_fetch_module(transaction, slot, self);
}

ec_config_value *
ec_config_option_fetch_module_scope(ec_config_header *transaction, int slot,
    generic_module_infrastructure *self, const char *scope,
    const char *instance)
{
	struct fetch fetch = fetch_begin(transaction);
	const struct config_node *stanza = stanza_of(&fetch, self);
	const struct config_node *inner = inner_of(stanza, scope, instance);

	return fetch_at(&fetch, inner != NULL ? inner : stanza, slot);
}

int
ec_config_module_scope_exists(ec_config_header *transaction,
    generic_module_infrastructure *self, const char *scope,
    const char *instance)
{
	struct fetch fetch = fetch_begin(transaction);
	int ret = inner_of(stanza_of(&fetch, self), scope, instance) != NULL;

	generation_unref(fetch.generation);
	return ret;
}

int
ec_config_module_scope_each(ec_config_header *transaction,
    generic_module_infrastructure *self, const char *scope,
    int (*each)(void *closure, const char *instance), void *closure)
{
	struct fetch fetch = fetch_begin(transaction);
	const struct config_node *stanza = stanza_of(&fetch, self);
	const struct config_scope *row = registry_scope(options_registry(),
	    scope);
	int ret = 0;

	for (const struct config_node *node = stanza != NULL && row != NULL ?
	    node_first(stanza, row) : NULL; node != NULL && ret == 0;
	    node = node_next(node, row))
		ret = each(closure, node->instance);
	generation_unref(fetch.generation);
	return ret;
}

/*
 * Texts and numbers that outlive configurations: names are kept once, in the
 * order in which they were first asked for.
 */
static pthread_mutex_t names_lock = PTHREAD_MUTEX_INITIALIZER;
struct names { /* under names_lock */
	char **names;
	int count;
};

/* The number of a name, added when it is new.  Under names_lock. */
static int
name_number(struct names *names, const char *name)
{
	for (int i = 0; i < names->count; i++) {
		if (strcmp(names->names[i], name) == 0)
			return i;
	}
	names->names = xrealloc(names->names,
	    (size_t)(names->count + 1) * sizeof(char *));
	names->names[names->count] = xstrdup(name);
	return names->count++;
}

const char *
ec_config_file(ec_config_header *transaction)
{
	const struct config_file *file = transaction == NULL ||
	    generation_of(transaction)->config == NULL ? NULL :
	    config_first_file(generation_of(transaction)->config);

	return file == NULL || file->in_memory ? NULL : file->path;
}

char *
config_get_hostname(generic_module_infrastructure *caller_scope)
{
	static struct names hostnames;
	char own[HOST_NAME_MAX + 1] = "localhost";
	ec_config_value *value;
	const char *name = own;
	char *ret;
	int number;

	(void)caller_scope;
	value = ec_config_option_fetch(NULL,
	    registry_slot(options_registry(), "Global", "hostname"), NULL);
	if (value != NULL && value->v->vstr != NULL && value->v->vstr[0] != '\0')
		name = value->v->vstr;
	else
		(void)gethostname(own, sizeof(own) - 1);
	(void)pthread_mutex_lock(&names_lock);
	number = name_number(&hostnames, name); /* may move names */
	ret = hostnames.names[number];
	(void)pthread_mutex_unlock(&names_lock);
	ec_config_release_value(value);
	return ret;
}

static struct names bindings; /* "default" is number 0 */

static bool
binding_exists(const char *name)
{
	struct generation *generation = generation_here();
	bool exists = strcmp(name, "default") == 0;

	if (!exists && generation != NULL && generation->config != NULL)
		exists = config_binding(generation->config, name) != NULL;
	generation_unref(generation);
	return exists;
}

ec_binding_slot
config_get_binding_id_from_name(const char *name)
{
	ec_binding_slot ret = -1;

	if (name == NULL || !binding_exists(name))
		return -1;
	(void)pthread_mutex_lock(&names_lock);
	(void)name_number(&bindings, "default");
	ret = name_number(&bindings, name);
	(void)pthread_mutex_unlock(&names_lock);
	return ret;
}

/* Call `each` for the bindings of a group, until it says to stop. */
static void
group_each(const char *group, bool (*each)(void *closure, const char *name),
    void *closure)
{
	struct generation *generation = generation_here();
	const struct config_scope *binding = registry_scope(options_registry(),
	    "Binding");
	const struct config_scope *outer = registry_scope(options_registry(),
	    "Binding_Group");
	const struct config_node *node = NULL;

	if (group != NULL && generation != NULL && generation->config != NULL)
		node = node_child(config_root(generation->config), outer,
		    group);
	for (node = node != NULL ? node_first(node, binding) : NULL;
	    node != NULL; node = node_next(node, binding)) {
		if (!each(closure, node->instance))
			break;
	}
	generation_unref(generation);
}

static bool
count_one(void *closure, const char *name)
{
	(void)name;
	++*(int *)closure;
	return true;
}

int
config_get_binding_group_size(const char *group)
{
	int count = 0;

	group_each(group, count_one, &count);
	return count;
}

struct pick {
	int index; /* how many to go */
	ec_binding_slot slot;
};

static bool
pick_one(void *closure, const char *name)
{
	struct pick *pick = closure;

	if (pick->index-- > 0)
		return true;
	pick->slot = config_get_binding_id_from_name(name);
	return false;
}

ec_binding_slot
config_get_binding_group_slot(const char *group, int index)
{
	struct pick pick = { index, -1 };

	if (index >= 0)
		group_each(group, pick_one, &pick);
	return pick.slot;
}

char *
config_get_binding_group_from_id(ec_binding_slot slot)
{
	static struct names groups;
	struct generation *generation = generation_here();
	const char *binding = config_get_binding_name_from_id(slot);
	const struct config_node *node = NULL;
	char *ret = NULL;
	int number;

	if (binding != NULL && generation != NULL && generation->config != NULL)
		node = config_binding(generation->config, binding);
	if (node != NULL && node->parent != NULL &&
	    node->parent->instance != NULL) {
		(void)pthread_mutex_lock(&names_lock);
		number = name_number(&groups, node->parent->instance);
		ret = groups.names[number];
		(void)pthread_mutex_unlock(&names_lock);
	}
	generation_unref(generation);
	return ret;
}

char *
config_get_binding_name_from_id(ec_binding_slot slot)
{
	char *ret = NULL;

	(void)pthread_mutex_lock(&names_lock);
	(void)name_number(&bindings, "default");
	if (slot >= 0 && slot < bindings.count)
		ret = bindings.names[slot];
	(void)pthread_mutex_unlock(&names_lock);
	return ret;
}
