/*
 * core_config_option_pre_set, core_config_option_post_set: around the setting
 * of one option.  Nonzero from pre_set refuses it.
 */
#ifndef HOOKS_CORE_CONFIG_OPTION_SET_H
#define HOOKS_CORE_CONFIG_OPTION_SET_H

#include "module-hooks.h"

EC_DECLARE_HOOK(core, int, config_option_pre_set,
    (void *, ec_config_header *, ec_config_option *, void **),
    (ec_config_header *cfghdr, ec_config_option *opt, void **container),
    (EC_HOOK_CLOSURE, cfghdr, opt, container),
    if (EC_HOOK_RETVAL != 0) EC_HOOK_RETURN(EC_HOOK_RETVAL))

EC_DECLARE_VOID_HOOK(core, config_option_post_set,
    (void *, ec_config_header *, ec_config_option *, void **),
    (ec_config_header *cfghdr, ec_config_option *opt, void **container),
    (EC_HOOK_CLOSURE, cfghdr, opt, container))

#endif
