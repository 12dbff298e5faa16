/*
 * validate_connect: the phase at connect time.
 *
 * A refusing code here refuses everything on the connection.  Results are
 * those of a phase (validate.h).
 */
#ifndef HOOKS_VALIDATE_CONNECT_H
#define HOOKS_VALIDATE_CONNECT_H

#include "module-hooks.h"
#include "netlistener.h"
#include "validate.h"

EC_DECLARE_HOOK(validate, int, connect,
    (void *, accept_construct *, validate_context *),
    (accept_construct *ac, validate_context *vctx),
    (EC_HOOK_CLOSURE, ac, vctx),
    if (EC_HOOK_RETVAL != VALIDATE_CONT) EC_HOOK_RETURN(EC_HOOK_RETVAL))

#endif
