/*
 * policy_record.h: what happened to a message, written down while it happens.
 *
 * The record is the object that --json prints:
 *
 *	calls	callout, module (both null while scripts are loaded), prints,
 *		set (context, name, value; null: taken away), returned, error
 *	delays	after, ms: what the client would have waited
 *	recipients	address, reply: those refused
 *	verdict	action, code, status, text, reason, disconnect
 *	edits	type, and what that type needs of name, nth, index, value,
 *		address, octets
 *
 * Texts are made UTF-8.  Without memory the process ends, as in the host.
 */
#ifndef CLI_POLICY_RECORD_H
#define CLI_POLICY_RECORD_H

#include "frontends/inject/inject.h"

#include <jansson.h>

/* Events of scripts are recorded from here on. */
void policy_record_begin(void);

/* inject.watch; its closure is the struct inject. */
void policy_record_watch(void *closure, const char *step,
    struct session *session, const struct session_verdict *verdict);

/* The caller's now; nothing is recorded any more. */
json_t *policy_record_end(void);

/* Has a script failed? */
bool policy_record_failed(void);

#endif
