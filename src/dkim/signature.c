/*
 * signature.c: a table of tags, one small function for what each value must
 * be.
 */
#include "dkim/signature.h"

#include "base/base64.h"
#include "dkim/algorithm.h"
#include "dkim/quoted.h"
#include "dkim/result.h"
#include "message/canon_header.h"
#include "message/domain.h"

#define MAX_LENGTH_DIGITS 76 /* l= in RFC 6376 section 3.5 */
#define MAX_TIME_DIGITS 76 /* the RFC sets none; more is no time */

struct parse {
	struct signature *s;
	struct arena *arena;
	struct span fault;
};

static enum seal_reason
parse_version(struct parse *p, const struct tag *tag)
{
	(void)p;
	return span_eq(tag->value, SPAN("1")) ? SEAL_WHY_OK : SEAL_WHY_VERSION;
}

static enum seal_reason
parse_algorithm(struct parse *p, const struct tag *tag)
{
	p->s->algorithm_name = tag->value;
	p->s->algorithm = seal_algorithm_by_name(tag->value);
	if (p->s->algorithm != SEAL_ALGORITHM_NONE)
		return SEAL_WHY_OK;
	p->fault = tag->value;
	return SEAL_WHY_ALGORITHM;
}

static enum seal_reason
parse_b(struct parse *p, const struct tag *tag)
{
	struct signature *s = p->s;
	int ret;

	s->b_raw = tag->raw;
	if (base64_squeeze(tag->value, p->arena, &s->b_text) < 0)
		return SEAL_WHY_NO_MEMORY;
	if (s->b_text.n == 0 ||
	    s->b_text.n > base64_length(SEAL_MAX_SIGNATURE_VALUE))
		return SEAL_WHY_SIGNATURE_BASE64;
	ret = base64_decode(s->b_text, p->arena, &s->b);
	return result_of_decoding(ret, SEAL_WHY_SIGNATURE_BASE64);
}

static enum seal_reason
parse_body_hash(struct parse *p, const struct tag *tag)
{
	int ret = 1;

	if (tag->value.n > 0)
		ret = base64_decode(tag->value, p->arena, &p->s->body_hash);
	return result_of_decoding(ret, SEAL_WHY_BODY_HASH_BASE64);
}

static enum seal_reason
parse_canon(struct parse *p, const struct tag *tag)
{
	if (seal_canon_parse(tag->value, &p->s->header_canon,
	    &p->s->body_canon) == 0)
		return SEAL_WHY_OK;
	p->fault = tag->value;
	return SEAL_WHY_CANONICALIZATION;
}

static enum seal_reason
parse_domain(struct parse *p, const struct tag *tag)
{
	int ret;

	p->s->domain = tag->value;
	p->fault = tag->value;
	ret = domain_to_ascii(tag->value, p->arena, &p->s->ascii_domain);
	return result_of_decoding(ret, SEAL_WHY_DOMAIN);
}

/* selector = sub-domain *( "." sub-domain ) */
static enum seal_reason
parse_selector(struct parse *p, const struct tag *tag)
{
	int ret;

	p->s->selector = tag->value;
	p->fault = tag->value;
	ret = domain_to_ascii(tag->value, p->arena, &p->s->ascii_selector);
	return result_of_decoding(ret, SEAL_WHY_SELECTOR);
}

/* sig-h-tag = hdr-name *( [FWS] ":" [FWS] hdr-name ) */
static enum seal_reason
parse_signed_headers(struct parse *p, const struct tag *tag)
{
	struct span rest = tag->value, name;
	size_t n = 0;
	bool from = false;

	p->s->signed_headers = tag->value;
	while (tag_next_item(&rest, &name)) {
		if (++n > SEAL_MAX_SIGNED_NAMES ||
		    !header_name_is_bearable(name)) {
			p->fault = name;
			return SEAL_WHY_SIGNED_HEADERS;
		}
		from = from || span_ieq(name, SPAN("from"));
	}
	return from ? SEAL_WHY_OK : SEAL_WHY_FROM_NOT_SIGNED;
}

/* sig-i-tag = [ Local-part ] "@" domain-name, dkim-quoted-printable */
static enum seal_reason
parse_identity(struct parse *p, const struct tag *tag)
{
	struct signature *s = p->s;
	size_t at;
	int ret;

	ret = quoted_decode(tag->value, p->arena, &s->identity);
	if (ret != 0)
		return result_of_decoding(ret, SEAL_WHY_IDENTITY);
	p->fault = s->identity;
	for (at = s->identity.n; at > 0; at--) {
		if (s->identity.p[at - 1] == '@')
			break;
	}
	if (at == 0)
		return SEAL_WHY_IDENTITY;
	ret = domain_to_ascii(span_from(s->identity, at), p->arena,
	    &s->ascii_identity_domain);
	return result_of_decoding(ret, SEAL_WHY_IDENTITY);
}

static enum seal_reason
parse_length(struct parse *p, const struct tag *tag)
{
	p->fault = tag->value;
	p->s->has_length = true;
	return tag_value_number(tag->value, MAX_LENGTH_DIGITS, &p->s->length) ?
	    SEAL_WHY_OK : SEAL_WHY_LENGTH;
}

/* sig-q-tag-method = "dns/txt" / others, of which we know none; "dns" alone is
 * taken as the same, for "txt" is all that it could be */
static enum seal_reason
parse_query(struct parse *p, const struct tag *tag)
{
	p->s->query_methods = tag->value;
	p->fault = tag->value;
	return tag_value_lists(tag->value, SPAN("dns/txt")) ||
	    tag_value_lists(tag->value, SPAN("dns")) ?
	    SEAL_WHY_OK : SEAL_WHY_QUERY_METHOD;
}

static bool
parse_time(struct span value, int64_t *time_r)
{
	uint64_t number;

	if (!tag_value_number(value, MAX_TIME_DIGITS, &number))
		return false;
	*time_r = number > INT64_MAX ? INT64_MAX : (int64_t)number;
	return true;
}

static enum seal_reason
parse_timestamp(struct parse *p, const struct tag *tag)
{
	p->fault = tag->value;
	p->s->has_timestamp = parse_time(tag->value, &p->s->timestamp);
	return p->s->has_timestamp ? SEAL_WHY_OK : SEAL_WHY_TIMESTAMP;
}

static enum seal_reason
parse_expiration(struct parse *p, const struct tag *tag)
{
	p->fault = tag->value;
	p->s->has_expiration = parse_time(tag->value, &p->s->expiration);
	return p->s->has_expiration ? SEAL_WHY_OK : SEAL_WHY_EXPIRATION;
}

/* In the order in which they are judged; z= and tags we do not know are
 * passed over. */
static const struct {
	const char *name;
	bool required;
	enum seal_reason (*parse)(struct parse *, const struct tag *);
} tag_rules[] = {
	{ "d", true, parse_domain },
	{ "s", true, parse_selector },
	{ "v", true, parse_version },
	{ "a", true, parse_algorithm },
	{ "b", true, parse_b },
	{ "bh", true, parse_body_hash },
	{ "h", true, parse_signed_headers },
	{ "c", false, parse_canon },
	{ "i", false, parse_identity },
	{ "l", false, parse_length },
	{ "q", false, parse_query },
	{ "t", false, parse_timestamp },
	{ "x", false, parse_expiration },
};

/* What concerns more than one tag. */
static enum seal_reason
check_together(struct parse *p)
{
	struct signature *s = p->s;
	size_t octets = digest_octets(algorithm_of(s->algorithm)->digest);

	p->fault = span_of(NULL, 0);
	if (s->body_hash.n != octets)
		return SEAL_WHY_BODY_HASH_LENGTH;
	if (!domain_is_within(s->ascii_identity_domain, s->ascii_domain)) {
		p->fault = s->identity;
		return SEAL_WHY_IDENTITY_DOMAIN;
	}
	if (s->has_timestamp && s->has_expiration &&
	    s->expiration <= s->timestamp)
		return SEAL_WHY_EXPIRES_BEFORE_SIGNED;
	return SEAL_WHY_OK;
}

/* i= defaults to "@" and the domain of d=. */
static enum seal_reason
default_identity(struct parse *p)
{
	struct signature *s = p->s;
	unsigned char *text;

	if (s->identity.n > 0)
		return SEAL_WHY_OK;
	text = arena_bytes(p->arena, s->domain.n + 1);
	if (text == NULL)
		return SEAL_WHY_NO_MEMORY;
	text[0] = '@';
	memcpy(text + 1, s->domain.p, s->domain.n);
	s->identity = span_of(text, s->domain.n + 1);
	s->ascii_identity_domain = s->ascii_domain;
	return SEAL_WHY_OK;
}

/* Parse every tag, even after a fault, so that a result can name the domain
 * of a signature that is wrong elsewhere; the first fault counts. */
static enum seal_reason
parse_tags(struct parse *p, const struct tag_list *list)
{
	enum seal_reason first = SEAL_WHY_OK, reason;
	struct span first_fault = p->fault;
	const struct tag *tag;

	for (size_t i = 0; i < sizeof(tag_rules) / sizeof(tag_rules[0]); i++) {
		tag = tag_list_find(list, tag_rules[i].name);
		p->fault = span_of(NULL, 0);
		if (tag != NULL) {
			reason = tag_rules[i].parse(p, tag);
		} else {
			p->fault = span_of_text(tag_rules[i].name);
			reason = tag_rules[i].required ? SEAL_WHY_TAG_MISSING :
			    SEAL_WHY_OK;
		}
		if (first == SEAL_WHY_OK && reason != SEAL_WHY_OK) {
			first = reason;
			first_fault = p->fault;
		}
	}
	p->fault = first_fault;
	return first;
}

enum seal_reason
signature_parse(struct header_field *field, struct arena *arena,
    struct signature *signature_r, struct span *fault_r)
{
	struct parse parse = { .s = signature_r, .arena = arena };
	struct tag_list list;
	enum seal_reason reason, tags;

	*signature_r = (struct signature){ .field = field };
	*fault_r = span_of(NULL, 0);
	if (field->raw.n > SEAL_MAX_SIGNATURE_BYTES)
		return SEAL_WHY_FIELD_TOO_LONG;
	reason = tag_list_parse(&list, field->value);
	tags = parse_tags(&parse, &list);
	if (reason != SEAL_WHY_OK) {
		*fault_r = list.at_fault;
		return reason;
	}
	if (tags == SEAL_WHY_OK)
		tags = default_identity(&parse);
	if (tags == SEAL_WHY_OK)
		tags = check_together(&parse);
	*fault_r = parse.fault;
	return tags;
}

/* The field with the b= value cut out. */
static int
without_b(struct arena *arena, struct span field, struct span b_raw,
    struct span *copy_r)
{
	size_t before = (size_t)(b_raw.p - field.p);
	size_t behind = field.n - before - b_raw.n;
	unsigned char *copy = arena_bytes(arena, canon_header_room(field.n));

	if (copy == NULL)
		return -1;
	memcpy(copy, field.p, before);
	if (behind > 0)
		memcpy(copy + before, b_raw.p + b_raw.n, behind);
	*copy_r = span_of(copy, before + behind);
	return 0;
}

int
signature_digest(struct digest *digest, struct arena *arena,
    struct span field, struct span b_raw, enum seal_canon canon)
{
	struct span copy;
	unsigned char *relaxed;

	if (without_b(arena, field, b_raw, &copy) < 0)
		return -1;
	if (canon == SEAL_CANON_RELAXED) {
		relaxed = arena_bytes(arena, canon_header_room(copy.n));
		if (relaxed == NULL)
			return -1;
		copy = span_of(relaxed, canon_header_relaxed(copy, relaxed));
	}
	digest_add(digest, copy);
	return 0;
}
