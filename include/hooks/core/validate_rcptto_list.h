/*
 * core_validate_rcptto_list, core_validate_rcptto_list_final: all recipients
 * are known, the message itself is about to come (additions: the published
 * interface has these phases for scripts alone).
 *
 * They run in this order, once for each message with a recipient.  Recipients
 * can be added and removed with validate.h.  A refusing code refuses the
 * message; the client hears of it when the message is in.  Results are those
 * of a phase.
 */
#ifndef HOOKS_CORE_VALIDATE_RCPTTO_LIST_H
#define HOOKS_CORE_VALIDATE_RCPTTO_LIST_H

#include "ec_message.h"
#include "module-hooks.h"
#include "netlistener.h"
#include "validate.h"

EC_DECLARE_HOOK(core, int, validate_rcptto_list,
    (void *, ec_message *, accept_construct *, validate_context *),
    (ec_message *msg, accept_construct *ac, validate_context *vctx),
    (EC_HOOK_CLOSURE, msg, ac, vctx),
    if (EC_HOOK_RETVAL != VALIDATE_CONT) EC_HOOK_RETURN(EC_HOOK_RETVAL))

EC_DECLARE_HOOK(core, int, validate_rcptto_list_final,
    (void *, ec_message *, accept_construct *, validate_context *),
    (ec_message *msg, accept_construct *ac, validate_context *vctx),
    (EC_HOOK_CLOSURE, msg, ac, vctx),
    if (EC_HOOK_RETVAL != VALIDATE_CONT) EC_HOOK_RETURN(EC_HOOK_RETVAL))

#endif
