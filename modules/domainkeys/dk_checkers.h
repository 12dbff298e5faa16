/*
 * dk_checkers.h: the dk_validate stanzas of a configuration, found from
 * anywhere.
 *
 * A hook of the module's own: the first instance answers with its stanza.
 */
#ifndef DOMAINKEYS_DK_CHECKERS_H
#define DOMAINKEYS_DK_CHECKERS_H

#include "dk_checker.h"
#include "module-hooks.h"

EC_DECLARE_HOOK_NOARGS(dk_validate, struct dk_checker *, checker,
    if (EC_HOOK_RETVAL != NULL) EC_HOOK_RETURN(EC_HOOK_RETVAL))

#endif
