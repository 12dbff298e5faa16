/*
 * Any bytes as a message; the last three say how it is read and cut, and what
 * the DNS answers.  Every result has a reason and the verdict of that reason;
 * cutting changes none; the outcome is one of the words there are;
 * Authentication-Results can be written; and a message that can be signed
 * verifies then.
 */
#include "fuzz.h"

#include "base/buffer.h"
#include "seal.h"

/* For tests alone. */
static const char pem[] =
    "-----BEGIN PRIVATE KEY-----\n"
    "MIIBVQIBADANBgkqhkiG9w0BAQEFAASCAT8wggE7AgEAAkEAxmdolB83zw2YX1yX\n"
    "WTtexPESpDnUHU6Yjxk4dhzd2F5alz103l4Ubnw06/7tuQVdq2US69/DzPRfb6Sf\n"
    "hUciLQIDAQABAkEAwFP58qyYgySgssClDqEY6zzuXziXwJkyFnXSX9z3yQdpRFiX\n"
    "KawZcoGKJ01st2d+8K03FZL/sX2NHt7FG33aWQIhAOH5S9gd/Gy8ghvlNk4EMUZl\n"
    "yNJD6fwMi2tmQsCDKb/nAiEA4MRMS9YSWzHrq04sc/EP3U8/nwrF/gUqeduTCEEN\n"
    "mssCIQDL2en6p2pc6V1yLr9jd9K/z/hu/ocpMmPfWhvjsS9LhwIgClVcAJyN6X1p\n"
    "DU4hww7RIOaU0TYIlj4cjs+medmry3MCIH2FpiPw1PNPloohrwMZCCFiK1g1D9CA\n"
    "JGDpaqqUP2Tm\n"
    "-----END PRIVATE KEY-----\n";

#define RSA_P \
    "MFwwDQYJKoZIhvcNAQEBBQADSwAwSAJBAMZnaJQfN88NmF9cl1k7XsTxEqQ51B1O" \
    "mI8ZOHYc3dheWpc9dN5eFG58NOv+7bkFXatlEuvfw8z0X2+kn4VHIi0CAwEAAQ=="

static const char *const records[] = {
	"p=" RSA_P,
	"o=-; r=abuse@a.test",
	"g=j*; t=y; k=rsa; p=" RSA_P,
	"o=~; t=y; p=",
};

/* Parsed once: that is not what is tested here. */
static struct seal_record *
record_of(unsigned which)
{
	static struct seal_record *parsed[4];
	struct span text = span_of_text(records[which % 4]);

	if (parsed[which % 4] == NULL)
		must(seal_record_parse(&text, 1, &parsed[which % 4]) == 0);
	return parsed[which % 4];
}

static struct seal_key *
key_of_tests(void)
{
	static struct seal_key *key;
	const char *why = NULL;

	if (key == NULL)
		must(seal_key_from_pem(span_of_text(pem), &key, &why) == 0);
	return key;
}

static struct seal_dk_verify_options
options_of(uint8_t choice)
{
	struct seal_dk_verify_options options;

	seal_dk_verify_options_init(&options);
	options.max_signatures = SEAL_MAX_SIGNATURES;
	options.min_rsa_bits = SEAL_MIN_RSA_BITS;
	options.empty_granularity_is_none = (choice & 2) != 0;
	return options;
}

static void
answer(struct seal_dk_verifier *verifier, uint8_t choice)
{
	for (size_t i = 0; i < seal_dk_verifier_query_count(verifier); i++) {
		struct seal_answer answer = { .dns = SEAL_DNS_ANSWERED };
		unsigned which = (choice + (unsigned)i) % 8;

		if (which == 7)
			continue; /* no answer */
		if (which >= 4)
			answer.dns = (enum seal_dns)(which - 3);
		answer.record = record_of(which);
		must(seal_dk_verifier_answer(verifier, i, &answer) == 0);
	}
}

static struct seal_dk_verifier *
verify(struct span message, size_t step, const uint8_t *how)
{
	struct seal_dk_verify_options options = options_of(how[0]);
	enum seal_line_ends line_ends = (how[0] & 1) != 0 ? SEAL_LINES_FILE :
	    SEAL_LINES_CRLF;
	struct seal_dk_verifier *verifier = NULL;

	must(seal_dk_verifier_new(&options, &verifier) == 0);
	while (message.n > 0) {
		struct span piece = span_first(message, step);

		must(seal_dk_verifier_feed(verifier, piece, line_ends) == 0);
		message = span_from(message, piece.n);
	}
	if (!seal_dk_verifier_in_body(verifier))
		must(seal_dk_verifier_end_header(verifier) == 0);
	answer(verifier, how[2]);
	must(seal_dk_verifier_finish(verifier) == 0);
	return verifier;
}

static void
check_results(const struct seal_dk_verifier *verifier)
{
	struct seal_dk_outcome outcome = seal_dk_verifier_outcome(verifier);
	struct seal_authres *authres = NULL;
	const char *why = NULL;
	char *text = NULL;
	size_t n = seal_dk_verifier_result_count(verifier);

	for (size_t i = 0; i < n; i++) {
		const struct seal_dk_result *result =
		    seal_dk_verifier_result(verifier, i);

		must(result->reason != SEAL_WHY_NO_SIGNATURE);
		must(result->verdict == seal_reason_verdict(result->reason));
		must(result->why != NULL && result->why[0] != '\0');
		must(result->verdict != SEAL_PASS ||
		    outcome.verdict == SEAL_PASS);
	}
	must(outcome.why != NULL);
	must((outcome.verdict == SEAL_PASS) == (outcome.status != NULL &&
	    strcmp(outcome.status, "good") == 0));
	must(outcome.status == NULL || outcome.header != NULL);
	must(seal_authres_of_dk_verifier(verifier, SPAN("mx.test"),
	    &text) == 0);
	must(seal_authres_parse(span_of_text(text), &authres, &why) == 0);
	must(authres->n_clauses == (n == 0 ? 1 : n > SEAL_MAX_CLAUSES ?
	    SEAL_MAX_CLAUSES : n));
	seal_authres_free(&authres);
	seal_text_free(&text);
}

static void
check_same(const struct seal_dk_verifier *a, const struct seal_dk_verifier *b)
{
	size_t n = seal_dk_verifier_result_count(a);

	must(n == seal_dk_verifier_result_count(b));
	for (size_t i = 0; i < n; i++)
		must(seal_dk_verifier_result(a, i)->reason ==
		    seal_dk_verifier_result(b, i)->reason);
	must(seal_dk_verifier_outcome(a).reason ==
	    seal_dk_verifier_outcome(b).reason);
}

/* Signed by a.test if it can be. */
static struct buffer
sign(struct span message, uint8_t choice)
{
	struct seal_dk_sign_options options;
	struct seal_dk_profile *profile = NULL;
	struct seal_dk_signer *signer = NULL;
	struct buffer out = { 0 };
	const char *why = NULL;

	seal_dk_sign_options_init(&options);
	options.domain = SPAN("a.test");
	options.selector = SPAN("s1");
	options.canon = (enum seal_dk_canon)(choice & 1);
	options.no_list = (choice & 2) != 0;
	if (!options.no_list && (choice & 4) != 0)
		options.headers = SPAN("Subject:X:Received:From");
	options.allow_weak_key = true;
	options.key = key_of_tests();
	must(seal_dk_profile_new(&options, &profile, &why) == 0);
	must(seal_dk_signer_new(&signer) == 0);
	must(seal_dk_signer_add(signer, profile) == 0);
	(void)seal_dk_signer_feed(signer, message, SEAL_LINES_CRLF);
	if (seal_dk_signer_finish(signer) == 0) {
		buffer_add(&out, seal_dk_signer_signature(signer, 0));
		buffer_add_text(&out, "\r\n");
		buffer_add(&out, message);
	} else {
		must(seal_dk_signer_why(signer) != NULL);
		must(seal_dk_signer_signature(signer, 0).n == 0);
	}
	seal_dk_signer_free(&signer);
	seal_dk_profile_unref(&profile);
	return out;
}

/* It holds, unless the header is over what a verifier takes. */
static void
check_signed(struct span message, uint8_t choice)
{
	struct buffer text = sign(message, choice);
	struct seal_dk_verify_options options = options_of(0);
	struct seal_dk_verifier *verifier = NULL;
	struct seal_answer right = { .dns = SEAL_DNS_ANSWERED,
		.record = record_of(0) };
	enum seal_reason reason;

	if (text.n == 0)
		return;
	must(seal_dk_verifier_new(&options, &verifier) == 0);
	must(seal_dk_verifier_feed(verifier, buffer_span(&text),
	    SEAL_LINES_CRLF) == 0);
	if (!seal_dk_verifier_in_body(verifier))
		must(seal_dk_verifier_end_header(verifier) == 0);
	for (size_t i = 0; i < seal_dk_verifier_query_count(verifier); i++)
		must(seal_dk_verifier_answer(verifier, i, &right) == 0);
	must(seal_dk_verifier_finish(verifier) == 0);
	reason = seal_dk_verifier_result(verifier, 0)->reason;
	must(reason == SEAL_WHY_OK || reason == SEAL_WHY_HEADER_TOO_LARGE);
	seal_dk_verifier_free(&verifier);
	buffer_deinit(&text);
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct seal_dk_verifier *whole, *cut;
	struct span message = span_of(data, size);
	struct seal_dk_policy policy;
	uint8_t how[3] = { 0 };

	seal_dk_policy_parse(message, &policy);
	must(policy.found || !policy.signs_all);
	if (size >= sizeof(how)) {
		message.n -= sizeof(how);
		memcpy(how, data + message.n, sizeof(how));
	}
	whole = verify(message, size, how);
	cut = verify(message, (size_t)how[1] % 64 + 1, how);
	check_results(whole);
	check_same(whole, cut);
	/* behind a line that begins with white space there is no field */
	if (message.n > 0 && !byte_is_wsp(message.p[0]))
		check_signed(message, how[2]);
	seal_dk_verifier_free(&whole);
	seal_dk_verifier_free(&cut);
	return 0;
}
