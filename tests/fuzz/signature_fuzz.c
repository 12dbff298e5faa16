/*
 * Any bytes as the value of a DKIM-Signature field.  One that is taken is what
 * RFC 6376 section 3.5 wants; emptied of its b=, it is refused for that alone;
 * and what is hashed of it is the field without the value (section 3.7).
 */
#include "fuzz.h"

#include "base/buffer.h"
#include "dkim/algorithm.h"
#include "dkim/quoted.h"
#include "dkim/signature.h"
#include "message/domain.h"

static void
check_signature(const struct signature *s)
{
	must(s->algorithm != SEAL_ALGORITHM_NONE);
	must(s->b.n > 0 && s->b.n <= SEAL_MAX_SIGNATURE_VALUE);
	must(s->body_hash.n ==
	    digest_octets(algorithm_of(s->algorithm)->digest));
	must(s->ascii_domain.n > 0 && s->ascii_domain.n <= DOMAIN_MAX_OCTETS);
	must(s->ascii_selector.n > 0 &&
	    s->ascii_selector.n <= DOMAIN_MAX_OCTETS);
	must(domain_is_within(s->ascii_identity_domain, s->ascii_domain));
	must(span_find(s->identity, '@') < s->identity.n);
	must(s->timestamp >= 0 && s->expiration >= 0);
	if (s->has_timestamp && s->has_expiration)
		must(s->timestamp < s->expiration);
	must(s->b_raw.p >= s->field->raw.p && s->b_raw.p + s->b_raw.n <=
	    s->field->raw.p + s->field->raw.n);
}

/* The field without the value of b=. */
static struct buffer
without_b(const struct signature *s)
{
	struct span raw = s->field->raw;
	size_t before = (size_t)(s->b_raw.p - raw.p);
	struct buffer out = { 0 };

	buffer_add(&out, span_first(raw, before));
	buffer_add(&out, span_from(raw, before + s->b_raw.n));
	must(!buffer_failed(&out));
	return out;
}

static void
check_digest(const struct signature *s, struct arena *arena, struct span rest)
{
	unsigned char got[DIGEST_MAX_OCTETS], want[DIGEST_MAX_OCTETS];
	struct digest digest = { 0 };

	must(digest_start(&digest, DIGEST_SHA256) == 0);
	must(signature_digest(&digest, arena, s->field->raw, s->b_raw,
	    SEAL_CANON_SIMPLE) == 0);
	must(digest_finish(&digest, got) == 0);
	must(digest_start(&digest, DIGEST_SHA256) == 0);
	digest_add(&digest, rest);
	must(digest_finish(&digest, want) == 0);
	must(memcmp(got, want, 32) == 0);
	must(digest_start(&digest, DIGEST_SHA256) == 0);
	must(signature_digest(&digest, arena, s->field->raw, s->b_raw,
	    SEAL_CANON_RELAXED) == 0);
	must(digest_finish(&digest, got) == 0);
	digest_deinit(&digest);
}

static enum seal_reason
parse(struct header *header, struct span raw, struct signature *s)
{
	struct span fault;

	if (header_add(header, raw) < 0 || header->over)
		return SEAL_WHY_NO_MEMORY;
	return signature_parse(&header->fields[header->n - 1], header->arena,
	    s, &fault);
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct arena arena = { 0 };
	struct header header;
	struct signature s = { .field = NULL }, emptied;
	struct buffer raw = { 0 }, rest;
	struct span octets;
	enum seal_reason reason;

	header_init(&header, &arena, SEAL_MAX_HEADER_BYTES);
	buffer_add_text(&raw, "DKIM-Signature:");
	buffer_add(&raw, span_of(data, size));
	reason = parse(&header, buffer_span(&raw), &s);
	must(reason < SEAL_WHY_COUNT);
	if (reason == SEAL_WHY_OK) {
		check_signature(&s);
		rest = without_b(&s);
		check_digest(&s, &arena, buffer_span(&rest));
		must(parse(&header, buffer_span(&rest), &emptied) ==
		    SEAL_WHY_SIGNATURE_BASE64);
		buffer_deinit(&rest);
	}
	(void)quoted_decode(span_of(data, size), &arena, &octets);
	buffer_deinit(&raw);
	arena_deinit(&arena);
	return 0;
}
