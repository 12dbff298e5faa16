/*
 * key.h: private keys as the signer uses them.
 */
#ifndef DKIM_KEY_H
#define DKIM_KEY_H

#include "base/buffer.h"
#include "seal.h"

/* How many octets a signature by this key has. */
size_t key_signature_octets(const struct seal_key *key);

/* Sign a digest, or, for Ed25519, the digest taken as the message (RFC 8463
 * section 3), appending to out.  Returns 0 or a negative seal_error.  Any
 * thread. */
int key_sign(struct seal_key *key, enum seal_algorithm algorithm,
    struct span digest, struct buffer *out);

#endif
