/*
 * ec_config.h: register options and ask for their values.
 *
 * Every function that gives an ec_config_value gives a reference, to be
 * released by ec_config_release_value.  When neither the configuration nor
 * the option's default says anything, its content says nothing (NULL, 0), and
 * NULL itself is given only for a slot that does not exist.
 *
 * `transaction` says which configuration is asked.  NULL means that of the
 * message which the calling thread is working on, else the newest.  `from`
 * is NULL.  Any thread; nothing blocks.
 */
#ifndef EC_CONFIG_H
#define EC_CONFIG_H

#include "configuration.h"
#include "ec_types.h"
#include "module.h"

/*
 * Make an option known, from module_config_setup.  `option` must live as long
 * as the process.  Gives its slot, or -1 with a line in the log: the row is
 * malformed, or another module owns that name in one of its scopes.
 * Registering a row again gives the same slot.
 */
int ec_config_register_option(ec_config_option_def *option);

/* A sentence or two for the manual and "help" (addition).  Copied. */
EC_ADDITION void ec_config_option_help(int slot, const char *help);

/* The slot of the option that a capability names ("config.Global:Binding.x"),
 * or -1. */
int ec_config_option_slot_from_capability(char *capability);

/* What kind of value the option of a slot has, be it a module's or the host's
 * own (addition).  ECCFGTYPE_PTR: one that cannot be read.  1, or 0 when there
 * is no such slot. */
EC_ADDITION int ec_config_option_type(int slot,
    ec_config_item_type_t *type_r, int *is_array_r);

/*
 * The value of a module's own option: the instance's stanza, else the
 * default.  The first is for module_ext_init, where the configuration is
 * still being prepared, the second for any later time.
 */
ec_config_value *ec_config_option_fetch_module_at_init(
    ec_config_header *transaction, int slot,
    generic_module_infrastructure *self);
ec_config_value *ec_config_option_fetch_module(ec_config_header *transaction,
    int slot, generic_module_infrastructure *self);

/*
 * The same where a module has scopes inside its stanza, such as
 *
 *	dkim_sign "s" { selector = "a"  dk_domain "x.test" { selector = "b" } }
 *
 * (additions; the published interface names none for this).  fetch looks in
 * that scope, then in the stanza, then at the default; an instance that is
 * not there is as good as an empty one, and the scope falls back alone.
 * exists tells whether it is there.  each calls `each` for all instances of
 * `scope` in the order of the file, until it gives nonzero, and gives that,
 * or 0.  Names are compared without case.  All take constant time but each.
 */
EC_ADDITION ec_config_value *ec_config_option_fetch_module_scope(
    ec_config_header *transaction, int slot,
    generic_module_infrastructure *self, const char *scope,
    const char *instance);
EC_ADDITION int ec_config_module_scope_exists(ec_config_header *transaction,
    generic_module_infrastructure *self, const char *scope,
    const char *instance);
EC_ADDITION int ec_config_module_scope_each(ec_config_header *transaction,
    generic_module_infrastructure *self, const char *scope,
    int (*each)(void *closure, const char *instance), void *closure);

/*
 * The value of an option in the standard scopes, with the fallback that its
 * definition names.  Make the most specific query that you can.  A NULL or
 * unknown name is skipped: binding "default" always exists.
 */
ec_config_value *ec_config_option_fetch(ec_config_header *transaction,
    int slot, ec_config_header *from);
ec_config_value *ec_config_option_fetch_binding(
    ec_config_header *transaction, int slot, ec_config_header *from,
    const char *binding);
ec_config_value *ec_config_option_fetch_binding_domain(
    ec_config_header *transaction, int slot, ec_config_header *from,
    const char *binding, const char *domain);
ec_config_value *ec_config_option_fetch_domain(ec_config_header *transaction,
    int slot, ec_config_header *from, const char *domain);
ec_config_value *ec_config_option_fetch_host(ec_config_header *transaction,
    int slot, ec_config_header *from, const char *host);
ec_config_value *ec_config_option_fetch_binding_host(
    ec_config_header *transaction, int slot, ec_config_header *from,
    const char *binding, const char *host);
ec_config_value *ec_config_option_fetch_pathway(
    ec_config_header *transaction, int slot, ec_config_header *from,
    const char *pathway);
ec_config_value *ec_config_option_fetch_pathway_domain(
    ec_config_header *transaction, int slot, ec_config_header *from,
    const char *pathway, const char *domain);

/*
 * The general form: pairs of scope and instance, outermost first, such as
 * "Binding", "b", "Domain", "example.com".  `nargs` counts the pairs times
 * two; with 0 they are taken from `args`, an array of char *.
 */
ec_config_value *ec_config_option_fetch_generic(
    ec_config_header *transaction, int slot, ec_config_header *from,
    int nargs, ec_ptr_array *args, ...);

/* A value of the option that says nothing (0, NULL, ()), or NULL if there is
 * no such slot. */
ec_config_value *ec_config_null_value(int slot);

void ec_config_release_value(void *value); /* NULL is fine */

/*
 * Hold a configuration: that of this thread's message, else the newest.
 * What it holds stays valid until it is released.  NULL when none is loaded.
 */
ec_config_header *ec_config_fetch_globalconf(void);
void ec_config_release_scope_instance(void *transaction); /* NULL is fine */

/*
 * The option hostname, never NULL.  Lives as long as the process.
 * `caller_scope` is NULL.
 */
char *config_get_hostname(generic_module_infrastructure *caller_scope);

/* The path of the configuration's main file, or NULL when it came from memory
 * (addition).  Lives as long as the configuration. */
EC_ADDITION const char *ec_config_file(ec_config_header *transaction);

/* Numbers for names of bindings, good for the life of the process; 0 is
 * "default".  A name that the configuration does not have gives -1, an
 * unknown number NULL. */
ec_binding_slot config_get_binding_id_from_name(const char *name);
char *config_get_binding_name_from_id(ec_binding_slot slot);

/*
 * Groups of bindings (additions): how many bindings one has, 0 when there is
 * no such group; the one at an index from 0, or -1; the group of a binding, or
 * NULL when it is in none, which lives as long as the process.
 */
EC_ADDITION int config_get_binding_group_size(const char *group);
EC_ADDITION ec_binding_slot config_get_binding_group_slot(const char *group,
    int index);
EC_ADDITION char *config_get_binding_group_from_id(ec_binding_slot slot);

#endif
