/*
 * globals.c: options at the top of a configuration, by name.
 */
#include "daemon/globals.h"

#include "host/config/config.h"

static const struct config_value *
look_up(const struct config *config, const char *name)
{
	int slot = registry_slot(config_registry(config), "", name);

	return slot < 0 ? NULL : config_lookup(config, slot, NULL);
}

const char *
globals_text(const struct config *config, const char *name)
{
	const struct config_value *value = look_up(config, name);

	return value != NULL && value->one.string[0] != '\0' ?
	    value->one.string : NULL;
}

int
globals_number(const struct config *config, const char *name)
{
	const struct config_value *value = look_up(config, name);

	return value != NULL ? value->one.integer : 0;
}

struct config_place
globals_place(const struct config *config, const char *name)
{
	int slot = registry_slot(config_registry(config), "", name);
	const struct config_setting *setting = slot < 0 ? NULL :
	    config_find(config, slot, NULL);

	return setting != NULL ? setting->place : (struct config_place){ 0 };
}
