/*
 * keypair.c: making keys, and writing them as PEM and as DNS record.
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <openssl/pem.h>
#include <openssl/x509.h>

#include "fatal.h"
#include "keypair.h"

#define MAX_PUBLIC 1024 /* octets; RSA-2048 takes 294 */

static EVP_PKEY *
generate(enum algorithm algorithm)
{
	EVP_PKEY *pkey = NULL;

	switch (algorithm) {
	case ALGORITHM_RSA_2048:
		pkey = EVP_RSA_gen(2048);
		break;
	case ALGORITHM_RSA_1024:
		pkey = EVP_RSA_gen(1024);
		break;
	case ALGORITHM_ED25519:
		pkey = EVP_PKEY_Q_keygen(NULL, NULL, "ED25519");
		break;
	case ALGORITHM_COUNT:
		break;
	}
	if (pkey == NULL)
		fatal("cannot make a key for %s", algorithm_name(algorithm));
	return pkey;
}

static char *
pem_of(EVP_PKEY *pkey)
{
	BIO *bio = BIO_new(BIO_s_mem());
	char *text, *pem;
	long n;

	if (bio == NULL ||
	    PEM_write_bio_PKCS8PrivateKey(bio, pkey, NULL, NULL, 0, NULL,
	        NULL) != 1)
		fatal("cannot write a private key");
	n = BIO_get_mem_data(bio, &text);
	pem = fatal_calloc((size_t)n + 1, 1);
	memcpy(pem, text, (size_t)n);
	BIO_free(bio);
	return pem;
}

/* RSA: SubjectPublicKeyInfo (RFC 6376 section 3.6.1 p=); Ed25519: the 32
 * octets (RFC 8463 section 4). */
static size_t
public_octets(EVP_PKEY *pkey, unsigned char *octets)
{
	size_t n = MAX_PUBLIC;
	int length;

	if (EVP_PKEY_get_id(pkey) == EVP_PKEY_ED25519) {
		if (EVP_PKEY_get_raw_public_key(pkey, octets, &n) != 1)
			fatal("cannot write a public key");
		return n;
	}
	length = i2d_PUBKEY(pkey, NULL);
	if (length <= 0 || length > MAX_PUBLIC)
		fatal("cannot write a public key");
	i2d_PUBKEY(pkey, &octets);
	return (size_t)length;
}

static char *
record_of(EVP_PKEY *pkey)
{
	bool is_rsa = EVP_PKEY_get_id(pkey) == EVP_PKEY_RSA;
	unsigned char octets[MAX_PUBLIC];
	unsigned char base64[(MAX_PUBLIC + 2) / 3 * 4 + 1];
	size_t n = public_octets(pkey, octets);
	size_t room = sizeof(base64) + 32;
	char *record = fatal_calloc(room, 1);

	EVP_EncodeBlock(base64, octets, (int)n);
	snprintf(record, room, "v=DKIM1; k=%s; p=%s", is_rsa ? "rsa" : "ed25519",
	    (const char *)base64);
	return record;
}

struct keypair *
keypair_new(enum algorithm algorithm)
{
	struct keypair *keypair = fatal_calloc(1, sizeof(*keypair));

	keypair->pkey = generate(algorithm);
	keypair->pem = pem_of(keypair->pkey);
	keypair->record = record_of(keypair->pkey);
	return keypair;
}

void
keypair_free(struct keypair **keypair)
{
	if (*keypair == NULL)
		return;
	EVP_PKEY_free((*keypair)->pkey);
	free((*keypair)->pem);
	free((*keypair)->record);
	free(*keypair);
	*keypair = NULL;
}
