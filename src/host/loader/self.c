/*
 * self.c: what a module asks about itself, and its lines in the log
 * (module.h).
 */
#include "module.h"

#include "host/loader/loaded.h"
#include "host/log/log.h"

#include <stdatomic.h>
#include <stdio.h>

#define MODULE_LINE 3500 /* the log cuts at a little more, see log.h */

const char *
ec_module_scope_name(const generic_module_infrastructure *self)
{
	const struct loaded *module = loaded_of(self);

	if (module != NULL)
		return module->name;
	return self != NULL && self->shared.module_name != NULL ?
	    self->shared.module_name : "module";
}

const char *
ec_module_instance_name(const generic_module_infrastructure *self)
{
	return loaded_of(self) != NULL ? self->shared._inst->instance : NULL;
}

int
ec_module_is_enabled(const generic_module_infrastructure *self)
{
	return loaded_of(self) == NULL ||
	    atomic_load(&self->shared._inst->enabled) != 0;
}

int
ec_mod_debug_enabled(generic_module_infrastructure *self, int level)
{
	int least = DERROR;

	if (loaded_of(self) != NULL)
		least = atomic_load(&self->shared._inst->debug_level);
	return level >= least || log_is_traced();
}

static void
say(const generic_module_infrastructure *self, int level, const char *fmt,
    va_list args)
{
	const char *instance = ec_module_instance_name(self);
	char text[MODULE_LINE];

	(void)vsnprintf(text, sizeof(text), fmt, args);
	log_line(level, "%s%s%s: %s", ec_module_scope_name(self),
	    instance != NULL ? ":" : "", instance != NULL ? instance : "",
	    text);
}

void
ec_mod_vdebug(generic_module_infrastructure *self, int level, const char *fmt,
    va_list args)
{
	if (ec_mod_debug_enabled(self, level))
		say(self, level, fmt, args);
}

void
ec_mod_print(generic_module_infrastructure *self, const char *fmt, ...)
{
	va_list args;

	va_start(args, fmt);
	say(self, DNOTICE, fmt, args);
	va_end(args);
}

void
ec_mod_debug(generic_module_infrastructure *self, int level, const char *fmt,
    ...)
{
	va_list args;

	va_start(args, fmt);
	ec_mod_vdebug(self, level, fmt, args);
	va_end(args);
}

void
ec_mod_debug_once(generic_module_infrastructure *self, const char *key,
    int level, const char *fmt, ...)
{
	char whose[256], text[MODULE_LINE];
	unsigned hidden;
	va_list args;

	if (!ec_mod_debug_enabled(self, level))
		return;
	(void)snprintf(whose, sizeof(whose), "%s:%s", ec_module_scope_name(self),
	    key);
	if (!log_once(whose, &hidden))
		return;
	va_start(args, fmt);
	(void)vsnprintf(text, sizeof(text), fmt, args);
	va_end(args);
	if (hidden > 0)
		ec_mod_debug(self, level, "%s (and %u more like this)", text,
		    hidden);
	else
		ec_mod_debug(self, level, "%s", text);
}
