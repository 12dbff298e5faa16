/*
 * core_validate_auth: the mail server tells that the client authenticated, or
 * tried to.
 *
 * auth_status is EC_AUTH_OK, EC_AUTH_FAIL or EC_AUTH_ERROR; the connection
 * variables auth_user, auth_name and auth_status are set.  Behind a milter the
 * news comes with the first message.  Results are those of a phase.
 */
#ifndef HOOKS_CORE_VALIDATE_AUTH_H
#define HOOKS_CORE_VALIDATE_AUTH_H

#include "module-hooks.h"
#include "netlistener.h"
#include "validate.h"

EC_DECLARE_HOOK(core, int, validate_auth,
    (void *, validate_context *, struct ec_auth_info *, int),
    (validate_context *c, struct ec_auth_info *auth_info, int auth_status),
    (EC_HOOK_CLOSURE, c, auth_info, auth_status),
    if (EC_HOOK_RETVAL != VALIDATE_CONT) EC_HOOK_RETURN(EC_HOOK_RETVAL))

#endif
