/*
 * core_validate_set_binding: choose the binding of the message.
 *
 * VALIDATE_CONT or VALIDATE_DONE; VALIDATE_AGAIN is taken for VALIDATE_CONT and
 * logged.  A message whose binding was changed before this phase does not get
 * here.
 */
#ifndef HOOKS_CORE_VALIDATE_SET_BINDING_H
#define HOOKS_CORE_VALIDATE_SET_BINDING_H

#include "ec_message.h"
#include "module-hooks.h"
#include "validate.h"

EC_DECLARE_HOOK(core, int, validate_set_binding,
    (void *, ec_message *),
    (ec_message *msg),
    (EC_HOOK_CLOSURE, msg),
    if (EC_HOOK_RETVAL != VALIDATE_CONT) EC_HOOK_RETURN(EC_HOOK_RETVAL))

#endif
