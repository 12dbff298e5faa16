/*
 * core_config_rsrc_setup: a configuration is complete and about to be taken
 * into use; the place for ec_control_register_command3.  The result has no
 * effect.
 */
#ifndef HOOKS_CORE_CONFIG_RESOURCE_SETUP_H
#define HOOKS_CORE_CONFIG_RESOURCE_SETUP_H

#include "module-hooks.h"

EC_DECLARE_HOOK(core, int, config_rsrc_setup,
    (void *, ec_config_header *),
    (ec_config_header *transaction),
    (EC_HOOK_CLOSURE, transaction),
    )

#endif
