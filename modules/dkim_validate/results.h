/*
 * results.h: what verifying found, for the log and for whoever wants to know
 * how it came to that.
 */
#ifndef DKIM_VALIDATE_RESULTS_H
#define DKIM_VALIDATE_RESULTS_H

#include "findings.h"

/* One line for the message; with debug_level DEBUG one for each signature.
 * findings NULL: it could not be verified. */
void results_tell(const struct checker *checker,
    const struct findings *findings, u_int64_t nanoseconds);

#endif
