/*
 * core_get_received_header_text: another text for the Received field.
 *
 * 1 means that `response` is it.
 */
#ifndef HOOKS_CORE_GET_RECEIVED_HEADER_TEXT_H
#define HOOKS_CORE_GET_RECEIVED_HEADER_TEXT_H

#include "module-hooks.h"

EC_DECLARE_HOOK(core, int, get_received_header_text,
    (void *, ec_message *, message_construct *, accept_construct *,
	validate_context *, string *),
    (ec_message *msg, message_construct *mc, accept_construct *ac,
	validate_context *ctx, string *response),
    (EC_HOOK_CLOSURE, msg, mc, ac, ctx, response),
    if (EC_HOOK_RETVAL != 0) EC_HOOK_RETURN(EC_HOOK_RETVAL))

#endif
