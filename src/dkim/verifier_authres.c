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
#include "seal.h"

/* RFC 6008 */
#define MIN_SIGNATURE_VALUE 8

/* Twice that, if each octet needs a backslash, still fits a line (RFC 5322
 * section 2.1.1). */
#define MAX_VALUE 450

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
add_property(struct seal_clause *clause, const char *name, struct span value)
{
	if (value.n == 0 || value.n > MAX_VALUE)
		return;
	clause->properties[clause->n_properties++] = (struct seal_property){
		.type = SPAN("header"),
		.name = span_of_text(name),
		.value = value,
	};
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
		clause->reason = span_first(span_of_text(result->why), MAX_VALUE);
	if ((result->flags & SEAL_RESULT_TESTING) != 0)
		clause->comment = SPAN("test mode");
	add_property(clause, "d", result->domain);
	add_property(clause, "i", result->identity);
	add_property(clause, "s", result->selector);
	add_property(clause, "a", result->algorithm_name);
	add_property(clause, "b", short_signature(verifier, i));
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
	struct seal_clause none = {
		.method = SPAN("dkim"),
		.method_version = 1,
		.result = SPAN("none"),
	};
	struct arena arena = { 0 };
	size_t n = seal_verifier_result_count(verifier);
	int ret;

	*text_r = NULL;
	if (n == 0) {
		return seal_authres_format(&(struct seal_authres){
			.authserv_id = authserv_id,
			.version = 1,
			.clauses = &none,
			.n_clauses = 1,
		}, text_r);
	}
	if (n > SEAL_MAX_CLAUSES) /* SEAL_MAX_SIGNATURES of them were parsed */
		n = SEAL_MAX_CLAUSES;
	ret = format_results(verifier, n, authserv_id, &arena, text_r);
	arena_deinit(&arena);
	return ret;
}
