/*
 * keypair.h: a fresh key of one algorithm in the forms that the
 * implementations take.  It is made by OpenSSL, so that no implementation
 * reads its own handwriting.
 */
#ifndef BENCH_KEYPAIR_H
#define BENCH_KEYPAIR_H

#include <openssl/evp.h>

#include "row.h"

/* Where the public half would be published, and when the signing takes
 * place. */
#define KEYPAIR_DOMAIN "sender.example"
#define KEYPAIR_SELECTOR "bench"
#define KEYPAIR_TIME 1700000000

struct keypair {
	EVP_PKEY *pkey;
	char *pem; /* PKCS#8 */
	char *record; /* the TXT record (RFC 6376 section 3.6.1) */
};

struct keypair *keypair_new(enum algorithm algorithm);
void keypair_free(struct keypair **keypair);

#endif
