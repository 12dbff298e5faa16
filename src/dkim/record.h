/*
 * record.h: key records as the verifier uses them (RFC 6376 section 3.6.1).
 */
#ifndef DKIM_RECORD_H
#define DKIM_RECORD_H

#include "seal.h"

/* Check a signature over a digest, or, for Ed25519, over the digest taken as
 * the message (RFC 8463 section 3).  The record must be SEAL_WHY_OK.  Returns
 * 1 when it holds, 0 when it does not, or a negative seal_error.  Any thread. */
int record_verify(struct seal_record *record, enum seal_algorithm algorithm,
    struct span digest, struct span signature);

#endif
