/*
 * instance.h: the modules of one generation.
 *
 * A stanza of a module makes an instance, with an infrastructure of its own; a
 * singleton has one, the exported one, in all generations.  Modules that are
 * required, or whose options the configuration uses without a stanza, get an
 * instance with everything at its default.
 */
#ifndef HOST_INSTANCE_H
#define HOST_INSTANCE_H

#include "host/config/errors.h"
#include "host/generation.h"
#include "host/loader/loaded.h"

struct config_node;

struct instance {
	struct instance *next; /* in the order of starting */
	struct loaded *module;
	generic_module_infrastructure *infra;
	module_instance_data data; /* of an infra of its own */
	const struct config_node *node; /* NULL: no stanza */
	bool begun; /* ext_init was called with INIT */
};

/* Start all instances: ext_init with INIT and `flags`
 * (EC_MODULE_INIT_PRIVILEGED or 0).  The generation must be pinned.  What
 * fails is added to errors; the rest is started all the same, so that one run
 * tells all. */
void instances_start(struct generation *generation, int flags,
    struct config_errors *errors);

/* ext_init with POSTINIT, for the first generation. */
void instances_post(struct generation *generation,
    struct config_errors *errors);

/* A new generation was refused after singletons had been told of it: tell them
 * of the old one again (NULL: there is none). */
void instances_restore(const struct generation *refused,
    struct generation *old);

/* DESTROY, the latest first, and free.  Singletons live on. */
void instances_free(struct instance **instances);

/* DESTROY for singletons: the process is about to end. */
void instances_end_singletons(void);

/* The instance that a console command is addressed to: NULL for `name` means
 * the singleton, else the only instance, else that named like the module. */
struct instance *instances_find(const struct generation *generation,
    const char *module, const char *name);

/* "dkim_sign:s1", or "hello_world" for a singleton. */
void instance_format_name(const struct instance *instance, string *out);

/* The stanza of a module's instance in a generation, or NULL. */
const struct config_node *instance_node(const struct generation *generation,
    const generic_module_infrastructure *self);

#endif
