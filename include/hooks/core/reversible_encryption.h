/*
 * core_securecreds_retrieval: find the password of a user of some service.
 */
#ifndef HOOKS_CORE_REVERSIBLE_ENCRYPTION_H
#define HOOKS_CORE_REVERSIBLE_ENCRYPTION_H

#include "module-hooks.h"

#define SECURECREDS_NO_MATCH 0
#define SECURECREDS_MATCH 1
#define SECURECREDS_ERROR 2

EC_DECLARE_HOOK(core, int, securecreds_retrieval,
    (void *, const char *, char *, char *, string *),
    (const char *type, char *host, char *user, string *pw),
    (EC_HOOK_CLOSURE, type, host, user, pw),
    if (EC_HOOK_RETVAL != SECURECREDS_NO_MATCH)
	EC_HOOK_RETURN(EC_HOOK_RETVAL))

#endif
