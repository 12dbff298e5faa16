/*
 * core_smtp_client_mailfrom_args: before a message goes onward with MAIL FROM.
 *
 * Providers may add parameters to the command.  0 goes on to the next one,
 * anything else ends the chain and fails the delivery.
 */
#ifndef HOOKS_CORE_SMTP_CLIENT_MAILFROM_ARGS_H
#define HOOKS_CORE_SMTP_CLIENT_MAILFROM_ARGS_H

#include "module-hooks.h"
#include "smtp.h"

EC_DECLARE_HOOK(core, int, smtp_client_mailfrom_args,
    (void *, delivery_construct *, smtp_client_args *),
    (delivery_construct *dc, smtp_client_args *args),
    (EC_HOOK_CLOSURE, dc, args),
    if (EC_HOOK_RETVAL != 0) EC_HOOK_RETURN(EC_HOOK_RETVAL))

#endif
