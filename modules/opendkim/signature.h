/*
 * signature.h: what was found out about one signature, as a copy, so that the
 * verifier can go back to its pool.
 */
#ifndef OPENDKIM_SIGNATURE_H
#define OPENDKIM_SIGNATURE_H

#include "modules/validate/ec_opendkim.h"
#include "seal.h"

struct dkim_siginfo {
	DKIM_STAT status;
	unsigned flags; /* DKIM_SIGFLAG_* */
	/* texts are NULL where there is none */
	char *error;
	char *domain, *selector, *identity;
	char *headers; /* h= without white space */
	const char *header_canon, *body_canon;
	const char *algorithm;
	unsigned key_bits;
};

void signature_init(DKIM_SIGINFO *sig, const struct seal_result *result);
void signature_deinit(DKIM_SIGINFO *sig);

#endif
