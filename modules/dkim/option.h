/*
 * option.h: the value of an option as one line of C.
 */
#ifndef DKIM_OPTION_H
#define DKIM_OPTION_H

#include "ec_config.h"

#include <stdbool.h>
#include <stddef.h>

/* Register count options, once in the process; helps are their texts, and
 * slots_r gets what they are asked by.  Returns 0, or -1 with the reason in the
 * log. */
int option_register_all(ec_config_option_def *rows, const char *const *helps,
    int *slots_r, size_t count);

/* Where options are looked up. */
struct option_place {
	ec_config_header *transaction;
	generic_module_infrastructure *self;
	const char *scope; /* within the stanza, such as "dk_domain"; or NULL */
	const char *instance; /* of that scope */
};

/* A copy of the text for memory_free(), or NULL when there is none.  Of an array
 * the items are joined with separator. */
char *option_text(const struct option_place *place, int slot);
char *option_joined(const struct option_place *place, int slot,
    char separator);

/* A whole number, or what its table of words stands for; if_unset when there
 * is neither setting nor default. */
int option_int(const struct option_place *place, int slot, int if_unset);
bool option_bool(const struct option_place *place, int slot);

/* Options of the host itself, at the top level; the same returns.  A name that
 * the host does not know is unset. */
char *option_global_text(ec_config_header *transaction, const char *name);
int option_global_int(ec_config_header *transaction, const char *name,
    int if_unset);
/* Calls each for every item of an array of texts, in order. */
void option_global_each(ec_config_header *transaction, const char *name,
    void (*each)(void *closure, const char *text), void *closure);

#endif
