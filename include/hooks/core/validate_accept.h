/*
 * core_validate_accept: a client has connected; before every other phase.
 *
 * Results are those of a phase (validate.h).
 */
#ifndef HOOKS_CORE_VALIDATE_ACCEPT_H
#define HOOKS_CORE_VALIDATE_ACCEPT_H

#include "module-hooks.h"
#include "netlistener.h"
#include "validate.h"

EC_DECLARE_HOOK(core, int, validate_accept,
    (void *, accept_construct *, validate_context *),
    (accept_construct *ac, validate_context *c),
    (EC_HOOK_CLOSURE, ac, c),
    if (EC_HOOK_RETVAL != VALIDATE_CONT) EC_HOOK_RETURN(EC_HOOK_RETVAL))

#endif
