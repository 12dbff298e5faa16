/*
 * dk_status.h: the words that DomainKeys has for results.
 */
#ifndef DOMAINKEYS_DK_STATUS_H
#define DOMAINKEYS_DK_STATUS_H

#include "seal.h"

/* Of a signature, as seal.h says of struct seal_dk_outcome; NULL for
 * SEAL_WHY_NO_SIGNATURE. */
const char *dk_status_text(enum seal_reason reason);
const char *dk_status_header(enum seal_reason reason);

#endif
