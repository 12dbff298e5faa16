/*
 * verdict.h: what a verifier found, for people and for programs.
 */
#ifndef CLI_VERDICT_H
#define CLI_VERDICT_H

#include "seal.h"

#include <jansson.h>

/* A line for each signature on standard output, or one that says there is
 * none. */
void verdict_print(const struct seal_verifier *verifier);

/* The same as an object, with the Authentication-Results field unless it is
 * NULL; NULL without memory. */
json_t *verdict_json(const struct seal_verifier *verifier,
    const char *authres);

/* The process's exit status for the overall result. */
int verdict_status(enum seal_verdict overall);

/* "secure", "insecure", "unknown" */
const char *verdict_dnssec_word(enum seal_dnssec dnssec);

#endif
