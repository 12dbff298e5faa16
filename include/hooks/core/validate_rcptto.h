/*
 * core_validate_rcptto: the phase at each RCPT.
 *
 * str is the command, "RCPT TO:<a@b.example>"; the message variables
 * rcptto_string, rcptto_localpart and rcptto_domain are set.  The recipient
 * joins the message when the phase is over and did not refuse it.  Results are
 * those of a phase.
 */
#ifndef HOOKS_CORE_VALIDATE_RCPTTO_H
#define HOOKS_CORE_VALIDATE_RCPTTO_H

#include "ec_message.h"
#include "module-hooks.h"
#include "netlistener.h"
#include "validate.h"

EC_DECLARE_HOOK(core, int, validate_rcptto,
    (void *, ec_message *, string *, accept_construct *, validate_context *),
    (ec_message *msg, string *str, accept_construct *ac,
	validate_context *vctx),
    (EC_HOOK_CLOSURE, msg, str, ac, vctx),
    if (EC_HOOK_RETVAL != VALIDATE_CONT) EC_HOOK_RETURN(EC_HOOK_RETVAL))

#endif
