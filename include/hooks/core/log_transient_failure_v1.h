/*
 * core_log_transient_failure_v1: a delivery failed and may be tried again.
 *
 * `note` has note_len bytes of words about it; NULL means that
 * ec_message_get_code tells them.  `dr` may be NULL.
 */
#ifndef HOOKS_CORE_LOG_TRANSIENT_FAILURE_V1_H
#define HOOKS_CORE_LOG_TRANSIENT_FAILURE_V1_H

#include "module-hooks.h"

EC_DECLARE_VOID_HOOK(core, log_transient_failure_v1,
    (void *, ec_message *, domain_record *, struct timeval *, const char *,
	int),
    (ec_message *msg, domain_record *dr, struct timeval *now,
	const char *note, int note_len),
    (EC_HOOK_CLOSURE, msg, dr, now, note, note_len))

#endif
