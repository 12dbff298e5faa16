/*
 * core_ec_message_enqueue: a message is about to be queued.
 *
 * EC_MESSAGE_ENQUEUE_HOOK_CONT goes on to the next provider; anything else
 * ends the chain.
 */
#ifndef HOOKS_CORE_EC_MESSAGE_ENQUEUE_H
#define HOOKS_CORE_EC_MESSAGE_ENQUEUE_H

#include "module-hooks.h"

#define EC_MESSAGE_ENQUEUE_HOOK_CONT 0
#define EC_MESSAGE_ENQUEUE_HOOK_DONE 1

EC_DECLARE_HOOK(core, int, ec_message_enqueue,
    (void *, ec_message *, struct timeval *),
    (ec_message *msg, struct timeval *now),
    (EC_HOOK_CLOSURE, msg, now),
    if (EC_HOOK_RETVAL != EC_MESSAGE_ENQUEUE_HOOK_CONT)
	EC_HOOK_RETURN(EC_HOOK_RETVAL))

#endif
