/*
 * core_pre_ec_can_relay_to: may mail for `domain` be relayed?
 *
 * A provider that decides stores its answer in *rv and VALIDATE_DONE in
 * *cont.
 */
#ifndef HOOKS_CORE_PRE_EC_CAN_RELAY_TO_H
#define HOOKS_CORE_PRE_EC_CAN_RELAY_TO_H

#include "module-hooks.h"

EC_DECLARE_VOID_HOOK(core, pre_ec_can_relay_to,
    (void *, const char *, int *, int *),
    (const char *domain, int *rv, int *cont),
    (EC_HOOK_CLOSURE, domain, rv, cont))

#endif
