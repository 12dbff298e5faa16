/*
 * results.c: lines for the log.
 */
#include "results.h"

#include "ec_result_log.h"
#include "numbers.h"

static const char *
word_of(int status)
{
	switch (status) {
	case EC_DKIM_NONE:
		return "none";
	case EC_DKIM_PASS:
		return "pass";
	case EC_DKIM_FAIL:
		return "fail";
	case EC_DKIM_NEUTRAL:
		return "neutral";
	case EC_DKIM_POLICY:
		return "policy";
	case EC_DKIM_TEMPERROR:
		return "temperror";
	default:
		return "permerror";
	}
}

static const char *
text_of(const char *text)
{
	return text != NULL ? text : "";
}

static void
trace(const struct checker *checker, const ec_dkim_verify_results *results)
{
	ec_mod_debug(checker->self, DDEBUG, "%d signature%s", results->count,
	    results->count == 1 ? "" : "s");
	for (int i = 0; i < results->count; i++) {
		const ec_dkim_verify_result *item = &results->items[i];

		ec_mod_debug(checker->self, DDEBUG, "signature %d of '%s': key "
		    "'%s._domainkey.%s': %s (%s)", i + 1, text_of(item->domain),
		    text_of(item->selector), text_of(item->domain),
		    word_of(item->status), text_of(item->diagnostic));
	}
}

/* Room for all that the verifier looks at. */
#define SIGNATURES SEAL_MAX_SIGNATURES

static void
add_signatures(const ec_dkim_verify_results *results,
    struct ec_result_signature list[SIGNATURES], struct ec_result *result)
{
	int n = results->count < SIGNATURES ? results->count : SIGNATURES;

	for (int i = 0; i < n; i++)
		list[i] = (struct ec_result_signature){
			.result = word_of(results->items[i].status),
			.domain = results->items[i].domain,
			.selector = results->items[i].selector,
		};
	result->signatures = list;
	result->signature_count = (size_t)n;
}

void
results_tell(const struct checker *checker, const struct findings *findings,
    u_int64_t nanoseconds)
{
	struct ec_result result = {
		.result = "error",
		.reason = "it could not be verified",
		.nanoseconds = nanoseconds,
		.is_trouble = 1,
	};
	struct ec_result_signature list[SIGNATURES];
	const ec_dkim_verify_result *item;

	if (findings != NULL) {
		int status = findings->results.status;

		result.result = word_of(status);
		result.reason = NULL;
		result.is_trouble = status != EC_DKIM_PASS &&
		    status != EC_DKIM_NONE;
		if (ec_mod_debug_enabled(checker->self, DDEBUG))
			trace(checker, &findings->results);
	}
	if (findings != NULL && findings->decisive >= 0) {
		item = &findings->results.items[findings->decisive];
		result.domain = item->domain;
		result.selector = item->selector;
		result.reason = result.is_trouble ? item->diagnostic : NULL;
	}
	if (findings != NULL && findings->results.count > 1)
		add_signatures(&findings->results, list, &result);
	check_numbers_verdict(findings != NULL ? findings->results.status :
	    -1);
	ec_result_log(checker->self, &result);
}
