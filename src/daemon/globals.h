/*
 * globals.h: options at the top of a configuration, by name.
 *
 * Texts live as long as the configuration.
 */
#ifndef DAEMON_GLOBALS_H
#define DAEMON_GLOBALS_H

#include "host/config/place.h"

struct config;

/* NULL when it is not set and has no default, or is set to nothing. */
const char *globals_text(const struct config *config, const char *name);
int globals_number(const struct config *config, const char *name);

/* Where it is set; no file when it is not. */
struct config_place globals_place(const struct config *config,
    const char *name);

#endif
