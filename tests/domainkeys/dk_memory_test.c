/*
 * dk_memory_test.c: libseal never aborts: an allocation that fails is an
 * outcome like any other, and nothing leaks then (seal.h, SEAL_E_NOMEM and
 * SEAL_WHY_NO_MEMORY).
 *
 * Each run lets one more allocation succeed, until the whole work does.
 */
#include "dk_fixture.h"

#include "../dkim/scarcity.h"

#define MESSAGE "Received: x\r\nSender: j@a.test\r\nFrom: k@b.test\r\n" \
    "Subject: a\r\n b\r\n\r\nHello  you.\r\n"

static struct seal_key *key;
static struct seal_record *record, *policy;
static struct seal_dk_profile *profile;
static char *message;
static size_t message_n;

static struct seal_dk_sign_options
sign_options(void)
{
	struct seal_dk_sign_options options;

	seal_dk_sign_options_init(&options);
	options.domain = SPAN("a.test");
	options.selector = SPAN("s1");
	options.key = key;
	return options;
}

static int
set_up(void **state)
{
	char *text = fixture_join("p=", fixture_rsa1024_p, NULL);
	struct span texts[] = { span_of_text(text), SPAN("o=-") };
	struct seal_dk_sign_options options;
	const char *why = NULL;
	int error;

	(void)state;
	key = fixture_key(fixture_rsa1024);
	options = sign_options();
	assert_int_equal(seal_record_parse(&texts[0], 1, &record), 0);
	assert_int_equal(seal_record_parse(&texts[1], 1, &policy), 0);
	assert_int_equal(seal_dk_profile_new(&options, &profile, &why), 0);
	message = dk_sign(&options, SPAN(MESSAGE), &message_n, &error);
	assert_non_null(message);
	free(text);
	return 0;
}

static int
tear_down(void **state)
{
	(void)state;
	free(message);
	seal_dk_profile_unref(&profile);
	seal_record_unref(&record);
	seal_record_unref(&policy);
	seal_key_unref(&key);
	return 0;
}

static int
make_profile(void)
{
	struct seal_dk_sign_options options = sign_options();
	struct seal_dk_profile *made = NULL;
	const char *why = NULL;
	int ret = seal_dk_profile_new(&options, &made, &why);

	if (ret != 0 && (made != NULL || why == NULL))
		return 1;
	seal_dk_profile_unref(&made);
	return ret;
}

static int
sign_message(void)
{
	struct seal_dk_signer *signer = NULL;
	int ret = seal_dk_signer_new(&signer);

	for (size_t i = 0; i < 2 && ret == 0; i++)
		ret = seal_dk_signer_add(signer, profile);
	if (ret == 0)
		ret = seal_dk_signer_feed(signer, SPAN(MESSAGE),
		    SEAL_LINES_CRLF);
	if (ret == 0)
		ret = seal_dk_signer_finish(signer);
	if (ret != 0 && signer != NULL && (seal_dk_signer_why(signer) == NULL ||
	    seal_dk_signer_signature(signer, 0).n > 0))
		ret = 1; /* neither words nor half a signature */
	seal_dk_signer_free(&signer);
	return ret;
}

/* What verifying found, if it could be done. */
static int
look_at_results(const struct seal_dk_verifier *verifier)
{
	struct seal_dk_outcome outcome = seal_dk_verifier_outcome(verifier);
	char *text = NULL;
	int ret;

	if (outcome.reason == SEAL_WHY_NO_MEMORY)
		return outcome.verdict == SEAL_TEMPERROR &&
		    strcmp(outcome.header, "error") == 0 ? SEAL_E_NOMEM : 1;
	if (outcome.reason != SEAL_WHY_OK)
		return 1; /* never another verdict than without */
	ret = seal_authres_of_dk_verifier(verifier, SPAN("mx.test"), &text);
	seal_text_free(&text);
	return ret;
}

static int
verify_message(void)
{
	struct seal_answer answers[] = { { .record = policy },
		{ .record = record } };
	struct seal_dk_verify_options options = dk_options();
	struct seal_dk_verifier *verifier = NULL;
	int ret = seal_dk_verifier_new(&options, &verifier);

	if (ret == 0)
		ret = seal_dk_verifier_feed(verifier,
		    span_of(message, message_n), SEAL_LINES_CRLF);
	for (size_t i = 0; ret == 0 &&
	    i < seal_dk_verifier_query_count(verifier); i++)
		ret = seal_dk_verifier_answer(verifier, i, &answers[i]);
	if (ret == 0)
		ret = seal_dk_verifier_finish(verifier);
	if (ret == 0)
		ret = look_at_results(verifier);
	seal_dk_verifier_free(&verifier);
	return ret;
}

static void
makes_a_profile_or_says_that_memory_is_out(void **state)
{
	(void)state;
	scarcity_repeat("make profile", make_profile);
}

static void
signs_or_says_that_memory_is_out(void **state)
{
	(void)state;
	scarcity_repeat("sign message", sign_message);
}

static void
verifies_or_says_that_memory_is_out(void **state)
{
	(void)state;
	scarcity_repeat("verify message", verify_message);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(makes_a_profile_or_says_that_memory_is_out),
		cmocka_unit_test(signs_or_says_that_memory_is_out),
		cmocka_unit_test(verifies_or_says_that_memory_is_out),
	};

	return cmocka_run_group_tests(tests, set_up, tear_down);
}
