/*
 * core_final_validation2, core_final_validation, core_post_final_validation:
 * after all policy, when nobody changes the message any more but signers.
 *
 * They run in this order.  core_final_validation2 gives EC_HOOK_CONT,
 * EC_HOOK_DONE to reject the message for good (550 5.7.1 unless a code was set)
 * or EC_HOOK_RETRY to defer it (451 4.7.1); then the others are not called.
 * core_final_validation is where signers sign; it cannot refuse by its result.
 * What core_post_final_validation gives is ignored.  None may wait for long.
 */
#ifndef HOOKS_CORE_FINAL_VALIDATION_H
#define HOOKS_CORE_FINAL_VALIDATION_H

#include "ec_message.h"
#include "module-hooks.h"
#include "netlistener.h"
#include "validate.h"

#define EC_HOOK_CONT 0
#define EC_HOOK_DONE 1
#define EC_HOOK_RETRY 2

EC_DECLARE_HOOK(core, int, final_validation2,
    (void *, ec_message *, accept_construct *, validate_context *),
    (ec_message *msg, accept_construct *ac, validate_context *ctx),
    (EC_HOOK_CLOSURE, msg, ac, ctx),
    if (EC_HOOK_RETVAL != EC_HOOK_CONT) EC_HOOK_RETURN(EC_HOOK_RETVAL))

EC_DECLARE_VOID_HOOK(core, final_validation,
    (void *, ec_message *, accept_construct *, validate_context *),
    (ec_message *msg, accept_construct *ac, validate_context *ctx),
    (EC_HOOK_CLOSURE, msg, ac, ctx))

EC_DECLARE_HOOK(core, int, post_final_validation,
    (void *, ec_message *, accept_construct *, validate_context *),
    (ec_message *msg, accept_construct *ac, validate_context *ctx),
    (EC_HOOK_CLOSURE, msg, ac, ctx),
    (void)EC_HOOK_RETVAL)

#endif
