/*
 * names.h: domain names and selectors as the configuration spells them.
 */
#ifndef SIGNING_NAMES_H
#define SIGNING_NAMES_H

#include "seal.h"

#include <stdbool.h>

/* As labels of DNS: A-labels in lower case, NUL-terminated.  Returns false for
 * what is none, with ascii_r empty: bytes that names do not have, empty labels,
 * too long. */
bool names_to_ascii(const char *name, char ascii_r[SEAL_DOMAIN_BYTES]);

#endif
