/*
 * core_validate_ehlo: the phase at HELO or EHLO.
 *
 * str is the command, "EHLO client.example"; the connection variables
 * ehlo_string and ehlo_domain are set.  Results are those of a phase.
 */
#ifndef HOOKS_CORE_VALIDATE_EHLO_H
#define HOOKS_CORE_VALIDATE_EHLO_H

#include "module-hooks.h"
#include "netlistener.h"
#include "validate.h"

EC_DECLARE_HOOK(core, int, validate_ehlo,
    (void *, string *, accept_construct *, validate_context *),
    (string *str, accept_construct *ac, validate_context *vctx),
    (EC_HOOK_CLOSURE, str, ac, vctx),
    if (EC_HOOK_RETVAL != VALIDATE_CONT) EC_HOOK_RETURN(EC_HOOK_RETVAL))

#endif
