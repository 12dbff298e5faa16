/*
 * body_hashes_test.c: one pass over the body for all signatures, each distinct
 * (form, hash, length) hashed once (RFC 6376 section 3.7, l= in section 3.5).
 */
#include "fixture.h"

#include "dkim/body_hashes.h"

#include <openssl/evp.h>

static struct body_hashes bodies;

static int
begin(void **state)
{
	(void)state;
	body_hashes_init(&bodies);
	return 0;
}

static int
end(void **state)
{
	(void)state;
	body_hashes_deinit(&bodies);
	return 0;
}

static struct body_hash *
want(enum seal_canon canon, enum digest_type type, uint64_t limit)
{
	struct body_hash *hash = body_hashes_want(&bodies, canon, type, limit);

	assert_non_null(hash);
	return hash;
}

static void
assert_hash_of(const struct body_hash *hash, struct span text)
{
	unsigned char value[EVP_MAX_MD_SIZE];
	unsigned int n;

	assert_false(hash->failed);
	assert_int_equal(EVP_Digest(text.p, text.n, value, &n,
	    hash->type == DIGEST_SHA1 ? EVP_sha1() : EVP_sha256(), NULL), 1);
	assert_int_equal(n, digest_octets(hash->type));
	assert_memory_equal(hash->value, value, n);
}

static void
shares_what_is_asked_for_twice(void **state)
{
	struct body_hash *first = want(SEAL_CANON_RELAXED, DIGEST_SHA256, 5);

	(void)state;
	assert_ptr_equal(want(SEAL_CANON_RELAXED, DIGEST_SHA256, 5), first);
	assert_ptr_not_equal(want(SEAL_CANON_SIMPLE, DIGEST_SHA256, 5), first);
	assert_ptr_not_equal(want(SEAL_CANON_RELAXED, DIGEST_SHA1, 5), first);
	assert_ptr_not_equal(want(SEAL_CANON_RELAXED, DIGEST_SHA256, 6), first);
	assert_ptr_not_equal(want(SEAL_CANON_RELAXED, DIGEST_SHA256,
	    BODY_NO_LIMIT), first);
	assert_int_equal(bodies.n, 5);
}

static void
hashes_every_form_length_and_hash_in_one_pass(void **state)
{
	struct body_hash *simple, *relaxed, *sha1, *none, *part, *beyond;

	(void)state;
	simple = want(SEAL_CANON_SIMPLE, DIGEST_SHA256, BODY_NO_LIMIT);
	relaxed = want(SEAL_CANON_RELAXED, DIGEST_SHA256, BODY_NO_LIMIT);
	sha1 = want(SEAL_CANON_SIMPLE, DIGEST_SHA1, BODY_NO_LIMIT);
	none = want(SEAL_CANON_RELAXED, DIGEST_SHA256, 0);
	part = want(SEAL_CANON_RELAXED, DIGEST_SHA256, 5);
	beyond = want(SEAL_CANON_RELAXED, DIGEST_SHA256, 1000);
	body_hashes_feed(&bodies, SPAN("a  b"));
	body_hashes_feed(&bodies, SPAN(" \t\r"));
	body_hashes_feed(&bodies, SPAN("\nc\r\n\r\n"));
	body_hashes_finish(&bodies);
	assert_hash_of(simple, SPAN("a  b \t\r\nc\r\n"));
	assert_hash_of(sha1, SPAN("a  b \t\r\nc\r\n"));
	assert_hash_of(relaxed, SPAN("a b\r\nc\r\n"));
	assert_hash_of(none, SPAN(""));
	assert_hash_of(part, SPAN("a b\r\n"));
	assert_int_equal(part->hashed, 5);
	assert_hash_of(beyond, SPAN("a b\r\nc\r\n"));
	assert_int_equal(beyond->hashed, 8);
	assert_int_equal(body_hashes_octets(&bodies, SEAL_CANON_SIMPLE), 11);
	assert_int_equal(body_hashes_octets(&bodies, SEAL_CANON_RELAXED), 8);
}

/* The limit cuts runs wherever it falls, also in long ones. */
static void
cuts_at_any_length(void **state)
{
	static unsigned char body[10002];

	(void)state;
	memset(body, 'x', sizeof(body) - 2);
	memcpy(body + sizeof(body) - 2, "\r\n", 2);
	for (size_t limit = 4000; limit < 5100; limit += 31) {
		struct body_hash *hash;

		body_hashes_init(&bodies);
		hash = want(SEAL_CANON_SIMPLE, DIGEST_SHA256, limit);
		for (size_t at = 0; at < sizeof(body); at += 667)
			body_hashes_feed(&bodies, span_first(span_from(
			    span_of(body, sizeof(body)), at), 667));
		body_hashes_finish(&bodies);
		assert_hash_of(hash, span_of(body, limit));
	}
}

/* RFC 6376 sections 3.4.3 and 3.4.4: hashes of the empty body, as published. */
static void
hashes_the_empty_body_as_published(void **state)
{
	static const struct {
		enum seal_canon canon;
		enum digest_type type;
		const char *base64;
	} rows[] = {
		{ SEAL_CANON_SIMPLE, DIGEST_SHA1,
		    "uoq1oCgLlTqpdDX/iUbLy7J1Wic=" },
		{ SEAL_CANON_SIMPLE, DIGEST_SHA256,
		    "frcCV1k9oG9oKj3dpUqdJg1PxRT2RSN/XKdLCPjaYaY=" },
		{ SEAL_CANON_RELAXED, DIGEST_SHA1,
		    "2jmj7l5rSw0yVb/vlWAYkK/YBwk=" },
		{ SEAL_CANON_RELAXED, DIGEST_SHA256,
		    "47DEQpj8HBSa+/TImW+5JCeuQeRkm5NMpJWZG3hSuFU=" },
	};

	(void)state;
	for (size_t i = 0; i < COUNT(rows); i++) {
		unsigned char text[64];
		struct body_hash *hash;

		body_hashes_init(&bodies);
		hash = want(rows[i].canon, rows[i].type, BODY_NO_LIMIT);
		body_hashes_finish(&bodies);
		(void)EVP_EncodeBlock(text, hash->value,
		    (int)digest_octets(rows[i].type));
		assert_string_equal(text, rows[i].base64);
	}
}

static void
has_room_for_all_signatures_and_no_more(void **state)
{
	(void)state;
	for (uint64_t i = 0; i < BODY_HASHES_MOST; i++)
		(void)want(SEAL_CANON_SIMPLE, DIGEST_SHA256, i);
	assert_null(body_hashes_want(&bodies, SEAL_CANON_SIMPLE, DIGEST_SHA256,
	    BODY_NO_LIMIT));
	(void)want(SEAL_CANON_SIMPLE, DIGEST_SHA256, 0); /* that one is there */
}

static void
serves_one_message_after_another(void **state)
{
	struct body_hash *hash;

	(void)state;
	(void)want(SEAL_CANON_SIMPLE, DIGEST_SHA1, 3);
	body_hashes_feed(&bodies, SPAN("left over \r"));
	body_hashes_init(&bodies);
	hash = want(SEAL_CANON_RELAXED, DIGEST_SHA256, BODY_NO_LIMIT);
	body_hashes_feed(&bodies, SPAN("next\r\n"));
	body_hashes_finish(&bodies);
	assert_hash_of(hash, SPAN("next\r\n"));
	assert_int_equal(body_hashes_octets(&bodies, SEAL_CANON_RELAXED), 6);
}

int
main(void)
{
#define TEST(name) cmocka_unit_test_setup_teardown(name, begin, end)
	const struct CMUnitTest tests[] = {
		TEST(shares_what_is_asked_for_twice),
		TEST(hashes_every_form_length_and_hash_in_one_pass),
		TEST(cuts_at_any_length),
		TEST(hashes_the_empty_body_as_published),
		TEST(has_room_for_all_signatures_and_no_more),
		TEST(serves_one_message_after_another),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
