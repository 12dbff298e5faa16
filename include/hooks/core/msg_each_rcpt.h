/*
 * core_pre_msg_each_rcpt, core_post_msg_each_rcpt: before the first and after
 * the last of the hooks that are called for one recipient (additions).
 *
 * See hooks/validate/data_spool_each_rcpt.h for what "for one recipient"
 * means.
 */
#ifndef HOOKS_CORE_MSG_EACH_RCPT_H
#define HOOKS_CORE_MSG_EACH_RCPT_H

#include "ec_message.h"
#include "module-hooks.h"
#include "netlistener.h"
#include "validate.h"

EC_DECLARE_VOID_HOOK(core, pre_msg_each_rcpt,
    (void *, ec_message *, accept_construct *, validate_context *),
    (ec_message *msg, accept_construct *ac, validate_context *vctx),
    (EC_HOOK_CLOSURE, msg, ac, vctx))

EC_DECLARE_VOID_HOOK(core, post_msg_each_rcpt,
    (void *, ec_message *, accept_construct *, validate_context *),
    (ec_message *msg, accept_construct *ac, validate_context *vctx),
    (EC_HOOK_CLOSURE, msg, ac, vctx))

#endif
