/*
 * exchange.c: the server's half of three mechanisms.
 */
#include "host/console/exchange.h"

#include <openssl/crypto.h>
#include <openssl/evp.h>
#include <openssl/rand.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>

#define RESPONSE_BYTES 4096 /* in base64; RFC 2831 allows as much decoded */
#define URI_BYTES 256
#define SERVICE "mailseal/"

static void
write_challenge(struct exchange *exchange, const char *hostname)
{
	struct buffer list = { 0 };
	char *text;

	switch (exchange->mechanism) {
	case ACCESS_DIGEST_MD5:
		proof_add_directive(&list, "realm", exchange->password.realm);
		proof_add_directive(&list, "nonce", exchange->nonce);
		proof_add_directive(&list, "qop", "auth");
		buffer_add_text(&list, ",algorithm=md5-sess");
		break;
	case ACCESS_CRAM_MD5:
		buffer_add_text(&list, "<");
		buffer_add_text(&list, exchange->nonce);
		buffer_add_text(&list, "@");
		buffer_add_text(&list, hostname);
		buffer_add_text(&list, ">");
		break;
	case ACCESS_LOGIN:
	case ACCESS_MECHANISMS:
		buffer_add_text(&list, "Password:");
		break;
	}
	text = buffer_take_text(&list);
	(void)snprintf(exchange->challenge, sizeof(exchange->challenge), "%s",
	    text != NULL ? text : "");
	free(text);
}

bool
exchange_begin(struct exchange *exchange_r, enum access_mechanism mechanism,
    const struct access_source *source, const char *user, struct buffer *why)
{
	unsigned char nonce[PROOF_BYTES] = { 0 };
	struct guarded_reader reader;
	bool good = RAND_bytes(nonce, sizeof(nonce)) == 1;

	*exchange_r = (struct exchange){ .mechanism = mechanism };
	guarded_reader_init(&reader, (uid_t)-1, (gid_t)-1);
	proof_hex(nonce, sizeof(nonce), exchange_r->nonce);
	if (!good)
		buffer_add_text(why, "no random numbers are to be had");
	/* one that is too long is cut, and is nobody then: a file has none */
	(void)snprintf(exchange_r->user, sizeof(exchange_r->user), "%s", user);
	good = passwords_find(&source->file, &reader,
	    strlen(user) < sizeof(exchange_r->user) ? user : "",
	    &exchange_r->password, why) && good;
	exchange_r->password.is_known = exchange_r->password.is_known && good;
	write_challenge(exchange_r, source->file.hostname);
	return good;
}

/* No early end: the time tells nothing about where a difference is. */
static bool
is_same(const char *a, const char *b)
{
	size_t n = strlen(a);

	return strlen(b) == n && CRYPTO_memcmp(a, b, n) == 0;
}

static bool
said(struct span list, const char *name, const char *wanted)
{
	char value[PASSWORDS_REALM_BYTES];

	return proof_directive(list, name, value, sizeof(value)) == 1 &&
	    strcmp(value, wanted) == 0;
}

/* The directives that bind the response to this exchange. */
static bool
is_ours(const struct exchange *exchange, struct span list, const char *uri)
{
	char value[32];
	int qop = proof_directive(list, "qop", value, sizeof(value));

	if (qop < 0 || (qop == 1 && strcmp(value, "auth") != 0))
		return false;
	return said(list, "username", exchange->user) &&
	    said(list, "realm", exchange->password.realm) &&
	    said(list, "nonce", exchange->nonce) &&
	    said(list, "nc", "00000001") &&
	    strncasecmp(uri, SERVICE, strlen(SERVICE)) == 0;
}

static bool
end_digest(const struct exchange *exchange, struct span list,
    struct buffer *answer)
{
	char cnonce[PASSWORDS_SECRET_BYTES], uri[URI_BYTES];
	char response[PROOF_HEX_BYTES], wanted[PROOF_HEX_BYTES];
	struct proof_exchange proof = { exchange->nonce, cnonce, "00000001",
		uri };

	if (proof_directive(list, "cnonce", cnonce, sizeof(cnonce)) != 1 ||
	    proof_directive(list, "digest-uri", uri, sizeof(uri)) != 1 ||
	    proof_directive(list, "response", response,
	    sizeof(response)) != 1 || cnonce[0] == '\0' ||
	    !is_ours(exchange, list, uri) ||
	    !proof_digest(exchange->password.digest, &proof, false, wanted) ||
	    !is_same(wanted, response) ||
	    !proof_digest(exchange->password.digest, &proof, true, wanted))
		return false;
	buffer_add_text(answer, "rspauth=");
	buffer_add_text(answer, wanted);
	return true;
}

/* response = user " " 32HEXDIG */
static bool
end_cram(const struct exchange *exchange, struct span response)
{
	struct span password = span_of(exchange->password.text,
	    exchange->password.n);
	char wanted[PROOF_HEX_BYTES];
	size_t n = sizeof(wanted) - 1;

	if (response.n < n + 1 || response.p[response.n - n - 1] != ' ' ||
	    !span_eq(span_first(response, response.n - n - 1),
	    span_of_text(exchange->user)) ||
	    !proof_cram(password, exchange->challenge, wanted))
		return false;
	return CRYPTO_memcmp(wanted, response.p + response.n - n, n) == 0;
}

/* By the digests of both, which are of one length whatever was typed. */
static bool
end_login(const struct exchange *exchange, struct span response)
{
	unsigned char digest[PROOF_BYTES] = { 0 };
	bool good = proof_secret(exchange->user, exchange->password.realm,
	    response, digest) && CRYPTO_memcmp(digest,
	    exchange->password.digest, sizeof(digest)) == 0;

	OPENSSL_cleanse(digest, sizeof(digest));
	return good;
}

/* Into memory that can be wiped.  False: it is not base64. */
static bool
decode(struct span text, unsigned char out_r[static RESPONSE_BYTES],
    struct span *octets_r)
{
	size_t pad = 0;
	int n;

	while (pad < 2 && pad < text.n && text.p[text.n - 1 - pad] == '=')
		pad++;
	for (size_t i = 0; i < text.n - pad; i++) {
		if (!byte_is_alpha(text.p[i]) && !byte_is_digit(text.p[i]) &&
		    text.p[i] != '+' && text.p[i] != '/')
			return false;
	}
	if (text.n == 0 || text.n % 4 != 0 || text.n > RESPONSE_BYTES)
		return false;
	n = EVP_DecodeBlock(out_r, text.p, (int)text.n);
	if (n < (int)pad)
		return false;
	*octets_r = span_of(out_r, (size_t)n - pad);
	return true;
}

bool
exchange_end(struct exchange *exchange, struct span response,
    struct buffer *answer)
{
	unsigned char octets[RESPONSE_BYTES];
	struct span text = { 0 };
	bool good = false;

	if (decode(response, octets, &text)) {
		switch (exchange->mechanism) {
		case ACCESS_DIGEST_MD5:
			good = end_digest(exchange, text, answer);
			break;
		case ACCESS_CRAM_MD5:
			good = end_cram(exchange, text);
			break;
		case ACCESS_LOGIN:
		case ACCESS_MECHANISMS:
			good = end_login(exchange, text);
			break;
		}
	}
	OPENSSL_cleanse(octets, sizeof(octets));
	return good && exchange->password.is_known;
}

void
exchange_deinit(struct exchange *exchange)
{
	OPENSSL_cleanse(exchange, sizeof(*exchange));
}
