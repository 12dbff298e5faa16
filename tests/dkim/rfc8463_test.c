/*
 * rfc8463_test.c: the example of RFC 8463 appendix A, a message signed with
 * Ed25519 and RSA.
 */
#include "fixture.h"

#define ED25519_P "11qYAYKxCrfVS/7TyWQHOg7hcvPapiMlrwIaaPcHURo="

/* Appendix A.1: the secret key, here in PKCS#8. */
static const char ed25519_pem[] =
    "-----BEGIN PRIVATE KEY-----\n"
    "MC4CAQAwBQYDK2VwBCIEIJ1hsZ3v/VpguoRK9JLsLMREScVpezJpGXA7rAMcrn9g\n"
    "-----END PRIVATE KEY-----\n";

/* Appendix A.2 */
static const struct fixture_txt zone[] = {
	{ "brisbane._domainkey.football.example.com",
	    "v=DKIM1; k=ed25519; p=" ED25519_P },
	{ "test._domainkey.football.example.com", "v=DKIM1; k=rsa; "
	    "p=MIGfMA0GCSqGSIb3DQEBAQUAA4GNADCBiQKBgQDkHlOQoBTzWR"
	    "iGs5V6NpP3idY6Wk08a5qhdR6wy5bdOKb2jLQiY/J16JYi0Qvx/b"
	    "yYzCNb3W91y3FutACDfzwQ/BC/e/8uBsCR+yz1Lxj+PL6lHvqMKr"
	    "M3rG4hstT5QjvHO9PzoxZyVYLzBfO2EeC3Ip3G+2kryOTIKT+l/K"
	    "4w3QIDAQAB" },
	{ NULL, NULL },
};

/* Appendix A.3: what both signatures sign. */
#define ED25519_SIGNATURE \
    "DKIM-Signature: v=1; a=ed25519-sha256; c=relaxed/relaxed;\r\n" \
    " d=football.example.com; i=@football.example.com;\r\n" \
    " q=dns/txt; s=brisbane; t=1528637909; h=from : to :\r\n" \
    " subject : date : message-id : from : subject : date;\r\n" \
    " bh=2jUSOH9NhtVGCQWNr9BrIAPreKQjO6Sn7XIkfJVOzv8=;\r\n" \
    " b=/gCrinpcQOoIfuHNQIbq4pgh9kyIK3AQUdt9OdqQehSwhEIug4D11Bus\r\n" \
    " Fa3bT3FY5OsU7ZbnKELq+eXdp1Q1Dw==\r\n"

#define RSA_SIGNATURE \
    "DKIM-Signature: v=1; a=rsa-sha256; c=relaxed/relaxed;\r\n" \
    " d=football.example.com; i=@football.example.com;\r\n" \
    " q=dns/txt; s=test; t=1528637909; h=from : to : subject :\r\n" \
    " date : message-id : from : subject : date;\r\n" \
    " bh=2jUSOH9NhtVGCQWNr9BrIAPreKQjO6Sn7XIkfJVOzv8=;\r\n" \
    " b=F45dVWDfMbQDGHJFlXUNB2HKfbCeLRyhDXgFpEL8GwpsRe0IeIixNTe3\r\n" \
    " DhCVlUrSjV4BwcVcOF6+FF3Zo9Rpo1tFOeS9mPYQTnGdaSGsgeefOsk2Jz\r\n" \
    " dA+L10TeYt9BgDfQNZtKdN1WO//KgIqXP7OdEFE4LjFYNcUxZQ4FADY+8=\r\n"

#define FIELDS \
    "From: Joe SixPack <joe@football.example.com>\r\n" \
    "To: Suzie Q <suzie@shopping.example.net>\r\n" \
    "Subject: Is dinner ready?\r\n" \
    "Date: Fri, 11 Jul 2003 21:00:37 -0700 (PDT)\r\n" \
    "Message-ID: <20030712040037.46341.5F8J@football.example.com>\r\n"

#define BODY \
    "Hi.\r\n\r\nWe lost the game.  Are you hungry yet?\r\n\r\nJoe.\r\n"

static void
verifies_both_signatures_of_appendix_a_3(void **state)
{
	struct seal_verify_options options = fixture_verify_options();
	struct seal_verifier *verifier = NULL;

	(void)state;
	fixture_verify(&verifier, &options, SPAN(ED25519_SIGNATURE
	    RSA_SIGNATURE FIELDS "\r\n" BODY), zone);
	assert_int_equal(seal_verifier_result_count(verifier), 2);
	fixture_assert_result("Ed25519", verifier, 0, SEAL_WHY_OK);
	fixture_assert_result("RSA", verifier, 1, SEAL_WHY_OK);
	assert_int_equal(seal_verifier_result(verifier, 0)->key_bits, 256);
	assert_int_equal(seal_verifier_result(verifier, 1)->key_bits, 1024);
	assert_int_equal(seal_verifier_result(verifier, 0)->alignment,
	    SEAL_ALIGNED_STRICT);
	seal_verifier_free(&verifier);
}

static void
finds_either_wrong_without_the_other(void **state)
{
	struct seal_verify_options options = fixture_verify_options();
	struct seal_verifier *verifier = NULL;

	(void)state;
	fixture_verify(&verifier, &options, SPAN(ED25519_SIGNATURE
	    RSA_SIGNATURE FIELDS "\r\n" "We won.\r\n"), zone);
	fixture_assert_result("Ed25519", verifier, 0, SEAL_WHY_BODY_HASH);
	fixture_assert_result("RSA", verifier, 1, SEAL_WHY_BODY_HASH);
	fixture_verify(&verifier, &options, SPAN(ED25519_SIGNATURE
	    RSA_SIGNATURE FIELDS "Subject: Yes\r\n\r\n" BODY), zone);
	fixture_assert_result("Ed25519", verifier, 0, SEAL_WHY_SIGNATURE);
	fixture_assert_result("RSA", verifier, 1, SEAL_WHY_SIGNATURE);
	seal_verifier_free(&verifier);
}

static void
publishes_the_key_of_appendix_a_1_as_appendix_a_2_does(void **state)
{
	struct seal_key *key = fixture_key(ed25519_pem);
	char *text = NULL;

	(void)state;
	assert_int_equal(seal_key_to_record(key, &text), 0);
	assert_string_equal(text, "v=DKIM1; k=ed25519; p=" ED25519_P);
	seal_text_free(&text);
	seal_key_unref(&key);
}

/* Ed25519 knows no randomness, so the very signature can be made again, here
 * over the canonical form of the field. */
static void
is_what_the_forger_of_these_tests_makes_of_it(void **state)
{
	struct forgery forgery = {
		.pem = ed25519_pem,
		.field = "dkim-signature:v=1; a=ed25519-sha256; "
		    "c=relaxed/relaxed; d=football.example.com; "
		    "i=@football.example.com; q=dns/txt; s=brisbane; "
		    "t=1528637909; h=from : to : subject : date : message-id "
		    ": from : subject : date; bh=$BH; b=$B",
		.signed_fields =
		    "from:Joe SixPack <joe@football.example.com>\r\n"
		    "to:Suzie Q <suzie@shopping.example.net>\r\n"
		    "subject:Is dinner ready?\r\n"
		    "date:Fri, 11 Jul 2003 21:00:37 -0700 (PDT)\r\n"
		    "message-id:"
		    "<20030712040037.46341.5F8J@football.example.com>\r\n",
		.body = SPAN("Hi.\r\n\r\nWe lost the game. Are you hungry yet?"
		    "\r\n\r\nJoe.\r\n"),
	};
	char *field = fixture_forge(&forgery);

	(void)state;
	assert_non_null(strstr(field,
	    "; bh=2jUSOH9NhtVGCQWNr9BrIAPreKQjO6Sn7XIkfJVOzv8=; "
	    "b=/gCrinpcQOoIfuHNQIbq4pgh9kyIK3AQUdt9OdqQehSwhEIug4D11Bus"
	    "Fa3bT3FY5OsU7ZbnKELq+eXdp1Q1Dw=="));
	free(field);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(verifies_both_signatures_of_appendix_a_3),
		cmocka_unit_test(finds_either_wrong_without_the_other),
		cmocka_unit_test(
		    publishes_the_key_of_appendix_a_1_as_appendix_a_2_does),
		cmocka_unit_test(is_what_the_forger_of_these_tests_makes_of_it),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
