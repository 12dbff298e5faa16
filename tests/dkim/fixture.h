/*
 * fixture.h: keys that never change, signatures made by hand, and a DNS that is
 * a table.
 *
 * Signatures by hand are made with OpenSSL alone and over text that is written
 * in canonical form to begin with, so that they share nothing with what they
 * test and may break any rule.
 */
#ifndef TESTS_DKIM_FIXTURE_H
#define TESTS_DKIM_FIXTURE_H

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>

#include <cmocka.h>

#include "base/buffer.h"
#include "seal.h"

#define COUNT(rows) (sizeof(rows) / sizeof(rows[0]))

#define FIXTURE_NOW 1700000000 /* the time of all tests, as a literal */

/* PEM text, PKCS#8 unless said otherwise. */
extern const char fixture_rsa512[];
extern const char fixture_rsa1024[];
extern const char fixture_rsa1024_pkcs1[]; /* the same key */
extern const char fixture_rsa2048[];
extern const char fixture_ed25519[];

/* The key records of these keys: p= alone, without "p=". */
extern const char fixture_rsa512_p[];
extern const char fixture_rsa1024_p[];
extern const char fixture_rsa2048_p[];
extern const char fixture_ed25519_p[];

struct seal_key *fixture_key(const char *pem);

/* A signature by hand.  In the field's text "$BH" stands for the body hash and
 * "$B" for the signature value, both in base64. */
struct forgery {
	const char *pem;
	bool sha1;
	/* "DKIM-Signature: v=1; ...; bh=$BH; b=$B", canonical as it stands */
	const char *field;
	const char *signed_fields; /* canonical, in order of h=, CRLF behind each */
	struct span body; /* what is hashed of the canonical body */
};

/* The field, without a final CRLF; for free(). */
char *fixture_forge(const struct forgery *forgery);

/* TXT records, one to a name (a name may come twice). */
struct fixture_txt {
	const char *name, *text;
};

/* "p=" and an RSA key that nobody holds the private half of: a modulus of so
 * many bits, all of them set, and a DER integer's octets as exponent. */
struct buffer fixture_rsa_record(unsigned bits, struct span exponent);

/* A verifier's options with the defaults and the tests' time. */
struct seal_verify_options fixture_verify_options(void);

/* Answer a verifier's queries from a table that ends with a NULL name. */
void fixture_answer(struct seal_verifier *verifier,
    const struct fixture_txt *zone);

/* Feed, answer and finish.  The verifier is new if it is NULL. */
void fixture_verify(struct seal_verifier **verifier,
    const struct seal_verify_options *options, struct span message,
    const struct fixture_txt *zone);

/* That a result is what is wanted; name tells which row it was. */
void fixture_assert_result(const char *name,
    const struct seal_verifier *verifier, size_t i, enum seal_reason want);

/* Sign a message with one profile.  The signature field with its CRLF, and the
 * message below it; for free(). */
char *fixture_sign(const struct seal_sign_options *options,
    struct span message, size_t *n_r);

/* Signing options for a.test with these settings and no others. */
struct seal_sign_options fixture_sign_options(struct seal_key *key,
    const char *selector);

/* Text put together of the given parts, which end with NULL; for free(). */
__attribute__((sentinel))
char *fixture_join(const char *first, ...);

#endif
