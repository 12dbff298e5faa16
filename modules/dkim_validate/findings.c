/*
 * findings.c: verify, and copy what is to stay.
 */
#include "findings.h"

#include "dkim/memory.h"
#include "ec_atomic.h"
#include "ec_signing_stats.h"
#include "results.h"

#define BLOBJECT_KEY "dkim_validate:findings"

static int
status_of(enum seal_verdict verdict)
{
	switch (verdict) {
	case SEAL_NONE:
		return EC_DKIM_NONE;
	case SEAL_PASS:
		return EC_DKIM_PASS;
	case SEAL_FAIL:
		return EC_DKIM_FAIL;
	case SEAL_NEUTRAL:
		return EC_DKIM_NEUTRAL;
	case SEAL_POLICY:
		return EC_DKIM_POLICY;
	case SEAL_TEMPERROR:
		return EC_DKIM_TEMPERROR;
	case SEAL_PERMERROR:
		return EC_DKIM_PERMERROR;
	}
	return EC_DKIM_PERMERROR;
}

static int
alignment_of(enum seal_alignment alignment)
{
	switch (alignment) {
	case SEAL_UNALIGNED:
		return EC_DKIM_UNALIGNED;
	case SEAL_ALIGNED_RELAXED:
		return EC_DKIM_ALIGNED_RELAXED;
	case SEAL_ALIGNED_STRICT:
		return EC_DKIM_ALIGNED_STRICT;
	}
	return EC_DKIM_UNALIGNED;
}

static void
fill_item(ec_dkim_verify_result *item, const struct seal_result *result)
{
	*item = (ec_dkim_verify_result){
		.status = status_of(result->verdict),
		.diagnostic = memory_text(result->why),
		.query = checking_text(result->query_methods),
		.algorithm = checking_text(result->algorithm_name),
		.reason = seal_reason_word(result->reason),
		.domain = checking_text(result->domain),
		.selector = checking_text(result->selector),
		.identity = checking_text(result->identity),
		.header_canon = seal_canon_name(result->header_canon),
		.body_canon = seal_canon_name(result->body_canon),
		.key_bits = result->key_bits,
		.testing = (result->flags & SEAL_RESULT_TESTING) != 0,
		.alignment = alignment_of(result->alignment),
	};
}

static void
drop_text(const char *text)
{
	memory_free((void *)(uintptr_t)text);
}

static void
findings_free(struct findings *findings)
{
	for (int i = 0; i < findings->results.count; i++) {
		const ec_dkim_verify_result *item = &findings->results.items[i];

		drop_text(item->diagnostic);
		drop_text(item->query);
		drop_text(item->algorithm);
		drop_text(item->domain);
		drop_text(item->selector);
		drop_text(item->identity);
	}
	memory_free((void *)(uintptr_t)findings->results.items);
	seal_text_free(&findings->authres);
	memory_free(findings);
}

EC_MODULE_EXPORT void
ec_dkim_verify_results_addref(ec_dkim_verify_results *results)
{
	(void)ec_atomic_inc(&results->ref);
}

EC_MODULE_EXPORT void
ec_dkim_verify_results_release(ec_dkim_verify_results *results)
{
	if (results != NULL && ec_atomic_dec(&results->ref) == 0)
		findings_free((struct findings *)results);
}

/* The result that speaks for the message: of those that agree with the overall
 * verdict the best aligned, and of these the first. */
static void
choose_decisive(struct findings *findings)
{
	const ec_dkim_verify_results *results = &findings->results;

	findings->decisive = -1;
	for (int i = 0; i < results->count; i++) {
		const ec_dkim_verify_result *item = &results->items[i];

		if (item->status != results->status)
			continue;
		if (findings->decisive < 0 || item->alignment >
		    results->items[findings->decisive].alignment)
			findings->decisive = i;
		if (item->status == EC_DKIM_PASS &&
		    item->alignment > findings->alignment)
			findings->alignment = item->alignment;
	}
}

static struct findings *
take_findings(const struct checker *checker,
    const struct seal_verifier *verifier)
{
	const char *id = checker->authserv_id;
	size_t n = seal_verifier_result_count(verifier);
	struct findings *findings = memory_new(sizeof(*findings));
	ec_dkim_verify_result *items = n == 0 ? NULL :
	    memory_new(n * sizeof(*items));
	int ret;

	for (size_t i = 0; i < n; i++)
		fill_item(&items[i], seal_verifier_result(verifier, i));
	findings->results = (ec_dkim_verify_results){
		.ref = 1,
		.count = (int)n,
		.status = status_of(seal_verifier_overall(verifier)),
		.items = items,
	};
	choose_decisive(findings);
	ret = seal_authres_of_verifier(verifier, (struct span){
	    (const unsigned char *)id, strlen(id) }, &findings->authres);
	if (ret != 0)
		ec_mod_debug(checker->self, DERROR,
		    "no Authentication-Results: %s", seal_error_word(ret));
	return findings;
}

static int
verify(struct checker *checker, struct seal_verifier *verifier,
    ec_message *msg)
{
	struct resolver_lookup *lookup;
	int ret = checking_begin(&checker->checking, verifier, msg, &lookup);

	if (ret == 0)
		ret = checking_end(verifier, lookup);
	resolver_lookup_free(&lookup);
	return ret;
}

static struct findings *
find_out(struct checker *checker, ec_message *msg)
{
	struct seal_verifier *verifier = checking_borrow(&checker->checking);
	u_int64_t began = ec_signing_stats_clock();
	struct findings *findings = NULL;
	int ret = verifier == NULL ? SEAL_E_NOMEM :
	    verify(checker, verifier, msg);

	if (ret == 0)
		findings = take_findings(checker, verifier);
	else
		ec_mod_debug(checker->self, DERROR, "not verified: %s",
		    seal_error_word(ret));
	if (verifier != NULL)
		checking_give_back(&checker->checking, verifier);
	results_tell(checker, findings, ec_signing_stats_clock() - began);
	return findings;
}

static void
let_go(void *findings)
{
	ec_dkim_verify_results_release(&((struct findings *)findings)->results);
}

struct findings *
findings_of(struct checker *checker, ec_message *msg)
{
	static ec_blobject_class class = {
		.objectType = BLOBJECT_KEY, .dtor = let_go,
	};
	ec_blobject *blobject = ec_message_blobject_get(msg, BLOBJECT_KEY);
	struct findings *findings;

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
