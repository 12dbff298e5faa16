/*
 * pem.c: see pem.h.  RSA keys are small, for speed; none is used for mail.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "pem.h"

#include <openssl/evp.h>
#include <openssl/pem.h>
#include <stdlib.h>
#include <string.h>

static EVP_PKEY *
generate(enum pem_form form)
{
	switch (form) {
	case PEM_PKCS8_ED25519:
		return EVP_PKEY_Q_keygen(NULL, NULL, "ED25519");
	case PEM_EC:
		return EVP_PKEY_Q_keygen(NULL, NULL, "EC", "P-256");
	case PEM_PKCS8_RSA:
	case PEM_PKCS1_RSA:
	case PEM_ENCRYPTED:
	case PEM_PUBLIC:
		break;
	}
	return EVP_PKEY_Q_keygen(NULL, NULL, "RSA", (size_t)1024);
}

static int
write_key(BIO *out, EVP_PKEY *key, enum pem_form form)
{
	switch (form) {
	case PEM_PKCS1_RSA:
		return PEM_write_bio_PrivateKey_traditional(out, key, NULL,
		    NULL, 0, NULL, NULL);
	case PEM_ENCRYPTED:
		return PEM_write_bio_PKCS8PrivateKey(out, key,
		    EVP_aes_128_cbc(), "secret", 6, NULL, NULL);
	case PEM_PUBLIC:
		return PEM_write_bio_PUBKEY(out, key);
	case PEM_PKCS8_RSA:
	case PEM_PKCS8_ED25519:
	case PEM_EC:
		break;
	}
	return PEM_write_bio_PKCS8PrivateKey(out, key, NULL, NULL, 0, NULL,
	    NULL);
}

char *
pem_make(enum pem_form form)
{
	EVP_PKEY *key = generate(form);
	BIO *out = BIO_new(BIO_s_mem());
	char *bytes, *text;
	long n;

	assert_non_null(key);
	assert_non_null(out);
	assert_int_equal(write_key(out, key, form), 1);
	n = BIO_get_mem_data(out, &bytes);
	text = strndup(bytes, (size_t)n);
	assert_non_null(text);
	BIO_free(out);
	EVP_PKEY_free(key);
	return text;
}
