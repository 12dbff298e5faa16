/*
 * findings.h: what was found out about one message, after the verifier has gone
 * back to its pool.
 *
 * Findings hang on the message and are counted: policy may keep the results
 * longer.  They do not change, but for the mark that they were published.
 */
#ifndef DKIM_VALIDATE_FINDINGS_H
#define DKIM_VALIDATE_FINDINGS_H

#include "checker.h"
#include "ec_message.h"
#include "modules/validate/dkim.h"

#include <stdbool.h>

struct findings {
	ec_dkim_verify_results results; /* first: callers hold pointers to it */
	char *authres; /* value of Authentication-Results; NULL: no memory */
	int decisive; /* index of the result that speaks for all, or -1 */
	int alignment; /* the best of those that pass */
	bool published; /* header and variables are on the message */
};

/* The findings about a message: those that hang on it, else verify it now.  They
 * are the message's.  NULL when the engine could not work; the log says why. */
struct findings *findings_of(struct checker *checker, ec_message *msg);

#endif
