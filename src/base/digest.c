/*
 * digest.c: OpenSSL 3 looks an algorithm up by name on every use unless it is
 * fetched beforehand, so it is, once for the process.
 */
#include "base/digest.h"

#include <pthread.h>

#define LONG_RUN 512 /* from here on a copy costs more than a call */

static pthread_once_t fetched = PTHREAD_ONCE_INIT;
static EVP_MD *algorithms[2];

static void
fetch_algorithms(void)
{
	algorithms[DIGEST_SHA256] = EVP_MD_fetch(NULL, "SHA2-256", NULL);
	algorithms[DIGEST_SHA1] = EVP_MD_fetch(NULL, "SHA1", NULL);
}

const EVP_MD *
digest_algorithm(enum digest_type type)
{
	(void)pthread_once(&fetched, fetch_algorithms);
	return algorithms[type];
}

size_t
digest_octets(enum digest_type type)
{
	return type == DIGEST_SHA256 ? 32 : 20;
}

int
digest_start(struct digest *digest, enum digest_type type)
{
	const EVP_MD *algorithm = digest_algorithm(type);

	digest->staged = 0;
	digest->failed = true;
	if (digest->ctx == NULL)
		digest->ctx = EVP_MD_CTX_new();
	if (digest->ctx == NULL || algorithm == NULL)
		return -1;
	if (EVP_DigestInit_ex2(digest->ctx, algorithm, NULL) != 1)
		return -1;
	digest->failed = false;
	return 0;
}

static void
update(struct digest *digest, const unsigned char *p, size_t n)
{
	if (!digest->failed && EVP_DigestUpdate(digest->ctx, p, n) != 1)
		digest->failed = true;
}

static void
flush(struct digest *digest)
{
	if (digest->staged > 0)
		update(digest, digest->stage, digest->staged);
	digest->staged = 0;
}

void
digest_add(struct digest *digest, struct span s)
{
	if (s.n == 0)
		return;
	if (s.n > DIGEST_STAGE_BYTES - digest->staged || s.n >= LONG_RUN)
		flush(digest);
	if (s.n >= LONG_RUN) {
		update(digest, s.p, s.n);
		return;
	}
	memcpy(digest->stage + digest->staged, s.p, s.n);
	digest->staged += s.n;
}

int
digest_finish(struct digest *digest, unsigned char *out)
{
	unsigned int n = 0;

	flush(digest);
	if (digest->failed)
		return -1;
	digest->failed = true; /* until the next start */
	return EVP_DigestFinal_ex(digest->ctx, out, &n) == 1 ? 0 : -1;
}

void
digest_deinit(struct digest *digest)
{
	EVP_MD_CTX_free(digest->ctx);
	digest->ctx = NULL;
	digest->failed = true;
}
