/*
 * Any bytes as the value of a DKIM-Signature field.  A signature that parses
 * has what a verifier goes on to use, and what it covers of its own field is
 * the field without the b= value.
 */
#include "dkim/algorithm.h"
#include "dkim/signature.h"
#include "message/domain.h"

#include <stdlib.h>

#define NAME "DKIM-Signature:"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void
must(bool holds)
{
	if (!holds)
		abort();
}

static void
check(const struct signature *s)
{
	const struct span field = s->field->raw;
	const struct algorithm *algorithm = algorithm_of(s->algorithm);

	must(algorithm != NULL);
	must(s->body_hash.n == digest_octets(algorithm->digest));
	must(s->b.n > 0 && s->b.n <= SEAL_MAX_SIGNATURE_VALUE);
	must(s->b_raw.p >= field.p &&
	    s->b_raw.p + s->b_raw.n <= field.p + field.n);
	must(s->b_raw.p[-1] == '=');
	must(s->ascii_domain.n > 0 && s->ascii_selector.n > 0);
	must(domain_is_within(s->ascii_identity_domain, s->ascii_domain));
	must(!s->has_timestamp || !s->has_expiration ||
	    s->expiration > s->timestamp);
}

static void
digest_both(const struct signature *s, struct arena *arena)
{
	unsigned char value[DIGEST_MAX_OCTETS];
	struct digest digest = { 0 };

	for (int canon = SEAL_CANON_SIMPLE; canon <= SEAL_CANON_RELAXED;
	    canon++) {
		must(digest_start(&digest, DIGEST_SHA256) == 0);
		must(signature_digest(&digest, arena, s->field->raw, s->b_raw,
		    (enum seal_canon)canon) == 0);
		must(digest_finish(&digest, value) == 0);
	}
	digest_deinit(&digest);
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct arena arena = { 0 };
	struct header header;
	struct signature signature;
	struct span fault;
	unsigned char *field = malloc(sizeof(NAME) - 1 + size);

	if (field == NULL)
		return 0;
	memcpy(field, NAME, sizeof(NAME) - 1);
	memcpy(field + sizeof(NAME) - 1, data, size);
	header_init(&header, &arena, SEAL_MAX_HEADER_BYTES);
	if (header_add(&header, span_of(field, sizeof(NAME) - 1 + size)) == 0 &&
	    header.n == 1 && signature_parse(&header.fields[0], &arena,
	    &signature, &fault) == SEAL_WHY_OK) {
		check(&signature);
		digest_both(&signature, &arena);
	}
	free(field);
	arena_deinit(&arena);
	return 0;
}
