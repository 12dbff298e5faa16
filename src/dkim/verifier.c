/*
 * verifier.c: one message in, a result for each DKIM-Signature field out.
 *
 * At the end of the header every signature is parsed and those that can count
 * are chosen; each of them names its key and its body hash.  At the end of the
 * body they are judged in the order of RFC 6376 section 6.1: the key, then the
 * body hash, then the signature, and last what we refuse though it holds.
 */
#include "dkim/algorithm.h"
#include "dkim/intake.h"
#include "dkim/queries.h"
#include "dkim/record.h"
#include "dkim/result.h"
#include "dkim/signature.h"
#include "message/address.h"
#include "message/alignment.h"
#include "message/canon_header.h"

#include <stdlib.h>

#define MAX_DRIFT 86400

struct verification { /* of one signature */
	struct signature signature;
	struct seal_result result;
	bool viable; /* nothing speaks against it so far */
	bool chosen; /* to be verified */
	struct query *query;
	struct body_hash *body;
};

struct seal_verifier {
	struct intake intake;
	struct seal_verify_options options;
	struct verification *verifications;
	size_t n;
	struct queries queries;
	struct span from_domain;
	size_t from_count;
	struct digest digest; /* of header fields, one signature at a time */
};

static const struct span none = { NULL, 0 };

void
seal_verify_options_init(struct seal_verify_options *options)
{
	*options = (struct seal_verify_options){
		.clock_drift = 300,
		.max_header_bytes = 64 * 1024,
		.max_signatures = 5,
		.min_rsa_bits = 1024,
		.max_rsa_bits = 4096,
	};
}

static bool
options_are_usable(const struct seal_verify_options *o)
{
	return o->now >= 0 && o->clock_drift >= 0 &&
	    o->clock_drift <= MAX_DRIFT && o->max_header_bytes > 0 &&
	    o->max_header_bytes <= SEAL_MAX_HEADER_BYTES &&
	    o->max_signatures > 0 && o->max_signatures <= SEAL_MAX_SIGNATURES &&
	    o->min_rsa_bits <= o->max_rsa_bits &&
	    o->max_rsa_bits <= SEAL_MAX_RSA_BITS;
}

static void
refuse(struct seal_verifier *verifier, struct verification *v,
    enum seal_reason reason, struct span detail)
{
	v->viable = false;
	result_set(&v->result, &verifier->intake.arena, reason, detail);
}

/* What the signature says of itself, for the result. */
static void
fill_result(struct seal_verifier *verifier, struct verification *v)
{
	const struct signature *s = &v->signature;
	struct seal_result *r = &v->result;

	r->domain = s->domain;
	r->selector = s->selector;
	r->identity = s->identity;
	r->algorithm_name = s->algorithm_name;
	r->algorithm = s->algorithm;
	r->signature = s->b_text;
	r->signed_headers = s->signed_headers;
	r->query_methods = s->query_methods;
	r->header_canon = s->header_canon;
	r->body_canon = s->body_canon;
	r->timestamp = s->timestamp;
	r->expiration = s->expiration;
	r->length = s->length;
	if (s->has_timestamp)
		r->flags |= SEAL_RESULT_HAS_TIMESTAMP;
	if (s->has_expiration)
		r->flags |= SEAL_RESULT_HAS_EXPIRATION;
	if (s->has_length)
		r->flags |= SEAL_RESULT_HAS_LENGTH;
	if (s->ascii_domain.n > 0 && verifier->from_domain.n > 0)
		r->alignment = alignment_of(s->ascii_domain,
		    verifier->from_domain);
}

/* What can be said without key or body. */
static enum seal_reason
judge_early(const struct seal_verifier *verifier, const struct signature *s)
{
	const struct seal_verify_options *o = &verifier->options;

	if (s->has_expiration && o->now > s->expiration &&
	    o->now - s->expiration > o->clock_drift)
		return SEAL_WHY_EXPIRED;
	if (o->refuse_future && s->has_timestamp && s->timestamp > o->now &&
	    s->timestamp - o->now > o->clock_drift)
		return SEAL_WHY_SIGNED_IN_FUTURE;
	if (s->algorithm == SEAL_RSA_SHA1 && !o->allow_rsa_sha1)
		return SEAL_WHY_RSA_SHA1;
	return SEAL_WHY_OK;
}

static void
parse(struct seal_verifier *verifier, struct verification *v,
    struct header_field *field, size_t position)
{
	struct span fault = none;
	enum seal_reason reason;

	v->viable = true;
	v->result.field = field->index;
	if (position >= SEAL_MAX_SIGNATURES) {
		refuse(verifier, v, verifier->intake.header.over ?
		    SEAL_WHY_HEADER_TOO_LARGE : SEAL_WHY_TOO_MANY_SIGNATURES,
		    none);
		return;
	}
	reason = signature_parse(field, &verifier->intake.arena, &v->signature,
	    &fault);
	fill_result(verifier, v);
	if (reason == SEAL_WHY_OK)
		reason = judge_early(verifier, &v->signature);
	if (reason != SEAL_WHY_OK)
		refuse(verifier, v, reason, fault);
	if (verifier->intake.header.over)
		refuse(verifier, v, SEAL_WHY_HEADER_TOO_LARGE, none);
}

/* The signatures, from the top of the message down. */
static int
parse_all(struct seal_verifier *verifier)
{
	struct header *header = &verifier->intake.header;
	struct span name = SPAN("dkim-signature");
	size_t n = header_count(header, name);
	struct header_field *field = header_last(header, name);

	/* a header that was cut may have lost its signatures: say so */
	verifier->n = n == 0 && header->over ? 1 : n;
	verifier->verifications = arena_calloc(header->arena, verifier->n,
	    sizeof(*verifier->verifications));
	if (verifier->verifications == NULL)
		return SEAL_E_NOMEM;
	if (n < verifier->n)
		refuse(verifier, &verifier->verifications[0],
		    SEAL_WHY_HEADER_TOO_LARGE, none);
	for (; n > 0; n--, field = header_above(header, field))
		parse(verifier, &verifier->verifications[n - 1], field, n - 1);
	return 0;
}

/* Ask for what is needed to judge a signature later. */
static int
choose(struct seal_verifier *verifier, struct verification *v)
{
	struct signature *s = &v->signature;
	enum seal_reason reason;

	v->query = queries_want_key(&verifier->queries, &verifier->intake.arena,
	    s->ascii_selector, s->ascii_domain, 0,
	    verifier->options.max_signatures, &reason);
	if (v->query == NULL && reason == SEAL_WHY_NO_MEMORY)
		return SEAL_E_NOMEM;
	if (v->query == NULL) {
		refuse(verifier, v, reason, none);
		return 0;
	}
	v->result.query = v->query->name;
	v->body = body_hashes_want(&verifier->intake.bodies, s->body_canon,
	    algorithm_of(s->algorithm)->digest,
	    s->has_length ? s->length : BODY_NO_LIMIT);
	if (v->body == NULL)
		refuse(verifier, v, SEAL_WHY_NO_MEMORY, none);
	v->chosen = v->viable;
	return 0;
}

/* Signatures of the From domain first, for they are what readers go by; then
 * from the top down. */
static int
choose_all(struct seal_verifier *verifier)
{
	int ret = 0;

	for (int aligned = 1; aligned >= 0; aligned--) {
		for (size_t i = 0; i < verifier->n && ret == 0; i++) {
			struct verification *v = &verifier->verifications[i];

			if (v->viable && !v->chosen && (aligned == 0 ||
			    v->result.alignment != SEAL_UNALIGNED))
				ret = choose(verifier, v);
		}
	}
	return ret;
}

static int
find_from(struct seal_verifier *verifier)
{
	struct header *header = &verifier->intake.header;
	struct span name = SPAN("from"), domain = none;
	size_t addresses = 0;
	int ret;

	verifier->from_count = header_count(header, name);
	if (verifier->from_count != 1)
		return 0;
	ret = address_domain(header_last(header, name)->value, header->arena,
	    &domain, &addresses);
	if (ret < 0)
		return SEAL_E_NOMEM;
	if (ret == 0 && addresses == 1)
		verifier->from_domain = domain;
	return 0;
}

static int
on_header(void *arg)
{
	struct seal_verifier *verifier = arg;
	int ret = find_from(verifier);

	if (ret == 0)
		ret = parse_all(verifier);
	if (ret == 0)
		ret = choose_all(verifier);
	return ret;
}

int
seal_verifier_new(const struct seal_verify_options *options,
    struct seal_verifier **verifier_r)
{
	struct seal_verifier *verifier = calloc(1, sizeof(*verifier));
	int ret;

	if (verifier == NULL)
		return SEAL_E_NOMEM;
	ret = seal_verifier_reset(verifier, options);
	if (ret != 0)
		seal_verifier_free(&verifier);
	*verifier_r = verifier;
	return ret;
}

int
seal_verifier_reset(struct seal_verifier *verifier,
    const struct seal_verify_options *options)
{
	queries_clear(&verifier->queries);
	verifier->verifications = NULL;
	verifier->n = 0;
	verifier->from_domain = none;
	verifier->from_count = 0;
	if (!options_are_usable(options))
		return SEAL_E_OPTION;
	verifier->options = *options;
	intake_reset(&verifier->intake, options->max_header_bytes, on_header,
	    verifier);
	return 0;
}

void
seal_verifier_free(struct seal_verifier **verifier)
{
	struct seal_verifier *v = *verifier;

	*verifier = NULL;
	if (v == NULL)
		return;
	queries_clear(&v->queries);
	digest_deinit(&v->digest);
	intake_deinit(&v->intake);
	free(v);
}

int
seal_verifier_field(struct seal_verifier *verifier, struct span field)
{
	return intake_field(&verifier->intake, field);
}

int
seal_verifier_end_header(struct seal_verifier *verifier)
{
	return intake_end_header(&verifier->intake);
}

int
seal_verifier_body(struct seal_verifier *verifier, struct span chunk)
{
	return intake_body(&verifier->intake, chunk);
}

int
seal_verifier_feed(struct seal_verifier *verifier, struct span bytes,
    enum seal_line_ends line_ends)
{
	return intake_feed(&verifier->intake, bytes, line_ends);
}

bool
seal_verifier_in_body(const struct seal_verifier *verifier)
{
	return verifier->intake.stage != INTAKE_HEADER;
}

size_t
seal_verifier_query_count(const struct seal_verifier *verifier)
{
	return verifier->queries.n;
}

const char *
seal_verifier_query(const struct seal_verifier *verifier, size_t i)
{
	return i < verifier->queries.n ? verifier->queries.items[i].name :
	    NULL;
}

int
seal_verifier_answer(struct seal_verifier *verifier, size_t i,
    const struct seal_answer *answer)
{
	if (verifier->intake.stage != INTAKE_BODY)
		return SEAL_E_ORDER;
	return queries_answer(&verifier->queries, i, answer);
}

static enum seal_reason
judge_key_size(const struct seal_verify_options *options,
    const struct seal_record_info *info)
{
	if (info->algorithm != SEAL_RSA_SHA256)
		return SEAL_WHY_OK;
	if (info->bits < options->min_rsa_bits)
		return SEAL_WHY_KEY_TOO_SMALL;
	return info->bits > options->max_rsa_bits ? SEAL_WHY_KEY_TOO_LARGE :
	    SEAL_WHY_OK;
}

/* Whether the key may be used for this signature (RFC 6376 sections 3.6.1 and
 * 6.1.2). */
static enum seal_reason
judge_key(const struct seal_verifier *verifier, const struct signature *s,
    const struct seal_record_info *info)
{
	const struct algorithm *algorithm = algorithm_of(s->algorithm);

	if (info->reason != SEAL_WHY_OK)
		return info->reason;
	if (!span_eq(algorithm_of(info->algorithm)->key_type,
	    algorithm->key_type))
		return SEAL_WHY_KEY_MISMATCH;
	if (info->hashes.n > 0 &&
	    !tag_value_lists(info->hashes, algorithm->hash_name))
		return SEAL_WHY_KEY_HASH;
	if (!tag_value_lists(info->services, SPAN("*")) &&
	    !tag_value_lists(info->services, SPAN("email")))
		return SEAL_WHY_KEY_SERVICE;
	if ((info->flags & SEAL_RECORD_STRICT) != 0 &&
	    !span_eq(s->ascii_identity_domain, s->ascii_domain))
		return SEAL_WHY_KEY_IDENTITY;
	return judge_key_size(&verifier->options, info);
}

static enum seal_reason
judge_body(struct seal_verifier *verifier, struct verification *v)
{
	const struct signature *s = &v->signature;
	uint64_t octets = body_hashes_octets(&verifier->intake.bodies,
	    s->body_canon);

	if (v->body->failed)
		return SEAL_WHY_NO_MEMORY;
	if (s->has_length && s->length > octets)
		return SEAL_WHY_LENGTH_BEYOND_BODY;
	if (s->has_length)
		v->result.unsigned_octets = octets - s->length;
	if (!span_eq(s->body_hash, span_of(v->body->value, s->body_hash.n)))
		return SEAL_WHY_BODY_HASH;
	return SEAL_WHY_OK;
}

/* The signed header fields, from the bottom up for each name, and the
 * signature field itself last (RFC 6376 sections 3.7 and 5.4.2).  A name
 * without a field left adds nothing. */
static int
digest_header(struct seal_verifier *verifier, const struct signature *s)
{
	struct header *header = &verifier->intake.header;
	uint32_t selection = header_select(header);
	struct span rest = s->signed_headers, name;
	struct header_field *field;

	/* it was not there yet when the fields were signed */
	s->field->taken_by = selection;
	while (tag_next_item(&rest, &name)) {
		field = header_take(header, selection, name);
		if (field != NULL && canon_header_digest(&verifier->digest,
		    header, field, s->header_canon) < 0)
			return -1;
	}
	return signature_digest(&verifier->digest, header->arena,
	    s->field->raw, s->b_raw, s->header_canon);
}

static enum seal_reason
judge_signature(struct seal_verifier *verifier, const struct signature *s,
    struct seal_record *record)
{
	enum digest_type type = algorithm_of(s->algorithm)->digest;
	unsigned char value[DIGEST_MAX_OCTETS];
	int ret;

	if (digest_start(&verifier->digest, type) < 0 ||
	    digest_header(verifier, s) < 0 ||
	    digest_finish(&verifier->digest, value) < 0)
		return SEAL_WHY_NO_MEMORY;
	ret = record_verify(record, s->algorithm,
	    span_of(value, digest_octets(type)), s->b);
	if (ret < 0)
		return SEAL_WHY_NO_MEMORY;
	return ret > 0 ? SEAL_WHY_OK : SEAL_WHY_SIGNATURE;
}

static enum seal_reason
judge_with_key(struct seal_verifier *verifier, struct verification *v,
    struct span *detail_r)
{
	struct seal_record *record = v->query->answer.record;
	const struct seal_record_info *info = seal_record_info(record);
	enum seal_reason reason;

	v->result.dnssec = v->query->answer.dnssec;
	v->result.key_bits = info->bits;
	if ((info->flags & SEAL_RECORD_TESTING) != 0)
		v->result.flags |= SEAL_RESULT_TESTING;
	if ((info->flags & SEAL_RECORD_STRICT) != 0)
		v->result.flags |= SEAL_RESULT_STRICT;
	*detail_r = info->bad_tag;
	reason = judge_key(verifier, &v->signature, info);
	if (reason == SEAL_WHY_OK)
		reason = judge_body(verifier, v);
	if (reason == SEAL_WHY_OK)
		reason = judge_signature(verifier, &v->signature, record);
	if (reason == SEAL_WHY_OK && v->result.unsigned_octets > 0 &&
	    !verifier->options.allow_partial_body)
		reason = SEAL_WHY_PARTIAL_BODY;
	return reason;
}

static void
judge(struct seal_verifier *verifier, struct verification *v)
{
	enum seal_reason reason = query_judge(v->query);
	struct span detail = none;

	if (reason == SEAL_WHY_OK)
		reason = judge_with_key(verifier, v, &detail);
	result_set(&v->result, &verifier->intake.arena, reason, detail);
}

int
seal_verifier_finish(struct seal_verifier *verifier)
{
	int ret = intake_finish(&verifier->intake);

	for (size_t i = 0; i < verifier->n && ret == 0; i++) {
		if (verifier->verifications[i].chosen)
			judge(verifier, &verifier->verifications[i]);
	}
	return ret;
}

size_t
seal_verifier_result_count(const struct seal_verifier *verifier)
{
	return verifier->n;
}

const struct seal_result *
seal_verifier_result(const struct seal_verifier *verifier, size_t i)
{
	return i < verifier->n ? &verifier->verifications[i].result : NULL;
}

enum seal_verdict
seal_verifier_overall(const struct seal_verifier *verifier)
{
	static const enum seal_verdict by_weight[] = { SEAL_PASS, SEAL_FAIL,
		SEAL_POLICY, SEAL_TEMPERROR, SEAL_PERMERROR };

	for (size_t w = 0; w < sizeof(by_weight) / sizeof(by_weight[0]); w++) {
		for (size_t i = 0; i < verifier->n; i++) {
			if (verifier->verifications[i].result.verdict ==
			    by_weight[w])
				return by_weight[w];
		}
	}
	return SEAL_NONE;
}

struct span
seal_verifier_from_domain(const struct seal_verifier *verifier)
{
	return verifier->from_domain;
}

size_t
seal_verifier_from_count(const struct seal_verifier *verifier)
{
	return verifier->from_count;
}
