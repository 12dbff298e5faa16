/*
 * digest_test.c: however the bytes come, the digest is that of FIPS 180-4.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>

#include <cmocka.h>

#include "base/digest.h"

static const char *
hex(const unsigned char *octets, size_t n)
{
	static char text[2 * DIGEST_MAX_OCTETS + 1];

	for (size_t i = 0; i < n; i++)
		(void)snprintf(text + 2 * i, 3, "%02x", octets[i]);
	return text;
}

static void
gives_the_digests_of_the_standard(void **state)
{
	static const struct {
		enum digest_type type;
		struct span text;
		const char *want;
	} rows[] = {
		{ DIGEST_SHA256, SPAN_INIT(""),
		    "e3b0c44298fc1c149afbf4c8996fb924"
		    "27ae41e4649b934ca495991b7852b855" },
		{ DIGEST_SHA256, SPAN_INIT("abc"),
		    "ba7816bf8f01cfea414140de5dae2223"
		    "b00361a396177a9cb410ff61f20015ad" },
		{ DIGEST_SHA1, SPAN_INIT("abc"),
		    "a9993e364706816aba3e25717850c26c9cd0d89d" },
	};
	struct digest digest = { 0 };
	unsigned char out[DIGEST_MAX_OCTETS];

	(void)state;
	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		assert_int_equal(digest_start(&digest, rows[i].type), 0);
		digest_add(&digest, rows[i].text);
		assert_int_equal(digest_finish(&digest, out), 0);
		assert_string_equal(hex(out, digest_octets(rows[i].type)),
		    rows[i].want);
	}
	digest_deinit(&digest);
}

/* A million times "a", FIPS 180 example, in runs around the stage's size. */
static void
does_not_depend_on_how_the_bytes_come(void **state)
{
	static const size_t runs[] = { 1, 7, 63, 64, DIGEST_STAGE_BYTES - 1,
		DIGEST_STAGE_BYTES, DIGEST_STAGE_BYTES + 1, 100000 };
	static unsigned char text[100000];
	struct digest digest = { 0 };
	unsigned char out[DIGEST_MAX_OCTETS];

	(void)state;
	memset(text, 'a', sizeof(text));
	for (size_t i = 0; i < sizeof(runs) / sizeof(runs[0]); i++) {
		assert_int_equal(digest_start(&digest, DIGEST_SHA256), 0);
		for (size_t left = 1000000, n; left > 0; left -= n) {
			n = left < runs[i] ? left : runs[i];
			digest_add(&digest, span_of(text, n));
			digest_add(&digest, span_of(NULL, 0));
		}
		assert_int_equal(digest_finish(&digest, out), 0);
		assert_string_equal(hex(out, 32),
		    "cdc76e5c9914fb9281a1c7e284d73e67"
		    "f1809a48a497200e046d39ccc7112cd0");
	}
	digest_deinit(&digest);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(gives_the_digests_of_the_standard),
		cmocka_unit_test(does_not_depend_on_how_the_bytes_come),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
