/*
 * core_validate_message_end, core_validate_dealloc: a message is over, however
 * it went; a connection is over (additions).
 *
 * For modules that keep something for a message or a connection: both are
 * called also when the module is bypassed, or when the message was taken off.
 * The message is still there in the first, and changes to it come too late.
 * The second is of the newest
 * configuration, and what was kept under an older one is let go with that.
 */
#ifndef HOOKS_CORE_VALIDATE_END_H
#define HOOKS_CORE_VALIDATE_END_H

#include "ec_message.h"
#include "module-hooks.h"
#include "netlistener.h"
#include "validate.h"

EC_DECLARE_VOID_HOOK(core, validate_message_end,
    (void *, ec_message *, accept_construct *, validate_context *),
    (ec_message *msg, accept_construct *ac, validate_context *vctx),
    (EC_HOOK_CLOSURE, msg, ac, vctx))

EC_DECLARE_VOID_HOOK(core, validate_dealloc,
    (void *, accept_construct *, validate_context *),
    (accept_construct *ac, validate_context *vctx),
    (EC_HOOK_CLOSURE, ac, vctx))

#endif
