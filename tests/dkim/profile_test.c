/*
 * profile_test.c: settings that cannot sign well are refused when the profile
 * is made, and what no message changes is written then.
 */
#include "fixture.h"

#include "dkim/profile.h"

static struct seal_key *rsa512, *rsa1024, *rsa2048, *ed25519;

static int
load_keys(void **state)
{
	(void)state;
	rsa512 = fixture_key(fixture_rsa512);
	rsa1024 = fixture_key(fixture_rsa1024);
	rsa2048 = fixture_key(fixture_rsa2048);
	ed25519 = fixture_key(fixture_ed25519);
	return 0;
}

static int
drop_keys(void **state)
{
	(void)state;
	seal_key_unref(&rsa512);
	seal_key_unref(&rsa1024);
	seal_key_unref(&rsa2048);
	seal_key_unref(&ed25519);
	return 0;
}

static const struct {
	const char *name;
	struct seal_sign_options options; /* domain and selector if empty */
	struct seal_key **key; /* NULL: none */
	int error;
	const char *why;
} bad[] = {
	{ "no key", { .lifetime = 0 }, NULL, SEAL_E_OPTION, "no key" },
	{ "no domain", { .domain = SPAN_INIT("."), }, &rsa2048, SEAL_E_OPTION,
	    "the domain is not a domain name" },
	{ "a domain with a space", { .domain = SPAN_INIT("a b.test"), },
	    &rsa2048, SEAL_E_OPTION, "the domain is not a domain name" },
	{ "a domain with NUL", { .domain = SPAN_INIT("a.test\0.b.test"), },
	    &rsa2048, SEAL_E_OPTION, "the domain is not a domain name" },
	{ "a domain that would add a tag",
	    { .domain = SPAN_INIT("a.test;l=0"), }, &rsa2048, SEAL_E_OPTION,
	    "the domain is not a domain name" },
	{ "a bad selector", { .selector = SPAN_INIT("s;1"), }, &rsa2048,
	    SEAL_E_OPTION, "the selector is not a selector" },
	{ "a selector that would add a field",
	    { .selector = SPAN_INIT("s1\r\nBcc: x"), }, &rsa2048,
	    SEAL_E_OPTION, "the selector is not a selector" },
	{ "an identity without @", { .identity = SPAN_INIT("a.test"), },
	    &rsa2048, SEAL_E_OPTION, "the identity has no @" },
	{ "RFC 6376 3.5: an identity elsewhere",
	    { .identity = SPAN_INIT("joe@b.test"), }, &rsa2048, SEAL_E_OPTION,
	    "not the signing domain or below it" },
	{ "an identity that only ends alike",
	    { .identity = SPAN_INIT("joe@xa.test"), }, &rsa2048,
	    SEAL_E_OPTION, "not the signing domain or below it" },
	{ "an identity with a bad domain",
	    { .identity = SPAN_INIT("joe@b..a.test"), }, &rsa2048,
	    SEAL_E_OPTION, "identity's domain is not a domain name" },
	{ "RFC 6376 5.4: From not signed",
	    { .headers = SPAN_INIT("To:Subject"), }, &rsa2048, SEAL_E_OPTION,
	    "From" },
	{ "a bad header list", { .headers = SPAN_INIT("From:;x"), }, &rsa2048,
	    SEAL_E_OPTION, "no field name" },
	{ "a negative lifetime", { .lifetime = -1, }, &rsa2048, SEAL_E_OPTION,
	    "lifetime" },
	{ "a lifetime of a thousand years",
	    { .lifetime = INT64_C(1000) * 366 * 86400, }, &rsa2048,
	    SEAL_E_OPTION, "lifetime" },
	{ "a lifetime without a beginning",
	    { .lifetime = 10, .no_timestamp = true, }, &rsa2048,
	    SEAL_E_OPTION, "timestamp" },
	{ "RFC 8301 3.1: rsa-sha1", { .algorithm = SEAL_RSA_SHA1, }, &rsa2048,
	    SEAL_E_OPTION, "rsa-sha1" },
	{ "RFC 8301 3.2: a key under 1024 bits", { .lifetime = 0 }, &rsa512,
	    SEAL_E_KEY, "1024" },
	{ "rsa-sha1 allowed, but the key is weak",
	    { .algorithm = SEAL_RSA_SHA1, .allow_rsa_sha1 = true, }, &rsa512,
	    SEAL_E_KEY, "1024" },
	{ "an RSA algorithm with an Ed25519 key",
	    { .algorithm = SEAL_RSA_SHA256, }, &ed25519, SEAL_E_KEY, "type" },
	{ "Ed25519 with an RSA key", { .algorithm = SEAL_ED25519_SHA256, },
	    &rsa2048, SEAL_E_KEY, "type" },
	{ "an unknown algorithm", { .algorithm = (enum seal_algorithm)99, },
	    &rsa2048, SEAL_E_OPTION, "algorithm" },
};

static void
refuses_what_cannot_sign_well_and_says_why(void **state)
{
	(void)state;
	for (size_t i = 0; i < COUNT(bad); i++) {
		struct seal_sign_options options = bad[i].options;
		struct seal_profile *profile = NULL;
		const char *why = NULL;
		int ret;

		if (options.domain.n == 0)
			options.domain = SPAN("a.test");
		if (options.selector.n == 0)
			options.selector = SPAN("s1");
		options.key = bad[i].key == NULL ? NULL : *bad[i].key;
		ret = seal_profile_new(&options, &profile, &why);
		assert_null(profile);
		if (ret != bad[i].error || why == NULL ||
		    strstr(why, bad[i].why) == NULL)
			fail_msg("%s: %s: %s", bad[i].name,
			    seal_error_word(ret), why);
	}
}

static const struct {
	const char *name;
	struct seal_sign_options options;
	struct seal_key **key;
	const char *beginning;
} good[] = {
	{ "as by default", { .header_canon = SEAL_CANON_RELAXED,
	    .body_canon = SEAL_CANON_RELAXED }, &rsa2048,
	    "DKIM-Signature: v=1; a=rsa-sha256; c=relaxed/relaxed; d=a.test; "
	    "s=s1;" },
	{ "simple/simple is written out", { .lifetime = 0 }, &rsa2048,
	    "DKIM-Signature: v=1; a=rsa-sha256; c=simple/simple; d=a.test; "
	    "s=s1;" },
	{ "Ed25519 as the key says", { .body_canon = SEAL_CANON_RELAXED },
	    &ed25519, "DKIM-Signature: v=1; a=ed25519-sha256; "
	    "c=simple/relaxed; d=a.test; s=s1;" },
	{ "RFC 8616: U-labels become A-labels", {
	    .domain = SPAN_INIT("B\xc3\x9c" "CHER.Example."),
	    .selector = SPAN_INIT("\xc3\xa9t\xc3\xa9"),
	    .identity = SPAN_INIT("j\xc3\xb6@x.b\xc3\xbc" "cher.example") },
	    &rsa2048, "DKIM-Signature: v=1; a=rsa-sha256; c=simple/simple; "
	    "d=xn--bcher-kva.example;\r\n\ts=xn--t-9fab; "
	    "i=j=C3=B6@x.xn--bcher-kva.example;" },
	{ "the local part is dkim-quoted-printable", {
	    .identity = SPAN_INIT("\"a b;=\"@a.test") }, &rsa2048,
	    "DKIM-Signature: v=1; a=rsa-sha256; c=simple/simple; d=a.test; "
	    "s=s1;\r\n\ti=\"a=20b=3B=3D\"@a.test;" },
	{ "an identity without a local part",
	    { .identity = SPAN_INIT("@x.A.test") }, &rsa2048,
	    "DKIM-Signature: v=1; a=rsa-sha256; c=simple/simple; d=a.test; "
	    "s=s1;\r\n\ti=@x.a.test;" },
	{ "rsa-sha1 if it is allowed", { .algorithm = SEAL_RSA_SHA1,
	    .allow_rsa_sha1 = true }, &rsa2048,
	    "DKIM-Signature: v=1; a=rsa-sha1; c=simple/simple; d=a.test; "
	    "s=s1;" },
	{ "a weak key if it is allowed", { .allow_weak_key = true }, &rsa512,
	    "DKIM-Signature: v=1; a=rsa-sha256; c=simple/simple; d=a.test; "
	    "s=s1;" },
	{ "1024 bits are enough", { .lifetime = 0 }, &rsa1024,
	    "DKIM-Signature: v=1; a=rsa-sha256; c=simple/simple; d=a.test; "
	    "s=s1;" },
};

static void
writes_what_no_message_changes(void **state)
{
	(void)state;
	for (size_t i = 0; i < COUNT(good); i++) {
		struct seal_sign_options options = good[i].options;
		struct seal_profile *profile = NULL;
		struct span beginning;
		const char *why = NULL;

		if (options.domain.n == 0)
			options.domain = SPAN("a.test");
		if (options.selector.n == 0)
			options.selector = SPAN("s1");
		options.key = *good[i].key;
		if (seal_profile_new(&options, &profile, &why) != 0)
			fail_msg("%s: %s", good[i].name, why);
		beginning = profile_settings(profile)->beginning;
		if (!span_eq(beginning, span_of_text(good[i].beginning)))
			fail_msg("%s: \"%.*s\"", good[i].name,
			    (int)beginning.n, (const char *)beginning.p);
		seal_profile_unref(&profile);
	}
}

static void
defaults_to_relaxed_and_to_what_the_key_is_for(void **state)
{
	struct seal_sign_options options;

	(void)state;
	memset(&options, 0xff, sizeof(options));
	seal_sign_options_init(&options);
	assert_int_equal(options.header_canon, SEAL_CANON_RELAXED);
	assert_int_equal(options.body_canon, SEAL_CANON_RELAXED);
	assert_int_equal(options.algorithm, SEAL_ALGORITHM_NONE);
	assert_false(options.allow_rsa_sha1 || options.allow_weak_key);
	assert_false(options.body_length || options.copy_headers);
	assert_false(options.no_timestamp);
	assert_int_equal(options.lifetime, 0);
	assert_int_equal(options.headers.n, 0);
	assert_null(options.key);
}

static void
keeps_its_own_copies_and_lives_until_the_last_reference(void **state)
{
	struct seal_key *key = fixture_key(fixture_ed25519);
	struct seal_sign_options options = fixture_sign_options(key, "s1");
	char headers[] = "From:To";
	struct seal_profile *profile = NULL, *other;
	const char *why = NULL;

	(void)state;
	options.headers = span_of_text(headers);
	assert_int_equal(seal_profile_new(&options, &profile, &why), 0);
	seal_key_unref(&key);
	memset(headers, '!', sizeof(headers) - 1);
	other = seal_profile_ref(profile);
	seal_profile_unref(&profile);
	assert_null(profile);
	assert_int_equal(seal_key_bits(profile_settings(other)->key), 256);
	assert_true(span_eq(profile_settings(other)->headers.entries[1].name,
	    SPAN("To")));
	seal_profile_unref(&other);
	seal_profile_unref(&other); /* NULL is fine */
	assert_null(seal_profile_ref(NULL));
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(refuses_what_cannot_sign_well_and_says_why),
		cmocka_unit_test(writes_what_no_message_changes),
		cmocka_unit_test(
		    defaults_to_relaxed_and_to_what_the_key_is_for),
		cmocka_unit_test(
		    keeps_its_own_copies_and_lives_until_the_last_reference),
	};

	return cmocka_run_group_tests(tests, load_keys, drop_keys);
}
