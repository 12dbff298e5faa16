/*
 * registry.h: all rows that are known: the host's, and those of the modules
 * that were loaded so far.
 *
 * A registry outlives every configuration that was built with it; rows are
 * added and never taken away.  Rows are copied, texts included.  Adding takes a
 * lock; reading a row by its slot, and a scope by its name, takes none.
 */
#ifndef CONFIG_REGISTRY_H
#define CONFIG_REGISTRY_H

#include "host/config/option.h"
#include "host/config/scope.h"

struct registry;

/* Holds the scope Global and nothing else; host_options_add() adds the rest. */
struct registry *registry_new(void);
void registry_free(struct registry **registry);

/* Returns the scope.  A name that is known already gets the further parents:
 * dk_domain stands in dkim_sign and in dk_sign.  NULL with words in why when a
 * parent is unknown, the name is not letters, digits, '_', or the name is
 * known with other matching. */
const struct config_scope *registry_add_scope(struct registry *registry,
    const struct config_scope *row, struct buffer *why);

/* Returns the slot, from 0.  The same row again (name, module, fallback) gives
 * the same slot.  -1 with words in why when the fallback names an unknown
 * scope, another row has that name in one of the scopes, or the default does
 * not pass the option's own parser. */
int registry_add_option(struct registry *registry,
    const struct config_option *row, struct buffer *why);

/* Give a row words for the manual (a module's rows come without); NULL and 0
 * leave what there is. */
void registry_describe(struct registry *registry, int slot, const char *help,
    unsigned more_flags);

/* NULL when there is none. */
const struct config_option *registry_option(const struct registry *registry,
    int slot);
const struct config_scope *registry_scope(const struct registry *registry,
    const char *name);
const struct config_scope *registry_global(const struct registry *registry);

/* The slot of the option NAME in a path of scopes "Global:Binding:Domain"
 * ("Global" may be left out, "" is Global), or -1. */
int registry_slot(struct registry *registry, const char *path,
    const char *name);

/* The slot that a capability text names: "config.Global:Binding.X", with
 * "config.Global:X" taken for "config.Global.X"; or -1. */
int registry_slot_of_capability(struct registry *registry,
    const char *capability);

/* Walk the rows in the order they came: from 0 until NULL. */
const struct config_scope *registry_scope_at(const struct registry *registry,
    int id);

/* How what hangs at config_value.view is freed; set once, before the first
 * load. */
void registry_on_value_free(struct registry *registry,
    void (*free_view)(void *view));

#endif
