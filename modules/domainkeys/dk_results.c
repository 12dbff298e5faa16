/*
 * dk_results.c: lines for the log, and counters.
 */
#include "dk_results.h"

#include "ec_metrics.h"
#include "ec_result_log.h"

static const struct {
	enum seal_verdict verdict;
	const char *labels;
} rows[] = {
	{ SEAL_NONE, "result=\"none\"" },
	{ SEAL_PASS, "result=\"pass\"" },
	{ SEAL_FAIL, "result=\"fail\"" },
	{ SEAL_POLICY, "result=\"policy\"" },
	{ SEAL_TEMPERROR, "result=\"temperror\"" },
	{ SEAL_PERMERROR, "result=\"permerror\"" },
};
#define ROWS (sizeof(rows) / sizeof(rows[0]))

static int verdicts[ROWS], verifying_errors;

void
dk_results_register(void)
{
	for (size_t i = 0; i < ROWS; i++)
		verdicts[i] = ec_metric_counter("domainkeys_verified",
		    "Messages verified with DomainKeys, by the result for the "
		    "message.", rows[i].labels);
	verifying_errors = ec_metric_counter("errors",
	    "Troubles by their kind.", "kind=\"verifying\"");
}

static void
count(const struct dk_findings *findings)
{
	if (findings == NULL) {
		ec_metric_add(verifying_errors, 1);
		return;
	}
	for (size_t i = 0; i < ROWS; i++) {
		if (rows[i].verdict == findings->verdict)
			ec_metric_add(verdicts[i], 1);
	}
}

static const char *
source_of(const struct seal_dk_party *party)
{
	switch (party->source) {
	case SEAL_DK_NOBODY:
		break;
	case SEAL_DK_SENDER:
		return "Sender";
	case SEAL_DK_FROM:
		return "From";
	}
	return "nothing";
}

static void
trace_policy(const struct dk_checker *checker,
    const struct seal_dk_verifier *verifier)
{
	const struct seal_dk_party *party = seal_dk_verifier_party(verifier);
	const struct seal_dk_policy *policy = seal_dk_verifier_policy(verifier);

	ec_mod_debug(checker->self, DDEBUG, "responsible domain '%.*s', by %s",
	    (int)party->domain.n, (const char *)party->domain.p,
	    source_of(party));
	ec_mod_debug(checker->self, DDEBUG, "policy: %s%s%s, reports to "
	    "'%.*s'", policy->found ? "" : "none found, so ",
	    policy->signs_all ? "it signs all mail" : "it may sign",
	    policy->testing ? ", test mode" : "", (int)policy->report.n,
	    (const char *)policy->report.p);
}

void
dk_results_trace(const struct dk_checker *checker,
    const struct seal_dk_verifier *verifier)
{
	size_t n = seal_dk_verifier_result_count(verifier);

	if (!ec_mod_debug_enabled(checker->self, DDEBUG))
		return;
	trace_policy(checker, verifier);
	for (size_t i = 0; i < n; i++) {
		const struct seal_dk_result *r =
		    seal_dk_verifier_result(verifier, i);

		ec_mod_debug(checker->self, DDEBUG, "signature %zu of '%.*s': "
		    "key '%s': %s (%s)%s", i + 1, (int)r->domain.n,
		    (const char *)r->domain.p,
		    r->query != NULL ? r->query : "",
		    seal_verdict_word(r->verdict), r->why,
		    (r->flags & SEAL_DK_RESULT_TESTING) != 0 ?
		    ", in test mode" : "");
	}
}

void
dk_results_tell(const struct dk_checker *checker,
    const struct dk_findings *findings, u_int64_t nanoseconds)
{
	struct ec_result result = {
		.result = "error",
		.reason = "it could not be verified",
		.nanoseconds = nanoseconds,
		.is_trouble = 1,
	};

	count(findings);
	if (findings != NULL) {
		result.is_trouble = findings->verdict != SEAL_PASS &&
		    findings->verdict != SEAL_NONE;
		result.result = seal_verdict_word(findings->verdict);
		result.reason = result.is_trouble ? findings->why : NULL;
		result.domain = findings->domain;
		result.selector = findings->selector;
		result.signatures = findings->signatures;
		result.signature_count = findings->signatures != NULL ?
		    findings->count : 0;
	}
	ec_result_log(checker->self, &result);
}
