/*
 * configured.h: options as the console shows them.
 */
#ifndef HOST_CONFIGURED_H
#define HOST_CONFIGURED_H

#include "host/control/where.h"

/* "Name = value", as it is set, and a line end. */
void configured_value(const char *name, const struct config_value *value,
    string *out);

/* What holds there after the fallback, defaults included; NULL: nothing. */
const struct config_value *configured_effective(const struct config *config,
    const struct where *where);

#endif
