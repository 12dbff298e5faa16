/*
 * dk_hashes.c: a canonicalizer for each form that is wanted, and behind it the
 * hashes that share it.
 */
#include "domainkeys/dk_hashes.h"

#include <stdlib.h>

_Static_assert(SEAL_MAX_PROFILES <= DK_HASHES_MOST,
    "a signer has a hash for each profile");

static void
take_run(void *arg, struct span run)
{
	struct dk_form *form = arg;

	for (struct dk_hash *h = form->hashes; h != NULL; h = h->next)
		digest_add(&h->digest, run);
}

void
dk_hashes_init(struct dk_hashes *hashes)
{
	static const enum seal_dk_canon canons[] = { SEAL_DK_SIMPLE,
		SEAL_DK_NOFWS };

	for (size_t i = 0; i < 2; i++) {
		struct dk_form *form = &hashes->forms[canons[i]];

		form->hashes = NULL;
		dk_canon_init(&form->canon, canons[i], take_run, form);
	}
	hashes->n = 0;
}

struct dk_hash *
dk_hashes_start(struct dk_hashes *hashes, enum seal_dk_canon canon)
{
	struct dk_form *form = &hashes->forms[canon];
	struct dk_hash *hash;

	if (hashes->n == DK_HASHES_MOST)
		return NULL;
	hash = hashes->hashes[hashes->n];
	if (hash == NULL)
		hash = hashes->hashes[hashes->n] = calloc(1, sizeof(*hash));
	if (hash == NULL || digest_start(&hash->digest, DIGEST_SHA1) < 0)
		return NULL;
	hash->failed = false;
	hash->next = form->hashes;
	form->hashes = hash;
	hashes->n++;
	return hash;
}

void
dk_hashes_feed(struct dk_hashes *hashes, struct span chunk)
{
	for (size_t i = 0; i < 2; i++) {
		if (hashes->forms[i].hashes != NULL)
			dk_canon_feed(&hashes->forms[i].canon, chunk);
	}
}

void
dk_hashes_finish(struct dk_hashes *hashes)
{
	for (size_t i = 0; i < 2; i++) {
		if (hashes->forms[i].hashes != NULL)
			dk_canon_finish(&hashes->forms[i].canon);
	}
	for (size_t i = 0; i < hashes->n; i++) {
		struct dk_hash *hash = hashes->hashes[i];

		hash->failed = digest_finish(&hash->digest, hash->value) < 0;
	}
}

void
dk_hashes_deinit(struct dk_hashes *hashes)
{
	for (size_t i = 0; i < DK_HASHES_MOST; i++) {
		if (hashes->hashes[i] != NULL)
			digest_deinit(&hashes->hashes[i]->digest);
		free(hashes->hashes[i]);
	}
	*hashes = (struct dk_hashes){ .n = 0 };
}
