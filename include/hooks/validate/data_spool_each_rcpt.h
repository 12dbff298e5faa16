/*
 * validate_data_spool_each_rcpt: the phase that is run for each recipient.
 *
 * That recipient is "the" one of ec_message.h: setting it changes it, and
 * ec_message_discard() drops it alone.  Header, body, contexts and code are
 * those of the whole message.  Results are those of a phase.
 */
#ifndef HOOKS_VALIDATE_DATA_SPOOL_EACH_RCPT_H
#define HOOKS_VALIDATE_DATA_SPOOL_EACH_RCPT_H

#include "ec_message.h"
#include "module-hooks.h"
#include "netlistener.h"
#include "validate.h"

EC_DECLARE_HOOK(validate, int, data_spool_each_rcpt,
    (void *, ec_message *, accept_construct *, validate_context *),
    (ec_message *msg, accept_construct *ac, validate_context *vctx),
    (EC_HOOK_CLOSURE, msg, ac, vctx),
    if (EC_HOOK_RETVAL != VALIDATE_CONT) EC_HOOK_RETURN(EC_HOOK_RETVAL))

#endif
