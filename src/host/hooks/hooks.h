/*
 * hooks.h: what the host does with hooks beside calling them.
 *
 * A hook is known by name in the whole process; its providers belong to a
 * generation, in a registry of lists.  Lists are filled while the generation
 * is built, by one thread, and never change once it is published.
 *
 * A module registers only while the host lets it: between hooks_begin() and
 * hooks_end() in the same thread.
 */
#ifndef HOST_HOOKS_H
#define HOST_HOOKS_H

#include "misc/ec_string.h"
#include "module-hooks.h"

#include <stdbool.h>

struct hook_registry;

struct hook_registry *hooks_registry_new(void);
void hooks_registry_free(struct hook_registry **registry);

/*
 * What a singleton registered in its module_config_setup, which runs once:
 * it is put into every later generation that has the module.
 */
struct hook_record {
	struct hook_record *next;
	struct __ec_hook hook;
	bool first;
};

struct hooks_registration {
	struct hook_registry *into; /* may be NULL: record alone */
	struct hook_record **record; /* the end of a list; or NULL */
	generic_module_infrastructure *owner;
	string *trouble; /* what was refused, in words, a line each */
};

/* Let `owner` register; hooks_end puts back what was before. */
void hooks_begin(struct hooks_registration *registration);
void hooks_end(struct hooks_registration *registration);
/* Who may register in this thread right now, or NULL. */
struct hooks_registration *hooks_registering(void);

void hooks_replay(const struct hook_record *record,
    struct hook_registry *into);
void hooks_record_free(struct hook_record **record);

/* Append "name\n\tprototype\n" for all hooks by name, blanks taken out of the
 * prototype: the console's "module hooks". */
void hooks_list(string *out);

#endif
