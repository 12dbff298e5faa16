/*
 * dk_findings.h: what was found out about one message, after the verifier has
 * gone back to its pool.
 *
 * Findings hang on the message and live as long.  They do not change, but for
 * the mark that they were published.
 */
#ifndef DOMAINKEYS_DK_FINDINGS_H
#define DOMAINKEYS_DK_FINDINGS_H

#include "dk_checker.h"
#include "ec_message.h"
#include "ec_result_log.h"

#include <stdbool.h>

struct dk_findings {
	enum seal_verdict verdict; /* of the message */
	enum seal_reason reason;
	char *why; /* a sentence */
	const char *status; /* dk_status; NULL: nothing to say */
	const char *header; /* DomainKey-Status; NULL: none */
	char *domain, *selector; /* of the signature that decided, or NULL */
	size_t count; /* of signatures */
	struct ec_result_signature *signatures; /* NULL unless there are several */
	char *authres; /* value of Authentication-Results, or NULL */
	bool published; /* header and variable are on the message */
};

/* The findings about a message: those that hang on it, else verify it now.
 * NULL when the engine could not work; the log says why. */
struct dk_findings *dk_findings_of(struct dk_checker *checker,
    ec_message *msg);

#endif
