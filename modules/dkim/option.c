/*
 * option.c: fetch, read, release.
 */
#include "dkim/option.h"

#include "dkim/memory.h"

#include <stdio.h>

#define MAX_CAPABILITY 128 /* "config.Global." and the name of an option */

int
option_register_all(ec_config_option_def *rows, const char *const *helps,
    int *slots_r, size_t count)
{
	for (size_t i = 0; i < count; i++) {
		slots_r[i] = ec_config_register_option(&rows[i]);
		if (slots_r[i] < 0)
			return -1;
		ec_config_option_help(slots_r[i], helps[i]);
	}
	return 0;
}

static ec_config_value *
fetch(const struct option_place *place, int slot)
{
	if (place->scope == NULL)
		return ec_config_option_fetch_module_at_init(
		    place->transaction, slot, place->self);
	return ec_config_option_fetch_module_scope(place->transaction, slot,
	    place->self, place->scope, place->instance);
}

static char *
text_of(ec_config_value *value)
{
	char *text = value == NULL ? NULL : memory_text(value->v->vstr);

	ec_config_release_value(value);
	return text;
}

static int
int_of(ec_config_value *value, int if_unset)
{
	int number = value == NULL ? if_unset : value->v->vint;

	ec_config_release_value(value);
	return number;
}

char *
option_text(const struct option_place *place, int slot)
{
	return text_of(fetch(place, slot));
}

static const char *
item(const ec_ptr_array *items, int i)
{
	const ec_config_value_storage *storage = items->items[i];

	return storage->vstr;
}

char *
option_joined(const struct option_place *place, int slot, char separator)
{
	ec_config_value *value = fetch(place, slot);
	const ec_ptr_array *items = value == NULL ? NULL : value->v->varr;
	size_t n = 1;
	char *text = NULL, *at;

	if (items == NULL || items->size == 0) {
		ec_config_release_value(value);
		return NULL;
	}
	for (int i = 0; i < items->size; i++)
		n += strlen(item(items, i)) + 1;
	at = text = memory_new(n);
	for (int i = 0; i < items->size; i++) {
		if (i > 0)
			*at++ = separator;
		at = stpcpy(at, item(items, i));
	}
	ec_config_release_value(value);
	return text;
}

int
option_int(const struct option_place *place, int slot, int if_unset)
{
	return int_of(fetch(place, slot), if_unset);
}

bool
option_bool(const struct option_place *place, int slot)
{
	return option_int(place, slot, 0) != 0;
}

static ec_config_value *
fetch_global(ec_config_header *transaction, const char *name)
{
	char capability[MAX_CAPABILITY];
	int slot;

	(void)snprintf(capability, sizeof(capability), "config.Global.%s",
	    name);
	slot = ec_config_option_slot_from_capability(capability);
	return slot < 0 ? NULL :
	    ec_config_option_fetch(transaction, slot, NULL);
}

char *
option_global_text(ec_config_header *transaction, const char *name)
{
	return text_of(fetch_global(transaction, name));
}

int
option_global_int(ec_config_header *transaction, const char *name,
    int if_unset)
{
	return int_of(fetch_global(transaction, name), if_unset);
}

void
option_global_each(ec_config_header *transaction, const char *name,
    void (*each)(void *closure, const char *text), void *closure)
{
	ec_config_value *value = fetch_global(transaction, name);
	const ec_ptr_array *items = value == NULL ? NULL : value->v->varr;

	for (int i = 0; items != NULL && i < items->size; i++)
		each(closure, item(items, i));
	ec_config_release_value(value);
}
