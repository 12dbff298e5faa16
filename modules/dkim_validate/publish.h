/*
 * publish.h: put findings where others see them: Authentication-Results for
 * readers behind us, variables of the message context for policy.
 */
#ifndef DKIM_VALIDATE_PUBLISH_H
#define DKIM_VALIDATE_PUBLISH_H

#include "findings.h"

/*
 * Remove every Authentication-Results field that claims to be ours (RFC 8601
 * section 5), wherever it stands; then say ours (authres.h), if there is a
 * signature or the stanza asks for it anyway.  findings may be NULL: then
 * nothing is said.
 */
void publish_header(const struct checker *checker, ec_message *msg,
    const struct findings *findings);

/*
 * Set the variables, all of them always:
 *
 *	dkim_status	none, pass, fail or invalid
 *	dkim_result	the word of RFC 8601: none, pass, fail, policy,
 *			temperror, permerror
 *	dkim_reason	a stable word, such as "body-hash-mismatch"
 *	dkim_diagnostic	the same as a sentence
 *	dkim_signer	d= of the signature that the above is about
 *	dkim_selector	s= of it
 *	dkim_testing	"true" when its key is in test mode, else "false"
 *	dkim_domains	all domains whose signatures pass, separated by commas
 *	dkim_alignment	of the best signature that passes with From: strict,
 *			relaxed or none
 *	dkim_signatures	how many there are
 */
void publish_variables(ec_message *msg, const struct findings *findings);

/* Append the domains of the identities that pass, each once, separated by
 * commas.  Gives how many. */
int publish_domains(const ec_dkim_verify_results *results, string *out);

#endif
