/*
 * account.h: what became of a plan, for the statistics, the log, and whoever
 * wants to know why a message was signed or not.
 */
#ifndef SIGNING_ACCOUNT_H
#define SIGNING_ACCOUNT_H

#include "signing/plan.h"

/* Remember why a signature is not made: the latest reason is told.  key is the
 * file that was looked for, or NULL. */
void account_fail(struct plan *plan, struct stanza *stanza,
    const struct settings *settings, const char *domain, const char *key,
    const char *why);

/* A stanza leaves the message unsigned, as it is configured to; `why` lasts. */
void account_skip(struct plan *plan, struct stanza *stanza,
    const struct settings *settings, const char *why);
/* `why`, when it is the condition of the settings that does not hold. */
#define ACCOUNT_CONDITION "sign_condition is in neither context"

/* The file whose key signs. */
void account_key(struct plan *plan, const char *path);

/* The plan was carried out, and `made` of its signatures are on the message:
 * count it, and write its line in the log. */
void account_close(const struct plan *plan, size_t made, ec_message *msg);

/* A message that the switch keeps from being signed. */
void account_unwanted(struct stanza *stanza, ec_message *msg);

/* A step of a decision, for debug_level DEBUG. */
#define ACCOUNT_TRACE(stanza, ...) do { \
	if (ec_mod_debug_enabled((stanza)->self, DDEBUG)) \
		ec_mod_debug((stanza)->self, DDEBUG, __VA_ARGS__); \
} while (0)

#endif
