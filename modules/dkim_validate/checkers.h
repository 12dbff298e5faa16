/*
 * checkers.h: the dkim_validate stanzas of a configuration, found from
 * anywhere.
 *
 * A hook of the module's own: the first instance answers with its stanza.
 */
#ifndef DKIM_VALIDATE_CHECKERS_H
#define DKIM_VALIDATE_CHECKERS_H

#include "checker.h"
#include "module-hooks.h"

EC_DECLARE_HOOK_NOARGS(dkim_validate, struct checker *, checker,
    if (EC_HOOK_RETVAL != NULL) EC_HOOK_RETURN(EC_HOOK_RETVAL))

#endif
