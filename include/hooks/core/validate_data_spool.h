/*
 * core_validate_data_spool: policy looks at what was found in validate_data.
 *
 * Recipients can be changed here for the last time.
 * Results are those of a phase.
 */
#ifndef HOOKS_CORE_VALIDATE_DATA_SPOOL_H
#define HOOKS_CORE_VALIDATE_DATA_SPOOL_H

#include "ec_message.h"
#include "module-hooks.h"
#include "netlistener.h"
#include "validate.h"

EC_DECLARE_HOOK(core, int, validate_data_spool,
    (void *, ec_message *, accept_construct *, validate_context *),
    (ec_message *msg, accept_construct *ac, validate_context *vctx),
    (EC_HOOK_CLOSURE, msg, ac, vctx),
    if (EC_HOOK_RETVAL != VALIDATE_CONT) EC_HOOK_RETURN(EC_HOOK_RETVAL))

#endif
