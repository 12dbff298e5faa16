/*
 * self.c: what a module asks about itself, and its lines in the log
 * (module.h).
 */
#include "module.h"

#include "host/loader/loaded.h"
#include "host/log/log.h"

#include <stdatomic.h>
#include <stdbool.h>
#include <stdio.h>

#define MODULE_LINE 3500 /* the log cuts at a little more, see log.h */
#define KEY_BYTES 512 /* of what repeats; it may be a path */

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

/* Is it for the log, and not for somebody who listens to this thread alone? */
static bool
is_for_log(const generic_module_infrastructure *self, int level)
{
	int least = DERROR;

	if (loaded_of(self) != NULL)
		least = atomic_load(&self->shared._inst->debug_level);
	return level >= least || log_is_traced();
}

int
ec_mod_debug_enabled(generic_module_infrastructure *self, int level)
{
	return is_for_log(self, level) || log_is_heard();
}

static void
say(const generic_module_infrastructure *self, bool for_log, int level,
    const char *fmt, va_list args)
{
	const char *instance = ec_module_instance_name(self);
	char text[MODULE_LINE];

	(void)vsnprintf(text, sizeof(text), fmt, args);
	(for_log ? log_line : log_aside)(level, "%s%s%s: %s",
	    ec_module_scope_name(self), instance != NULL ? ":" : "",
	    instance != NULL ? instance : "", text);
}

void
ec_mod_vdebug(generic_module_infrastructure *self, int level, const char *fmt,
    va_list args)
{
	if (ec_mod_debug_enabled(self, level))
		say(self, is_for_log(self, level), level, fmt, args);
}

void
ec_mod_print(generic_module_infrastructure *self, const char *fmt, ...)
{
	va_list args;

	va_start(args, fmt);
	say(self, true, DNOTICE, fmt, args);
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
	const char *instance = ec_module_instance_name(self);
	char whose[KEY_BYTES], text[MODULE_LINE], more[LOG_HIDDEN_BYTES];
	struct log_hidden hidden;
	va_list args;

	if (!ec_mod_debug_enabled(self, level))
		return;
	(void)snprintf(whose, sizeof(whose), "%s:%s:%s",
	    ec_module_scope_name(self), instance != NULL ? instance : "", key);
	if (!is_for_log(self, level) || !log_once(whose, &hidden)) {
		/* who listens hears it about each message */
		va_start(args, fmt);
		if (log_is_heard())
			say(self, false, level, fmt, args);
		va_end(args);
		return;
	}
	va_start(args, fmt);
	(void)vsnprintf(text, sizeof(text), fmt, args);
	va_end(args);
	ec_mod_debug(self, level, "%s%s", text,
	    log_hidden_words(&hidden, more));
}
