/*
 * record.c: from the TXT records of a name to a key that verifies.
 */
#include "dkim/record.h"

#include "base/arena.h"
#include "base/base64.h"
#include "dkim/algorithm.h"
#include "dkim/contexts.h"
#include "dkim/tags.h"

#include <openssl/err.h>
#include <openssl/rsa.h>
#include <openssl/x509.h>
#include <stdlib.h>

#define ED25519_OCTETS 32 /* RFC 8463 section 4: the bare key */
#define MAX_EXPONENT_BITS 32

struct seal_record {
	atomic_uint references;
	struct seal_record_info info;
	struct arena arena; /* of the spans in info */
	EVP_PKEY *pkey; /* NULL unless info.reason is SEAL_WHY_OK */
	struct contexts contexts; /* ready to verify, by algorithm */
	struct contexts sha1_contexts;
};

/* Whether a number of the key is odd and of so many bits. */
static bool
number_is_usable(const EVP_PKEY *pkey, const char *name, int least, int most)
{
	BIGNUM *number = NULL;
	bool usable;

	if (EVP_PKEY_get_bn_param(pkey, name, &number) != 1)
		return false;
	usable = BN_is_odd(number) && BN_num_bits(number) >= least &&
	    BN_num_bits(number) <= most;
	BN_free(number);
	return usable;
}

/* The exponent goes from 3 to 2^32: anything else is a mistake or an attack. */
static bool
rsa_is_usable(const EVP_PKEY *pkey)
{
	return EVP_PKEY_get_base_id(pkey) == EVP_PKEY_RSA &&
	    number_is_usable(pkey, "n", SEAL_MIN_RSA_BITS,
	    SEAL_MAX_RSA_BITS) &&
	    number_is_usable(pkey, "e", 2, MAX_EXPONENT_BITS);
}

static bool
is_positive_integer(const ASN1_TYPE *value)
{
	return ASN1_TYPE_get(value) == V_ASN1_INTEGER &&
	    ASN1_STRING_type(value->value.integer) == V_ASN1_INTEGER;
}

/* OpenSSL drops the sign of a number, so it is looked for here. */
static bool
numbers_are_positive(struct span der)
{
	const unsigned char *at = der.p;
	ASN1_SEQUENCE_ANY *numbers;
	bool positive;

	numbers = d2i_ASN1_SEQUENCE_ANY(NULL, &at, (long)der.n);
	positive = numbers != NULL && at == der.p + der.n;
	for (int i = 0; positive && i < sk_ASN1_TYPE_num(numbers); i++)
		positive = is_positive_integer(sk_ASN1_TYPE_value(numbers, i));
	sk_ASN1_TYPE_pop_free(numbers, ASN1_TYPE_free);
	return positive;
}

/* RSAPublicKey ::= SEQUENCE { modulus INTEGER, publicExponent INTEGER } */
static EVP_PKEY *
rsa_from_numbers(struct span der)
{
	const unsigned char *at = der.p;
	EVP_PKEY *pkey = NULL;

	if (numbers_are_positive(der))
		pkey = d2i_PublicKey(EVP_PKEY_RSA, NULL, &at, (long)der.n);
	if (pkey != NULL && !rsa_is_usable(pkey)) {
		EVP_PKEY_free(pkey);
		pkey = NULL;
	}
	return pkey;
}

/* A SubjectPublicKeyInfo, as practice has it and erratum 3017 says, or a bare
 * RSAPublicKey, as the text of RFC 6376 section 3.6.1 has it. */
static EVP_PKEY *
rsa_from_der(struct span der)
{
	const unsigned char *at = der.p, *numbers = der.p;
	X509_PUBKEY *wrapped;
	ASN1_OBJECT *type = NULL;
	EVP_PKEY *pkey = NULL;
	int n = 0;

	wrapped = d2i_X509_PUBKEY(NULL, &at, (long)der.n);
	if (wrapped == NULL)
		return rsa_from_numbers(der);
	if (at == der.p + der.n && X509_PUBKEY_get0_param(&type, &numbers, &n,
	    NULL, wrapped) == 1 && OBJ_obj2nid(type) == NID_rsaEncryption)
		pkey = rsa_from_numbers(span_of(numbers, (size_t)n));
	X509_PUBKEY_free(wrapped);
	return pkey;
}

static EVP_PKEY *
ed25519_from_octets(struct span octets)
{
	if (octets.n != ED25519_OCTETS)
		return NULL;
	return EVP_PKEY_new_raw_public_key(EVP_PKEY_ED25519, NULL, octets.p,
	    octets.n);
}

static enum seal_reason
parse_key(struct seal_record *record, struct span p)
{
	struct seal_record_info *info = &record->info;
	struct span octets;
	int ret;

	if (p.n == 0)
		return SEAL_WHY_KEY_REVOKED;
	info->bad_tag = SPAN("p");
	if (p.n > SEAL_MAX_KEY_TEXT)
		return SEAL_WHY_KEY_UNUSABLE;
	ret = base64_decode(p, &record->arena, &octets);
	if (ret != 0)
		return ret < 0 ? SEAL_WHY_NO_MEMORY : SEAL_WHY_KEY_UNUSABLE;
	ERR_set_mark();
	if (info->algorithm == SEAL_ED25519_SHA256)
		record->pkey = ed25519_from_octets(octets);
	else
		record->pkey = rsa_from_der(octets);
	ERR_pop_to_mark(); /* a bad key is our result, not the caller's error */
	if (record->pkey == NULL)
		return SEAL_WHY_KEY_UNUSABLE;
	info->bits = info->algorithm == SEAL_ED25519_SHA256 ? 256 :
	    (unsigned)EVP_PKEY_get_bits(record->pkey);
	info->bad_tag = span_of(NULL, 0);
	return SEAL_WHY_OK;
}

/* A value, or what stands for it when the tag is absent. */
static struct span
value_or(const struct tag_list *list, const char *name, const char *absent)
{
	const struct tag *tag = tag_list_find(list, name);

	return tag != NULL ? tag->value : span_of_text(absent);
}

/* v= is optional, but must be the first tag and DKIM1 if it is there. */
static bool
version_is_usable(const struct tag_list *list)
{
	const struct tag *v = tag_list_find(list, "v");

	return v == NULL ||
	    (v == &list->tags[0] && span_eq(v->value, SPAN("DKIM1")));
}

static void
read_values(struct seal_record_info *info, const struct tag_list *list)
{
	struct span flags = value_or(list, "t", "");

	info->version = value_or(list, "v", "");
	info->key_type = value_or(list, "k", "rsa");
	info->hashes = value_or(list, "h", "");
	info->services = value_or(list, "s", "*");
	info->notes = value_or(list, "n", "");
	info->granularity = value_or(list, "g", "*");
	if (tag_value_lists(flags, SPAN("y")))
		info->flags |= SEAL_RECORD_TESTING;
	if (tag_value_lists(flags, SPAN("s")))
		info->flags |= SEAL_RECORD_STRICT;
}

static enum seal_reason
parse_record(struct seal_record *record)
{
	struct seal_record_info *info = &record->info;
	struct tag_list list;
	const struct tag *p;
	enum seal_reason reason;

	reason = tag_list_parse(&list, info->text);
	read_values(info, &list);
	if (reason != SEAL_WHY_OK) {
		info->bad_tag = list.at_fault;
		return SEAL_WHY_KEY_SYNTAX;
	}
	if (!version_is_usable(&list)) {
		info->bad_tag = SPAN("v");
		return SEAL_WHY_KEY_VERSION;
	}
	p = tag_list_find(&list, "p");
	if (p == NULL) {
		info->bad_tag = SPAN("p");
		return SEAL_WHY_KEY_SYNTAX;
	}
	if (span_eq(info->key_type, SPAN("rsa"))) {
		info->algorithm = SEAL_RSA_SHA256;
	} else if (span_eq(info->key_type, SPAN("ed25519"))) {
		info->algorithm = SEAL_ED25519_SHA256;
	} else {
		info->bad_tag = SPAN("k");
		return SEAL_WHY_KEY_TYPE;
	}
	return parse_key(record, p->value);
}

static struct seal_record *
record_new(void)
{
	struct seal_record *record = calloc(1, sizeof(*record));

	if (record != NULL)
		atomic_init(&record->references, 1);
	return record;
}

/* A record of one TXT record's text; NULL without memory. */
static struct seal_record *
record_of_text(struct span text)
{
	struct seal_record *record = record_new();
	struct seal_record_info *info;

	if (record == NULL)
		return NULL;
	info = &record->info;
	if (arena_copy(&record->arena, span_first(text, SEAL_MAX_RECORD_BYTES),
	    &info->text) < 0) {
		seal_record_unref(&record);
		return NULL;
	}
	info->reason = text.n > SEAL_MAX_RECORD_BYTES ? SEAL_WHY_KEY_SYNTAX :
	    parse_record(record);
	if (info->reason != SEAL_WHY_OK)
		info->algorithm = SEAL_ALGORITHM_NONE;
	if (info->reason == SEAL_WHY_NO_MEMORY)
		seal_record_unref(&record);
	return record;
}

/* Of several records the one that says most: a key before a revocation before
 * anything that claims to be a DKIM record before other text. */
static int
rank(const struct seal_record_info *info)
{
	if (info->reason == SEAL_WHY_OK)
		return 3;
	if (info->reason == SEAL_WHY_KEY_REVOKED)
		return 2;
	return info->version.n > 0 ? 1 : 0;
}

int
seal_record_parse(const struct span *texts, size_t n,
    struct seal_record **record_r)
{
	struct seal_record *best = NULL, *each;

	for (size_t i = 0; i < n && i < SEAL_MAX_RECORDS; i++) {
		each = record_of_text(texts[i]);
		if (each == NULL) {
			seal_record_unref(&best);
			return SEAL_E_NOMEM;
		}
		if (best == NULL || rank(&each->info) > rank(&best->info)) {
			seal_record_unref(&best);
			best = each;
		} else {
			seal_record_unref(&each);
		}
	}
	if (best == NULL) {
		best = record_new();
		if (best == NULL)
			return SEAL_E_NOMEM;
		best->info.reason = SEAL_WHY_KEY_NOT_FOUND;
	}
	best->info.count = n;
	*record_r = best;
	return 0;
}

struct seal_record *
seal_record_ref(struct seal_record *record)
{
	if (record != NULL)
		atomic_fetch_add_explicit(&record->references, 1,
		    memory_order_relaxed);
	return record;
}

void
seal_record_unref(struct seal_record **record)
{
	struct seal_record *r = *record;

	*record = NULL;
	if (r == NULL || atomic_fetch_sub_explicit(&r->references, 1,
	    memory_order_acq_rel) != 1)
		return;
	contexts_deinit(&r->contexts);
	contexts_deinit(&r->sha1_contexts);
	EVP_PKEY_free(r->pkey);
	arena_deinit(&r->arena);
	free(r);
}

const struct seal_record_info *
seal_record_info(const struct seal_record *record)
{
	return &record->info;
}

static EVP_PKEY_CTX *
new_rsa_context(struct seal_record *record, enum digest_type type)
{
	EVP_PKEY_CTX *ctx = EVP_PKEY_CTX_new_from_pkey(NULL, record->pkey, NULL);

	if (ctx != NULL && EVP_PKEY_verify_init(ctx) == 1 &&
	    EVP_PKEY_CTX_set_rsa_padding(ctx, RSA_PKCS1_PADDING) == 1 &&
	    EVP_PKEY_CTX_set_signature_md(ctx, digest_algorithm(type)) == 1)
		return ctx;
	EVP_PKEY_CTX_free(ctx);
	return NULL;
}

static int
verify_rsa(struct seal_record *record, enum digest_type type,
    struct span digest, struct span signature)
{
	struct contexts *pool = type == DIGEST_SHA1 ? &record->sha1_contexts :
	    &record->contexts;
	EVP_PKEY_CTX *ctx = contexts_take(pool);
	int ret;

	if (ctx == NULL)
		ctx = new_rsa_context(record, type);
	if (ctx == NULL)
		return SEAL_E_CRYPTO;
	ret = EVP_PKEY_verify(ctx, signature.p, signature.n, digest.p, digest.n);
	contexts_give(pool, ctx);
	return ret == 1;
}

/* PureEdDSA over the 32 octets of the digest (RFC 8463 section 3). */
static int
verify_ed25519(struct seal_record *record, struct span digest,
    struct span signature)
{
	EVP_MD_CTX *ctx = EVP_MD_CTX_new();
	int ret = SEAL_E_CRYPTO;

	if (ctx != NULL &&
	    EVP_DigestVerifyInit(ctx, NULL, NULL, NULL, record->pkey) == 1)
		ret = EVP_DigestVerify(ctx, signature.p, signature.n, digest.p,
		    digest.n) == 1;
	EVP_MD_CTX_free(ctx);
	return ret;
}

int
record_verify(struct seal_record *record, enum seal_algorithm algorithm,
    struct span digest, struct span signature)
{
	int ret;

	ERR_set_mark();
	if (algorithm == SEAL_ED25519_SHA256)
		ret = verify_ed25519(record, digest, signature);
	else
		ret = verify_rsa(record, algorithm_of(algorithm)->digest, digest,
		    signature);
	ERR_pop_to_mark();
	return ret;
}
