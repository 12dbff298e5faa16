/*
 * feed.h: give a message to a signer or a verifier, as on the wire and without
 * copying.  Return as the functions of seal.h do.
 */
#ifndef DKIM_FEED_H
#define DKIM_FEED_H

#include "ec_message.h"
#include "seal.h"

/* All fields, and the end of the header. */
int feed_signer_header(ec_message *msg, struct seal_signer *signer);
int feed_verifier_header(ec_message *msg, struct seal_verifier *verifier);

int feed_signer_body(ec_message *msg, struct seal_signer *signer);
int feed_verifier_body(ec_message *msg, struct seal_verifier *verifier);

#endif
