/*
 * core_post_config_commit: a configuration has just become the newest.
 */
#ifndef HOOKS_CORE_POST_CONFIG_COMMIT_H
#define HOOKS_CORE_POST_CONFIG_COMMIT_H

#include "module-hooks.h"

EC_DECLARE_VOID_HOOK_NOARGS(core, post_config_commit)

#endif
