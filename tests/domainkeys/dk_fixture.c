/*
 * dk_fixture.c: see dk_fixture.h.
 */
#include "dk_fixture.h"

#include <openssl/evp.h>
#include <openssl/pem.h>

char *
dk_forge(const char *pem, const char *field, struct span canonical)
{
	BIO *bio = BIO_new_mem_buf(pem, -1);
	EVP_PKEY *pkey = PEM_read_bio_PrivateKey(bio, NULL, NULL, NULL);
	EVP_MD_CTX *ctx = EVP_MD_CTX_new();
	const char *at = strstr(field, "$B");
	unsigned char octets[512], text[1024];
	struct buffer out = { 0 };
	size_t n = sizeof(octets);

	assert_int_equal(EVP_DigestSignInit(ctx, NULL, EVP_sha1(), NULL, pkey),
	    1);
	assert_int_equal(EVP_DigestSign(ctx, octets, &n, canonical.p,
	    canonical.n), 1);
	(void)EVP_EncodeBlock(text, octets, (int)n);
	EVP_MD_CTX_free(ctx);
	EVP_PKEY_free(pkey);
	BIO_free(bio);
	if (at == NULL) {
		buffer_add_text(&out, field);
	} else {
		buffer_add(&out, span_of(field, (size_t)(at - field)));
		buffer_add_text(&out, (const char *)text);
		buffer_add_text(&out, at + 2);
	}
	return buffer_take_text(&out);
}

struct seal_dk_verify_options
dk_options(void)
{
	struct seal_dk_verify_options options;

	seal_dk_verify_options_init(&options);
	options.min_rsa_bits = 512;
	return options;
}

static enum seal_dns
trouble_of(const char *text)
{
	if (strcmp(text, "timeout") == 0)
		return SEAL_DNS_TIMEOUT;
	if (strcmp(text, "servfail") == 0)
		return SEAL_DNS_FAILED;
	return strcmp(text, "bogus") == 0 ? SEAL_DNS_BOGUS : SEAL_DNS_ANSWERED;
}

static void
answer(struct seal_dk_verifier *verifier, size_t i,
    const struct fixture_txt *zone)
{
	const char *name = seal_dk_verifier_query(verifier, i);
	struct seal_answer answer = { .dns = SEAL_DNS_ANSWERED };
	struct span text;

	while (zone->name != NULL && strcmp(zone->name, name) != 0)
		zone++;
	if (zone->name != NULL) {
		text = span_of_text(zone->text);
		answer.dns = trouble_of(zone->text);
		assert_int_equal(seal_record_parse(&text, 1, &answer.record),
		    0);
	} else {
		assert_int_equal(seal_record_parse(NULL, 0, &answer.record), 0);
	}
	assert_int_equal(seal_dk_verifier_answer(verifier, i, &answer), 0);
	seal_record_unref(&answer.record);
}

void
dk_verify(struct seal_dk_verifier **verifier,
    const struct seal_dk_verify_options *options, struct span message,
    const struct fixture_txt *zone)
{
	if (*verifier == NULL)
		assert_int_equal(seal_dk_verifier_new(options, verifier), 0);
	else
		assert_int_equal(seal_dk_verifier_reset(*verifier, options), 0);
	assert_int_equal(seal_dk_verifier_feed(*verifier, message,
	    SEAL_LINES_CRLF), 0);
	if (!seal_dk_verifier_in_body(*verifier))
		assert_int_equal(seal_dk_verifier_end_header(*verifier), 0);
	for (size_t i = 0; i < seal_dk_verifier_query_count(*verifier); i++)
		answer(*verifier, i, zone);
	assert_int_equal(seal_dk_verifier_finish(*verifier), 0);
}

static const char *
or_empty(const char *text)
{
	return text != NULL ? text : "";
}

void
dk_assert_outcome(const char *name, const struct seal_dk_verifier *verifier,
    enum seal_reason want, const char *status, const char *header)
{
	const struct seal_dk_result *result =
	    seal_dk_verifier_result(verifier, 0);
	struct seal_dk_outcome outcome = seal_dk_verifier_outcome(verifier);
	enum seal_reason reason = result != NULL ? result->reason :
	    outcome.reason;

	if (reason != want)
		fail_msg("%s: %s, %s wanted", name, seal_reason_word(reason),
		    seal_reason_word(want));
	if (strcmp(or_empty(outcome.status), status) != 0)
		fail_msg("%s: status '%s', '%s' wanted", name,
		    or_empty(outcome.status), status);
	if (strcmp(or_empty(outcome.header), header) != 0)
		fail_msg("%s: header '%s', '%s' wanted", name,
		    or_empty(outcome.header), header);
}

char *
dk_sign(const struct seal_dk_sign_options *options, struct span message,
    size_t *n_r, int *error_r)
{
	struct seal_dk_profile *profile = NULL;
	struct seal_dk_signer *signer = NULL;
	struct buffer out = { 0 };
	const char *why = NULL;

	if (seal_dk_profile_new(options, &profile, &why) != 0)
		fail_msg("profile: %s", why);
	assert_int_equal(seal_dk_signer_new(&signer), 0);
	assert_int_equal(seal_dk_signer_add(signer, profile), 0);
	*error_r = seal_dk_signer_feed(signer, message, SEAL_LINES_CRLF);
	if (*error_r == 0)
		*error_r = seal_dk_signer_finish(signer);
	if (*error_r == 0) {
		buffer_add(&out, seal_dk_signer_signature(signer, 0));
		buffer_add(&out, SPAN("\r\n"));
		buffer_add(&out, message);
	} else {
		assert_non_null(seal_dk_signer_why(signer));
		assert_int_equal(seal_dk_signer_signature(signer, 0).n, 0);
	}
	seal_dk_signer_free(&signer);
	seal_dk_profile_unref(&profile);
	*n_r = out.n;
	return *error_r == 0 ? buffer_take_text(&out) : NULL;
}
