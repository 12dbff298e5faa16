/*
 * dk_results.h: what verifying found, for the log, for monitoring systems, and
 * for whoever wants to know how it came to that.
 */
#ifndef DOMAINKEYS_DK_RESULTS_H
#define DOMAINKEYS_DK_RESULTS_H

#include "dk_findings.h"

/* Once in the process. */
void dk_results_register(void);

/* With debug_level DEBUG: a line about whose mail it is, one about their policy,
 * and one for each signature. */
void dk_results_trace(const struct dk_checker *checker,
    const struct seal_dk_verifier *verifier);

/* One line for the message, and one more in a counter.  findings NULL: it could
 * not be verified. */
void dk_results_tell(const struct dk_checker *checker,
    const struct dk_findings *findings, u_int64_t nanoseconds);

#endif
