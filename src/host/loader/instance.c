/*
 * instance.c: from stanzas to running modules.
 *
 * The order is that of the stanzas in the file, since it is the order of hooks,
 * except that what a module requires comes before it.
 */
#include "host/loader/instance.h"

#include "host/config/config.h"
#include "host/loader/options.h"
#include "host/log/log.h"
#include "host/types/alloc.h"
#include "module.h"

#include <stdatomic.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>

static bool
is_module_stanza(const struct config_node *node)
{
	return (node->scope->flags & CONFIG_SCOPE_MODULE) != 0;
}

static struct instance *
first_of(const struct generation *generation, const struct loaded *module)
{
	for (struct instance *i = generation->instances; i != NULL;
	    i = i->next) {
		if (i->module == module)
			return i;
	}
	return NULL;
}

static bool
has_stanza(const struct generation *generation, const struct config_node *node)
{
	for (struct instance *i = generation->instances; i != NULL;
	    i = i->next) {
		if (i->node == node)
			return true;
	}
	return false;
}

/* The value of an option that every module has. */
static const struct config_value *
common_value(const struct loaded *module, const struct config_node *node,
    const char *name)
{
	struct registry *registry = options_registry();
	int slot = registry_slot(registry, module->name, name);

	if (slot < 0)
		return NULL;
	if (node != NULL)
		return node_value(node, slot);
	return registry_option(registry, slot)->default_value;
}

static int
number_of_level(const struct config_value *value)
{
	int level;

	if (value == NULL)
		return DERROR;
	if (value->option->type != CONFIG_STRING)
		return value->one.integer;
	level = log_level_of(value->one.string);
	return level >= 0 ? level : DERROR;
}

static void
read_common(const struct instance *instance)
{
	const struct config_value *enabled = common_value(instance->module,
	    instance->node, "enabled");
	module_instance_data *data = instance->infra->shared._inst;

	atomic_store(&data->debug_level, number_of_level(common_value(
	    instance->module, instance->node, "debug_level")));
	atomic_store(&data->enabled,
	    enabled == NULL || enabled->one.integer != 0);
}

static generic_module_infrastructure *
own_infra(struct instance *instance)
{
	generic_module_infrastructure *infra = xmalloc(sizeof(*infra));

	*infra = *instance->module->infra;
	infra->module_private_data = NULL;
	infra->shared._inst = &instance->data;
	instance->data.module = instance->module;
	instance->data.instance = instance->node != NULL &&
	    instance->node->instance != NULL ? instance->node->instance :
	    instance->module->name;
	return infra;
}

static void
add(struct generation *generation, struct loaded *module,
    const struct config_node *node)
{
	struct instance *instance = xcalloc(1, sizeof(*instance));
	struct instance **end = &generation->instances;

	instance->module = module;
	instance->node = node;
	instance->infra = module->singleton ? module->infra :
	    own_infra(instance);
	while (*end != NULL)
		end = &(*end)->next;
	*end = instance;
}

static void add_stanza(struct generation *generation,
    const struct config_node *node);

/* All of a module's stanzas, or one instance without. */
static void
add_module(struct generation *generation, struct loaded *module)
{
	const struct config_node *root = config_root(generation->config);
	const struct config_node *node = node_first(root, module->scope);

	if (node != NULL) {
		for (; node != NULL; node = node_next(node, module->scope))
			add_stanza(generation, node);
		return;
	}
	for (unsigned i = 0; i < module->requires_count; i++)
		add_module(generation, module->requires[i]);
	if (first_of(generation, module) == NULL)
		add(generation, module, NULL);
}

static void
add_stanza(struct generation *generation, const struct config_node *node)
{
	struct loaded *module = loaded_find(node->scope->name);

	if (module == NULL || has_stanza(generation, node))
		return;
	for (unsigned i = 0; i < module->requires_count; i++)
		add_module(generation, module->requires[i]);
	add(generation, module, node);
}

/* Which of a module's options stand outside its stanza: is one of them set
 * anywhere? */
static bool
sets_option_of(const struct config_node *node, const struct loaded *module)
{
	for (const struct config_setting *setting = node->first_setting;
	    setting != NULL; setting = setting->next) {
		const char *owner = setting->value.option->module;

		if (owner != NULL && strcmp(owner, module->name) == 0)
			return true;
	}
	for (const struct config_node *child = node->first_child;
	    child != NULL; child = child->next) {
		if (!is_module_stanza(child) && sets_option_of(child, module))
			return true;
	}
	return false;
}

/* The stanza of a module that failed in an earlier configuration: its scope is
 * known since then, so that the check of the file passed. */
static void
tell_absent(const struct config_node *node, struct config_errors *errors)
{
	const char *why = loaded_why(node->scope->name);

	errors_add(errors, node->first_definition->place,
	    "module '%s' does not load: %s", node->scope->name,
	    why != NULL ? why : "it is not there");
}

static void
add_all(struct generation *generation, struct config_errors *errors)
{
	const struct config_node *root = config_root(generation->config);

	for (const struct config_node *node = root->first_child; node != NULL;
	    node = node->next) {
		if (!is_module_stanza(node))
			continue;
		if (loaded_find(node->scope->name) == NULL)
			tell_absent(node, errors);
		else
			add_stanza(generation, node);
	}
	for (struct loaded *m = loaded_first(); m != NULL; m = m->next) {
		if (first_of(generation, m) != NULL || !sets_option_of(root, m))
			continue;
		if (m->state == LOADED_READY)
			add_module(generation, m);
		else
			errors_add(errors, (struct config_place){ 0 },
			    "module '%s', whose options are used, does not "
			    "load: %s", m->name, m->why);
	}
}

/* Without the white space at its end: lines of an error are our affair. */
static void
trim(string *text)
{
	while (text->len > 0 && strchr(" \t\r\n", text->buffer[text->len - 1]))
		string_truncate(text, text->len - 1);
}

static void
tell_failure(const struct instance *instance, string *output, string *trouble,
    struct config_errors *errors)
{
	struct config_place place = { 0 };
	char *who = NULL;

	if (instance->node != NULL)
		place = instance->node->first_definition->place;
	if (instance->infra->shared._inst->instance != NULL)
		(void)ec_mt_asprintf(MEMTYPE_STRING, &who, " instance '%s'",
		    instance->infra->shared._inst->instance);
	trim(output);
	trim(trouble);
	errors_add(errors, place, "Module '%s'%s initialization failed while "
	    "preparing to commit. Consult your vendor.%s%s%s%s",
	    instance->module->name, who != NULL ? who : "",
	    output->len > 0 ? "\n\t" : "", output->buffer,
	    trouble->len > 0 ? "\n\t" : "", trouble->buffer);
	ec_free(MEMTYPE_STRING, who);
}

/* One call of ext_init, with registering allowed. */
static void
call_ext_init(struct instance *instance, struct generation *generation,
    int flags, struct config_errors *errors)
{
	ModuleExtendedInitFunc ext_init =
	    instance->infra->shared.module_ext_init;
	string output, trouble;
	struct hooks_registration registration = {
		.into = generation->hooks,
		.owner = instance->infra,
		.trouble = &trouble,
	};
	int ret = 0;

	(void)string_init_type(&output, 1, STRING_TYPE_ECSTRING);
	(void)string_init_type(&trouble, 1, STRING_TYPE_ECSTRING);
	hooks_begin(&registration);
	if (ext_init != NULL)
		ret = ext_init(instance->infra, &generation->header, &output,
		    flags);
	hooks_end(&registration);
	if (ret != 0 || trouble.len > 0)
		tell_failure(instance, &output, &trouble, errors);
	else if (output.len > 0)
		log_line(DNOTICE, "%s: %s", instance->module->name,
		    output.buffer);
	(void)string_destroy(&output);
	(void)string_destroy(&trouble);
}

void
instances_start(struct generation *generation, int flags,
    struct config_errors *errors)
{
	add_all(generation, errors);
	/* what config_setup registers comes first, at a start as in a reload */
	for (struct instance *i = generation->instances; i != NULL;
	    i = i->next) {
		if (first_of(generation, i->module) == i)
			hooks_replay(i->module->hooks, generation->hooks);
	}
	for (struct instance *i = generation->instances; i != NULL;
	    i = i->next) {
		read_common(i);
		i->begun = true;
		call_ext_init(i, generation, EC_MODULE_INIT_INIT | flags,
		    errors);
	}
}

void
instances_post(struct generation *generation, struct config_errors *errors)
{
	for (struct instance *i = generation->instances; i != NULL;
	    i = i->next)
		call_ext_init(i, generation, EC_MODULE_INIT_POSTINIT, errors);
}

/* What a module says when nobody can refuse any more. */
static void
call_quietly(struct instance *instance, ec_config_header *transaction,
    int flags)
{
	ModuleExtendedInitFunc ext_init =
	    instance->infra->shared.module_ext_init;
	string output;

	if (ext_init == NULL)
		return;
	(void)string_init_type(&output, 1, STRING_TYPE_ECSTRING);
	(void)ext_init(instance->infra, transaction, &output, flags);
	if (output.len > 0)
		log_line(DNOTICE, "%s: %s", instance->module->name,
		    output.buffer);
	(void)string_destroy(&output);
}

void
instances_restore(const struct generation *refused, struct generation *old)
{
	struct generation *before = generation_pin(old);

	for (struct instance *i = refused->instances; i != NULL; i = i->next) {
		struct instance *again;

		if (!i->module->singleton || !i->begun || old == NULL)
			continue;
		again = first_of(old, i->module);
		if (again == NULL)
			continue;
		read_common(again);
		call_quietly(again, &old->header, EC_MODULE_INIT_INIT);
	}
	(void)generation_pin(before);
}

static void
free_from(struct instance *instance)
{
	if (instance == NULL)
		return;
	free_from(instance->next); /* the latest first */
	if (!instance->module->singleton) {
		if (instance->begun)
			call_quietly(instance, &generation_pinned()->header,
			    EC_MODULE_INIT_DESTROY);
		free(instance->infra);
	}
	free(instance);
}

void
instances_free(struct instance **instances)
{
	free_from(*instances);
	*instances = NULL;
}

void
instances_end_singletons(void)
{
	for (struct loaded *m = loaded_first(); m != NULL; m = m->next) {
		struct instance instance = { .module = m, .infra = m->infra };

		if (m->state == LOADED_READY && m->singleton)
			call_quietly(&instance, NULL, EC_MODULE_INIT_DESTROY);
	}
}

struct instance *
instances_find(const struct generation *generation, const char *module,
    const char *name)
{
	struct instance *found = NULL;
	unsigned count = 0;

	for (struct instance *i = generation->instances; i != NULL;
	    i = i->next) {
		const char *mine = i->infra->shared._inst->instance;

		if (strcasecmp(i->module->name, module) != 0)
			continue;
		if (name != NULL && (mine == NULL || strcmp(mine, name) != 0))
			continue;
		if (name == NULL && mine != NULL &&
		    strcasecmp(mine, module) == 0)
			return i;
		found = i;
		count++;
	}
	return count == 1 ? found : NULL;
}

void
instance_format_name(const struct instance *instance, string *out)
{
	const char *name = instance->infra->shared._inst->instance;

	(void)stringwrite_strings(out, 3, instance->module->name,
	    name != NULL ? ":" : NULL, name);
}

const struct config_node *
instance_node(const struct generation *generation,
    const generic_module_infrastructure *self)
{
	const struct loaded *module = loaded_of(self);
	const struct config_node *root, *node;
	const char *name;

	if (module == NULL || module->scope == NULL ||
	    generation->config == NULL)
		return NULL;
	root = config_root(generation->config);
	name = self->shared._inst->instance;
	node = node_child(root, module->scope, name);
	/* a stanza without a name is the instance named like its module */
	if (node == NULL && name != NULL && strcmp(name, module->name) == 0)
		node = node_child(root, module->scope, NULL);
	return node;
}
