/*
 * verdict.c: a line per signature.
 *
 * The first word is the verdict, then come words with "=" that a script can
 * pick, and behind the colon a sentence.
 */
#include "cli/verdict.h"

#include "cli/command.h"
#include "cli/text.h"

#include <inttypes.h>
#include <stdio.h>
#include <sysexits.h>

const char *
verdict_dnssec_word(enum seal_dnssec dnssec)
{
	switch (dnssec) {
	case SEAL_DNSSEC_UNKNOWN:
		return "unknown";
	case SEAL_DNSSEC_INSECURE:
		return "insecure";
	case SEAL_DNSSEC_SECURE:
		return "secure";
	}
	return "unknown";
}

static void
print_word(const char *name, struct span value)
{
	if (value.n == 0)
		return;
	printf(" %s=", name);
	text_print(value);
}

static void
print_result(const struct seal_result *result)
{
	printf("%s", seal_verdict_word(result->verdict));
	print_word("d", result->domain);
	print_word("s", result->selector);
	print_word("a", result->algorithm_name);
	if (result->algorithm_name.n > 0)
		printf(" c=%s/%s", seal_canon_name(result->header_canon),
		    seal_canon_name(result->body_canon));
	if (result->key_bits > 0)
		printf(" bits=%u", result->key_bits);
	if ((result->flags & SEAL_RESULT_TESTING) != 0)
		printf(" testing=yes");
	if (result->dnssec != SEAL_DNSSEC_UNKNOWN)
		printf(" dnssec=%s", verdict_dnssec_word(result->dnssec));
	if (result->unsigned_octets > 0)
		printf(" unsigned=%" PRIu64, result->unsigned_octets);
	printf(" reason=%s: ", seal_reason_word(result->reason));
	text_print(span_of_text(result->why));
	printf("\n");
}

void
verdict_print(const struct seal_verifier *verifier)
{
	size_t n = seal_verifier_result_count(verifier);

	for (size_t i = 0; i < n; i++)
		print_result(seal_verifier_result(verifier, i));
	if (n == 0)
		printf("%s reason=%s: %s\n", seal_verdict_word(SEAL_NONE),
		    seal_reason_word(SEAL_WHY_NO_SIGNATURE),
		    seal_reason_sentence(SEAL_WHY_NO_SIGNATURE));
}

int
verdict_status(enum seal_verdict overall)
{
	switch (overall) {
	case SEAL_PASS:
		return EX_OK;
	case SEAL_TEMPERROR:
		return EX_TEMPFAIL;
	case SEAL_NONE:
	case SEAL_FAIL:
	case SEAL_NEUTRAL:
	case SEAL_POLICY:
	case SEAL_PERMERROR:
		return COMMAND_NEGATIVE;
	}
	return COMMAND_NEGATIVE;
}
