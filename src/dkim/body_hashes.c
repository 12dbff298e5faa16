/*
 * body_hashes.c: a canonicalizer for each form that is wanted, and behind it
 * the hashes that share it.
 */
#include "dkim/body_hashes.h"

#include <stdlib.h>

static void
hash_run(struct body_hash *hash, struct span run)
{
	if (run.n > hash->limit - hash->hashed)
		run.n = (size_t)(hash->limit - hash->hashed);
	hash->hashed += run.n;
	digest_add(&hash->digest, run);
}

static void
take_run(void *arg, struct span run)
{
	struct body_form *form = arg;

	form->octets += run.n;
	for (struct body_hash *h = form->hashes; h != NULL; h = h->next)
		hash_run(h, run);
}

void
body_hashes_init(struct body_hashes *bodies)
{
	static const enum seal_canon canons[] = { SEAL_CANON_SIMPLE,
		SEAL_CANON_RELAXED };
	struct body_form *form;

	for (size_t i = 0; i < 2; i++) {
		form = &bodies->forms[canons[i]];
		form->hashes = NULL;
		form->octets = 0;
		canon_body_init(&form->canon, canons[i], take_run, form);
	}
	bodies->n = 0;
}

static struct body_hash *
find(const struct body_form *form, enum digest_type type, uint64_t limit)
{
	struct body_hash *hash = form->hashes;

	while (hash != NULL && (hash->type != type || hash->limit != limit))
		hash = hash->next;
	return hash;
}

struct body_hash *
body_hashes_want(struct body_hashes *bodies, enum seal_canon canon,
    enum digest_type type, uint64_t limit)
{
	struct body_form *form = &bodies->forms[canon];
	struct body_hash *hash = find(form, type, limit);

	if (hash != NULL || bodies->n == BODY_HASHES_MOST)
		return hash;
	hash = bodies->hashes[bodies->n];
	if (hash == NULL)
		hash = bodies->hashes[bodies->n] = calloc(1, sizeof(*hash));
	if (hash == NULL || digest_start(&hash->digest, type) < 0)
		return NULL;
	hash->type = type;
	hash->limit = limit;
	hash->hashed = 0;
	hash->failed = false;
	hash->next = form->hashes;
	form->hashes = hash;
	bodies->n++;
	return hash;
}

void
body_hashes_feed(struct body_hashes *bodies, struct span chunk)
{
	for (size_t i = 0; i < 2; i++) {
		if (bodies->forms[i].hashes != NULL)
			canon_body_feed(&bodies->forms[i].canon, chunk);
	}
}

void
body_hashes_finish(struct body_hashes *bodies)
{
	for (size_t i = 0; i < 2; i++) {
		if (bodies->forms[i].hashes != NULL)
			canon_body_finish(&bodies->forms[i].canon);
	}
	for (size_t i = 0; i < bodies->n; i++) {
		struct body_hash *hash = bodies->hashes[i];

		hash->failed = digest_finish(&hash->digest, hash->value) < 0;
	}
}

uint64_t
body_hashes_octets(const struct body_hashes *bodies, enum seal_canon canon)
{
	return bodies->forms[canon].octets;
}

void
body_hashes_deinit(struct body_hashes *bodies)
{
	for (size_t i = 0; i < BODY_HASHES_MOST; i++) {
		if (bodies->hashes[i] != NULL)
			digest_deinit(&bodies->hashes[i]->digest);
		free(bodies->hashes[i]);
	}
	*bodies = (struct body_hashes){ .n = 0 };
}
