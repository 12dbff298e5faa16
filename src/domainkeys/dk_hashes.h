/*
 * dk_hashes.h: the hashes that the signatures of one message need.
 *
 * DomainKeys hashes header and body as one text, so that every signature has
 * its own hash from the first signed field to the end of the body; the
 * canonical body is made once for each form.
 */
#ifndef DOMAINKEYS_DK_HASHES_H
#define DOMAINKEYS_DK_HASHES_H

#include "domainkeys/dk_canon.h"

#define DK_HASHES_MOST SEAL_MAX_SIGNATURES
#define DK_HASH_OCTETS 20 /* SHA-1: there is no other */

struct dk_hash {
	struct digest digest; /* add the header fields here */
	unsigned char value[DIGEST_MAX_OCTETS]; /* after finish */
	bool failed;
	struct dk_hash *next; /* of the same form */
};

struct dk_form {
	struct dk_canon canon;
	struct dk_hash *hashes;
};

struct dk_hashes { /* { 0 } before the first init */
	struct dk_form forms[2]; /* by enum seal_dk_canon */
	struct dk_hash *hashes[DK_HASHES_MOST]; /* kept between messages */
	size_t n;
};

void dk_hashes_init(struct dk_hashes *hashes);

/* Begin a hash, or NULL without memory or past DK_HASHES_MOST; it lives until
 * deinit and is valid until the next init. */
struct dk_hash *dk_hashes_start(struct dk_hashes *hashes,
    enum seal_dk_canon canon);

void dk_hashes_feed(struct dk_hashes *hashes, struct span chunk);
void dk_hashes_finish(struct dk_hashes *hashes);
void dk_hashes_deinit(struct dk_hashes *hashes);

#endif
