/*
 * proof.c: MD5 in the order that two RFCs want.
 */
#include "host/console/proof.h"

#include <openssl/core_names.h>
#include <openssl/crypto.h>
#include <openssl/evp.h>
#include <openssl/params.h>
#include <string.h>

/* The digest of texts with ':' between them, each span as it is. */
static bool
digest(const struct span *parts, size_t count,
    unsigned char out_r[static PROOF_BYTES])
{
	EVP_MD_CTX *md = EVP_MD_CTX_new();
	bool good = md != NULL && EVP_DigestInit_ex(md, EVP_md5(), NULL) == 1;

	for (size_t i = 0; good && i < count; i++)
		good = (i == 0 || EVP_DigestUpdate(md, ":", 1) == 1) &&
		    (parts[i].n == 0 ||
		    EVP_DigestUpdate(md, parts[i].p, parts[i].n) == 1);
	good = good && EVP_DigestFinal_ex(md, out_r, NULL) == 1;
	EVP_MD_CTX_free(md); /* wiped by OpenSSL */
	return good;
}

void
proof_hex(const unsigned char *octets, size_t n, char *hex_r)
{
	static const char digits[] = "0123456789abcdef";

	for (size_t i = 0; i < n; i++) {
		*hex_r++ = digits[octets[i] >> 4];
		*hex_r++ = digits[octets[i] & 15];
	}
	*hex_r = '\0';
}

bool
proof_unhex(struct span text, unsigned char *octets_r, size_t n)
{
	if (text.n != 2 * n)
		return false;
	for (size_t i = 0; i < n; i++) {
		int high = byte_hex(text.p[2 * i]);
		int low = byte_hex(text.p[2 * i + 1]);

		if (high < 0 || low < 0)
			return false;
		octets_r[i] = (unsigned char)(high << 4 | low);
	}
	return true;
}

bool
proof_secret(const char *user, const char *realm, struct span password,
    unsigned char secret_r[static PROOF_BYTES])
{
	struct span parts[] = { span_of_text(user), span_of_text(realm),
		password };

	return digest(parts, 3, secret_r);
}

/* RFC 2831 section 2.1.2.1, algorithm md5-sess without an authzid. */
bool
proof_digest(const unsigned char secret[static PROOF_BYTES],
    const struct proof_exchange *exchange, bool is_servers,
    char hex_r[static PROOF_HEX_BYTES])
{
	unsigned char octets[PROOF_BYTES] = { 0 };
	char a1[PROOF_HEX_BYTES], a2[PROOF_HEX_BYTES];
	struct span session[] = { span_of(secret, PROOF_BYTES),
		span_of_text(exchange->nonce), span_of_text(exchange->cnonce) };
	struct span method[] = {
		is_servers ? SPAN("") : SPAN("AUTHENTICATE"),
		span_of_text(exchange->uri) };
	struct span all[] = { span_of(a1, sizeof(a1) - 1),
		span_of_text(exchange->nonce), span_of_text(exchange->count),
		span_of_text(exchange->cnonce), SPAN("auth"),
		span_of(a2, sizeof(a2) - 1) };
	bool good = digest(session, 3, octets);

	proof_hex(octets, sizeof(octets), a1);
	good = good && digest(method, 2, octets);
	proof_hex(octets, sizeof(octets), a2);
	good = good && digest(all, 6, octets);
	proof_hex(octets, sizeof(octets), hex_r);
	OPENSSL_cleanse(octets, sizeof(octets));
	OPENSSL_cleanse(a1, sizeof(a1));
	return good;
}

bool
proof_cram(struct span password, const char *challenge,
    char hex_r[static PROOF_HEX_BYTES])
{
	unsigned char octets[PROOF_BYTES] = { 0 };
	size_t n = 0;
	/* an empty key is one as well, but not a NULL */
	bool good = EVP_Q_mac(NULL, OSSL_MAC_NAME_HMAC, NULL, "MD5", NULL,
	    password.n > 0 ? (const void *)password.p : "", password.n,
	    (const unsigned char *)challenge, strlen(challenge), octets,
	    sizeof(octets), &n) != NULL && n == sizeof(octets);

	proof_hex(octets, sizeof(octets), hex_r);
	OPENSSL_cleanse(octets, sizeof(octets));
	return good;
}

/* directives = directive *( [LWS] "," [LWS] directive ), empty ones allowed */

static void
skip_blanks(struct span *at)
{
	while (at->n > 0 && (byte_is_wsp(at->p[0]) || at->p[0] == ','))
		*at = span_from(*at, 1);
}

static bool
take_name(struct span *at, struct span *name_r)
{
	size_t n = 0;

	while (n < at->n && (byte_is_alpha(at->p[n]) || at->p[n] == '-'))
		n++;
	*name_r = span_first(*at, n);
	*at = span_from(*at, n);
	if (n == 0 || at->n == 0 || at->p[0] != '=')
		return false;
	*at = span_from(*at, 1);
	return true;
}

/* room 0: nobody wants it. */
static bool
put(char *value_r, size_t room, size_t *n, unsigned char c)
{
	if (c < ' ' || c == 0x7f)
		return false;
	if (room == 0)
		return true;
	if (*n + 1 >= room)
		return false;
	value_r[(*n)++] = (char)c;
	value_r[*n] = '\0';
	return true;
}

static bool
take_value(struct span *at, char *value_r, size_t room)
{
	bool quoted = at->n > 0 && at->p[0] == '"';
	size_t n = 0;

	if (quoted)
		*at = span_from(*at, 1);
	while (at->n > 0 && (quoted ? at->p[0] != '"' :
	    at->p[0] != ',' && !byte_is_wsp(at->p[0]))) {
		if (quoted && at->p[0] == '\\' && at->n > 1)
			*at = span_from(*at, 1);
		if (!put(value_r, room, &n, at->p[0]))
			return false;
		*at = span_from(*at, 1);
	}
	if (!quoted)
		return true;
	if (at->n == 0)
		return false;
	*at = span_from(*at, 1);
	return true;
}

int
proof_directive(struct span list, const char *name, char *value_r,
    size_t room)
{
	int found = 0;

	value_r[0] = '\0';
	for (skip_blanks(&list); list.n > 0; skip_blanks(&list)) {
		struct span word;
		bool wanted;

		if (!take_name(&list, &word))
			return -1;
		wanted = span_ieq(word, span_of_text(name));
		found += wanted ? 1 : 0;
		if (!take_value(&list, value_r, wanted ? room : 0) ||
		    found > 1)
			return -1;
	}
	return found;
}

void
proof_add_directive(struct buffer *list, const char *name, const char *value)
{
	if (list->n > 0)
		buffer_add_byte(list, ',');
	buffer_add_text(list, name);
	buffer_add_text(list, "=\"");
	for (; *value != '\0'; value++) {
		if (*value == '"' || *value == '\\')
			buffer_add_byte(list, '\\');
		buffer_add_byte(list, (unsigned char)*value);
	}
	buffer_add_byte(list, '"');
}
