/*
 * policy_config.h: a configuration for one script, as text.
 *
 * It runs the script, verifies, and lets scripts sign; nothing is signed
 * unless the script does it.
 */
#ifndef CLI_POLICY_CONFIG_H
#define CLI_POLICY_CONFIG_H

#include "base/buffer.h"

/* script: the path of a file, ".lua" may be left out.  zone NULL: keys come
 * from the DNS.  Returns 0, or an exit status after the trouble was told. */
int policy_config_write(const char *script, const char *zone,
    struct buffer *text);

#endif
