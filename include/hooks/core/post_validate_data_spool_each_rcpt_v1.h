/*
 * core_post_validate_data_spool_each_rcpt_v1: for each recipient, after
 * hooks/core/validate_data_spool_each_rcpt.h.
 */
#ifndef HOOKS_CORE_POST_VALIDATE_DATA_SPOOL_EACH_RCPT_V1_H
#define HOOKS_CORE_POST_VALIDATE_DATA_SPOOL_EACH_RCPT_V1_H

#include "ec_message.h"
#include "module-hooks.h"
#include "netlistener.h"
#include "validate.h"

EC_DECLARE_VOID_HOOK(core, post_validate_data_spool_each_rcpt_v1,
    (void *, ec_message *, accept_construct *, validate_context *),
    (ec_message *m, accept_construct *ac, validate_context *c),
    (EC_HOOK_CLOSURE, m, ac, c))

#endif
