/*
 * pem.h: private keys in every form that files have them in.
 */
#ifndef TESTS_KEYS_PEM_H
#define TESTS_KEYS_PEM_H

enum pem_form {
	PEM_PKCS8_RSA,
	PEM_PKCS1_RSA,
	PEM_PKCS8_ED25519,
	PEM_ENCRYPTED, /* PKCS#8, with a passphrase */
	PEM_PUBLIC, /* only the public half */
	PEM_EC, /* of a kind that DKIM does not know */
};

/* A new key; the text is freed by free(). */
char *pem_make(enum pem_form form);

#endif
