/*
 * core_smtp_client_xclient_args: as smtp_client_mailfrom_args.h, for XCLIENT.
 */
#ifndef HOOKS_CORE_SMTP_CLIENT_XCLIENT_ARGS_H
#define HOOKS_CORE_SMTP_CLIENT_XCLIENT_ARGS_H

#include "module-hooks.h"
#include "smtp.h"

EC_DECLARE_HOOK(core, int, smtp_client_xclient_args,
    (void *, delivery_construct *, smtp_client_args *),
    (delivery_construct *dc, smtp_client_args *args),
    (EC_HOOK_CLOSURE, dc, args),
    if (EC_HOOK_RETVAL != 0) EC_HOOK_RETURN(EC_HOOK_RETVAL))

#endif
