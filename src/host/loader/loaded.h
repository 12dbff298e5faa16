/*
 * loaded.h: modules that are in the process.
 *
 * A module is loaded once and stays: what it registered (options, memory
 * types) points into it.  One whose config_setup failed keeps its reason and is
 * not tried again.  Loading happens in one thread at a time, that which builds
 * a generation.
 */
#ifndef HOST_LOADED_H
#define HOST_LOADED_H

#include "base/buffer.h"
#include "host/config/scope.h"
#include "host/hooks/hooks.h"
#include "host/loader/manifest.h"
#include "shared_module.h"

#include <stdbool.h>

#define LOADED_REQUIRES 32 /* modules that one may require */

struct loaded;

/* What a module's infrastructure points to: who it is, and how much it says.
 * Read by many threads. */
struct _module_instance_data {
	struct loaded *module;
	const char *instance; /* NULL: a singleton, or not an instance yet */
	_Atomic int debug_level;
	_Atomic int enabled;
};

enum loaded_state {
	LOADED_COMING, /* its requirements are being loaded */
	LOADED_READY,
	LOADED_FAILED,
};

struct loaded {
	struct loaded *next; /* in the order of loading */
	enum loaded_state state;
	char *name; /* the section's: scope in the configuration */
	char *path; /* of the object */
	void *object; /* dlopen's handle */
	char *why; /* when it failed */
	bool singleton;
	unsigned type; /* EC_MODULE_TYPE_... */
	generic_module_infrastructure *infra; /* as the object exports it */
	module_instance_data data; /* of infra */
	const struct config_scope *scope;
	struct hook_record *hooks; /* of config_setup */
	struct loaded *requires[LOADED_REQUIRES];
	unsigned requires_count;
};

/* The module of a manifest, loaded now if it was not yet: dlopen, checks,
 * requirements, config_setup.  NULL with words in why. */
struct loaded *loaded_get(const struct manifests *manifests,
    const struct manifest *manifest, struct buffer *why);

struct loaded *loaded_first(void);
/* One that is ready, or NULL. */
struct loaded *loaded_find(const char *name);
/* Why one failed, or NULL. */
const char *loaded_why(const char *name);

/* "Singleton", "Generic" ...: what "module list" calls its kind. */
const char *loaded_kind(const struct loaded *module);

/* Who a module's function belongs to; NULL for an infrastructure that the host
 * does not know. */
static inline struct loaded *
loaded_of(const generic_module_infrastructure *self)
{
	return self != NULL && self->shared._inst != NULL ?
	    self->shared._inst->module : NULL;
}

#endif
