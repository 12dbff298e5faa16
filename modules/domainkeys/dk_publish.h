/*
 * dk_publish.h: put findings where others see them.
 */
#ifndef DOMAINKEYS_DK_PUBLISH_H
#define DOMAINKEYS_DK_PUBLISH_H

#include "dk_findings.h"

/*
 * Remove every DomainKey-Status field and put ours on top, if there is anything
 * to say; say `domainkeys=` in Authentication-Results, if the stanza asks for
 * it; and set the variables
 *
 *	dk_status	good, bad, bad (key type), bad (no key), bad (key
 *			revoked), bad (public key), bad (malformed signature),
 *			bad (unsupported query type); not set for unsigned mail
 *			that need not be signed
 *	dk_result	none, pass, fail, policy, temperror, permerror
 *	dk_reason	a stable word, such as "key-not-found"
 *
 * findings NULL: it could not be verified; then nothing is put.
 */
void dk_publish(const struct dk_checker *checker, ec_message *msg,
    struct dk_findings *findings);

/* Remove every DomainKey-Status field.  Gives how many there were. */
int dk_publish_remove_status(ec_message *msg);

#endif
