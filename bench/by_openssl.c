/*
 * by_openssl.c: the floor.  One SHA-256 over as many octets as the message
 * has, and one operation with the key on the 32 octets that come out, every
 * algorithm and context made before.  No mail program can do less.
 */
#include <stdlib.h>

#include <openssl/evp.h>
#include <openssl/rsa.h>

#include "contestant.h"
#include "fatal.h"

#define DIGEST 32
#define MAX_SIGNATURE 256 /* octets, RSA-2048 */

struct floor {
	struct span text;
	EVP_MD *sha256;
	EVP_MD_CTX *hash;
	EVP_PKEY_CTX *rsa; /* signs or verifies */
	EVP_MD_CTX *ed25519; /* likewise; which one is used goes by the key */
	unsigned char digest[DIGEST];
	unsigned char signature[MAX_SIGNATURE];
	size_t n_signature;
};

static int
hash_text(struct floor *floor)
{
	if (EVP_DigestInit_ex2(floor->hash, floor->sha256, NULL) != 1 ||
	    EVP_DigestUpdate(floor->hash, floor->text.p, floor->text.n) != 1 ||
	    EVP_DigestFinal_ex(floor->hash, floor->digest, NULL) != 1)
		return -1;
	return 0;
}

static int
sign_rsa(void *state)
{
	struct floor *floor = state;

	floor->n_signature = sizeof(floor->signature);
	if (hash_text(floor) < 0 ||
	    EVP_PKEY_sign(floor->rsa, floor->signature, &floor->n_signature,
	        floor->digest, DIGEST) != 1)
		return -1;
	return 0;
}

static int
sign_ed25519(void *state)
{
	struct floor *floor = state;

	floor->n_signature = sizeof(floor->signature);
	if (hash_text(floor) < 0 ||
	    EVP_DigestSign(floor->ed25519, floor->signature,
	        &floor->n_signature, floor->digest, DIGEST) != 1)
		return -1;
	return 0;
}

static int
verify_rsa(void *state)
{
	struct floor *floor = state;

	if (hash_text(floor) < 0)
		return -1;
	return EVP_PKEY_verify(floor->rsa, floor->signature,
	    floor->n_signature, floor->digest, DIGEST) == 1 ? 0 : 1;
}

static int
verify_ed25519(void *state)
{
	struct floor *floor = state;

	if (hash_text(floor) < 0)
		return -1;
	return EVP_DigestVerify(floor->ed25519, floor->signature,
	    floor->n_signature, floor->digest, DIGEST) == 1 ? 0 : 1;
}

/* What makes each kind of work ready, and what does it. */
static const struct {
	int (*init_rsa)(EVP_PKEY_CTX *ctx);
	int (*init_ed25519)(EVP_MD_CTX *ctx, EVP_PKEY_CTX **pkey_ctx,
	    const EVP_MD *md, ENGINE *engine, EVP_PKEY *pkey);
	int (*run_rsa)(void *state);
	int (*run_ed25519)(void *state);
} works[WORK_COUNT] = {
	[WORK_SIGN] = { EVP_PKEY_sign_init, EVP_DigestSignInit, sign_rsa,
	    sign_ed25519 },
	[WORK_VERIFY] = { EVP_PKEY_verify_init, EVP_DigestVerifyInit,
	    verify_rsa, verify_ed25519 },
};

static bool
is_rsa(const struct job *job)
{
	return job->algorithm != ALGORITHM_ED25519;
}

static void
init_rsa(struct floor *floor, enum work work, EVP_PKEY *pkey)
{
	EVP_PKEY_CTX_free(floor->rsa);
	floor->rsa = EVP_PKEY_CTX_new_from_pkey(NULL, pkey, NULL);
	if (floor->rsa == NULL || works[work].init_rsa(floor->rsa) != 1 ||
	    EVP_PKEY_CTX_set_rsa_padding(floor->rsa, RSA_PKCS1_PADDING) != 1 ||
	    EVP_PKEY_CTX_set_signature_md(floor->rsa, floor->sha256) != 1)
		fatal("openssl: no context for RSA");
}

static void
init_ed25519(struct floor *floor, enum work work, EVP_PKEY *pkey)
{
	EVP_MD_CTX_free(floor->ed25519);
	floor->ed25519 = EVP_MD_CTX_new();
	if (floor->ed25519 == NULL ||
	    works[work].init_ed25519(floor->ed25519, NULL, NULL, NULL,
	        pkey) != 1)
		fatal("openssl: no context for Ed25519");
}

/* Contexts for the work, and what runs it. */
static void
get_ready(struct contestant *contestant, enum work work, const struct job *job)
{
	struct floor *floor = contestant->state;

	if (is_rsa(job)) {
		init_rsa(floor, work, job->keypair->pkey);
		contestant->run = works[work].run_rsa;
	} else {
		init_ed25519(floor, work, job->keypair->pkey);
		contestant->run = works[work].run_ed25519;
	}
}

static void
floor_free(void *state)
{
	struct floor *floor = state;

	EVP_MD_free(floor->sha256);
	EVP_MD_CTX_free(floor->hash);
	EVP_PKEY_CTX_free(floor->rsa);
	EVP_MD_CTX_free(floor->ed25519);
	free(floor);
}

struct contestant
by_openssl(const struct job *job)
{
	struct floor *floor = fatal_calloc(1, sizeof(*floor));
	struct contestant contestant = {
		.impl = IMPL_OPENSSL,
		.state = floor,
		.free = floor_free,
	};

	floor->text = span_of(job->letter->text, job->letter->n);
	floor->sha256 = EVP_MD_fetch(NULL, "SHA256", NULL);
	floor->hash = EVP_MD_CTX_new();
	if (floor->sha256 == NULL || floor->hash == NULL)
		fatal("openssl: no SHA-256");

	/* whatever the work is: sign, then see that it verifies */
	for (enum work work = 0; work < WORK_COUNT; work++) {
		get_ready(&contestant, work, job);
		if (contestant.run(floor) != 0)
			fatal("openssl: cannot %s", work_name(work));
	}
	get_ready(&contestant, job->work, job);
	return contestant;
}
