/*
 * globals.c: options at the top of a configuration, by name.
 */
#include "daemon/globals.h"

#include "host/config/config.h"

const char *
globals_text(const struct config *config, const char *name)
{
	const struct config_value *value = config_global(config, name);

	return value != NULL && value->one.string[0] != '\0' ?
	    value->one.string : NULL;
}

int
globals_number(const struct config *config, const char *name)
{
	const struct config_value *value = config_global(config, name);

	return value != NULL ? value->one.integer : 0;
}

struct config_place
globals_place(const struct config *config, const char *name)
{
	const struct config_setting *setting = config_global_setting(config,
	    name);

	return setting != NULL ? setting->place : (struct config_place){ 0 };
}
