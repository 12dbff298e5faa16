/*
 * fixture.c: see fixture.h.  The keys were made for these tests and protect
 * nothing.
 */
#include "fixture.h"

#include "base/base64.h"

#include <openssl/evp.h>
#include <openssl/pem.h>
#include <stdio.h>
#include <stdlib.h>

const char fixture_rsa512[] =
    "-----BEGIN PRIVATE KEY-----\n"
    "MIIBVQIBADANBgkqhkiG9w0BAQEFAASCAT8wggE7AgEAAkEAxmdolB83zw2YX1yX\n"
    "WTtexPESpDnUHU6Yjxk4dhzd2F5alz103l4Ubnw06/7tuQVdq2US69/DzPRfb6Sf\n"
    "hUciLQIDAQABAkEAwFP58qyYgySgssClDqEY6zzuXziXwJkyFnXSX9z3yQdpRFiX\n"
    "KawZcoGKJ01st2d+8K03FZL/sX2NHt7FG33aWQIhAOH5S9gd/Gy8ghvlNk4EMUZl\n"
    "yNJD6fwMi2tmQsCDKb/nAiEA4MRMS9YSWzHrq04sc/EP3U8/nwrF/gUqeduTCEEN\n"
    "mssCIQDL2en6p2pc6V1yLr9jd9K/z/hu/ocpMmPfWhvjsS9LhwIgClVcAJyN6X1p\n"
    "DU4hww7RIOaU0TYIlj4cjs+medmry3MCIH2FpiPw1PNPloohrwMZCCFiK1g1D9CA\n"
    "JGDpaqqUP2Tm\n"
    "-----END PRIVATE KEY-----\n";

const char fixture_rsa1024[] =
    "-----BEGIN PRIVATE KEY-----\n"
    "MIICeAIBADANBgkqhkiG9w0BAQEFAASCAmIwggJeAgEAAoGBAN5pheGWTz2F0Ci3\n"
    "i53f6ftT5+HeLXJFVjeQ9kDRLco2md7r0DZmh5WoX5qkdkwFUv7PZllbmN9ChVSO\n"
    "FR5L3jGGRZbQlaKP3awpATLeqmACmSLwSofCBBSSNJLGc2J8LopHRd92qbapUzqR\n"
    "oWtadlM2QUKgTClSoU4qGAhyxXRbAgMBAAECgYEAgfDiwD6CAy63w+IgVtdoK2cF\n"
    "FcgpgxaRXZt607miZ/7ofP4GwpG6ayxY1s95Mcb2i1p+sHw8X0vM++6a1f17TRsN\n"
    "p62Kvkw0ZNQlXi9mpaShfpwfXD0F5GojN51redahoYdNNz9wQuMaOE3twuSMiHlA\n"
    "3UPuUM6W3N3ePcinYvECQQDx+QB2jBksERG9SNf3ndwiFCdcFlfbKN11H7RTXp3E\n"
    "5TuWXAV/5gUHbcZE9ge6/e8Z3UhPhhughaI1s2TSsAK5AkEA60473mx9jlS1si64\n"
    "wV/bEurlTcKrfxopNpWYlVU2hjOLHOMl/Gki+I83M675WoqhWyScdXuIfcdui60m\n"
    "rZ11swJASldtO/7JEQ/hel0x9SKr6lB000cOEQhaGcz20xJjuIWRLB3zlprt+p1Q\n"
    "aAmK0HmKB1FEESKrxEKqVoNaO5zWCQJBAJmiXQiewWO6/181jkAD/B/f6pPY9Oxq\n"
    "Alq3Vga6unzpDn1v+g9R/hlYOOyv4/Mv7KZ7wwQaAkZNfmoIRea5lm0CQQDuMp+Y\n"
    "rGvCpYQjCiafT55VOO5pxaQ/uXyHX6y2smaJsp5EtwmHjtaCvJBXAlp8aDzfg+wX\n"
    "HkVk9/MA6nRZ51rZ\n"
    "-----END PRIVATE KEY-----\n";

const char fixture_rsa1024_pkcs1[] =
    "-----BEGIN RSA PRIVATE KEY-----\n"
    "MIICXgIBAAKBgQDeaYXhlk89hdAot4ud3+n7U+fh3i1yRVY3kPZA0S3KNpne69A2\n"
    "ZoeVqF+apHZMBVL+z2ZZW5jfQoVUjhUeS94xhkWW0JWij92sKQEy3qpgApki8EqH\n"
    "wgQUkjSSxnNifC6KR0Xfdqm2qVM6kaFrWnZTNkFCoEwpUqFOKhgIcsV0WwIDAQAB\n"
    "AoGBAIHw4sA+ggMut8PiIFbXaCtnBRXIKYMWkV2betO5omf+6Hz+BsKRumssWNbP\n"
    "eTHG9otafrB8PF9LzPvumtX9e00bDaetir5MNGTUJV4vZqWkoX6cH1w9BeRqIzed\n"
    "a3nWoaGHTTc/cELjGjhN7cLkjIh5QN1D7lDOltzd3j3Ip2LxAkEA8fkAdowZLBER\n"
    "vUjX953cIhQnXBZX2yjddR+0U16dxOU7llwFf+YFB23GRPYHuv3vGd1IT4YboIWi\n"
    "NbNk0rACuQJBAOtOO95sfY5UtbIuuMFf2xLq5U3Cq38aKTaVmJVVNoYzixzjJfxp\n"
    "IviPNzOu+VqKoVsknHV7iH3HboutJq2ddbMCQEpXbTv+yREP4XpdMfUiq+pQdNNH\n"
    "DhEIWhnM9tMSY7iFkSwd85aa7fqdUGgJitB5igdRRBEiq8RCqlaDWjuc1gkCQQCZ\n"
    "ol0InsFjuv9fNY5AA/wf3+qT2PTsagJat1YGurp86Q59b/oPUf4ZWDjsr+PzL+ym\n"
    "e8MEGgJGTX5qCEXmuZZtAkEA7jKfmKxrwqWEIwomn0+eVTjuacWkP7l8h1+strJm\n"
    "ibKeRLcJh47WgryQVwJafGg834PsFx5FZPfzAOp0Weda2Q==\n"
    "-----END RSA PRIVATE KEY-----\n";

const char fixture_rsa2048[] =
    "-----BEGIN PRIVATE KEY-----\n"
    "MIIEvgIBADANBgkqhkiG9w0BAQEFAASCBKgwggSkAgEAAoIBAQC6Fo2dchZWfSYo\n"
    "qKSU9uKLUWIrFVeBfGHLJumX/jYhdGCWo96NVIT1zesNcW28DfRzfoDHXprUKn6E\n"
    "5HI/bBIRW6GwAIAKDpO1x/IGMgJcNrCa0zsQlwKUe2ubtE3N0mU0nor6CVuCy3ES\n"
    "p4OqMwMudDag9yhH68E21DH/mS6PSVNmizu2m1QXpTZoVT9dFfFKfZOznY9FJQ/S\n"
    "vARwIDra9CsprYMF7tICHUxMiHBIokbE3UVNxZwMnZms+HJEU7UDHzd0C4GBRSgN\n"
    "j+e9vLcH2PvgTsqKhbMOU7RMC87gfe3XDy1km1QcAyL8+j8jbUhLTU9XpbNrMHn2\n"
    "zzXY3l7DAgMBAAECggEAF7sHjTP+2EG2a4nyDxMa2cRjnfXnRlp7yCHquRjQg1yp\n"
    "cpxsJZ7JI+WCG6FC6q/m5BGWT5ZnbTYME1tknGTmOvNx/5VYvq+UM6LPYO3gsizB\n"
    "QcU9K4Tubcv9cYpBP8WcZWTweSlXU6so/MWC+2Hs/nAQhV9vchiE976Ar8UzlE8A\n"
    "VA8SA6/MGyMdKwH5fdfWW0Ir5fgiATBxKXYqoaQaHestQGkhBFxDy417sQkRX4NC\n"
    "XCBOIafkfcQBRh85d1lU91X9c2GOWCS3NqLtAZidj1ozNRvFzo92O9IQFI+oNX1R\n"
    "zfZ4qYD9JejoFiZYImMm1VHq4+P+cZJTai7kJQz1AQKBgQDgxt0m8L0fGFpr7mXu\n"
    "345TFsi76xzI7Nl4vuJfFrdxEOIl6OhCDu3YogtSf2ZyO0xrmnRKQzsX0JTlR94f\n"
    "gzhH/x0C4AjWul1lUo9gN/y2b/OxX5HD4YMo9KIN9IJHwW/+cyomV+Sb3x2LQPgc\n"
    "TeYtK0Hp4/Dt2sCVcQLJ9hhBwwKBgQDT7+f4yJG+HqLsOmbCvCE6KFtRia1zfjfi\n"
    "MCicNjT7p//hs+6bqgD0PB2zNhE1lXyjmq7+3wtJFLQlZ51Yazk4Zse4wW+tMNN4\n"
    "zoKGERpQRBicmaw6N7JuEG8q+JqcmsXZ2Qznzn9JtVos0IiJdOxxQsmziWWExvuh\n"
    "6jaj6XqfAQKBgGRsdKHRLK2X084k1KXEe3Hj3AsZH+Mk7oRjw/93xr1dLayCQkJB\n"
    "KUKAI07YXIzssVfhydLj9qLNLbjCQxsRJTQFZpDCRzCoUtHR8PysBtv7aIT2jclW\n"
    "F6NUqJJTi2FDqyWjjlFTM2/wXuK4RCFhLFVB3lEA5cNe2Gvr8bMJoAzBAoGBAKlb\n"
    "YlEpZV05ehOvL4KZdyvUJ/TmQdaym9GBjlIV9wzKWO1xLVDy7sQ8bbdRkzrwc6MA\n"
    "7qn4bjo98x6Yx+Fp/VWWvC5lVOpew/4bd63OaOqPH+Oz4S68ZzcQpuT9t/9Apq3I\n"
    "hkmOd6Tc6Gw7T4AYEQEIz8lKF/ecUmQ2lucwoa4BAoGBANLXjley9SbmSKdsYr1A\n"
    "2ArrHa+o9+JXKDijbY82bobbLpxTwEYWEWh2BoK0cLOzK27Vm7mZo8v+8GXi8sks\n"
    "H/0F8LoGcEoXdVbhwbLeKcv72ZF+a1Nkn64/YcA0YE/bbzErJ+JTz0ZIHoAqTgEJ\n"
    "rGX2bP89TX6wsVuzRzF5EXJE\n"
    "-----END PRIVATE KEY-----\n";

const char fixture_ed25519[] =
    "-----BEGIN PRIVATE KEY-----\n"
    "MC4CAQAwBQYDK2VwBCIEIGoaUX6fXpLk6I/aDbrKYWatRTTc23OXAZ03WQeYAsdT\n"
    "-----END PRIVATE KEY-----\n";

const char fixture_rsa512_p[] =
    "MFwwDQYJKoZIhvcNAQEBBQADSwAwSAJBAMZnaJQfN88NmF9cl1k7XsTxEqQ51B1O"
    "mI8ZOHYc3dheWpc9dN5eFG58NOv+7bkFXatlEuvfw8z0X2+kn4VHIi0CAwEAAQ==";

const char fixture_rsa1024_p[] =
    "MIGfMA0GCSqGSIb3DQEBAQUAA4GNADCBiQKBgQDeaYXhlk89hdAot4ud3+n7U+fh"
    "3i1yRVY3kPZA0S3KNpne69A2ZoeVqF+apHZMBVL+z2ZZW5jfQoVUjhUeS94xhkWW"
    "0JWij92sKQEy3qpgApki8EqHwgQUkjSSxnNifC6KR0Xfdqm2qVM6kaFrWnZTNkFC"
    "oEwpUqFOKhgIcsV0WwIDAQAB";

const char fixture_rsa2048_p[] =
    "MIIBIjANBgkqhkiG9w0BAQEFAAOCAQ8AMIIBCgKCAQEAuhaNnXIWVn0mKKiklPbi"
    "i1FiKxVXgXxhyybpl/42IXRglqPejVSE9c3rDXFtvA30c36Ax16a1Cp+hORyP2wS"
    "EVuhsACACg6TtcfyBjICXDawmtM7EJcClHtrm7RNzdJlNJ6K+glbgstxEqeDqjMD"
    "LnQ2oPcoR+vBNtQx/5kuj0lTZos7tptUF6U2aFU/XRXxSn2Ts52PRSUP0rwEcCA6"
    "2vQrKa2DBe7SAh1MTIhwSKJGxN1FTcWcDJ2ZrPhyRFO1Ax83dAuBgUUoDY/nvby3"
    "B9j74E7KioWzDlO0TAvO4H3t1w8tZJtUHAMi/Po/I21IS01PV6WzazB59s812N5e"
    "wwIDAQAB";

const char fixture_ed25519_p[] =
    "5Yxd1nYp9Sj0mnq/ro1V0Z/bXZUzHYFDAh8GrUvRw+o=";

struct seal_key *
fixture_key(const char *pem)
{
	struct seal_key *key = NULL;
	const char *why = NULL;

	if (seal_key_from_pem(span_of_text(pem), &key, &why) != 0)
		fail_msg("key: %s", why);
	return key;
}

static EVP_PKEY *
read_pem(const char *pem)
{
	BIO *bio = BIO_new_mem_buf(pem, -1);
	EVP_PKEY *pkey = PEM_read_bio_PrivateKey(bio, NULL, NULL, NULL);

	BIO_free(bio);
	assert_non_null(pkey);
	return pkey;
}

static void
add_base64(struct buffer *out, const unsigned char *octets, size_t n)
{
	unsigned char text[1024];

	assert_true(n <= 512);
	(void)EVP_EncodeBlock(text, octets, (int)n);
	buffer_add_text(out, (const char *)text);
}

/* The template with what stands for "$BH" and "$B". */
static struct buffer
expand(const char *template, struct span bh, struct span b)
{
	struct buffer out = { 0 };
	const char *at;

	while ((at = strstr(template, "$B")) != NULL) {
		buffer_add(&out, span_of(template, (size_t)(at - template)));
		buffer_add(&out, at[2] == 'H' ? bh : b);
		template = at + (at[2] == 'H' ? 3 : 2);
	}
	buffer_add_text(&out, template);
	assert_false(buffer_failed(&out));
	return out;
}

/* PKCS#1 over the text, or, for Ed25519, the bare algorithm over the digest of
 * the text (RFC 8463 section 3). */
static struct buffer
sign(EVP_PKEY *pkey, const EVP_MD *md, struct span text)
{
	bool ed25519 = EVP_PKEY_get_base_id(pkey) == EVP_PKEY_ED25519;
	unsigned char digest[EVP_MAX_MD_SIZE], octets[512];
	EVP_MD_CTX *ctx = EVP_MD_CTX_new();
	struct buffer out = { 0 };
	size_t n = sizeof(octets);
	unsigned int digest_n = 0;

	assert_int_equal(EVP_Digest(text.p, text.n, digest, &digest_n, md,
	    NULL), 1);
	assert_int_equal(EVP_DigestSignInit(ctx, NULL, ed25519 ? NULL : md,
	    NULL, pkey), 1);
	if (ed25519)
		text = span_of(digest, digest_n);
	assert_int_equal(EVP_DigestSign(ctx, octets, &n, text.p, text.n), 1);
	EVP_MD_CTX_free(ctx);
	add_base64(&out, octets, n);
	return out;
}

char *
fixture_forge(const struct forgery *forgery)
{
	const EVP_MD *md = forgery->sha1 ? EVP_sha1() : EVP_sha256();
	EVP_PKEY *pkey = read_pem(forgery->pem);
	struct buffer bh = { 0 }, text = { 0 }, field, b;
	unsigned char digest[EVP_MAX_MD_SIZE];
	unsigned int n = 0;

	assert_int_equal(EVP_Digest(forgery->body.p, forgery->body.n, digest,
	    &n, md, NULL), 1);
	add_base64(&bh, digest, n);
	buffer_add_text(&text, forgery->signed_fields);
	field = expand(forgery->field, buffer_span(&bh), SPAN(""));
	buffer_add(&text, buffer_span(&field));
	buffer_deinit(&field);
	b = sign(pkey, md, buffer_span(&text));
	field = expand(forgery->field, buffer_span(&bh), buffer_span(&b));
	EVP_PKEY_free(pkey);
	buffer_deinit(&text);
	buffer_deinit(&bh);
	buffer_deinit(&b);
	return buffer_take_text(&field);
}

/* DER: a tag, the length of the content, the content. */
static void
add_der(struct buffer *out, unsigned char tag, struct span content)
{
	buffer_add_byte(out, tag);
	if (content.n >= 256) {
		buffer_add_byte(out, 0x82);
		buffer_add_byte(out, (unsigned char)(content.n >> 8));
	} else if (content.n >= 128) {
		buffer_add_byte(out, 0x81);
	}
	buffer_add_byte(out, (unsigned char)content.n);
	buffer_add(out, content);
}

struct buffer
fixture_rsa_record(unsigned bits, struct span exponent)
{
	static const struct span rsa_encryption = SPAN_INIT(
	    "\x30\x0d\x06\x09\x2a\x86\x48\x86\xf7\x0d\x01\x01\x01\x05\x00");
	struct buffer n = { 0 }, key = { 0 }, text = { 0 };
	struct buffer numbers = { 0 }, spki = { 0 }, der = { 0 };
	unsigned char *base64;

	if (bits % 8 == 0)
		buffer_add_byte(&n, 0); /* it is no negative number */
	else
		buffer_add_byte(&n, (unsigned char)((1u << bits % 8) - 1));
	for (unsigned i = 0; i < bits / 8; i++)
		buffer_add_byte(&n, 0xff);
	add_der(&numbers, 0x02, buffer_span(&n));
	add_der(&numbers, 0x02, exponent);
	buffer_add_byte(&key, 0); /* unused bits of the bit string */
	add_der(&key, 0x30, buffer_span(&numbers));
	buffer_add(&spki, rsa_encryption);
	add_der(&spki, 0x03, buffer_span(&key));
	add_der(&der, 0x30, buffer_span(&spki));
	buffer_add_text(&text, "p=");
	base64 = buffer_extend(&text, base64_length(der.n) + 1);
	assert_non_null(base64);
	base64_encode(buffer_span(&der), base64);
	text.n--;
	buffer_deinit(&n);
	buffer_deinit(&numbers);
	buffer_deinit(&key);
	buffer_deinit(&spki);
	buffer_deinit(&der);
	return text;
}

struct seal_verify_options
fixture_verify_options(void)
{
	struct seal_verify_options options;

	seal_verify_options_init(&options);
	options.now = FIXTURE_NOW;
	return options;
}

static struct seal_record *
look_up(const char *name, const struct fixture_txt *zone)
{
	struct span texts[16];
	struct seal_record *record = NULL;
	size_t n = 0;

	for (; zone->name != NULL; zone++) {
		if (strcmp(zone->name, name) == 0) {
			assert_true(n < COUNT(texts));
			texts[n++] = span_of_text(zone->text);
		}
	}
	assert_int_equal(seal_record_parse(texts, n, &record), 0);
	return record;
}

void
fixture_answer(struct seal_verifier *verifier, const struct fixture_txt *zone)
{
	for (size_t i = 0; i < seal_verifier_query_count(verifier); i++) {
		struct seal_answer answer = { .dns = SEAL_DNS_ANSWERED };

		answer.record = look_up(seal_verifier_query(verifier, i),
		    zone);
		assert_int_equal(seal_verifier_answer(verifier, i, &answer), 0);
		seal_record_unref(&answer.record);
	}
}

void
fixture_verify(struct seal_verifier **verifier,
    const struct seal_verify_options *options, struct span message,
    const struct fixture_txt *zone)
{
	if (*verifier == NULL)
		assert_int_equal(seal_verifier_new(options, verifier), 0);
	else
		assert_int_equal(seal_verifier_reset(*verifier, options), 0);
	assert_int_equal(seal_verifier_feed(*verifier, message,
	    SEAL_LINES_CRLF), 0);
	if (!seal_verifier_in_body(*verifier))
		assert_int_equal(seal_verifier_end_header(*verifier), 0);
	fixture_answer(*verifier, zone);
	assert_int_equal(seal_verifier_finish(*verifier), 0);
}

void
fixture_assert_result(const char *name, const struct seal_verifier *verifier,
    size_t i, enum seal_reason want)
{
	const struct seal_result *result = seal_verifier_result(verifier, i);

	if (result == NULL)
		fail_msg("%s: no result %zu, %s wanted", name, i,
		    seal_reason_word(want));
	else if (result->reason != want)
		fail_msg("%s: %s (%s), %s wanted", name,
		    seal_reason_word(result->reason), result->why,
		    seal_reason_word(want));
	else if (result->verdict != seal_reason_verdict(want))
		fail_msg("%s: %s, but verdict %s", name,
		    seal_reason_word(want), seal_verdict_word(result->verdict));
}

char *
fixture_sign(const struct seal_sign_options *options, struct span message,
    size_t *n_r)
{
	struct seal_profile *profile = NULL;
	struct seal_signer *signer = NULL;
	struct buffer out = { 0 };
	const char *why = NULL;

	if (seal_profile_new(options, &profile, &why) != 0)
		fail_msg("profile: %s", why);
	assert_int_equal(seal_signer_new(FIXTURE_NOW, &signer), 0);
	assert_int_equal(seal_signer_add(signer, profile), 0);
	if (seal_signer_feed(signer, message, SEAL_LINES_CRLF) != 0 ||
	    seal_signer_finish(signer) != 0)
		fail_msg("signer: %s", seal_signer_why(signer));
	buffer_add(&out, seal_signer_signature(signer, 0));
	buffer_add(&out, SPAN("\r\n"));
	buffer_add(&out, message);
	seal_signer_free(&signer);
	seal_profile_unref(&profile);
	*n_r = out.n;
	return buffer_take_text(&out);
}

struct seal_sign_options
fixture_sign_options(struct seal_key *key, const char *selector)
{
	struct seal_sign_options options;

	seal_sign_options_init(&options);
	options.domain = SPAN("a.test");
	options.selector = span_of_text(selector);
	options.key = key;
	return options;
}

char *
fixture_join(const char *first, ...)
{
	struct buffer out = { 0 };
	va_list parts;

	va_start(parts, first);
	for (const char *part = first; part != NULL;
	    part = va_arg(parts, const char *))
		buffer_add_text(&out, part);
	va_end(parts);
	return buffer_take_text(&out);
}
