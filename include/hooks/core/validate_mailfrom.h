/*
 * core_validate_mailfrom: the phase at MAIL.
 *
 * str is the command, "MAIL FROM:<a@b.example>"; the message variables
 * mailfrom_string, mailfrom_localpart and mailfrom_domain are set.  The message
 * is reached through the message_construct.  Results are those of a phase.
 */
#ifndef HOOKS_CORE_VALIDATE_MAILFROM_H
#define HOOKS_CORE_VALIDATE_MAILFROM_H

#include "module-hooks.h"
#include "netlistener.h"
#include "validate.h"

EC_DECLARE_HOOK(core, int, validate_mailfrom,
    (void *, string *, accept_construct *, validate_context *),
    (string *str, accept_construct *ac, validate_context *vctx),
    (EC_HOOK_CLOSURE, str, ac, vctx),
    if (EC_HOOK_RETVAL != VALIDATE_CONT) EC_HOOK_RETURN(EC_HOOK_RETVAL))

#endif
