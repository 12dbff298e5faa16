/*
 * digest.h: a running SHA-256 or SHA-1 over bytes that come in runs.
 *
 * Short runs are gathered before they go to OpenSSL, whose calls cost more
 * than a few bytes are worth; long ones go there uncopied.  A failure sticks
 * and is told by digest_finish().  A digest belongs to one thread.
 */
#ifndef BASE_DIGEST_H
#define BASE_DIGEST_H

#include "base/span.h"

#include <openssl/evp.h>

#define DIGEST_MAX_OCTETS 32
#define DIGEST_STAGE_BYTES 2048

enum digest_type {
	DIGEST_SHA256 = 0,
	DIGEST_SHA1,
};

struct digest { /* { 0 } before the first start */
	EVP_MD_CTX *ctx; /* kept from message to message */
	bool failed;
	size_t staged;
	unsigned char stage[DIGEST_STAGE_BYTES];
};

/* OpenSSL's algorithm, fetched once for the process; NULL when the library
 * does not offer it (SHA-1 under a strict policy).  Any thread. */
const EVP_MD *digest_algorithm(enum digest_type type);

/* 32 or 20. */
size_t digest_octets(enum digest_type type);

/* Begin anew.  Returns 0, or -1 when OpenSSL refuses or memory is out. */
int digest_start(struct digest *digest, enum digest_type type);

void digest_add(struct digest *digest, struct span s);

/* The value into out, which has room for DIGEST_MAX_OCTETS.  Returns 0, or -1
 * when anything since start has failed. */
int digest_finish(struct digest *digest, unsigned char *out);

void digest_deinit(struct digest *digest);

#endif
