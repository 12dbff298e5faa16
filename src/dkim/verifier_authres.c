/*
 * verifier_authres.c: what a verifier found, as an Authentication-Results
 * value (RFC 8601 section 2.7.1, RFC 6008).
 *
 * One dkim clause stands for each signature, with header.d first, because old
 * readers look no further.  Every result but pass and none carries its reason,
 * as a sentence.  Properties that are not known are left out; so are values
 * that nobody writes but to break lines.  There is no comment for the size of
 * the key, since some readers stumble over comments; that a key is in test
 * mode is worth one, because its owner expects failures.
 */
#include "base/arena.h"
#include "message/clause.h"

/* RFC 6008 */
#define MIN_SIGNATURE_VALUE 8

enum { MAX_DKIM_PROPERTIES = 5 };

static size_t
common_length(struct span a, struct span b)
{
	size_t n = 0;

	while (n < a.n && n < b.n && a.p[n] == b.p[n])
		n++;
	return n;
}

/* As much of a signature as tells it from the others.  Two that are the same
 * throughout are both written whole: no length could part them. */
static struct span
short_signature(const struct seal_verifier *verifier, size_t i)
{
	struct span ours = seal_verifier_result(verifier, i)->signature;
	size_t n = MIN_SIGNATURE_VALUE;

	for (size_t j = 0; j < seal_verifier_result_count(verifier); j++) {
		struct span theirs = seal_verifier_result(verifier, j)->signature;
		size_t common = common_length(ours, theirs);

		if (j != i && common >= n)
			n = common + 1;
	}
	return span_first(ours, n);
}

static void
describe(const struct seal_verifier *verifier, size_t i,
    struct seal_clause *clause, struct seal_property *properties)
{
	const struct seal_result *result = seal_verifier_result(verifier, i);

	*clause = (struct seal_clause){
		.method = SPAN("dkim"),
		.method_version = 1,
		.result = span_of_text(seal_verdict_word(result->verdict)),
		.properties = properties,
	};
	if (result->verdict != SEAL_PASS && result->verdict != SEAL_NONE &&
	    result->why != NULL)
		clause->reason = span_first(span_of_text(result->why),
		    CLAUSE_MAX_VALUE);
	if ((result->flags & SEAL_RESULT_TESTING) != 0)
		clause->comment = SPAN("test mode");
	clause_add(clause, "d", result->domain);
	clause_add(clause, "i", result->identity);
	clause_add(clause, "s", result->selector);
	clause_add(clause, "a", result->algorithm_name);
	clause_add(clause, "b", short_signature(verifier, i));
}

static int
format_results(const struct seal_verifier *verifier, size_t n,
    struct span authserv_id, struct arena *arena, char **text_r)
{
	struct seal_clause *clauses;
	struct seal_property *properties;
	struct seal_authres authres = {
		.authserv_id = authserv_id,
		.version = 1,
		.n_clauses = n,
	};

	clauses = arena_calloc(arena, n, sizeof(*clauses));
	properties = arena_calloc(arena, n * MAX_DKIM_PROPERTIES,
	    sizeof(*properties));
	if (clauses == NULL || properties == NULL)
		return SEAL_E_NOMEM;
	for (size_t i = 0; i < n; i++)
		describe(verifier, i, &clauses[i],
		    &properties[i * MAX_DKIM_PROPERTIES]);
	authres.clauses = clauses;
	return seal_authres_format(&authres, text_r);
}

int
seal_authres_of_verifier(const struct seal_verifier *verifier,
    struct span authserv_id, char **text_r)
{
	struct arena arena = { 0 };
	size_t n = seal_verifier_result_count(verifier);
	int ret;

	*text_r = NULL;
	if (n == 0)
		return clause_format_none(SPAN("dkim"), authserv_id, text_r);
	if (n > SEAL_MAX_CLAUSES) /* SEAL_MAX_SIGNATURES of them were parsed */
		n = SEAL_MAX_CLAUSES;
	ret = format_results(verifier, n, authserv_id, &arena, text_r);
	arena_deinit(&arena);
	return ret;
}
