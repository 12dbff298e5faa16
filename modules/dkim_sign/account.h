/*
 * account.h: what became of a plan, for the statistics, the log, and whoever
 * wants to know why a message was signed or not.
 */
#ifndef DKIM_SIGN_ACCOUNT_H
#define DKIM_SIGN_ACCOUNT_H

#include "plan.h"

/* Remember why a signature is not made: the latest reason is told. */
void account_fail(struct plan *plan, struct stanza *stanza,
    const struct settings *settings, const char *domain, const char *why);

/* The plan was carried out, and `made` of its signatures are on the message:
 * count it, and write its line in the log. */
void account_close(const struct plan *plan, size_t made, ec_message *msg);

/* A message that is not to be signed. */
void account_unwanted(ec_message *msg);

/* A step of a decision, for debug_level DEBUG. */
#define ACCOUNT_TRACE(stanza, ...) do { \
	if (ec_mod_debug_enabled((stanza)->self, DDEBUG)) \
		ec_mod_debug((stanza)->self, DDEBUG, __VA_ARGS__); \
} while (0)

#endif
