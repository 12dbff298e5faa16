/*
 * look.h: all who verify look at a message before one of them changes it.
 *
 * What is said about a message goes into its header, and what was forged leaves
 * it; a signature may cover either, that of DomainKeys without h= does.  So
 * who is about to do such a thing calls this hook first, and every other
 * module that verifies mail by itself does so now, and publishes in its turn.
 *
 *	call_verifying_look_hook(msg, "dkim_validate");
 */
#ifndef VERIFYING_LOOK_H
#define VERIFYING_LOOK_H

#include "ec_message.h"
#include "module.h"
#include "module-hooks.h"

#include <stdbool.h>
#include <string.h>
#include <strings.h>

EC_DECLARE_VOID_HOOK(verifying, look,
    (void *, ec_message *, const char *),
    (ec_message *msg, const char *asker),
    (EC_HOOK_CLOSURE, msg, asker))

/* For providers: is this to be verified by `self`, which is not that module
 * that asks, and would it be called for the message? */
static inline bool
look_is_wanted(const generic_module_infrastructure *self, ec_message *msg,
    const char *asker)
{
	const char *name = ec_module_scope_name(self);
	char key[64 + sizeof("__bypass_")];

	(void)stpcpy(stpcpy(key, "__bypass_"), name);
	return strcmp(asker, name) != 0 && ec_module_is_enabled(self) != 0 &&
	    strcasecmp(ec_message_context_get(msg, ECMESS_CTX_CONN, key),
	    "true") != 0;
}

#endif
