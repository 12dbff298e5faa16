/*
 * dk_signature.c: a table of tags, one small function for what each value must
 * be.
 *
 * c= and q= must be there, but the great senders of the time left them out:
 * what is absent is taken as "simple" and "dns", and what is there is strict.
 */
#include "domainkeys/dk_signature.h"

#include "base/base64.h"
#include "dkim/result.h"
#include "dkim/tags.h"
#include "message/domain.h"

struct parse {
	struct dk_signature *s;
	struct arena *arena;
	struct span fault;
};

static enum seal_reason
parse_domain(struct parse *p, const struct tag *tag)
{
	p->s->domain = tag->value;
	p->fault = tag->value;
	return result_of_decoding(domain_to_ascii(tag->value, p->arena,
	    &p->s->ascii_domain), SEAL_WHY_DOMAIN);
}

static enum seal_reason
parse_selector(struct parse *p, const struct tag *tag)
{
	p->s->selector = tag->value;
	p->fault = tag->value;
	return result_of_decoding(domain_to_ascii(tag->value, p->arena,
	    &p->s->ascii_selector), SEAL_WHY_SELECTOR);
}

static enum seal_reason
parse_algorithm(struct parse *p, const struct tag *tag)
{
	p->s->algorithm_name = tag->value;
	p->fault = tag->value;
	return span_ieq(tag->value, SPAN("rsa-sha1")) ? SEAL_WHY_OK :
	    SEAL_WHY_ALGORITHM;
}

static enum seal_reason
parse_canon(struct parse *p, const struct tag *tag)
{
	p->fault = tag->value;
	return seal_dk_canon_parse(tag->value, &p->s->canon) == 0 ?
	    SEAL_WHY_OK : SEAL_WHY_CANONICALIZATION;
}

static enum seal_reason
parse_query(struct parse *p, const struct tag *tag)
{
	p->s->query_methods = tag->value;
	p->fault = tag->value;
	return span_ieq(tag->value, SPAN("dns")) ? SEAL_WHY_OK :
	    SEAL_WHY_QUERY_METHOD;
}

static enum seal_reason
parse_b(struct parse *p, const struct tag *tag)
{
	struct dk_signature *s = p->s;

	if (base64_squeeze(tag->value, p->arena, &s->b_text) < 0)
		return SEAL_WHY_NO_MEMORY;
	if (s->b_text.n == 0 ||
	    s->b_text.n > base64_length(SEAL_MAX_SIGNATURE_VALUE))
		return SEAL_WHY_SIGNATURE_BASE64;
	return result_of_decoding(base64_decode(s->b_text, p->arena, &s->b),
	    SEAL_WHY_SIGNATURE_BASE64);
}

static enum seal_reason
parse_signed_headers(struct parse *p, const struct tag *tag)
{
	struct span rest = tag->value, name;
	size_t n = 0;

	p->s->signed_headers = tag->value;
	p->s->has_list = true;
	while (tag_next_item(&rest, &name)) {
		if (++n > SEAL_MAX_SIGNED_NAMES ||
		    !header_name_is_bearable(name)) {
			p->fault = name;
			return SEAL_WHY_SIGNED_HEADERS;
		}
	}
	return SEAL_WHY_OK;
}

/* In the order in which they are judged; tags we do not know are passed
 * over. */
static const struct {
	const char *name;
	bool required;
	enum seal_reason (*parse)(struct parse *, const struct tag *);
} tag_rules[] = {
	{ "d", true, parse_domain },
	{ "s", true, parse_selector },
	{ "a", false, parse_algorithm },
	{ "q", false, parse_query },
	{ "c", false, parse_canon },
	{ "b", true, parse_b },
	{ "h", false, parse_signed_headers },
};

/* Every tag, even after a fault, so that a result can name the domain of a
 * signature that is wrong elsewhere; the first fault counts. */
static enum seal_reason
parse_tags(struct parse *p, const struct tag_list *list, struct span *fault_r)
{
	enum seal_reason first = SEAL_WHY_OK, reason;

	for (size_t i = 0; i < sizeof(tag_rules) / sizeof(tag_rules[0]); i++) {
		const struct tag *tag = tag_list_find(list, tag_rules[i].name);

		p->fault = span_of(NULL, 0);
		reason = SEAL_WHY_OK;
		if (tag != NULL) {
			reason = tag_rules[i].parse(p, tag);
		} else if (tag_rules[i].required) {
			reason = SEAL_WHY_TAG_MISSING;
			p->fault = span_of_text(tag_rules[i].name);
		}
		if (first == SEAL_WHY_OK && reason != SEAL_WHY_OK) {
			first = reason;
			*fault_r = p->fault;
		}
	}
	return first;
}

enum seal_reason
dk_signature_parse(struct header_field *field, struct arena *arena,
    struct dk_signature *signature_r, struct span *fault_r)
{
	struct parse parse = { .s = signature_r, .arena = arena };
	struct tag_list list;
	enum seal_reason reason, tags;

	*signature_r = (struct dk_signature){
		.field = field,
		.algorithm_name = SPAN("rsa-sha1"),
		.canon = SEAL_DK_SIMPLE,
	};
	*fault_r = span_of(NULL, 0);
	if (field->raw.n > SEAL_MAX_SIGNATURE_BYTES)
		return SEAL_WHY_FIELD_TOO_LONG;
	reason = tag_list_parse(&list, field->value);
	tags = parse_tags(&parse, &list, fault_r);
	if (reason == SEAL_WHY_OK)
		return tags;
	*fault_r = list.at_fault;
	return reason;
}
