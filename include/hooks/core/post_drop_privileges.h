/*
 * core_post_drop_privileges: the process has given up its first rights.
 * Nonzero ends the start.
 */
#ifndef HOOKS_CORE_POST_DROP_PRIVILEGES_H
#define HOOKS_CORE_POST_DROP_PRIVILEGES_H

#include "module-hooks.h"

EC_DECLARE_HOOK_NOARGS(core, int, post_drop_privileges,
    if (EC_HOOK_RETVAL != 0) EC_HOOK_RETURN(EC_HOOK_RETVAL))

#endif
