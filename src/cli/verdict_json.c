/*
 * verdict_json.c: results as one JSON object.
 *
 * Members that were not found in the field are null, so that every signature
 * has the same members.  jansson's setters take over what they are given and
 * fail on NULL, so one look at the end tells of lost memory.
 */
#include "cli/verdict.h"

#include "cli/text.h"

static const char *
alignment_word(enum seal_alignment alignment)
{
	switch (alignment) {
	case SEAL_UNALIGNED:
		return "none";
	case SEAL_ALIGNED_RELAXED:
		return "relaxed";
	case SEAL_ALIGNED_STRICT:
		return "strict";
	}
	return "none";
}

static json_t *
canonicalization(const struct seal_result *result)
{
	if (result->algorithm_name.n == 0)
		return json_null();
	return json_sprintf("%s/%s", seal_canon_name(result->header_canon),
	    seal_canon_name(result->body_canon));
}

static json_t *
number_if(const struct seal_result *result, unsigned flag, int64_t number)
{
	return (result->flags & flag) != 0 ? json_integer(number) : json_null();
}

static json_t *
octets(uint64_t n)
{
	return json_integer(n > INT64_MAX ? INT64_MAX : (json_int_t)n);
}

static json_t *
result_json(const struct seal_result *r)
{
	const struct {
		const char *name;
		json_t *value;
	} members[] = {
		{ "result", json_string(seal_verdict_word(r->verdict)) },
		{ "domain", text_json_or_null(r->domain) },
		{ "selector", text_json_or_null(r->selector) },
		{ "identity", text_json_or_null(r->identity) },
		{ "algorithm", text_json_or_null(r->algorithm_name) },
		{ "canonicalization", canonicalization(r) },
		{ "key_bits", json_integer(r->key_bits) },
		{ "testing",
		    json_boolean((r->flags & SEAL_RESULT_TESTING) != 0) },
		{ "reason", json_string(seal_reason_word(r->reason)) },
		{ "why", text_json(span_of_text(r->why)) },
		{ "query", r->query != NULL ? json_string(r->query) :
		    json_null() },
		{ "dnssec", json_string(verdict_dnssec_word(r->dnssec)) },
		{ "alignment", json_string(alignment_word(r->alignment)) },
		{ "signed_headers", text_json_or_null(r->signed_headers) },
		{ "timestamp",
		    number_if(r, SEAL_RESULT_HAS_TIMESTAMP, r->timestamp) },
		{ "expiration",
		    number_if(r, SEAL_RESULT_HAS_EXPIRATION, r->expiration) },
		{ "length", (r->flags & SEAL_RESULT_HAS_LENGTH) != 0 ?
		    octets(r->length) : json_null() },
		{ "unsigned_octets", octets(r->unsigned_octets) },
	};
	json_t *object = json_object();
	int failed = 0;

	for (size_t i = 0; i < sizeof(members) / sizeof(members[0]); i++)
		failed |= json_object_set_new(object, members[i].name,
		    members[i].value);
	if (failed != 0) {
		json_decref(object);
		object = NULL;
	}
	return object;
}

static json_t *
signatures(const struct seal_verifier *verifier)
{
	size_t n = seal_verifier_result_count(verifier);
	json_t *list = json_array();

	for (size_t i = 0; i < n; i++) {
		if (json_array_append_new(list, result_json(
		    seal_verifier_result(verifier, i))) != 0) {
			json_decref(list);
			return NULL;
		}
	}
	return list;
}

json_t *
verdict_json(const struct seal_verifier *verifier, const char *authres)
{
	const char *overall =
	    seal_verdict_word(seal_verifier_overall(verifier));
	json_t *object = json_object();
	int failed = 0;

	failed |= json_object_set_new(object, "result", json_string(overall));
	failed |= json_object_set_new(object, "signatures",
	    signatures(verifier));
	failed |= json_object_set_new(object, "from_domain",
	    text_json_or_null(seal_verifier_from_domain(verifier)));
	failed |= json_object_set_new(object, "from_fields",
	    json_integer((json_int_t)seal_verifier_from_count(verifier)));
	if (authres != NULL)
		failed |= json_object_set_new(object, "authentication_results",
		    text_json(span_of_text(authres)));
	if (failed != 0) {
		json_decref(object);
		object = NULL;
	}
	return object;
}
