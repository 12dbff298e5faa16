/*
 * key.c: private keys, from PEM to a signature.
 */
#include "dkim/key.h"

#include "base/base64.h"
#include "dkim/algorithm.h"
#include "dkim/contexts.h"

#include <openssl/err.h>
#include <openssl/pem.h>
#include <openssl/rsa.h>
#include <openssl/x509.h>
#include <limits.h>
#include <stdlib.h>

#define MIN_GENERATED_BITS 1024 /* RFC 8301 section 3.2 */

struct seal_key {
	atomic_uint references;
	EVP_PKEY *pkey;
	enum seal_algorithm algorithm; /* RSA_SHA256 or ED25519_SHA256 */
	struct contexts contexts; /* ready to sign */
	struct contexts sha1_contexts;
};

/* An encrypted key must not make OpenSSL ask a terminal. */
static int
no_passphrase(char *buf, int size, int writing, void *arg)
{
	(void)buf, (void)size, (void)writing;
	*(bool *)arg = true;
	return -1;
}

/* Take over pkey as a key. */
static int
wrap(EVP_PKEY *pkey, struct seal_key **key_r, const char **why_r)
{
	struct seal_key *key;
	enum seal_algorithm algorithm;
	int bits = EVP_PKEY_get_bits(pkey);

	switch (EVP_PKEY_get_base_id(pkey)) {
	case EVP_PKEY_RSA:
		algorithm = SEAL_RSA_SHA256;
		break;
	case EVP_PKEY_ED25519:
		algorithm = SEAL_ED25519_SHA256;
		break;
	default:
		*why_r = "the key is neither RSA nor Ed25519";
		goto unusable;
	}
	if (algorithm == SEAL_RSA_SHA256 &&
	    (bits < SEAL_MIN_RSA_BITS || bits > SEAL_MAX_RSA_BITS)) {
		*why_r = "the RSA key has less than 512 or more than 8192 bits";
		goto unusable;
	}
	key = calloc(1, sizeof(*key));
	if (key == NULL) {
		EVP_PKEY_free(pkey);
		*why_r = "out of memory";
		return SEAL_E_NOMEM;
	}
	atomic_init(&key->references, 1);
	key->pkey = pkey;
	key->algorithm = algorithm;
	*key_r = key;
	return 0;
unusable:
	EVP_PKEY_free(pkey);
	return SEAL_E_KEY;
}

int
seal_key_from_pem(struct span pem, struct seal_key **key_r, const char **why_r)
{
	EVP_PKEY *pkey = NULL;
	BIO *bio = NULL;
	bool encrypted = false;

	if (pem.n == 0 || pem.n > INT_MAX) {
		*why_r = "the file is empty or too large for a key";
		return SEAL_E_KEY;
	}
	bio = BIO_new_mem_buf(pem.p, (int)pem.n);
	if (bio == NULL) {
		*why_r = "out of memory";
		return SEAL_E_NOMEM;
	}
	ERR_set_mark();
	pkey = PEM_read_bio_PrivateKey(bio, NULL, no_passphrase, &encrypted);
	ERR_pop_to_mark();
	BIO_free(bio);
	if (pkey == NULL) {
		*why_r = encrypted ? "the private key is encrypted" :
		    "there is no usable PEM private key in it";
		return SEAL_E_KEY;
	}
	return wrap(pkey, key_r, why_r);
}

int
seal_key_generate(enum seal_algorithm algorithm, unsigned bits,
    struct seal_key **key_r, const char **why_r)
{
	EVP_PKEY *pkey;

	if (algorithm == SEAL_ED25519_SHA256) {
		pkey = EVP_PKEY_Q_keygen(NULL, NULL, "ED25519");
	} else if (bits < MIN_GENERATED_BITS || bits > SEAL_MAX_RSA_BITS) {
		*why_r = "an RSA key must have 1024 to 8192 bits";
		return SEAL_E_KEY;
	} else {
		pkey = EVP_PKEY_Q_keygen(NULL, NULL, "RSA", (size_t)bits);
	}
	if (pkey == NULL) {
		*why_r = "OpenSSL could not make a key";
		return SEAL_E_CRYPTO;
	}
	return wrap(pkey, key_r, why_r);
}

struct seal_key *
seal_key_ref(struct seal_key *key)
{
	if (key != NULL)
		atomic_fetch_add_explicit(&key->references, 1,
		    memory_order_relaxed);
	return key;
}

void
seal_key_unref(struct seal_key **key)
{
	struct seal_key *k = *key;

	*key = NULL;
	if (k == NULL || atomic_fetch_sub_explicit(&k->references, 1,
	    memory_order_acq_rel) != 1)
		return;
	contexts_deinit(&k->contexts);
	contexts_deinit(&k->sha1_contexts);
	EVP_PKEY_free(k->pkey); /* which wipes it */
	free(k);
}

enum seal_algorithm
seal_key_algorithm(const struct seal_key *key)
{
	return key->algorithm;
}

unsigned
seal_key_bits(const struct seal_key *key)
{
	return key->algorithm == SEAL_ED25519_SHA256 ? 256 :
	    (unsigned)EVP_PKEY_get_bits(key->pkey);
}

int
seal_key_to_pem(const struct seal_key *key, char **text_r)
{
	BIO *bio = BIO_new(BIO_s_secmem());
	struct buffer text = { 0 };
	char *data = NULL;
	long n;
	int ret = SEAL_E_CRYPTO;

	if (bio == NULL)
		return SEAL_E_NOMEM;
	if (PEM_write_bio_PKCS8PrivateKey(bio, key->pkey, NULL, NULL, 0, NULL,
	    NULL) == 1) {
		n = BIO_get_mem_data(bio, &data);
		buffer_add(&text, span_of(data, n < 0 ? 0 : (size_t)n));
		*text_r = buffer_take_text(&text);
		ret = *text_r == NULL ? SEAL_E_NOMEM : 0;
	}
	BIO_free(bio);
	return ret;
}

static int
add_base64(struct buffer *text, const unsigned char *octets, size_t n)
{
	unsigned char *out = buffer_extend(text, base64_length(n) + 1);

	if (out == NULL)
		return SEAL_E_NOMEM;
	base64_encode(span_of(octets, n), out);
	text->n--; /* its NUL */
	return 0;
}

static int
add_ed25519(struct buffer *text, const EVP_PKEY *pkey)
{
	unsigned char octets[32];
	size_t n = sizeof(octets);

	if (EVP_PKEY_get_raw_public_key(pkey, octets, &n) != 1)
		return SEAL_E_CRYPTO;
	return add_base64(text, octets, n);
}

static int
add_rsa(struct buffer *text, const EVP_PKEY *pkey)
{
	unsigned char *der = NULL;
	int n = i2d_PUBKEY(pkey, &der);
	int ret;

	if (n < 0)
		return SEAL_E_CRYPTO;
	ret = add_base64(text, der, (size_t)n);
	OPENSSL_free(der);
	return ret;
}

int
seal_key_to_record(const struct seal_key *key, char **text_r)
{
	struct buffer text = { 0 };
	int ret;

	if (key->algorithm == SEAL_ED25519_SHA256) {
		buffer_add_text(&text, "v=DKIM1; k=ed25519; p=");
		ret = add_ed25519(&text, key->pkey);
	} else {
		buffer_add_text(&text, "v=DKIM1; k=rsa; p=");
		ret = add_rsa(&text, key->pkey);
	}
	if (ret != 0) {
		buffer_deinit(&text);
		return ret;
	}
	*text_r = buffer_take_text(&text);
	return *text_r == NULL ? SEAL_E_NOMEM : 0;
}

void
seal_text_free(char **text)
{
	if (*text != NULL)
		OPENSSL_cleanse(*text, strlen(*text));
	free(*text);
	*text = NULL;
}

size_t
key_signature_octets(const struct seal_key *key)
{
	return (size_t)EVP_PKEY_get_size(key->pkey);
}

static EVP_PKEY_CTX *
new_rsa_context(struct seal_key *key, enum digest_type type)
{
	EVP_PKEY_CTX *ctx = EVP_PKEY_CTX_new_from_pkey(NULL, key->pkey, NULL);

	if (ctx != NULL && EVP_PKEY_sign_init(ctx) == 1 &&
	    EVP_PKEY_CTX_set_rsa_padding(ctx, RSA_PKCS1_PADDING) == 1 &&
	    EVP_PKEY_CTX_set_signature_md(ctx, digest_algorithm(type)) == 1)
		return ctx;
	EVP_PKEY_CTX_free(ctx);
	return NULL;
}

static int
sign_rsa(struct seal_key *key, enum digest_type type, struct span digest,
    unsigned char *out, size_t *n)
{
	struct contexts *pool = type == DIGEST_SHA1 ? &key->sha1_contexts :
	    &key->contexts;
	EVP_PKEY_CTX *ctx = contexts_take(pool);
	int ret;

	if (ctx == NULL)
		ctx = new_rsa_context(key, type);
	if (ctx == NULL)
		return SEAL_E_CRYPTO;
	ret = EVP_PKEY_sign(ctx, out, n, digest.p, digest.n);
	contexts_give(pool, ctx);
	return ret == 1 ? 0 : SEAL_E_CRYPTO;
}

static int
sign_ed25519(struct seal_key *key, struct span digest, unsigned char *out,
    size_t *n)
{
	EVP_MD_CTX *ctx = EVP_MD_CTX_new();
	int ret = SEAL_E_CRYPTO;

	if (ctx != NULL &&
	    EVP_DigestSignInit(ctx, NULL, NULL, NULL, key->pkey) == 1 &&
	    EVP_DigestSign(ctx, out, n, digest.p, digest.n) == 1)
		ret = 0;
	EVP_MD_CTX_free(ctx);
	return ret;
}

int
key_sign(struct seal_key *key, enum seal_algorithm algorithm,
    struct span digest, struct buffer *out)
{
	size_t room = key_signature_octets(key), n = room;
	unsigned char *signature = buffer_extend(out, room);
	int ret;

	if (signature == NULL)
		return SEAL_E_NOMEM;
	ERR_set_mark();
	if (algorithm == SEAL_ED25519_SHA256)
		ret = sign_ed25519(key, digest, signature, &n);
	else
		ret = sign_rsa(key, algorithm_of(algorithm)->digest, digest,
		    signature, &n);
	ERR_pop_to_mark();
	out->n -= room - (ret == 0 ? n : 0);
	return ret;
}
