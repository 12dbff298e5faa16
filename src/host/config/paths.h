/*
 * paths.h: where in the nesting of scopes something stands, as the registry
 * keeps it: "Global:Binding:Domain" is one path, whatever the instances.
 *
 * Equal paths are one object, which lives as long as the registry.
 */
#ifndef CONFIG_PATHS_H
#define CONFIG_PATHS_H

#include "host/config/registry.h"

struct scope_path;

const struct scope_path *registry_root_path(const struct registry *registry);
const struct scope_path *registry_path(struct registry *registry,
    const struct scope_path *parent, const struct config_scope *scope);

/* The option of that name that may be written at a path; NULL: none. */
const struct config_option *registry_find(struct registry *registry,
    const struct scope_path *path, const char *name);

/* Does this very option belong at a path? */
bool registry_allows(struct registry *registry, const struct scope_path *path,
    const struct config_option *option);

/* May a scope stand directly in another? */
bool registry_nests(struct registry *registry,
    const struct config_scope *scope, const struct config_scope *parent);

/* "Global:Binding:Domain" */
void registry_path_text(const struct scope_path *path, struct buffer *out);

/* How config_value.view is freed, or NULL. */
void (*registry_value_free(const struct registry *registry))(void *view);

#endif
