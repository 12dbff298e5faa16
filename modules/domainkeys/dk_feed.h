/*
 * dk_feed.h: give a message to a signer or a verifier of DomainKeys, as feed.h
 * does for DKIM.
 */
#ifndef DOMAINKEYS_DK_FEED_H
#define DOMAINKEYS_DK_FEED_H

#include "ec_message.h"
#include "seal.h"

/* All fields, and the end of the header. */
int dk_feed_signer_header(ec_message *msg, struct seal_dk_signer *signer);
int dk_feed_verifier_header(ec_message *msg,
    struct seal_dk_verifier *verifier);

int dk_feed_signer_body(ec_message *msg, struct seal_dk_signer *signer);
int dk_feed_verifier_body(ec_message *msg, struct seal_dk_verifier *verifier);

#endif
