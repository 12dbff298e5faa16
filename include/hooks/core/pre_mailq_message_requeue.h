/*
 * core_pre_mailq_message_requeue: a message is about to be queued again.
 */
#ifndef HOOKS_CORE_PRE_MAILQ_MESSAGE_REQUEUE_H
#define HOOKS_CORE_PRE_MAILQ_MESSAGE_REQUEUE_H

#include "module-hooks.h"

EC_DECLARE_VOID_HOOK(core, pre_mailq_message_requeue,
    (void *, ec_message *, struct timeval *),
    (ec_message *msg, struct timeval *now),
    (EC_HOOK_CLOSURE, msg, now))

#endif
