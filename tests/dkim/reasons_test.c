/*
 * reasons_test.c: every reason there is, reached through the interface, by a
 * signature that is right but for one thing.  A reason without a row fails.
 */
#include "fixture.h"

#include <stdio.h>

#define BODY "Hello you.\r\n"
#define HEAD "DKIM-Signature: v=1; "
#define ED "a=ed25519-sha256; d=a.test; s=s1; "
#define RSA "a=rsa-sha256; d=a.test; s=s1; "
#define TAIL "h=from; bh=$BH; b=$B"
#define DUMMY(s) "DKIM-Signature: v=1; a=rsa-sha256; d=a.test; s=" s \
    "; h=from; bh=47DEQpj8HBSa+/TImW+5JCeuQeRkm5NMpJWZG3hSuFU=; b=QUJD\r\n"
#define X50 "xxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxx"
#define X500 X50 X50 X50 X50 X50 X50 X50 X50 X50 X50
#define X5000 X500 X500 X500 X500 X500 X500 X500 X500 X500 X500

static void
one_signature(struct seal_verify_options *o)
{
	o->max_signatures = 1;
}

static void
all_signatures(struct seal_verify_options *o)
{
	o->max_signatures = SEAL_MAX_SIGNATURES;
}

static void
small_header(struct seal_verify_options *o)
{
	o->max_header_bytes = 100;
}

static void
no_future(struct seal_verify_options *o)
{
	o->refuse_future = true;
}

static void
small_keys(struct seal_verify_options *o)
{
	o->max_rsa_bits = 1024;
}

enum key { KEY_ED25519 = 0, KEY_RSA512, KEY_RSA1024, KEY_RSA2048 };

static const struct row {
	enum seal_reason reason;
	const char *field; /* as for fixture_forge() */
	const char *record; /* $K is the key; NULL: "v=DKIM1; k=...; p=$K" */
	enum key key; /* that signs and is published */
	enum seal_dns dns;
	bool silent; /* nobody answers */
	void (*set)(struct seal_verify_options *);
	const char *above; /* further fields, n of them signatures */
	size_t n;
	const char *body; /* of the message; NULL: as signed */
} rows[] = {
	{ .reason = SEAL_WHY_OK,
	    .field = HEAD ED TAIL },
	{ .reason = SEAL_WHY_OK,
	    .field = HEAD RSA TAIL, .key = KEY_RSA2048 },
	{ .reason = SEAL_WHY_BODY_HASH,
	    .field = HEAD ED TAIL, .body = "Hello me.\r\n" },
	{ .reason = SEAL_WHY_SIGNATURE,
	    .field = HEAD ED "h=from:to; bh=$BH; b=$B",
	    .above = "To: y\r\n" },
	{ .reason = SEAL_WHY_SIGNATURE,
	    .field = HEAD ED TAIL, .record = "k=ed25519; p="
	    "11qYAYKxCrfVS/7TyWQHOg7hcvPapiMlrwIaaPcHURo=" },

	{ .reason = SEAL_WHY_RSA_SHA1,
	    .field = HEAD "a=rsa-sha1; d=a.test; s=s1; " TAIL,
	    .key = KEY_RSA2048 },
	{ .reason = SEAL_WHY_KEY_TOO_SMALL,
	    .field = HEAD RSA TAIL, .key = KEY_RSA512 },
	{ .reason = SEAL_WHY_KEY_TOO_LARGE,
	    .field = HEAD RSA TAIL, .key = KEY_RSA2048,
	    .set = small_keys },
	{ .reason = SEAL_WHY_PARTIAL_BODY,
	    .field = HEAD ED "l=12; " TAIL,
	    .body = BODY "more" },
	{ .reason = SEAL_WHY_TOO_MANY_SIGNATURES,
	    .field = HEAD ED TAIL, .set = one_signature,
	    .above = DUMMY("s0"), .n = 1 },
	{ .reason = SEAL_WHY_TOO_MANY_QUERIES,
	    .field = HEAD ED TAIL, .set = all_signatures,
	    .above = DUMMY("a") DUMMY("b") DUMMY("c") DUMMY("d") DUMMY("e")
	    DUMMY("f") DUMMY("g") DUMMY("h") DUMMY("i") DUMMY("j"), .n = 10 },
	{ .reason = SEAL_WHY_HEADER_TOO_LARGE,
	    .field = HEAD ED TAIL, .set = small_header },
	{ .reason = SEAL_WHY_SIGNED_IN_FUTURE,
	    .field = HEAD ED "t=1700000301; " TAIL,
	    .set = no_future },

	{ .reason = SEAL_WHY_DNS_TIMEOUT,
	    .field = HEAD ED TAIL, .dns = SEAL_DNS_TIMEOUT },
	{ .reason = SEAL_WHY_DNS_FAILED,
	    .field = HEAD ED TAIL, .dns = SEAL_DNS_FAILED },
	{ .reason = SEAL_WHY_DNS_BOGUS,
	    .field = HEAD ED TAIL, .dns = SEAL_DNS_BOGUS },
	{ .reason = SEAL_WHY_NO_ANSWER,
	    .field = HEAD ED TAIL, .silent = true },

	{ .reason = SEAL_WHY_FIELD_TOO_LONG,
	    .field = HEAD ED "z=" X5000 X5000 X5000 X500 X500
	    X500 "; " TAIL },
	{ .reason = SEAL_WHY_TAG_SYNTAX,
	    .field = HEAD ED "; " TAIL },
	{ .reason = SEAL_WHY_TAG_TWICE,
	    .field = HEAD ED "v=1; " TAIL },
	{ .reason = SEAL_WHY_TOO_MANY_TAGS,
	    .field = HEAD ED "A=;B=;C=;D=;E=;F=;G=;H=;I=;J=;K=;"
	    "L=;M=;N=;O=;P=;Q=;R=;S=;T=;U=;V=;W=;X=;Y=;Z=;AA=;AB=;AC=;AD=;AE=;"
	    "AF=;AG=;AH=;AI=;AJ=;AK=;AL=;AM=;AN=;AO=;AP=;AQ=;AR=;AS=;AT=;AU=;"
	    "AV=;AW=;AX=;AY=;AZ=;BA=;BB=;BC=;BD=;BE=;BF=;" TAIL },
	{ .reason = SEAL_WHY_TAG_MISSING,
	    .field = "DKIM-Signature: " ED TAIL },
	{ .reason = SEAL_WHY_VERSION,
	    .field = "DKIM-Signature: v=0.5; " ED TAIL },
	{ .reason = SEAL_WHY_ALGORITHM,
	    .field = HEAD "a=ed25519-sha512; d=a.test; s=s1; " TAIL },
	{ .reason = SEAL_WHY_CANONICALIZATION,
	    .field = HEAD ED "c=nowsp; " TAIL },
	{ .reason = SEAL_WHY_SIGNATURE_BASE64,
	    .field = HEAD ED "h=from; bh=$BH; b=$B=" },
	{ .reason = SEAL_WHY_BODY_HASH_BASE64,
	    .field = HEAD ED "h=from; bh=$BH=; b=$B" },
	{ .reason = SEAL_WHY_BODY_HASH_LENGTH,
	    .field = HEAD ED
	    "h=from; bh=uoq1oCgLlTqpdDX/iUbLy7J1Wic=; b=$B" },
	{ .reason = SEAL_WHY_DOMAIN,
	    .field = HEAD "a=ed25519-sha256; d=a_.test/; s=s1; " TAIL },
	{ .reason = SEAL_WHY_SELECTOR,
	    .field = HEAD "a=ed25519-sha256; d=a.test; s=.; " TAIL },
	{ .reason = SEAL_WHY_SIGNED_HEADERS,
	    .field = HEAD ED "h=from:; bh=$BH; b=$B" },
	{ .reason = SEAL_WHY_FROM_NOT_SIGNED,
	    .field = HEAD ED "h=to; bh=$BH; b=$B" },
	{ .reason = SEAL_WHY_IDENTITY,
	    .field = HEAD ED "i=joe; " TAIL },
	{ .reason = SEAL_WHY_IDENTITY_DOMAIN,
	    .field = HEAD ED "i=@b.test; " TAIL },
	{ .reason = SEAL_WHY_LENGTH,
	    .field = HEAD ED "l=all; " TAIL },
	{ .reason = SEAL_WHY_LENGTH_BEYOND_BODY,
	    .field = HEAD ED "l=13; " TAIL },
	{ .reason = SEAL_WHY_QUERY_METHOD,
	    .field = HEAD ED "q=dns/a; " TAIL },
	{ .reason = SEAL_WHY_TIMESTAMP,
	    .field = HEAD ED "t=-1; " TAIL },
	{ .reason = SEAL_WHY_EXPIRATION,
	    .field = HEAD ED "x=never; " TAIL },
	{ .reason = SEAL_WHY_EXPIRES_BEFORE_SIGNED,
	    .field = HEAD ED
	    "t=1700000000; x=1700000000; " TAIL },
	{ .reason = SEAL_WHY_EXPIRED,
	    .field = HEAD ED "x=1699999699; " TAIL },

	{ .reason = SEAL_WHY_KEY_NOT_FOUND,
	    .field = HEAD "a=ed25519-sha256; d=a.test; s=s2; "
	    TAIL },
	{ .reason = SEAL_WHY_KEY_REVOKED,
	    .field = HEAD ED TAIL, .record = "v=DKIM1; p=" },
	{ .reason = SEAL_WHY_KEY_SYNTAX,
	    .field = HEAD ED TAIL, .record = "k=ed25519" },
	{ .reason = SEAL_WHY_KEY_VERSION,
	    .field = HEAD ED TAIL,
	    .record = "k=ed25519; v=DKIM1; p=$K" },
	{ .reason = SEAL_WHY_KEY_TYPE,
	    .field = HEAD ED TAIL, .record = "k=ed448; p=$K" },
	/* RFC 8463: both ways round */
	{ .reason = SEAL_WHY_KEY_MISMATCH,
	    .field = HEAD RSA TAIL,
	    .record = "k=ed25519; p=$K" },
	{ .reason = SEAL_WHY_KEY_MISMATCH,
	    .field = HEAD ED TAIL, .record = "k=rsa; p=$K",
	    .key = KEY_RSA2048 },
	{ .reason = SEAL_WHY_KEY_HASH,
	    .field = HEAD ED TAIL,
	    .record = "h=sha1; k=ed25519; p=$K" },
	{ .reason = SEAL_WHY_OK,
	    .field = HEAD ED TAIL,
	    .record = "h=x : sha256; k=ed25519; p=$K" },
	{ .reason = SEAL_WHY_KEY_SERVICE,
	    .field = HEAD ED TAIL,
	    .record = "s=tlsrpt; k=ed25519; p=$K" },
	{ .reason = SEAL_WHY_OK,
	    .field = HEAD ED TAIL,
	    .record = "s=tlsrpt:email; k=ed25519; p=$K" },
	{ .reason = SEAL_WHY_OK,
	    .field = HEAD ED TAIL, .record = "s=x:*; k=ed25519; p=$K" },
	{ .reason = SEAL_WHY_KEY_IDENTITY,
	    .field = HEAD ED "i=@x.a.test; " TAIL,
	    .record = "t=y:s; k=ed25519; p=$K" },
	{ .reason = SEAL_WHY_OK,
	    .field = HEAD ED "i=joe@A.test; " TAIL,
	    .record = "t=s; k=ed25519; p=$K" },
	{ .reason = SEAL_WHY_OK,
	    .field = HEAD ED TAIL, .record = "t=s; k=ed25519; p=$K" },
	{ .reason = SEAL_WHY_OK,
	    .field = HEAD ED "i=@x.a.test; " TAIL },
	{ .reason = SEAL_WHY_KEY_UNUSABLE,
	    .field = HEAD ED TAIL, .record = "k=ed25519; p=$KAA" },
};

static char *
record_of(const struct row *row)
{
	static const char *const keys[] = {
		[KEY_ED25519] = fixture_ed25519_p,
		[KEY_RSA512] = fixture_rsa512_p,
		[KEY_RSA1024] = fixture_rsa1024_p,
		[KEY_RSA2048] = fixture_rsa2048_p,
	};
	const char *key = keys[row->key], *text = row->record, *at;
	char *before, *record;

	if (text == NULL)
		text = row->key == KEY_ED25519 ? "v=DKIM1; k=ed25519; p=$K" :
		    "v=DKIM1; p=$K";
	at = strstr(text, "$K");
	if (at == NULL)
		return fixture_join(text, NULL);
	before = strndup(text, (size_t)(at - text));
	record = fixture_join(before, key, at + 2, NULL);
	free(before);
	return record;
}

static char *
message_of(const struct row *row)
{
	static const char *const pems[] = {
		[KEY_ED25519] = fixture_ed25519,
		[KEY_RSA512] = fixture_rsa512,
		[KEY_RSA1024] = fixture_rsa1024,
		[KEY_RSA2048] = fixture_rsa2048,
	};
	struct forgery forgery = {
		.pem = pems[row->key],
		.sha1 = strstr(row->field, "sha1") != NULL,
		.field = row->field,
		.signed_fields = "From: j@a.test\r\n",
		.body = SPAN(BODY),
	};
	char *signature = fixture_forge(&forgery);
	char *message = fixture_join(row->above == NULL ? "" : row->above,
	    signature, "\r\nFrom: j@a.test\r\n\r\n",
	    row->body == NULL ? BODY : row->body, NULL);

	free(signature);
	return message;
}

static void
answer(struct seal_verifier *verifier, const struct row *row)
{
	char *record = record_of(row);
	const struct fixture_txt zone[] = { { "s1._domainkey.a.test", record },
		{ NULL, NULL } };
	struct seal_answer failure = { .dns = row->dns };

	for (size_t i = 0; row->dns != SEAL_DNS_ANSWERED &&
	    i < seal_verifier_query_count(verifier); i++)
		assert_int_equal(seal_verifier_answer(verifier, i, &failure),
		    0);
	if (row->dns == SEAL_DNS_ANSWERED && !row->silent)
		fixture_answer(verifier, zone);
	free(record);
}

static void
judge(struct seal_verifier **verifier, const struct row *row)
{
	struct seal_verify_options options = fixture_verify_options();
	char *message = message_of(row);

	if (row->set != NULL)
		row->set(&options);
	if (*verifier == NULL)
		assert_int_equal(seal_verifier_new(&options, verifier), 0);
	else
		assert_int_equal(seal_verifier_reset(*verifier, &options), 0);
	assert_int_equal(seal_verifier_feed(*verifier, span_of_text(message),
	    SEAL_LINES_CRLF), 0);
	answer(*verifier, row);
	assert_int_equal(seal_verifier_finish(*verifier), 0);
	free(message);
}

static void
reaches_every_reason_by_one_thing_that_is_wrong(void **state)
{
	/* no result stands for a signature that is not there, and
	 * memory_test.c runs out of memory */
	bool reached[SEAL_WHY_COUNT] = { [SEAL_WHY_NO_SIGNATURE] = true,
		[SEAL_WHY_NO_MEMORY] = true };
	struct seal_verifier *verifier = NULL;

	(void)state;
	for (size_t i = 0; i < COUNT(rows); i++) {
		char name[64];

		(void)snprintf(name, sizeof(name), "row %zu, %s", i,
		    seal_reason_word(rows[i].reason));
		judge(&verifier, &rows[i]);
		fixture_assert_result(name, verifier, rows[i].n,
		    rows[i].reason);
		reached[rows[i].reason] = true;
	}
	seal_verifier_free(&verifier);
	/* those from SEAL_WHY_SENDER on are of DomainKeys: dk_verifier_test.c */
	for (size_t i = 0; i < SEAL_WHY_SENDER; i++) {
		if (!reached[i])
			fail_msg("no row reaches %s",
			    seal_reason_word((enum seal_reason)i));
	}
}

static void
says_none_for_a_message_without_a_signature(void **state)
{
	static const char *const messages[] = { "", "\r\n",
		"From: j@a.test\r\n\r\n" BODY,
		"X-DKIM-Signature: v=1\r\nDomainKey-Signature: a=rsa-sha1\r\n"
		"DKIM-Signature-: v=1\r\n\r\nDKIM-Signature: v=1\r\n" };
	struct seal_verify_options options = fixture_verify_options();
	const struct fixture_txt zone[] = { { NULL, NULL } };
	struct seal_verifier *verifier = NULL;

	(void)state;
	for (size_t i = 0; i < COUNT(messages); i++) {
		fixture_verify(&verifier, &options, span_of_text(messages[i]),
		    zone);
		assert_int_equal(seal_verifier_result_count(verifier), 0);
		assert_int_equal(seal_verifier_overall(verifier), SEAL_NONE);
	}
	seal_verifier_free(&verifier);
}

/* What people read names what is at fault. */
static void
names_the_tag_at_fault_in_its_sentence(void **state)
{
	static const struct {
		struct row row;
		const char *why;
	} sentences[] = {
		{ { .field = HEAD "a=rsa-sha256; s=s1; " TAIL },
		    "a required tag is missing: 'd'" },
		{ { .field = HEAD ED "s=s1; " TAIL },
		    "a tag occurs twice: 's'" },
		{ { .field = HEAD "a=dsa-sha1; d=a.test; s=s1; " TAIL },
		    "a= names no algorithm we know: 'dsa-sha1'" },
		{ { .field = HEAD ED TAIL, .record = "k=x; p=$K" },
		    "k= of the key record names no key type we know: 'k'" },
		{ { .field = HEAD ED "i=@b.test; " TAIL },
		    "the domain of i= is neither d= nor below it: '@b.test'" },
	};
	struct seal_verifier *verifier = NULL;

	(void)state;
	for (size_t i = 0; i < COUNT(sentences); i++) {
		judge(&verifier, &sentences[i].row);
		assert_string_equal(seal_verifier_result(verifier, 0)->why,
		    sentences[i].why);
	}
	seal_verifier_free(&verifier);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(
		    reaches_every_reason_by_one_thing_that_is_wrong),
		cmocka_unit_test(says_none_for_a_message_without_a_signature),
		cmocka_unit_test(names_the_tag_at_fault_in_its_sentence),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
