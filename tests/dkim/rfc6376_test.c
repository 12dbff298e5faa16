/*
 * rfc6376_test.c: the example of RFC 6376, signed in appendix A.2 with the key
 * of appendix C.  The white space in the RFC's print has suffered (erratum
 * 4926); it is as it was when the example was signed: two spaces in Received,
 * and folds of six and eight.
 */
#include "fixture.h"

#define P \
    "MIGfMA0GCSqGSIb3DQEBAQUAA4GNADCBiQKBgQDwIRP/UC3SBsEmGqZ9ZJW3/DkM" \
    "oGeLnQg1fWn7/zYtIxN2SnFCjxOCKG9v3b4jYfcTNh5ijSsq631uBItLa7od+v/R" \
    "tdC2UzJ1lWT947qR+Rcac2gbto/NMqJ0fzfVjH4OuKhitdY9tf6mcwGjaNBcWToI" \
    "MmPSPDdQPNUYckcQ2QIDAQAB"

/* Appendix C. */
static const char pem[] =
    "-----BEGIN RSA PRIVATE KEY-----\n"
    "MIICXwIBAAKBgQDwIRP/UC3SBsEmGqZ9ZJW3/DkMoGeLnQg1fWn7/zYtIxN2SnFC\n"
    "jxOCKG9v3b4jYfcTNh5ijSsq631uBItLa7od+v/RtdC2UzJ1lWT947qR+Rcac2gb\n"
    "to/NMqJ0fzfVjH4OuKhitdY9tf6mcwGjaNBcWToIMmPSPDdQPNUYckcQ2QIDAQAB\n"
    "AoGBALmn+XwWk7akvkUlqb+dOxyLB9i5VBVfje89Teolwc9YJT36BGN/l4e0l6QX\n"
    "/1//6DWUTB3KI6wFcm7TWJcxbS0tcKZX7FsJvUz1SbQnkS54DJck1EZO/BLa5ckJ\n"
    "gAYIaqlA9C0ZwM6i58lLlPadX/rtHb7pWzeNcZHjKrjM461ZAkEA+itss2nRlmyO\n"
    "n1/5yDyCluST4dQfO8kAB3toSEVc7DeFeDhnC1mZdjASZNvdHS4gbLIA1hUGEF9m\n"
    "3hKsGUMMPwJBAPW5v/U+AWTADFCS22t72NUurgzeAbzb1HWMqO4y4+9Hpjk5wvL/\n"
    "eVYizyuce3/fGke7aRYw/ADKygMJdW8H/OcCQQDz5OQb4j2QDpPZc0Nc4QlbvMsj\n"
    "7p7otWRO5xRa6SzXqqV3+F0VpqvDmshEBkoCydaYwc2o6WQ5EBmExeV8124XAkEA\n"
    "qZzGsIxVP+sEVRWZmW6KNFSdVUpk3qzK0Tz/WjQMe5z0UunY9Ax9/4PVhp/j61bf\n"
    "eAYXunajbBSOLlx4D+TunwJBANkPI5S9iylsbLs6NkaMHV6k5ioHBBmgCak95JGX\n"
    "GMot/L2x0IYyMLAz6oLWh2hm7zwtb0CgOrPo1ke44hFYnfc=\n"
    "-----END RSA PRIVATE KEY-----\n";

static const struct fixture_txt zone[] = {
	{ "brisbane._domainkey.example.com", "v=DKIM1; p=" P },
	{ NULL, NULL },
};

#define SIGNATURE \
    "DKIM-Signature: v=1; a=rsa-sha256; s=brisbane; d=example.com;\r\n" \
    "      c=simple/simple; q=dns/txt; i=joe@football.example.com;\r\n" \
    "      h=Received : From : To : Subject : Date : Message-ID;\r\n" \
    "      bh=2jUSOH9NhtVGCQWNr9BrIAPreKQjO6Sn7XIkfJVOzv8=;\r\n" \
    "      b=AuUoFEfDxTDkHlLXSZEpZj79LICEps6eda7W3deTVFOk4yAUoqOB\r\n" \
    "        4nujc7YopdG5dWLSdNg6xNAZpOPr+kHxt1IrE+NahM6L/LbvaHut\r\n" \
    "        KVdkLLkpVaVVQPzeRDI009SO2Il5Lu7rDNH6mZckBdrIx0orEtZV\r\n" \
    "        4bmp/YzhwvcubU4=;\r\n"

#define FIELDS \
    "Received: from client1.football.example.com  [192.0.2.1]\r\n" \
    "      by submitserver.example.com with SUBMISSION;\r\n" \
    "      Fri, 11 Jul 2003 21:01:54 -0700 (PDT)\r\n" \
    "From: Joe SixPack <joe@football.example.com>\r\n" \
    "To: Suzie Q <suzie@shopping.example.net>\r\n" \
    "Subject: Is dinner ready?\r\n" \
    "Date: Fri, 11 Jul 2003 21:00:37 -0700 (PDT)\r\n" \
    "Message-ID: <20030712040037.46341.5F8J@football.example.com>\r\n"

#define BODY \
    "Hi.\r\n\r\nWe lost the game. Are you hungry yet?\r\n\r\nJoe.\r\n"

static void
verifies_the_message_of_appendix_a(void **state)
{
	struct seal_verify_options options = fixture_verify_options();
	struct seal_verifier *verifier = NULL;
	const struct seal_result *result;

	(void)state;
	fixture_verify(&verifier, &options, SPAN(SIGNATURE FIELDS "\r\n" BODY),
	    zone);
	fixture_assert_result("A.2", verifier, 0, SEAL_WHY_OK);
	result = seal_verifier_result(verifier, 0);
	assert_true(span_eq(result->identity,
	    SPAN("joe@football.example.com")));
	assert_int_equal(result->alignment, SEAL_ALIGNED_RELAXED);
	assert_int_equal(result->key_bits, 1024);
	seal_verifier_free(&verifier);
}

/* Erratum 4926: with one space where the signer had two, it is another
 * message. */
static void
fails_the_message_as_the_erratum_describes_it(void **state)
{
	struct seal_verify_options options = fixture_verify_options();
	struct seal_verifier *verifier = NULL;

	(void)state;
	fixture_verify(&verifier, &options, SPAN(SIGNATURE
	    "Received: from client1.football.example.com [192.0.2.1]\r\n"
	    "      by submitserver.example.com with SUBMISSION;\r\n"
	    "      Fri, 11 Jul 2003 21:01:54 -0700 (PDT)\r\n"
	    "From: Joe SixPack <joe@football.example.com>\r\n"
	    "To: Suzie Q <suzie@shopping.example.net>\r\n"
	    "Subject: Is dinner ready?\r\n"
	    "Date: Fri, 11 Jul 2003 21:00:37 -0700 (PDT)\r\n"
	    "Message-ID: <20030712040037.46341.5F8J@football.example.com>\r\n"
	    "\r\n" BODY), zone);
	fixture_assert_result("one space", verifier, 0, SEAL_WHY_SIGNATURE);
	seal_verifier_free(&verifier);
}

static void
publishes_the_key_of_appendix_c_as_it_does(void **state)
{
	struct seal_key *key = fixture_key(pem);
	char *text = NULL;

	(void)state;
	assert_int_equal(seal_key_to_record(key, &text), 0);
	assert_string_equal(text, "v=DKIM1; k=rsa; p=" P);
	seal_text_free(&text);
	seal_key_unref(&key);
}

/* The same key, fields and body, signed here: the same body hash, and a
 * signature that the published key verifies. */
static void
signs_the_message_of_appendix_a_1(void **state)
{
	struct seal_verify_options verify = fixture_verify_options();
	struct seal_key *key = fixture_key(pem);
	struct seal_sign_options options =
	    fixture_sign_options(key, "brisbane");
	struct seal_verifier *verifier = NULL;
	char *text;
	size_t n;

	(void)state;
	options.domain = SPAN("example.com");
	options.identity = SPAN("joe@football.example.com");
	options.headers = SPAN("Received:From:To:Subject:Date:Message-ID");
	options.header_canon = options.body_canon = SEAL_CANON_SIMPLE;
	text = fixture_sign(&options, SPAN(FIELDS "\r\n" BODY), &n);
	assert_non_null(strstr(text,
	    "bh=2jUSOH9NhtVGCQWNr9BrIAPreKQjO6Sn7XIkfJVOzv8=;"));
	fixture_verify(&verifier, &verify, span_of(text, n), zone);
	fixture_assert_result("signed again", verifier, 0, SEAL_WHY_OK);
	free(text);
	seal_verifier_free(&verifier);
	seal_key_unref(&key);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(verifies_the_message_of_appendix_a),
		cmocka_unit_test(fails_the_message_as_the_erratum_describes_it),
		cmocka_unit_test(publishes_the_key_of_appendix_c_as_it_does),
		cmocka_unit_test(signs_the_message_of_appendix_a_1),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
