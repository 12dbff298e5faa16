/*
 * Any bytes as a message; the last three say how it is read and cut, and what
 * the DNS answers.  Every result has a reason and the verdict of that reason;
 * cutting changes none; Authentication-Results can be written of them and read;
 * and a message that can be signed verifies then.
 */
#include "fuzz.h"

#include "base/buffer.h"
#include "seal.h"

#define NOW 1700000000

/* For tests alone. */
static const char pem[] =
    "-----BEGIN PRIVATE KEY-----\n"
    "MC4CAQAwBQYDK2VwBCIEIGoaUX6fXpLk6I/aDbrKYWatRTTc23OXAZ03WQeYAsdT\n"
    "-----END PRIVATE KEY-----\n";

#define ED25519_P "5Yxd1nYp9Sj0mnq/ro1V0Z/bXZUzHYFDAh8GrUvRw+o="
#define RSA_P \
    "MIGfMA0GCSqGSIb3DQEBAQUAA4GNADCBiQKBgQDeaYXhlk89hdAot4ud3+n7U+fh" \
    "3i1yRVY3kPZA0S3KNpne69A2ZoeVqF+apHZMBVL+z2ZZW5jfQoVUjhUeS94xhkWW" \
    "0JWij92sKQEy3qpgApki8EqHwgQUkjSSxnNifC6KR0Xfdqm2qVM6kaFrWnZTNkFC" \
    "oEwpUqFOKhgIcsV0WwIDAQAB"

static const char *const records[] = {
	"v=DKIM1; k=ed25519; p=" ED25519_P,
	"v=DKIM1; k=rsa; t=y:s; p=" RSA_P,
	"v=DKIM1; p=",
	"v=DKIM1; h=sha1; k=ed25519; s=other; p=" ED25519_P,
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

static struct seal_verify_options
options_of(uint8_t choice)
{
	struct seal_verify_options options;

	seal_verify_options_init(&options);
	options.now = NOW;
	options.max_signatures = 20;
	options.min_rsa_bits = 512;
	options.allow_rsa_sha1 = (choice & 2) != 0;
	options.allow_partial_body = (choice & 4) != 0;
	options.refuse_future = (choice & 8) != 0;
	return options;
}

static void
answer(struct seal_verifier *verifier, uint8_t choice)
{
	for (size_t i = 0; i < seal_verifier_query_count(verifier); i++) {
		struct seal_answer answer = { .dns = SEAL_DNS_ANSWERED };
		unsigned which = (choice + (unsigned)i) % 8;

		if (which == 7)
			continue; /* no answer */
		if (which >= 4)
			answer.dns = (enum seal_dns)(which - 3);
		answer.record = record_of(which);
		must(seal_verifier_answer(verifier, i, &answer) == 0);
	}
}

static struct seal_verifier *
verify(struct span message, size_t step, const uint8_t *how)
{
	struct seal_verify_options options = options_of(how[0]);
	enum seal_line_ends line_ends = (how[0] & 1) != 0 ? SEAL_LINES_FILE :
	    SEAL_LINES_CRLF;
	struct seal_verifier *verifier = NULL;

	must(seal_verifier_new(&options, &verifier) == 0);
	while (message.n > 0) {
		struct span piece = span_first(message, step);

		must(seal_verifier_feed(verifier, piece, line_ends) == 0);
		message = span_from(message, piece.n);
	}
	if (!seal_verifier_in_body(verifier))
		must(seal_verifier_end_header(verifier) == 0);
	answer(verifier, how[2]);
	must(seal_verifier_finish(verifier) == 0);
	return verifier;
}

static void
check_results(const struct seal_verifier *verifier)
{
	enum seal_verdict overall = seal_verifier_overall(verifier);
	size_t n = seal_verifier_result_count(verifier);
	bool found = n == 0 && overall == SEAL_NONE;

	for (size_t i = 0; i < n; i++) {
		const struct seal_result *result =
		    seal_verifier_result(verifier, i);

		must(result->reason != SEAL_WHY_NO_SIGNATURE);
		must(result->verdict == seal_reason_verdict(result->reason));
		must(result->why != NULL && result->why[0] != '\0');
		must(result->verdict != SEAL_PASS || result->key_bits > 0);
		must(result->verdict != SEAL_PASS || overall == SEAL_PASS);
		found = found || result->verdict == overall;
	}
	must(found);
}

static void
check_authres(const struct seal_verifier *verifier)
{
	struct span us = SPAN("mx.example.org");
	struct seal_authres *authres = NULL;
	const char *why = NULL;
	char *text = NULL;
	size_t n = seal_verifier_result_count(verifier);

	must(seal_authres_of_verifier(verifier, us, &text) == 0);
	must(seal_authres_claims(span_of_text(text), us));
	must(seal_authres_parse(span_of_text(text), &authres, &why) == 0);
	if (n == 0)
		n = 1; /* dkim=none */
	must(authres->n_clauses == (n < SEAL_MAX_CLAUSES ? n :
	    SEAL_MAX_CLAUSES));
	seal_authres_free(&authres);
	seal_text_free(&text);
}

static void
check_same(const struct seal_verifier *a, const struct seal_verifier *b)
{
	size_t n = seal_verifier_result_count(a);

	must(n == seal_verifier_result_count(b));
	for (size_t i = 0; i < n; i++)
		must(seal_verifier_result(a, i)->reason ==
		    seal_verifier_result(b, i)->reason);
	must(seal_verifier_query_count(a) == seal_verifier_query_count(b));
	must(span_eq(seal_verifier_from_domain(a),
	    seal_verifier_from_domain(b)));
}

/* The message with a signature on top, or nothing if it cannot be signed. */
static struct buffer
sign(struct span message, uint8_t choice)
{
	struct seal_sign_options options;
	struct seal_profile *profile = NULL;
	struct seal_signer *signer = NULL;
	struct buffer out = { 0 };
	const char *why = NULL;

	seal_sign_options_init(&options);
	options.domain = SPAN("a.test");
	options.selector = SPAN("s1");
	options.header_canon = (enum seal_canon)(choice & 1);
	options.body_canon = (enum seal_canon)(choice >> 1 & 1);
	options.body_length = (choice & 4) != 0;
	options.copy_headers = (choice & 8) != 0;
	options.key = key_of_tests();
	must(seal_profile_new(&options, &profile, &why) == 0);
	must(seal_signer_new(NOW, &signer) == 0);
	must(seal_signer_add(signer, profile) == 0);
	(void)seal_signer_feed(signer, message, SEAL_LINES_CRLF);
	if (seal_signer_finish(signer) == 0) {
		buffer_add(&out, seal_signer_signature(signer, 0));
		buffer_add_text(&out, "\r\n");
		buffer_add(&out, message);
	} else {
		must(seal_signer_why(signer) != NULL);
		must(seal_signer_signature(signer, 0).n == 0);
	}
	seal_signer_free(&signer);
	seal_profile_unref(&profile);
	return out;
}

/* It holds, unless the message asks for so many other keys first. */
static void
check_signed(struct span message, uint8_t choice)
{
	static const uint8_t how[] = { 4, 0, 0 };
	struct buffer text = sign(message, choice);
	struct seal_verify_options options = options_of(how[0]);
	struct seal_verifier *verifier = NULL;
	struct seal_answer right = { .dns = SEAL_DNS_ANSWERED,
		.record = record_of(0) };
	enum seal_reason reason;

	if (text.n == 0)
		return;
	must(seal_verifier_new(&options, &verifier) == 0);
	must(seal_verifier_feed(verifier, buffer_span(&text),
	    SEAL_LINES_CRLF) == 0);
	if (!seal_verifier_in_body(verifier))
		must(seal_verifier_end_header(verifier) == 0);
	for (size_t i = 0; i < seal_verifier_query_count(verifier); i++)
		must(seal_verifier_answer(verifier, i, &right) == 0);
	must(seal_verifier_finish(verifier) == 0);
	reason = seal_verifier_result(verifier, 0)->reason;
	must(reason == SEAL_WHY_OK || reason == SEAL_WHY_TOO_MANY_SIGNATURES ||
	    reason == SEAL_WHY_TOO_MANY_QUERIES ||
	    reason == SEAL_WHY_HEADER_TOO_LARGE);
	seal_verifier_free(&verifier);
	buffer_deinit(&text);
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct seal_verifier *whole, *cut;
	struct span message = span_of(data, size);
	uint8_t how[3] = { 0 };

	if (size >= sizeof(how)) {
		message.n -= sizeof(how);
		memcpy(how, data + message.n, sizeof(how));
	}
	whole = verify(message, size, how);
	cut = verify(message, (size_t)how[1] % 64 + 1, how);
	check_results(whole);
	check_same(whole, cut);
	check_authres(whole);
	/* behind a line that begins with white space there is no field */
	if (message.n > 0 && !byte_is_wsp(message.p[0]))
		check_signed(message, how[2]);
	seal_verifier_free(&whole);
	seal_verifier_free(&cut);
	return 0;
}
