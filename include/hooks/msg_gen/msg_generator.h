/*
 * msg_gen_data_spool: a message that was made here, or came by another way
 * than SMTP, is complete; the place for changes to its content.
 */
#ifndef HOOKS_MSG_GEN_MSG_GENERATOR_H
#define HOOKS_MSG_GEN_MSG_GENERATOR_H

#include "module-hooks.h"

EC_DECLARE_VOID_HOOK(msg_gen, data_spool,
    (void *, ec_message *),
    (ec_message *mess),
    (EC_HOOK_CLOSURE, mess))

#endif
