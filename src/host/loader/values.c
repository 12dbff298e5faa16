/*
 * values.c: views.
 *
 * Everything that a view points to is in the value it was made from, which is
 * immutable and lives as long; only what has another shape (arrays,
 * dictionaries) is built anew.
 */
#include "host/loader/values.h"

#include "ec_config.h"
#include "host/config/config.h"
#include "host/generation.h"
#include "host/loader/options.h"
#include "host/types/alloc.h"

#include <pthread.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>

struct view {
	ec_config_value value; /* first: modules hold pointers to it */
	ec_config_value_storage storage;
	struct generation *generation; /* that a reference holds, or NULL */
	ec_config_value_storage *items; /* of an array */
	ec_ptr_array array;
	ECDict dict;
};

static void *
writable(const void *p)
{
	return (void *)(uintptr_t)p; /* the published members lack const */
}

/* A word of the published table as what it stands for. */
static const char *
mapped(const ec_config_option_def *def, const char *text)
{
	const struct ec_config_value_mapping *map;

	if (def == NULL || def->map == NULL || text == NULL)
		return text;
	for (map = def->map; map->name != NULL; map++) {
		if (strcasecmp(map->name, text) == 0)
			return map->value != NULL ? map->value : text;
	}
	return text;
}

static ec_config_value_storage
item_storage(const ec_config_option_def *def, enum config_type type,
    const union config_item *item)
{
	ec_config_value_storage storage;

	memset(&storage, 0, sizeof(storage));
	switch (type) {
	case CONFIG_STRING:
		storage.vstr = writable(mapped(def, item->string));
		break;
	case CONFIG_INT:
	case CONFIG_PERMS:
	case CONFIG_BOOL:
		storage.vint = item->integer;
		break;
	case CONFIG_UINT64:
		storage.vu64 = item->u64;
		break;
	case CONFIG_FLOAT:
		storage.vdouble = item->real;
		break;
	case CONFIG_SOCKADDR:
	case CONFIG_SOCKADDR_PORTLESS:
		storage.vsa = writable(item->address);
		break;
	case CONFIG_SIZE:
		storage.vsize = item->size;
		break;
	case CONFIG_REGEX:
		storage.vre = writable(item->regex);
		break;
	case CONFIG_NETWORK:
	case CONFIG_DICT:
		break; /* networks are the host's own; dictionaries: below */
	}
	return storage;
}

static void
fill_array(struct view *view, const ec_config_option_def *def,
    const struct config_value *value)
{
	(void)ec_ptr_array_init(&view->array, (int)value->count, NULL);
	view->items = xcalloc(value->count, sizeof(*view->items));
	for (uint32_t i = 0; i < value->count; i++) {
		view->items[i] = item_storage(def, value->option->type,
		    &value->items[i]);
		(void)ec_ptr_array_append(&view->array, &view->items[i]);
	}
	view->storage.varr = &view->array;
}

static void
fill_dict(struct view *view, const struct config_value *value)
{
	view->dict = dict_blank();
	for (uint32_t i = 0; i < value->count; i++)
		dict_add_key_value(view->dict, value->pairs[i].key,
		    value->pairs[i].value);
	view->storage.vdict = view->dict;
}

void *
values_new_view(ec_config_option_def *def, const struct config_value *value,
    struct generation *generation)
{
	struct view *view = xcalloc(1, sizeof(*view));

	view->value.refcnt = 1;
	view->value.opt = def;
	view->value.v = &view->storage;
	view->generation = generation;
	if (value == NULL)
		;
	else if ((value->option->flags & CONFIG_OPTION_ARRAY) != 0)
		fill_array(view, def, value);
	else if (value->option->type == CONFIG_DICT)
		fill_dict(view, value);
	else
		view->storage = item_storage(def, value->option->type,
		    &value->one);
	return view;
}

ec_config_value *
values_of_view(void *view)
{
	return &((struct view *)view)->value;
}

void
values_free_view(void *opaque)
{
	struct view *view = opaque;
	ec_config_option_def *def;

	if (view == NULL)
		return;
	def = view->value.opt;
	if (view->value.data != NULL && def != NULL && def->datafree != NULL)
		def->datafree(def, view->value.data);
	if (view->items != NULL)
		ec_ptr_array_destroy(&view->array);
	dict_drop(view->dict);
	free(view->items);
	free(view);
}

/* The value's view, made by whoever comes first. */
static struct view *
view_of(const struct config_value *value, struct generation *generation)
{
	_Atomic(void *) *at = (_Atomic(void *) *)writable(&value->view);
	void *view = atomic_load_explicit(at, memory_order_acquire);
	void *mine;

	if (view != NULL)
		return view;
	if (value == value->option->default_value)
		generation = NULL;
	mine = values_new_view(options_def(value->option->slot), value,
	    generation);
	if (atomic_compare_exchange_strong(at, &view, mine))
		return mine;
	values_free_view(mine);
	return view;
}

ec_config_value *
values_get(const struct config_value *value, struct generation *generation)
{
	struct view *view = view_of(value, generation);

	if (view->generation != NULL)
		(void)generation_ref(view->generation);
	return &view->value;
}

void
ec_config_release_value(void *value)
{
	struct view *view = value;

	if (view != NULL && view->generation != NULL)
		generation_unref(view->generation);
}

/* Values that say nothing live as long as the process, one for each slot. */
ec_config_value *
ec_config_null_value(int slot)
{
	static pthread_mutex_t lock = PTHREAD_MUTEX_INITIALIZER;
	static struct view **nulls;
	static int count;
	struct view *view = NULL;

	if (registry_option(options_registry(), slot) == NULL)
		return NULL;
	(void)pthread_mutex_lock(&lock);
	if (slot >= count) {
		nulls = xrealloc(nulls, (size_t)(slot + 1) * sizeof(*nulls));
		for (; count <= slot; count++)
			nulls[count] = NULL;
	}
	if (nulls[slot] == NULL)
		nulls[slot] = values_new_view(options_def(slot), NULL, NULL);
	view = nulls[slot];
	(void)pthread_mutex_unlock(&lock);
	return &view->value;
}

static void
postset_node(struct generation *generation, const struct config_node *node,
    string *output)
{
	for (const struct config_setting *setting = node->first_setting;
	    setting != NULL; setting = setting->next) {
		ec_config_option_def *def =
		    options_def(setting->value.option->slot);

		if (def == NULL || def->postset == NULL)
			continue;
		def->postset(def, output, &generation->header,
		    &view_of(&setting->value, generation)->value);
	}
	for (const struct config_node *child = node->first_child;
	    child != NULL; child = child->next)
		postset_node(generation, child, output);
}

static bool
anyone_has_postset(void)
{
	ec_config_option_def *def;

	for (int slot = 0; registry_option(options_registry(), slot) != NULL;
	    slot++) {
		def = options_def(slot);
		if (def != NULL && def->postset != NULL)
			return true;
	}
	return false;
}

void
values_postset(struct generation *generation, string *output)
{
	if (anyone_has_postset())
		postset_node(generation, config_root(generation->config),
		    output);
}
