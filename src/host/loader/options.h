/*
 * options.h: options that modules define, as rows of the registry.
 *
 * The registry knows the host's rows from the start, lives as long as the
 * process, and is the one that every configuration is built with.
 */
#ifndef HOST_OPTIONS_H
#define HOST_OPTIONS_H

#include "configuration.h"
#include "host/config/registry.h"

struct registry *options_registry(void);

/* What a module said about the option of a slot; NULL: a row of the host. */
ec_config_option_def *options_def(int slot);

#endif
