/*
 * core_log_reception_v1: a message was accepted.
 */
#ifndef HOOKS_CORE_LOG_RECEPTION_V1_H
#define HOOKS_CORE_LOG_RECEPTION_V1_H

#include "module-hooks.h"

EC_DECLARE_VOID_HOOK(core, log_reception_v1,
    (void *, accept_construct *, ec_message *, struct timeval *, const char *,
	int),
    (accept_construct *ac, ec_message *msg, struct timeval *now,
	const char *note, int note_len),
    (EC_HOOK_CLOSURE, ac, msg, now, note, note_len))

#endif
