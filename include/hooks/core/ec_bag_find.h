/*
 * core_ec_bag_find: where else could a thing be that a bag does not hold?
 *
 * Gives it, or NULL to go on to the next provider.
 */
#ifndef HOOKS_CORE_EC_BAG_FIND_H
#define HOOKS_CORE_EC_BAG_FIND_H

#include "module-hooks.h"

EC_DECLARE_HOOK(core, void *, ec_bag_find,
    (void *, ec_bag *, const char *),
    (ec_bag *bag, const char *typedname),
    (EC_HOOK_CLOSURE, bag, typedname),
    if (EC_HOOK_RETVAL != NULL) EC_HOOK_RETURN(EC_HOOK_RETVAL))

#endif
