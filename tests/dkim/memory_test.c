/*
 * memory_test.c: libseal never aborts: an allocation that fails is an outcome
 * like any other, and nothing leaks then (seal.h, SEAL_E_NOMEM and
 * SEAL_WHY_NO_MEMORY).
 *
 * Each run lets one more allocation succeed, until the whole work does.
 */
#include "fixture.h"
#include "scarcity.h"

#define MESSAGE "Received: x\r\nFrom: =?utf-8?q?J?= <j@a.test>\r\n" \
    "Subject: a\r\n b\r\n\r\nHello  you.\r\n"

static struct seal_key *rsa, *ed25519;
static char *rsa_record, *ed25519_record;
static char *message; /* signed with both keys */
static size_t message_n;

static struct seal_sign_options
sign_options(struct seal_key *key)
{
	struct seal_sign_options options = fixture_sign_options(key,
	    key == rsa ? "r1" : "ed");

	options.identity = SPAN("j\xc3\xb6@b.a.test");
	options.copy_headers = true;
	return options;
}

static int
set_up(void **state)
{
	struct seal_sign_options options;
	char *once;

	(void)state;
	rsa = fixture_key(fixture_rsa1024);
	ed25519 = fixture_key(fixture_ed25519);
	assert_int_equal(seal_key_to_record(rsa, &rsa_record), 0);
	assert_int_equal(seal_key_to_record(ed25519, &ed25519_record), 0);
	options = sign_options(rsa);
	once = fixture_sign(&options, SPAN(MESSAGE), &message_n);
	options = sign_options(ed25519);
	message = fixture_sign(&options, span_of(once, message_n), &message_n);
	free(once);
	return 0;
}

static int
tear_down(void **state)
{
	(void)state;
	free(message);
	seal_text_free(&rsa_record);
	seal_text_free(&ed25519_record);
	seal_key_unref(&rsa);
	seal_key_unref(&ed25519);
	return 0;
}

static int
load_key(void)
{
	struct seal_key *key = NULL;
	const char *why = NULL;
	int ret = seal_key_from_pem(span_of_text(fixture_ed25519), &key, &why);

	if (ret != 0 && (key != NULL || why == NULL))
		return 1;
	seal_key_unref(&key);
	return ret;
}

static int
write_key(void)
{
	char *text = NULL;
	int ret = seal_key_to_pem(rsa, &text);

	if (ret == 0) {
		seal_text_free(&text);
		ret = seal_key_to_record(rsa, &text);
	}
	seal_text_free(&text);
	return ret;
}

static int
parse_records(void)
{
	struct span texts[] = { span_of_text("p="), span_of_text(rsa_record),
		span_of_text("v=DKIM1; k=x; p=") };
	struct seal_record *record = NULL;
	int ret = seal_record_parse(texts, COUNT(texts), &record);

	seal_record_unref(&record);
	return ret;
}

static int
make_profile(void)
{
	struct seal_sign_options options = sign_options(rsa);
	struct seal_profile *profile = NULL;
	const char *why = NULL;
	int ret = seal_profile_new(&options, &profile, &why);

	if (ret != 0 && (profile != NULL || why == NULL))
		return 1;
	seal_profile_unref(&profile);
	return ret;
}

static struct seal_profile *profiles[2];

static int
sign_message(void)
{
	struct seal_signer *signer = NULL;
	int ret = seal_signer_new(FIXTURE_NOW, &signer);

	for (size_t i = 0; i < COUNT(profiles) && ret == 0; i++)
		ret = seal_signer_add(signer, profiles[i]);
	if (ret == 0)
		ret = seal_signer_feed(signer, SPAN(MESSAGE), SEAL_LINES_CRLF);
	if (ret == 0)
		ret = seal_signer_finish(signer);
	if (ret != 0 && signer != NULL && (seal_signer_why(signer) == NULL ||
	    seal_signer_signature(signer, 0).n > 0))
		ret = 1; /* neither words nor half a signature */
	seal_signer_free(&signer);
	return ret;
}

static bool no_memory_seen;

/* What verifying found, if it could be done. */
static int
look_at_results(const struct seal_verifier *verifier)
{
	int ret = 0;

	for (size_t i = 0; i < seal_verifier_result_count(verifier); i++) {
		const struct seal_result *result =
		    seal_verifier_result(verifier, i);

		if (result->reason == SEAL_WHY_NO_MEMORY) {
			if (result->verdict != SEAL_TEMPERROR)
				return 1;
			no_memory_seen = true;
			ret = SEAL_E_NOMEM;
		} else if (result->reason != SEAL_WHY_OK) {
			return 1; /* never another verdict than without */
		}
	}
	return ret;
}

static int
verify_message(void)
{
	struct seal_verify_options options = fixture_verify_options();
	struct seal_verifier *verifier = NULL;
	int ret = seal_verifier_new(&options, &verifier);

	if (ret == 0)
		ret = seal_verifier_feed(verifier, span_of(message, message_n),
		    SEAL_LINES_CRLF);
	for (size_t i = 0; ret == 0 && i < seal_verifier_query_count(verifier);
	    i++) {
		struct seal_answer answer = { .dns = SEAL_DNS_ANSWERED };
		struct span text = span_of_text(
		    seal_verifier_query(verifier, i)[0] == 'r' ? rsa_record :
		    ed25519_record);

		ret = seal_record_parse(&text, 1, &answer.record);
		if (ret == 0)
			ret = seal_verifier_answer(verifier, i, &answer);
		seal_record_unref(&answer.record);
	}
	if (ret == 0)
		ret = seal_verifier_finish(verifier);
	if (ret == 0)
		ret = look_at_results(verifier);
	seal_verifier_free(&verifier);
	return ret;
}

/* A message whose many fields, distinct signatures and long lines allocate on
 * into the middle of things. */
static int
verify_large_message(void)
{
	struct seal_verify_options options = fixture_verify_options();
	struct seal_verifier *verifier = NULL;
	int ret = seal_verifier_new(&options, &verifier);

	for (int i = 0; i < 200 && ret == 0; i++)
		ret = seal_verifier_field(verifier, SPAN("DKIM-Signature: "
		    "v=1; a=rsa-sha256; d=b\xc3\xbc" "cher.example; s=s; "
		    "i=a=40@b\xc3\xbc" "cher.example; h=from; "
		    "bh=47DEQpj8HBSa+/TImW+5\r\n JCeuQeRkm5NMpJWZG3hSuFU=; "
		    "b=QU\r\n JD"));
	if (ret == 0)
		ret = seal_verifier_end_header(verifier);
	if (ret == 0)
		ret = seal_verifier_finish(verifier);
	for (size_t i = 0; ret == 0 &&
	    i < seal_verifier_result_count(verifier); i++) {
		if (seal_verifier_result(verifier, i)->reason ==
		    SEAL_WHY_NO_MEMORY) {
			no_memory_seen = true;
			ret = SEAL_E_NOMEM;
		}
	}
	seal_verifier_free(&verifier);
	return ret;
}

static void
bears_every_allocation_that_fails(void **state)
{
	struct seal_sign_options options;
	const char *why;

	(void)state;
	scarcity_repeat("load a key", load_key);
	scarcity_repeat("write a key", write_key);
	scarcity_repeat("parse records", parse_records);
	scarcity_repeat("make a profile", make_profile);
	for (size_t i = 0; i < COUNT(profiles); i++) {
		options = sign_options(i == 0 ? rsa : ed25519);
		assert_int_equal(seal_profile_new(&options, &profiles[i],
		    &why), 0);
	}
	scarcity_repeat("sign", sign_message);
	for (size_t i = 0; i < COUNT(profiles); i++)
		seal_profile_unref(&profiles[i]);
	scarcity_repeat("verify", verify_message);
	scarcity_repeat("verify a large header", verify_large_message);
}

static void
has_said_so_as_a_result_at_least_once(void **state)
{
	(void)state;
	assert_true(no_memory_seen);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(bears_every_allocation_that_fails),
		cmocka_unit_test(has_said_so_as_a_result_at_least_once),
	};

	return cmocka_run_group_tests(tests, set_up, tear_down);
}
