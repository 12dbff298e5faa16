/*
 * stanzas.h: all dkim_sign stanzas of a configuration, found from anywhere.
 *
 * A hook of the module's own: every instance provides for it, in the order of
 * the file, and answers with its stanza.
 */
#ifndef DKIM_SIGN_STANZAS_H
#define DKIM_SIGN_STANZAS_H

#include "misc/ec_ptr_array.h"
#include "module-hooks.h"

EC_DECLARE_VOID_HOOK(dkim_sign, stanzas,
    (void *, ec_ptr_array *),
    (ec_ptr_array *stanzas),
    (EC_HOOK_CLOSURE, stanzas))

#endif
