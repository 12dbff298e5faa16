/*
 * core_body_modify: give another body to the remote than the stored one, by
 * putting a different object into *iop.
 */
#ifndef HOOKS_CORE_BODY_MODIFY_H
#define HOOKS_CORE_BODY_MODIFY_H

#include "module-hooks.h"

EC_DECLARE_VOID_HOOK(core, body_modify,
    (void *, const ec_message *, io_object **),
    (const ec_message *mess, io_object **iop),
    (EC_HOOK_CLOSURE, mess, iop))

#endif
