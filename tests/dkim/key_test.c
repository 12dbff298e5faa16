/*
 * key_test.c: private keys, from PEM of every kind to a signature, and to the
 * record that is published for them (RFC 6376 section 3.6.1, RFC 8463 section
 * 4).
 */
#include "fixture.h"

#include "dkim/key.h"

#include <pthread.h>

static const char encrypted_pkcs8[] =
    "-----BEGIN ENCRYPTED PRIVATE KEY-----\n"
    "MIGbMFcGCSqGSIb3DQEFDTBKMCkGCSqGSIb3DQEFDDAcBAhN1CXzEgmCggICCAAw\n"
    "DAYIKoZIhvcNAgkFADAdBglghkgBZQMEASoEEHA5q/P8oo4mgqfaMU1Oz1EEQK2U\n"
    "dxuk+JfKBiNd3kGX/SfCo9Rkyd3GWsF80PuObiOoLezHXrPFLgj6uUnffDE+mDP9\n"
    "k+wavSLosKIl/GTcr2s=\n"
    "-----END ENCRYPTED PRIVATE KEY-----\n";

static const char encrypted_pkcs1[] =
    "-----BEGIN RSA PRIVATE KEY-----\n"
    "Proc-Type: 4,ENCRYPTED\n"
    "DEK-Info: AES-128-CBC,A214A21A3F1E67B6B55DD21A07F9C44A\n"
    "\n"
    "bTgBAQtsMjWBXlSakCX3Xt8OOmQCEzgz+UohH0rHoka2T4DtRtvb4kWQmImxdKzf\n"
    "Cqt7//eDm3j2/Z0ZMIFHpgBY8oirLaD2wgIH/8YpP+usvLTUqYR2MpKypgykHFDh\n"
    "orz3/aim9jMSTTlDVP4EhakKv64GgBA3Oi0Dr2NDNs9K5g1AVjugMZX0aj9z78eH\n"
    "a4PzlASvr2AmTDUPu0Cs680/US8Uyx+Vjduw7PjxsomYZzpnjdYGI1S0Z1q4f/7t\n"
    "KSlPSiOjb8+CObhekgH3Fe5730Um9BVwdiMFPY5kV+4Bt3vHz1hxDRwFjUuSp5qt\n"
    "R+SRWuP6Psu5v+Z1m0TIRPTDwNGe66SRd1hQQVHPNNJNPoi5kdjjiJHK/XWhxfuF\n"
    "LXMJnhPlspkJ3IgGbjBWHx7jnoaYI4QR5Bcq1Ymb45YFE/KXwRKSm/wKnlW0Sshe\n"
    "b8FGV9tosvOL6Ih1XjA/Z6PEKSJ37mTbntDm10vA6LotCRz+WDQkOvQtaFJfTz+P\n"
    "md540MXawTrDSjw2SDZ/QCTmx4QVh6pZgkrMsV+ItSSYi9Fe+4nxAdRIBBpFNwbc\n"
    "hWvz0sncKeBM9eR4pz02EyO1YtV3h45KBUEbnB1821/nh567FWMIj4tCFoRHgsUh\n"
    "m9qrH2wB4HTuvbqv0Eo1NSyt1z5Dp7wWv52gsn7ity89U0rCr6LP4DSrYKwldiGd\n"
    "TYHAY5hH7HsD4lhXr3zl8SFxkvn9UICA7cswoobqx5CK/fC8/gNdwiQkVr7yKJDN\n"
    "5ZuQW6t1BNBwUlQHxPkQ2AlbKimM9I16lfM2iEojr3FVu6JMPzG5ArEtwfMCy8Ii\n"
    "-----END RSA PRIVATE KEY-----\n";

static const char ec[] =
    "-----BEGIN EC PRIVATE KEY-----\n"
    "MHcCAQEEID2X1tcphrcvRrjFAE2t3rrbCP9W870UFhkQsxx/b19voAoGCCqGSM49\n"
    "AwEHoUQDQgAEVj2SrZ3n1vz5HEkZ/ZVFxEab/FYVH5UKgcDXE6ilW4TIKyJHF6u6\n"
    "9eC3OfPRai4+sN4ydGIbNUbJfdO1tft4zQ==\n"
    "-----END EC PRIVATE KEY-----\n";

static const char ec_pkcs8[] =
    "-----BEGIN PRIVATE KEY-----\n"
    "MIGHAgEAMBMGByqGSM49AgEGCCqGSM49AwEHBG0wawIBAQQgPZfW1ymGty9GuMUA\n"
    "Ta3eutsI/1bzvRQWGRCzHH9vX2+hRANCAARWPZKtnefW/PkcSRn9lUXERpv8VhUf\n"
    "lQqBwNcTqKVbhMgrIkcXq7r14Lc589FqLj6w3jJ0Yhs1Rsl907W1+3jN\n"
    "-----END PRIVATE KEY-----\n";

static const char ed448[] =
    "-----BEGIN PRIVATE KEY-----\n"
    "MEcCAQAwBQYDK2VxBDsEOdlA7cgf+tLNP6dNd7eD6IcOyfgB3Uod3rg6r7+e0VEc\n"
    "92AwEqdFIKHYA/1ylFd7ccSmaA7rV46cEg==\n"
    "-----END PRIVATE KEY-----\n";

static void
reads_pkcs1_and_pkcs8_rsa_and_ed25519(void **state)
{
	static const struct {
		const char *pem;
		enum seal_algorithm algorithm;
		unsigned bits;
		size_t octets;
	} rows[] = {
		{ fixture_rsa512, SEAL_RSA_SHA256, 512, 64 },
		{ fixture_rsa1024, SEAL_RSA_SHA256, 1024, 128 },
		{ fixture_rsa1024_pkcs1, SEAL_RSA_SHA256, 1024, 128 },
		{ fixture_rsa2048, SEAL_RSA_SHA256, 2048, 256 },
		{ fixture_ed25519, SEAL_ED25519_SHA256, 256, 64 },
	};

	(void)state;
	for (size_t i = 0; i < COUNT(rows); i++) {
		struct seal_key *key = fixture_key(rows[i].pem);

		assert_int_equal(seal_key_algorithm(key), rows[i].algorithm);
		assert_int_equal(seal_key_bits(key), rows[i].bits);
		assert_int_equal(key_signature_octets(key), rows[i].octets);
		seal_key_unref(&key);
		assert_null(key);
	}
}

static void
reads_a_key_behind_text_and_with_crlf(void **state)
{
	char *text = fixture_join("my key\n\n", fixture_ed25519, "\n\n# end\n",
	    NULL);
	struct buffer crlf = { 0 };
	struct seal_key *key = fixture_key(text);

	(void)state;
	seal_key_unref(&key);
	for (const char *p = fixture_rsa1024; *p != '\0'; p++)
		buffer_add_text(&crlf, *p == '\n' ? "\r\n" :
		    (char[]){ *p, '\0' });
	buffer_add_byte(&crlf, '\0');
	key = fixture_key((const char *)crlf.p);
	seal_key_unref(&key);
	buffer_deinit(&crlf);
	free(text);
}

static void
says_what_is_wrong_with_a_key_it_cannot_use(void **state)
{
	static const struct {
		const char *name;
		struct span pem;
		const char *why;
	} rows[] = {
		{ "nothing", SPAN_INIT(""), "empty" },
		{ "text", SPAN_INIT("no key\n"), "no usable PEM" },
		{ "NULs", SPAN_INIT("\0\0\0\0"), "no usable PEM" },
		{ "an empty block", SPAN_INIT("-----BEGIN PRIVATE KEY-----\n"
		    "-----END PRIVATE KEY-----\n"), "no usable PEM" },
		{ "a block of nonsense",
		    SPAN_INIT("-----BEGIN PRIVATE KEY-----\n"
		    "QUJDREVGR0g=\n-----END PRIVATE KEY-----\n"),
		    "no usable PEM" },
		{ "no end", SPAN_INIT("-----BEGIN PRIVATE KEY-----\n"
		    "MC4CAQAwBQYDK2VwBCIEIGoaUX6f\n"), "no usable PEM" },
		{ "a public key", SPAN_INIT("-----BEGIN PUBLIC KEY-----\n"
		    "MCowBQYDK2VwAyEA5Yxd1nYp9Sj0mnq/ro1V0Z/bXZUzHYFDAh8G"
		    "rUvRw+o=\n-----END PUBLIC KEY-----\n"),
		    "no usable PEM" },
		{ "encrypted PKCS#8", { (const unsigned char *)encrypted_pkcs8,
		    sizeof(encrypted_pkcs8) - 1 }, "encrypted" },
		{ "encrypted PKCS#1", { (const unsigned char *)encrypted_pkcs1,
		    sizeof(encrypted_pkcs1) - 1 }, "encrypted" },
		{ "EC", { (const unsigned char *)ec, sizeof(ec) - 1 },
		    "neither RSA nor Ed25519" },
		{ "EC in PKCS#8", { (const unsigned char *)ec_pkcs8,
		    sizeof(ec_pkcs8) - 1 }, "neither RSA nor Ed25519" },
		{ "Ed448", { (const unsigned char *)ed448, sizeof(ed448) - 1 },
		    "neither RSA nor Ed25519" },
	};

	(void)state;
	for (size_t i = 0; i < COUNT(rows); i++) {
		struct seal_key *key = NULL;
		const char *why = NULL;

		assert_int_equal(seal_key_from_pem(rows[i].pem, &key, &why),
		    SEAL_E_KEY);
		assert_null(key);
		if (why == NULL || strstr(why, rows[i].why) == NULL)
			fail_msg("%s: %s", rows[i].name, why);
	}
}

static void
assert_same_key(const struct seal_key *a, const struct seal_key *b)
{
	char *first = NULL, *second = NULL;

	assert_int_equal(seal_key_to_record(a, &first), 0);
	assert_int_equal(seal_key_to_record(b, &second), 0);
	assert_string_equal(first, second);
	seal_text_free(&first);
	seal_text_free(&second);
	assert_null(first);
}

static void
writes_pkcs8_that_it_can_read(void **state)
{
	static const char *const pems[] = { fixture_rsa1024_pkcs1,
		fixture_rsa2048, fixture_ed25519 };

	(void)state;
	for (size_t i = 0; i < COUNT(pems); i++) {
		struct seal_key *key = fixture_key(pems[i]), *again;
		char *pem = NULL;

		assert_int_equal(seal_key_to_pem(key, &pem), 0);
		assert_memory_equal(pem, "-----BEGIN PRIVATE KEY-----\n", 28);
		again = fixture_key(pem);
		assert_same_key(key, again);
		seal_text_free(&pem);
		seal_key_unref(&key);
		seal_key_unref(&again);
	}
}

static void
writes_the_record_that_is_published_for_it(void **state)
{
	static const struct {
		const char *pem, *k, *p;
	} rows[] = {
		{ fixture_rsa1024, "rsa", fixture_rsa1024_p },
		{ fixture_rsa1024_pkcs1, "rsa", fixture_rsa1024_p },
		{ fixture_rsa2048, "rsa", fixture_rsa2048_p },
		{ fixture_ed25519, "ed25519", fixture_ed25519_p },
	};

	(void)state;
	for (size_t i = 0; i < COUNT(rows); i++) {
		struct seal_key *key = fixture_key(rows[i].pem);
		struct seal_record *record = NULL;
		char *want = fixture_join("v=DKIM1; k=", rows[i].k, "; p=",
		    rows[i].p, NULL);
		char *text = NULL;
		struct span span;

		assert_int_equal(seal_key_to_record(key, &text), 0);
		assert_string_equal(text, want);
		span = span_of_text(text);
		assert_int_equal(seal_record_parse(&span, 1, &record), 0);
		assert_int_equal(seal_record_info(record)->reason, SEAL_WHY_OK);
		assert_int_equal(seal_record_info(record)->algorithm,
		    seal_key_algorithm(key));
		assert_int_equal(seal_record_info(record)->bits,
		    seal_key_bits(key));
		seal_record_unref(&record);
		seal_text_free(&text);
		seal_key_unref(&key);
		free(want);
	}
}

/* RFC 8301 section 3.2: signers use 1024 bits at least. */
static void
makes_keys_of_1024_to_8192_bits(void **state)
{
	struct seal_key *key = NULL;
	const char *why = NULL;

	(void)state;
	assert_int_equal(seal_key_generate(SEAL_RSA_SHA256, 1023, &key, &why),
	    SEAL_E_KEY);
	assert_non_null(strstr(why, "1024"));
	assert_int_equal(seal_key_generate(SEAL_RSA_SHA256, 8193, &key, &why),
	    SEAL_E_KEY);
	assert_null(key);
	assert_int_equal(seal_key_generate(SEAL_RSA_SHA256, 1024, &key, &why),
	    0);
	assert_int_equal(seal_key_bits(key), 1024);
	seal_key_unref(&key);
	assert_int_equal(seal_key_generate(SEAL_ED25519_SHA256, 0, &key, &why),
	    0);
	assert_int_equal(seal_key_algorithm(key), SEAL_ED25519_SHA256);
	seal_key_unref(&key);
}

static void
lives_as_long_as_its_last_reference(void **state)
{
	struct seal_key *key = fixture_key(fixture_ed25519);
	struct seal_key *other = seal_key_ref(key);

	(void)state;
	assert_ptr_equal(key, other);
	seal_key_unref(&key);
	assert_null(key);
	assert_int_equal(seal_key_bits(other), 256);
	seal_key_unref(&other);
	seal_key_unref(&other); /* NULL is fine */
	assert_null(seal_key_ref(NULL));
}

/* PKCS#1 and Ed25519 signatures have no randomness in them. */
static void *
sign_often(void *arg)
{
	struct seal_key *key = arg;
	struct buffer first = { 0 };
	uintptr_t ok = 1;

	for (int i = 0; i < 20; i++) {
		struct buffer out = { 0 };
		struct buffer *to = i == 0 ? &first : &out;

		if (key_sign(key, seal_key_algorithm(key),
		    SPAN("12345678901234567890123456789012"), to) != 0 ||
		    !span_eq(buffer_span(to), buffer_span(&first)))
			ok = 0;
		buffer_deinit(&out);
	}
	buffer_deinit(&first);
	return (void *)ok;
}

static void
signs_the_same_in_many_threads(void **state)
{
	static const char *const pems[] = { fixture_rsa1024, fixture_ed25519 };

	(void)state;
	for (size_t i = 0; i < COUNT(pems); i++) {
		struct seal_key *key = fixture_key(pems[i]);
		pthread_t threads[4];
		void *ok;

		for (size_t t = 0; t < COUNT(threads); t++)
			assert_int_equal(pthread_create(&threads[t], NULL,
			    sign_often, key), 0);
		for (size_t t = 0; t < COUNT(threads); t++) {
			assert_int_equal(pthread_join(threads[t], &ok), 0);
			assert_non_null(ok);
		}
		seal_key_unref(&key);
	}
}

static void
appends_a_signature_to_what_is_there(void **state)
{
	struct seal_key *key = fixture_key(fixture_rsa1024);
	struct buffer out = { 0 };

	(void)state;
	buffer_add_text(&out, "abc");
	assert_int_equal(key_sign(key, SEAL_RSA_SHA256,
	    SPAN("12345678901234567890123456789012"), &out), 0);
	assert_int_equal(out.n, 3 + 128);
	assert_memory_equal(out.p, "abc", 3);
	/* a digest of the wrong length is refused, and nothing appended */
	assert_int_equal(key_sign(key, SEAL_RSA_SHA256, SPAN("short"), &out),
	    SEAL_E_CRYPTO);
	assert_int_equal(out.n, 3 + 128);
	buffer_deinit(&out);
	seal_key_unref(&key);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(reads_pkcs1_and_pkcs8_rsa_and_ed25519),
		cmocka_unit_test(reads_a_key_behind_text_and_with_crlf),
		cmocka_unit_test(says_what_is_wrong_with_a_key_it_cannot_use),
		cmocka_unit_test(writes_pkcs8_that_it_can_read),
		cmocka_unit_test(writes_the_record_that_is_published_for_it),
		cmocka_unit_test(makes_keys_of_1024_to_8192_bits),
		cmocka_unit_test(lives_as_long_as_its_last_reference),
		cmocka_unit_test(signs_the_same_in_many_threads),
		cmocka_unit_test(appends_a_signature_to_what_is_there),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
