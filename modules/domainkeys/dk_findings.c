/*
 * dk_findings.c: verify, and copy what is to stay.
 */
#include "dk_findings.h"

#include "dk_feed.h"
#include "dk_results.h"
#include "dkim/memory.h"
#include "ec_signing_stats.h"
#include "verifying/checking.h"

#define BLOBJECT_KEY "dk_validate:findings"

static void
findings_free(void *self)
{
	struct dk_findings *findings = self;

	for (size_t i = 0; findings->signatures != NULL &&
	    i < findings->count; i++) {
		memory_free((void *)(uintptr_t)findings->signatures[i].domain);
		memory_free((void *)(uintptr_t)
		    findings->signatures[i].selector);
	}
	memory_free(findings->signatures);
	memory_free(findings->why);
	memory_free(findings->domain);
	memory_free(findings->selector);
	seal_text_free(&findings->authres);
	memory_free(findings);
}

/* The signature that the outcome speaks of: the first of its reason.  One that
 * does not hold by a key in test mode decides nothing. */
static const struct seal_dk_result *
decisive(const struct seal_dk_verifier *verifier, enum seal_reason reason)
{
	size_t n = seal_dk_verifier_result_count(verifier);

	for (size_t i = 0; i < n; i++) {
		const struct seal_dk_result *result =
		    seal_dk_verifier_result(verifier, i);

		if (result->reason == reason &&
		    (result->verdict == SEAL_PASS || (result->flags &
		    SEAL_DK_RESULT_TESTING) == 0))
			return result;
	}
	return NULL;
}

static void
take_authres(const struct dk_checker *checker,
    const struct seal_dk_verifier *verifier, struct dk_findings *findings)
{
	const char *id = checker->authserv_id;
	int ret = seal_authres_of_dk_verifier(verifier, (struct span){
	    (const unsigned char *)id, strlen(id) }, &findings->authres);

	if (ret != 0)
		ec_mod_debug(checker->self, DERROR,
		    "no Authentication-Results: %s", seal_error_word(ret));
}

/* For the log: of one signature its line says all. */
static void
take_signatures(const struct seal_dk_verifier *verifier,
    struct dk_findings *findings)
{
	struct ec_result_signature *list;

	if (findings->count < 2)
		return;
	list = memory_new(findings->count * sizeof(*list));
	for (size_t i = 0; i < findings->count; i++) {
		const struct seal_dk_result *result =
		    seal_dk_verifier_result(verifier, i);

		list[i] = (struct ec_result_signature){
			.result = seal_verdict_word(result->verdict),
			.domain = checking_text(result->domain),
			.selector = checking_text(result->selector),
		};
	}
	findings->signatures = list;
}

static struct dk_findings *
take_findings(const struct dk_checker *checker,
    const struct seal_dk_verifier *verifier)
{
	struct seal_dk_outcome outcome = seal_dk_verifier_outcome(verifier);
	const struct seal_dk_result *result = decisive(verifier,
	    outcome.reason);
	struct dk_findings *findings = memory_new(sizeof(*findings));

	*findings = (struct dk_findings){
		.verdict = outcome.verdict,
		.reason = outcome.reason,
		.why = memory_text(outcome.why),
		.status = outcome.status,
		.header = outcome.header,
		.count = seal_dk_verifier_result_count(verifier),
	};
	if (result != NULL) {
		findings->domain = checking_text(result->domain);
		findings->selector = checking_text(result->selector);
	}
	take_signatures(verifier, findings);
	if (checker->authentication_results)
		take_authres(checker, verifier, findings);
	return findings;
}

/* Ask for the policy and all keys. */
static int
start(struct dk_checker *checker, const struct seal_dk_verifier *verifier,
    struct resolver_lookup **lookup_r)
{
	const char *names[RESOLVER_MAX_NAMES];
	size_t n = seal_dk_verifier_query_count(verifier);

	if (n > RESOLVER_MAX_NAMES)
		return SEAL_E_LIMIT;
	for (size_t i = 0; i < n; i++)
		names[i] = seal_dk_verifier_query(verifier, i);
	return resolver_start(checker->resolver, names, n, lookup_r);
}

/* Wait, and give the verifier its answers. */
static int
answer(struct resolver_lookup *lookup, struct seal_dk_verifier *verifier)
{
	size_t n = seal_dk_verifier_query_count(verifier);
	struct seal_answer answers[RESOLVER_MAX_NAMES];
	int ret = 0;

	resolver_wait(lookup, answers);
	for (size_t i = 0; i < n; i++) {
		if (ret == 0)
			ret = seal_dk_verifier_answer(verifier, i,
			    &answers[i]);
		seal_record_unref(&answers[i].record);
	}
	return ret;
}

/* The look-ups run while the body is hashed. */
static int
verify(struct dk_checker *checker, struct seal_dk_verifier *verifier,
    ec_message *msg)
{
	struct resolver_lookup *lookup = NULL;
	int ret = dk_feed_verifier_header(msg, verifier);

	if (ret == 0)
		ret = start(checker, verifier, &lookup);
	if (ret == 0)
		ret = dk_feed_verifier_body(msg, verifier);
	if (ret == 0)
		ret = answer(lookup, verifier);
	if (ret == 0)
		ret = seal_dk_verifier_finish(verifier);
	resolver_lookup_free(&lookup);
	return ret;
}

static struct dk_findings *
find_out(struct dk_checker *checker, ec_message *msg)
{
	struct seal_dk_verifier *verifier = dk_checker_borrow(checker);
	u_int64_t began = ec_signing_stats_clock();
	struct dk_findings *findings = NULL;
	int ret = verifier == NULL ? SEAL_E_NOMEM :
	    verify(checker, verifier, msg);

	if (ret == 0) {
		dk_results_trace(checker, verifier);
		findings = take_findings(checker, verifier);
	} else {
		ec_mod_debug(checker->self, DERROR, "not verified: %s",
		    seal_error_word(ret));
	}
	if (verifier != NULL)
		dk_checker_give_back(checker, verifier);
	dk_results_tell(checker, findings, ec_signing_stats_clock() - began);
	return findings;
}

struct dk_findings *
dk_findings_of(struct dk_checker *checker, ec_message *msg)
{
	static ec_blobject_class class = {
		.objectType = BLOBJECT_KEY, .dtor = findings_free,
	};
	ec_blobject *blobject = ec_message_blobject_get(msg, BLOBJECT_KEY);
	struct dk_findings *findings;

	if (blobject != NULL)
		return blobject->self;
	findings = find_out(checker, msg);
	if (findings == NULL)
		return NULL;
	blobject = ec_blobject_wrap(&class, findings);
	ec_message_blobject_store(msg, BLOBJECT_KEY, blobject);
	ec_blobject_delref(blobject);
	return findings;
}
