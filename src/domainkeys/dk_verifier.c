/*
 * dk_verifier.c: one message in, a result for each DomainKey-Signature field
 * and one outcome out.
 *
 * At the end of the header the sender is found and every signature parsed;
 * those that can count name their keys and begin their hashes, which the body
 * then runs into.  At the end each is judged: the key first, then the
 * signature.  The policy of the sender's domain has its say last.
 */
#include "dkim/intake.h"
#include "dkim/queries.h"
#include "dkim/record.h"
#include "dkim/result.h"
#include "dkim/tags.h"
#include "domainkeys/dk_hashes.h"
#include "domainkeys/dk_party.h"
#include "domainkeys/dk_selection.h"
#include "domainkeys/dk_signature.h"
#include "domainkeys/dk_status.h"
#include "message/domain.h"

#include <stdlib.h>

struct verification { /* of one signature */
	struct dk_signature signature;
	struct dk_selection selection;
	struct seal_dk_result result;
	bool viable; /* nothing speaks against it so far */
	struct query *query;
	struct dk_hash *hash;
};

struct seal_dk_verifier {
	struct intake intake;
	struct dk_hashes hashes;
	struct seal_dk_verify_options options;
	struct verification *verifications;
	size_t n;
	struct queries queries;
	struct query *policy_query; /* NULL: nobody to ask about */
	struct seal_dk_party party;
	struct header_field *sender; /* the party's field */
	struct seal_dk_policy policy;
};

static const struct span none = { NULL, 0 };

void
seal_dk_verify_options_init(struct seal_dk_verify_options *options)
{
	*options = (struct seal_dk_verify_options){
		.max_header_bytes = 64 * 1024,
		.max_signatures = 5,
		.min_rsa_bits = 1024,
		.max_rsa_bits = 4096,
	};
}

static bool
options_are_usable(const struct seal_dk_verify_options *o)
{
	return o->max_header_bytes > 0 &&
	    o->max_header_bytes <= SEAL_MAX_HEADER_BYTES &&
	    o->max_signatures > 0 && o->max_signatures <= SEAL_MAX_SIGNATURES &&
	    o->min_rsa_bits <= o->max_rsa_bits &&
	    o->max_rsa_bits <= SEAL_MAX_RSA_BITS;
}

/* The sentences are those of DKIM: one table has them all. */
static void
set_reason(struct seal_dk_verifier *verifier, struct verification *v,
    enum seal_reason reason, struct span detail)
{
	struct seal_result words;

	result_set(&words, &verifier->intake.arena, reason, detail);
	v->result.verdict = words.verdict;
	v->result.reason = words.reason;
	v->result.why = words.why;
}

static void
refuse(struct seal_dk_verifier *verifier, struct verification *v,
    enum seal_reason reason, struct span detail)
{
	v->viable = false;
	set_reason(verifier, v, reason, detail);
}

static void
fill_result(struct verification *v)
{
	const struct dk_signature *s = &v->signature;
	struct seal_dk_result *r = &v->result;

	r->domain = s->domain;
	r->selector = s->selector;
	r->algorithm_name = s->algorithm_name;
	r->signature = s->b_text;
	r->signed_headers = s->signed_headers;
	r->query_methods = s->query_methods;
	r->canon = s->canon;
	if (s->has_list)
		r->flags |= SEAL_DK_RESULT_HAS_LIST;
}

/* Choose what is signed.  It must be said who signs, by a field that the
 * signature covers, and in the domain that signs (RFC 4870 section 3.3, d= and
 * h=). */
static enum seal_reason
judge_sender(struct seal_dk_verifier *verifier, struct verification *v)
{
	struct header *header = &verifier->intake.header;
	const struct dk_signature *s = &v->signature;
	size_t below = (size_t)s->field->index + 1;
	int ret;

	if (verifier->sender == NULL)
		return SEAL_WHY_SENDER;
	if (!domain_is_within(verifier->party.domain, s->ascii_domain))
		return SEAL_WHY_SENDER_DOMAIN;
	if (s->has_list)
		ret = dk_selection_listed(header, below, s->signed_headers,
		    &v->selection);
	else
		ret = dk_selection_all(header, below, &v->selection);
	if (ret != 0)
		return SEAL_WHY_NO_MEMORY;
	return dk_selection_holds(&v->selection, verifier->sender) ?
	    SEAL_WHY_OK : SEAL_WHY_SENDER_NOT_SIGNED;
}

static void
parse(struct seal_dk_verifier *verifier, struct verification *v,
    struct header_field *field, size_t position)
{
	bool over = verifier->intake.header.over;
	struct span fault = none;
	enum seal_reason reason;

	v->viable = true;
	v->result.field = field->index;
	if (position >= SEAL_MAX_SIGNATURES) {
		refuse(verifier, v, over ? SEAL_WHY_HEADER_TOO_LARGE :
		    SEAL_WHY_TOO_MANY_SIGNATURES, none);
		return;
	}
	reason = dk_signature_parse(field, &verifier->intake.arena,
	    &v->signature, &fault);
	fill_result(v);
	if (over)
		reason = SEAL_WHY_HEADER_TOO_LARGE;
	else if (reason == SEAL_WHY_OK)
		reason = judge_sender(verifier, v);
	if (reason != SEAL_WHY_OK)
		refuse(verifier, v, reason, over ? none : fault);
}

/* The signatures, from the top of the message down. */
static int
parse_all(struct seal_dk_verifier *verifier)
{
	struct header *header = &verifier->intake.header;
	struct span name = SPAN("domainkey-signature");
	size_t n = header_count(header, name);
	struct header_field *field = header_last(header, name);

	/* a header that was cut may have lost its signatures: say so */
	verifier->n = n == 0 && header->over ? 1 : n;
	verifier->verifications = arena_calloc(header->arena,
	    verifier->n, sizeof(*verifier->verifications));
	if (verifier->verifications == NULL)
		return SEAL_E_NOMEM;
	if (n < verifier->n)
		refuse(verifier, &verifier->verifications[0],
		    SEAL_WHY_HEADER_TOO_LARGE, none);
	for (; n > 0; n--, field = header_above(header, field))
		parse(verifier, &verifier->verifications[n - 1], field, n - 1);
	return 0;
}

static int
ask_for_policy(struct seal_dk_verifier *verifier)
{
	const struct span *domain = &verifier->party.domain;
	const char *name;

	if (verifier->sender == NULL)
		return 0;
	name = arena_printf(&verifier->intake.arena, "_domainkey.%.*s",
	    (int)domain->n, (const char *)domain->p);
	if (name == NULL)
		return SEAL_E_NOMEM;
	if (strlen(name) > DOMAIN_MAX_OCTETS)
		return 0;
	verifier->policy_query = queries_add(&verifier->queries, name);
	return 0;
}

static void
begin_hash(struct seal_dk_verifier *verifier, struct verification *v)
{
	const struct dk_selection *selection = &v->selection;

	v->hash = dk_hashes_start(&verifier->hashes, v->signature.canon);
	if (v->hash == NULL) {
		refuse(verifier, v, SEAL_WHY_NO_MEMORY, none);
		return;
	}
	for (size_t i = 0; i < selection->n; i++)
		dk_canon_field(&v->hash->digest, selection->fields[i]->raw,
		    v->signature.canon);
}

/* Ask for what is needed to judge a signature later. */
static int
choose(struct seal_dk_verifier *verifier, struct verification *v)
{
	const struct dk_signature *s = &v->signature;
	size_t first = verifier->policy_query != NULL ? 1 : 0;
	enum seal_reason reason;

	v->query = queries_want_key(&verifier->queries, &verifier->intake.arena,
	    s->ascii_selector, s->ascii_domain, first,
	    verifier->options.max_signatures, &reason);
	if (v->query == NULL && reason == SEAL_WHY_NO_MEMORY)
		return SEAL_E_NOMEM;
	if (v->query == NULL) {
		refuse(verifier, v, reason, none);
		return 0;
	}
	v->result.query = v->query->name;
	begin_hash(verifier, v);
	return 0;
}

static int
on_header(void *arg)
{
	struct seal_dk_verifier *verifier = arg;
	int ret;

	if (dk_party_find(&verifier->intake.header, &verifier->party,
	    &verifier->sender) < 0)
		return SEAL_E_NOMEM;
	ret = ask_for_policy(verifier);
	if (ret == 0)
		ret = parse_all(verifier);
	for (size_t i = 0; i < verifier->n && ret == 0; i++) {
		if (verifier->verifications[i].viable)
			ret = choose(verifier, &verifier->verifications[i]);
	}
	return ret;
}

static void
on_body(void *arg, struct span chunk)
{
	struct seal_dk_verifier *verifier = arg;

	dk_hashes_feed(&verifier->hashes, chunk);
}

int
seal_dk_verifier_new(const struct seal_dk_verify_options *options,
    struct seal_dk_verifier **verifier_r)
{
	struct seal_dk_verifier *verifier = calloc(1, sizeof(*verifier));
	int ret;

	if (verifier == NULL)
		return SEAL_E_NOMEM;
	ret = seal_dk_verifier_reset(verifier, options);
	if (ret != 0)
		seal_dk_verifier_free(&verifier);
	*verifier_r = verifier;
	return ret;
}

int
seal_dk_verifier_reset(struct seal_dk_verifier *verifier,
    const struct seal_dk_verify_options *options)
{
	queries_clear(&verifier->queries);
	verifier->policy_query = NULL;
	verifier->verifications = NULL;
	verifier->n = 0;
	verifier->sender = NULL;
	verifier->party = (struct seal_dk_party){ .source = SEAL_DK_NOBODY };
	verifier->policy = (struct seal_dk_policy){ .found = false };
	if (!options_are_usable(options))
		return SEAL_E_OPTION;
	verifier->options = *options;
	dk_hashes_init(&verifier->hashes);
	intake_reset(&verifier->intake, options->max_header_bytes, on_header,
	    verifier);
	verifier->intake.on_body = on_body;
	return 0;
}

void
seal_dk_verifier_free(struct seal_dk_verifier **verifier)
{
	struct seal_dk_verifier *v = *verifier;

	*verifier = NULL;
	if (v == NULL)
		return;
	queries_clear(&v->queries);
	dk_hashes_deinit(&v->hashes);
	intake_deinit(&v->intake);
	free(v);
}

int
seal_dk_verifier_field(struct seal_dk_verifier *verifier, struct span field)
{
	return intake_field(&verifier->intake, field);
}

int
seal_dk_verifier_end_header(struct seal_dk_verifier *verifier)
{
	return intake_end_header(&verifier->intake);
}

int
seal_dk_verifier_body(struct seal_dk_verifier *verifier, struct span chunk)
{
	return intake_body(&verifier->intake, chunk);
}

int
seal_dk_verifier_feed(struct seal_dk_verifier *verifier, struct span bytes,
    enum seal_line_ends line_ends)
{
	return intake_feed(&verifier->intake, bytes, line_ends);
}

bool
seal_dk_verifier_in_body(const struct seal_dk_verifier *verifier)
{
	return verifier->intake.stage != INTAKE_HEADER;
}

size_t
seal_dk_verifier_query_count(const struct seal_dk_verifier *verifier)
{
	return verifier->queries.n;
}

const char *
seal_dk_verifier_query(const struct seal_dk_verifier *verifier, size_t i)
{
	return i < verifier->queries.n ? verifier->queries.items[i].name :
	    NULL;
}

int
seal_dk_verifier_answer(struct seal_dk_verifier *verifier, size_t i,
    const struct seal_answer *answer)
{
	if (verifier->intake.stage != INTAKE_BODY)
		return SEAL_E_ORDER;
	return queries_answer(&verifier->queries, i, answer);
}

/* g= is the local part itself (RFC 4870 section 3.2.3), or, since keys serve
 * DKIM as well, has a "*" for anything (RFC 4871 section 3.6.1). */
static bool
granularity_allows(struct span g, struct span local)
{
	struct span tail = g, head;

	if (!span_cut(&tail, '*', &head))
		return span_eq(g, local);
	return local.n >= head.n + tail.n &&
	    span_eq(span_first(local, head.n), head) &&
	    span_eq(span_from(local, local.n - tail.n), tail);
}

static bool
may_sign(const struct seal_dk_verifier *verifier, struct span g)
{
	if (g.n == 0)
		return !verifier->options.empty_granularity_is_none;
	return granularity_allows(g, verifier->party.local);
}

/* Whether the key may be used for this signature.  h=, s= and t=s are DKIM's,
 * but what a key's owner rules out there is ruled out. */
static enum seal_reason
judge_key(const struct seal_dk_verifier *verifier, const struct dk_signature *s,
    const struct seal_record_info *info)
{
	const struct seal_dk_verify_options *o = &verifier->options;

	if (info->reason != SEAL_WHY_OK)
		return info->reason;
	if (info->algorithm != SEAL_RSA_SHA256)
		return SEAL_WHY_KEY_MISMATCH;
	if (info->hashes.n > 0 && !tag_value_lists(info->hashes, SPAN("sha1")))
		return SEAL_WHY_KEY_HASH;
	if (!tag_value_lists(info->services, SPAN("*")) &&
	    !tag_value_lists(info->services, SPAN("email")))
		return SEAL_WHY_KEY_SERVICE;
	if (!may_sign(verifier, info->granularity))
		return SEAL_WHY_KEY_GRANULARITY;
	if ((info->flags & SEAL_RECORD_STRICT) != 0 &&
	    !span_eq(verifier->party.domain, s->ascii_domain))
		return SEAL_WHY_KEY_IDENTITY;
	if (info->bits < o->min_rsa_bits)
		return SEAL_WHY_KEY_TOO_SMALL;
	return info->bits > o->max_rsa_bits ? SEAL_WHY_KEY_TOO_LARGE :
	    SEAL_WHY_OK;
}

static enum seal_reason
judge_signature(const struct verification *v, struct seal_record *record)
{
	int ret;

	if (v->hash->failed)
		return SEAL_WHY_NO_MEMORY;
	ret = record_verify(record, SEAL_RSA_SHA1,
	    span_of(v->hash->value, DK_HASH_OCTETS), v->signature.b);
	if (ret < 0)
		return SEAL_WHY_NO_MEMORY;
	return ret > 0 ? SEAL_WHY_OK : SEAL_WHY_SIGNATURE;
}

static enum seal_reason
judge_with_key(const struct seal_dk_verifier *verifier, struct verification *v,
    struct span *detail_r)
{
	struct seal_record *record = v->query->answer.record;
	const struct seal_record_info *info = seal_record_info(record);
	enum seal_reason reason;

	v->result.dnssec = v->query->answer.dnssec;
	v->result.key_bits = info->bits;
	if ((info->flags & SEAL_RECORD_TESTING) != 0)
		v->result.flags |= SEAL_DK_RESULT_TESTING;
	*detail_r = info->bad_tag;
	reason = judge_key(verifier, &v->signature, info);
	if (reason == SEAL_WHY_OK)
		reason = judge_signature(v, record);
	return reason;
}

static void
judge(struct seal_dk_verifier *verifier, struct verification *v)
{
	enum seal_reason reason = query_judge(v->query);
	struct span detail = none;

	if (reason == SEAL_WHY_OK)
		reason = judge_with_key(verifier, v, &detail);
	set_reason(verifier, v, reason, detail);
}

static void
read_policy(struct seal_dk_verifier *verifier)
{
	const struct query *query = verifier->policy_query;

	if (query != NULL && query_judge(query) == SEAL_WHY_OK)
		seal_dk_policy_parse(
		    seal_record_info(query->answer.record)->text,
		    &verifier->policy);
}

int
seal_dk_verifier_finish(struct seal_dk_verifier *verifier)
{
	int ret = intake_finish(&verifier->intake);

	if (ret != 0)
		return ret;
	dk_hashes_finish(&verifier->hashes);
	for (size_t i = 0; i < verifier->n; i++) {
		if (verifier->verifications[i].viable)
			judge(verifier, &verifier->verifications[i]);
	}
	read_policy(verifier);
	return 0;
}

size_t
seal_dk_verifier_result_count(const struct seal_dk_verifier *verifier)
{
	return verifier->n;
}

const struct seal_dk_result *
seal_dk_verifier_result(const struct seal_dk_verifier *verifier, size_t i)
{
	return i < verifier->n ? &verifier->verifications[i].result : NULL;
}

const struct seal_dk_party *
seal_dk_verifier_party(const struct seal_dk_verifier *verifier)
{
	return &verifier->party;
}

const struct seal_dk_policy *
seal_dk_verifier_policy(const struct seal_dk_verifier *verifier)
{
	return &verifier->policy;
}

/* The result that says most of the message, or NULL without one: a signature
 * that holds, else the first of the most telling kind.  One that does not hold
 * by a key in test mode says nothing. */
static const struct seal_dk_result *
deciding_result(const struct seal_dk_verifier *verifier)
{
	static const enum seal_verdict by_weight[] = { SEAL_PASS, SEAL_FAIL,
		SEAL_POLICY, SEAL_TEMPERROR, SEAL_PERMERROR };

	for (size_t w = 0; w < sizeof(by_weight) / sizeof(by_weight[0]); w++) {
		for (size_t i = 0; i < verifier->n; i++) {
			const struct seal_dk_result *result =
			    &verifier->verifications[i].result;

			if (result->verdict == by_weight[w] &&
			    (result->verdict == SEAL_PASS || (result->flags &
			    SEAL_DK_RESULT_TESTING) == 0))
				return result;
		}
	}
	return NULL;
}

/* What it means to have no signature. */
static enum seal_reason
judge_unsigned(const struct seal_dk_verifier *verifier)
{
	const struct query *query = verifier->policy_query;

	if (query == NULL)
		return SEAL_WHY_NO_SIGNATURE;
	if (query_judge(query) != SEAL_WHY_OK)
		return query_judge(query);
	return verifier->policy.signs_all && !verifier->policy.testing ?
	    SEAL_WHY_SIGNS_ALL : SEAL_WHY_NO_SIGNATURE;
}

struct seal_dk_outcome
seal_dk_verifier_outcome(const struct seal_dk_verifier *verifier)
{
	const struct seal_dk_result *result = deciding_result(verifier);
	enum seal_reason reason = result != NULL ? result->reason :
	    judge_unsigned(verifier);
	struct seal_dk_outcome outcome = {
		.verdict = seal_reason_verdict(reason),
		.reason = reason,
		.why = result != NULL ? result->why :
		    seal_reason_sentence(reason),
		.status = dk_status_text(reason),
		.header = dk_status_header(reason),
	};

	/* without a policy there is no ground to call unsigned mail bad */
	if (result == NULL && outcome.verdict == SEAL_TEMPERROR)
		outcome.status = NULL;
	return outcome;
}
