/*
 * rivals.h: one module signs by configuration, where two would only be a
 * mistake: dkim_sign and opendkim.
 */
#ifndef SIGNING_RIVALS_H
#define SIGNING_RIVALS_H

#include "module.h"

#include <stdbool.h>

/* A stanza that signs by itself joins in, from ext_init.  false, with words in
 * output, when one of another module was there before. */
bool rivals_join(generic_module_infrastructure *self,
    ec_config_header *transaction, string *output);

#endif
