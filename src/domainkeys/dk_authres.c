/*
 * dk_authres.c: what a verifier found, as an Authentication-Results value.
 *
 * RFC 5451 section 2.4.1 has the words of this method: pass, fail, neutral,
 * policy, temperror, permerror, and none; later editions dropped the method,
 * not its name.  header.d and header.s say whose key it was, header.sender or
 * header.from whom it speaks for, header.b which signature it is (RFC 6008).
 */
#include "base/arena.h"
#include "message/clause.h"

#define SIGNATURE_VALUE 8 /* RFC 6008 */

enum { MAX_DK_PROPERTIES = 4 };

/* local@domain, or empty when there is nobody. */
static int
address_of(const struct seal_dk_party *party, struct arena *arena,
    struct span *address_r)
{
	unsigned char *text;

	*address_r = span_of(NULL, 0);
	if (party->source == SEAL_DK_NOBODY)
		return 0;
	text = arena_bytes(arena, party->local.n + 1 + party->domain.n);
	if (text == NULL)
		return SEAL_E_NOMEM;
	if (party->local.n > 0)
		memcpy(text, party->local.p, party->local.n);
	text[party->local.n] = '@';
	memcpy(text + party->local.n + 1, party->domain.p, party->domain.n);
	*address_r = span_of(text, party->local.n + 1 + party->domain.n);
	return 0;
}

static void
describe(const struct seal_dk_result *result, const char *field,
    struct span address, struct seal_clause *clause,
    struct seal_property *properties)
{
	*clause = (struct seal_clause){
		.method = SPAN("domainkeys"),
		.method_version = 1,
		.result = span_of_text(seal_verdict_word(result->verdict)),
		.properties = properties,
	};
	if (result->verdict != SEAL_PASS)
		clause->reason = span_first(span_of_text(result->why),
		    CLAUSE_MAX_VALUE);
	if ((result->flags & SEAL_DK_RESULT_TESTING) != 0)
		clause->comment = SPAN("test mode");
	clause_add(clause, "d", result->domain);
	clause_add(clause, "s", result->selector);
	clause_add(clause, field, address);
	clause_add(clause, "b", span_first(result->signature,
	    SIGNATURE_VALUE));
}

static int
format_results(const struct seal_dk_verifier *verifier, size_t n,
    struct span authserv_id, struct arena *arena, char **text_r)
{
	const struct seal_dk_party *party = seal_dk_verifier_party(verifier);
	const char *field = party->source == SEAL_DK_SENDER ? "sender" : "from";
	struct seal_clause *clauses = arena_calloc(arena, n, sizeof(*clauses));
	struct seal_property *properties = arena_calloc(arena,
	    n * MAX_DK_PROPERTIES, sizeof(*properties));
	struct span address;

	if (clauses == NULL || properties == NULL ||
	    address_of(party, arena, &address) != 0)
		return SEAL_E_NOMEM;
	for (size_t i = 0; i < n; i++)
		describe(seal_dk_verifier_result(verifier, i), field, address,
		    &clauses[i], &properties[i * MAX_DK_PROPERTIES]);
	return seal_authres_format(&(struct seal_authres){
		.authserv_id = authserv_id,
		.version = 1,
		.clauses = clauses,
		.n_clauses = n,
	}, text_r);
}

int
seal_authres_of_dk_verifier(const struct seal_dk_verifier *verifier,
    struct span authserv_id, char **text_r)
{
	size_t n = seal_dk_verifier_result_count(verifier);
	struct arena arena = { 0 };
	int ret;

	*text_r = NULL;
	if (n == 0)
		return clause_format_none(SPAN("domainkeys"), authserv_id,
		    text_r);
	if (n > SEAL_MAX_CLAUSES) /* SEAL_MAX_SIGNATURES of them were parsed */
		n = SEAL_MAX_CLAUSES;
	ret = format_results(verifier, n, authserv_id, &arena, text_r);
	arena_deinit(&arena);
	return ret;
}
