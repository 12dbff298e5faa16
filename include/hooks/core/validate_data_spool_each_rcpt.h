/*
 * core_validate_data_spool_each_rcpt: for each recipient, after
 * hooks/validate/data_spool_each_rcpt.h of all modules, also when one of them
 * ended that phase.
 */
#ifndef HOOKS_CORE_VALIDATE_DATA_SPOOL_EACH_RCPT_H
#define HOOKS_CORE_VALIDATE_DATA_SPOOL_EACH_RCPT_H

#include "ec_message.h"
#include "module-hooks.h"
#include "netlistener.h"
#include "validate.h"

EC_DECLARE_VOID_HOOK(core, validate_data_spool_each_rcpt,
    (void *, ec_message *, accept_construct *, validate_context *),
    (ec_message *msg, accept_construct *ac, validate_context *ctx),
    (EC_HOOK_CLOSURE, msg, ac, ctx))

#endif
