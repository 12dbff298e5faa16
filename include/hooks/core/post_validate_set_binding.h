/*
 * core_post_validate_set_binding: the binding was changed in
 * hooks/core/validate_set_binding.h.  Not called otherwise.
 */
#ifndef HOOKS_CORE_POST_VALIDATE_SET_BINDING_H
#define HOOKS_CORE_POST_VALIDATE_SET_BINDING_H

#include "ec_message.h"
#include "module-hooks.h"

EC_DECLARE_VOID_HOOK(core, post_validate_set_binding,
    (void *, ec_message *),
    (ec_message *m),
    (EC_HOOK_CLOSURE, m))

#endif
