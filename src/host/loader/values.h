/*
 * values.h: values of options in the published layout.
 *
 * A view is made the first time that a module asks for a value, hangs at the
 * value, and goes with it; a reader holds the generation that the value is in.
 */
#ifndef HOST_VALUES_H
#define HOST_VALUES_H

#include "configuration.h"
#include "host/config/value.h"

struct generation;

/* A view of a value; def NULL: of a row of the host.  generation is what a
 * reference to it holds; NULL for what lives as long as the process. */
void *values_new_view(ec_config_option_def *def,
    const struct config_value *value, struct generation *generation);
void values_free_view(void *view); /* NULL is fine */
ec_config_value *values_of_view(void *view);

/* A reference to a value of the generation, or of the registry when it is an
 * option's default. */
ec_config_value *values_get(const struct config_value *value,
    struct generation *generation);

/* Run the postset of all options that the generation sets and that have one.
 * Words of theirs are appended to output. */
void values_postset(struct generation *generation, string *output);

#endif
