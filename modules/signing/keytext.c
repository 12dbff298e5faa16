/*
 * keytext.c: parse once, find again by digest.
 */
#include "signing/keytext.h"

#include "dkim/memory.h"

#include <openssl/crypto.h>
#include <openssl/evp.h>
#include <stdio.h>

#define MAX_KEYTEXT (64 * 1024) /* RSA-8192 in PEM takes under 7 KiB */
#define PEM_COLUMNS 64
#define MAX_LABEL_LINE 64
#define DIGEST_BYTES 32
#define NAME_BYTES (2 * DIGEST_BYTES + 1)
#define SHORTEST_KEY 60 /* of base64; an Ed25519 key has 64 */
#define BLANKS " \t\r\n"
#define BASE64 "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz" \
	"0123456789+/="

/* What bare base64 may be (RFC 7468 section 10, RFC 8017 appendix A.1.2). */
static const char *const labels[] = { "PRIVATE KEY", "RSA PRIVATE KEY" };

struct wanted {
	const char *text;
	const char *why;
};

/* Keys are DER, a SEQUENCE, which is an 'M' in base64; a path that begins so
 * has a '.' or a '-' somewhere. */
bool
keytext_is_key(const char *text)
{
	if (strstr(text, "-----BEGIN") != NULL)
		return true;
	text += strspn(text, BLANKS);
	return text[0] == 'M' && strlen(text) >= SHORTEST_KEY &&
	    strspn(text, BASE64 BLANKS) == strlen(text);
}

static void *
key_ref(void *key)
{
	return seal_key_ref(key);
}

static void
key_unref(void *key)
{
	struct seal_key *k = key;

	seal_key_unref(&k);
}

struct cache *
keytext_cache_new(size_t size, int64_t lifetime)
{
	struct cache_options options;
	struct cache *cache = NULL;

	cache_options_init(&options);
	options.size = size;
	options.positive_lifetime = lifetime;
	options.ref = key_ref;
	options.unref = key_unref;
	return cache_new(&options, &cache) == 0 ? cache : NULL;
}

static int
parse_pem(const char *pem, size_t n, struct seal_key **key_r,
    const char **why_r)
{
	return seal_key_from_pem((struct span){ (const unsigned char *)pem, n },
	    key_r, why_r);
}

/* Write base64 anew in lines of the length that PEM wants, none of them empty: an
 * Ed25519 key fills one.  Gives the end. */
static char *
write_lines(char *out, const char *text)
{
	size_t column = 0;

	for (; *text != '\0'; text++) {
		if (strchr(BLANKS, *text) != NULL)
			continue;
		if (column > 0 && column % PEM_COLUMNS == 0)
			*out++ = '\n';
		*out++ = *text;
		column++;
	}
	return out;
}

/* Put BEGIN and END around bare base64. */
static int
parse_bare(const char *text, const char *label, struct seal_key **key_r,
    const char **why_r)
{
	size_t n = strlen(text);
	size_t room = n + n / PEM_COLUMNS + 2 * MAX_LABEL_LINE + 1;
	char *pem = memory_new(room), *end = pem;
	int ret;

	end += snprintf(end, MAX_LABEL_LINE, "-----BEGIN %s-----\n", label);
	end = write_lines(end, text);
	end += snprintf(end, MAX_LABEL_LINE, "\n-----END %s-----\n", label);
	ret = parse_pem(pem, (size_t)(end - pem), key_r, why_r);
	OPENSSL_cleanse(pem, room);
	memory_free(pem);
	return ret;
}

static int
parse(const char *text, struct seal_key **key_r, const char **why_r)
{
	int ret = SEAL_E_KEY;

	if (strstr(text, "-----BEGIN") != NULL)
		return parse_pem(text, strlen(text), key_r, why_r);
	for (size_t i = 0; i < sizeof(labels) / sizeof(labels[0]) &&
	    ret == SEAL_E_KEY; i++)
		ret = parse_bare(text, labels[i], key_r, why_r);
	return ret;
}

static int
load(void *context, const char *name, struct cache_load *load_r)
{
	struct wanted *wanted = context;
	struct seal_key *key = NULL;
	int ret = parse(wanted->text, &key, &wanted->why);

	(void)name;
	load_r->value = key;
	return ret;
}

static bool
name_of(const char *text, char name_r[NAME_BYTES])
{
	unsigned char digest[DIGEST_BYTES];

	if (EVP_Digest(text, strlen(text), digest, NULL, EVP_sha256(),
	    NULL) != 1)
		return false;
	for (size_t i = 0; i < DIGEST_BYTES; i++)
		(void)snprintf(name_r + 2 * i, 3, "%02x", digest[i]);
	return true;
}

int
keytext_get(struct cache *cache, const char *text, struct seal_key **key_r,
    struct why *why_r)
{
	struct wanted wanted = { text, "it cannot be used" };
	char name[NAME_BYTES];
	void *value = NULL;
	int ret;

	*key_r = NULL;
	if (strlen(text) > MAX_KEYTEXT || !name_of(text, name)) {
		why_set(why_r, "the key is too long a text");
		return SEAL_E_KEY;
	}
	ret = cache_get(cache, name, load, &wanted, &value);
	if (ret == 0)
		*key_r = value;
	else
		why_set(why_r, "the key: %s", ret == SEAL_E_NOMEM ?
		    "out of memory" : wanted.why);
	return ret == 0 || ret == SEAL_E_NOMEM ? ret : SEAL_E_KEY;
}
