/*
 * host_options.h: the scopes and options of the host itself.
 */
#ifndef CONFIG_HOST_OPTIONS_H
#define CONFIG_HOST_OPTIONS_H

#include "host/config/registry.h"

/* Add all rows to a new registry.  They are constant, so failing is a bug of
 * ours: it ends the process with words on standard error. */
void host_options_add(struct registry *registry);

/* Add the stanza of a module, NAME "instance" { }, with the options common to
 * all modules: enabled and debug_level.  Returns the scope, or NULL with words
 * in why. */
const struct config_scope *host_options_add_module(struct registry *registry,
    const char *name, bool singleton, const char *help, struct buffer *why);

#endif
