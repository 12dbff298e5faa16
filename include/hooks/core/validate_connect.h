/*
 * core_validate_connect: after hooks/validate/connect.h of all modules, also
 * when one of them ended that phase.
 */
#ifndef HOOKS_CORE_VALIDATE_CONNECT_H
#define HOOKS_CORE_VALIDATE_CONNECT_H

#include "module-hooks.h"
#include "netlistener.h"
#include "validate.h"

EC_DECLARE_VOID_HOOK(core, validate_connect,
    (void *, accept_construct *, validate_context *),
    (accept_construct *ac, validate_context *c),
    (EC_HOOK_CLOSURE, ac, c))

#endif
