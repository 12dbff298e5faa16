/*
 * Any bytes as a message to verify, its first octet choosing what the DNS
 * says.  Every signature gets a verdict that belongs to its reason, and none
 * passes, for no key that is offered has signed anything.
 */
#include "base/span.h"
#include "seal.h"

#include <stdlib.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void
must(bool holds)
{
	if (!holds)
		abort();
}

/* RFC 8463 appendix A.2: the Ed25519 key; and records that are none. */
static const struct span records[] = {
	SPAN_INIT("v=DKIM1; k=ed25519; "
	    "p=11qYAYKxCrfVS/7TyWQHOg7hcvPapiMlrwIaaPcHURo="),
	SPAN_INIT("v=DKIM1; p="),
	SPAN_INIT("v=spf1 -all"),
};

static void
answer(struct seal_verifier *verifier, size_t i, unsigned choice)
{
	struct seal_answer a = { .dns = (enum seal_dns)(choice % 4) };
	size_t which = choice / 4 % 4;

	if (seal_record_parse(&records[which % 3], which < 3,
	    &a.record) != 0)
		return;
	must(seal_verifier_answer(verifier, i, &a) == 0);
	seal_record_unref(&a.record);
}

static void
check_results(const struct seal_verifier *verifier)
{
	const struct seal_result *r;
	char *text = NULL;

	for (size_t i = 0; i < seal_verifier_result_count(verifier); i++) {
		r = seal_verifier_result(verifier, i);
		must(r->verdict != SEAL_PASS && r->verdict != SEAL_NONE);
		must(r->verdict == seal_reason_verdict(r->reason));
		must(r->why != NULL);
	}
	if (seal_authres_of_verifier(verifier, SPAN("mx.a.test"), &text) == 0)
		must(text != NULL);
	seal_text_free(&text);
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct seal_verify_options options;
	struct seal_verifier *verifier;
	unsigned choice = size == 0 ? 0 : data[0];

	seal_verify_options_init(&options);
	options.now = 1750000000;
	options.allow_rsa_sha1 = (choice & 0x40) != 0;
	options.allow_partial_body = (choice & 0x80) != 0;
	if (seal_verifier_new(&options, &verifier) != 0)
		return 0;
	if (size > 0)
		must(seal_verifier_feed(verifier, span_of(data + 1, size - 1),
		    SEAL_LINES_FILE) == 0);
	if (!seal_verifier_in_body(verifier))
		must(seal_verifier_end_header(verifier) == 0);
	for (size_t i = 0; i < seal_verifier_query_count(verifier); i++)
		answer(verifier, i, choice + (unsigned)i);
	must(seal_verifier_finish(verifier) == 0);
	check_results(verifier);
	seal_verifier_free(&verifier);
	return 0;
}
