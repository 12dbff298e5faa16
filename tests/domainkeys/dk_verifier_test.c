/*
 * dk_verifier_test.c: signatures that are right but for one thing, made by
 * hand; what they come to; and what the policy makes of no signature (RFC 4870
 * sections 3.2 to 3.6).
 */
#include "dk_fixture.h"

#include <stdio.h>

#define FROM "From: Joe <joe@a.test>\r\n"
#define SUBJECT "Subject: Hi  you\r\n"
#define PLAIN FROM SUBJECT "\r\nHello  you.\r\n\r\n"
#define SIMPLE FROM SUBJECT "\r\nHello  you.\r\n"
#define NOFWS "From:Joe<joe@a.test>\r\nSubject:Hiyou\r\n\r\nHelloyou.\r\n"
#define HEAD "DomainKey-Signature: a=rsa-sha1; q=dns; "
#define RIGHT HEAD "c=simple; d=a.test; s=s1; b=$B\r\n"
#define KEY "s1._domainkey.a.test"
#define GOOD "good", "good"
#define BAD "bad", "bad"
#define MALFORMED "bad (malformed signature)", "bad"
#define PUBLIC_KEY "bad (public key)", "bad"
#define NO_KEY "bad (no key)", "bad"
#define TROUBLE "bad (no key)", "error"
#define NOTHING "", ""
#define X50 "xxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxx"
#define X500 X50 X50 X50 X50 X50 X50 X50 X50 X50 X50
#define X5000 X500 X500 X500 X500 X500 X500 X500 X500 X500 X500

static const struct row {
	const char *name;
	enum seal_reason reason;
	const char *status, *header;
	const char *field; /* "$B" is the signature, over signed_text */
	const char *signed_text; /* in canonical form */
	const char *message; /* below the field */
	const char *record; /* "$K" is the key; NULL: "k=rsa; p=$K" */
	const char *above; /* fields above the signature */
} rows[] = {
	{ "simple", SEAL_WHY_OK, GOOD, RIGHT, SIMPLE, PLAIN, NULL, NULL },
	{ "nofws", SEAL_WHY_OK, GOOD,
	    HEAD "c=nofws; d=a.test; s=s1; b=$B\r\n", NOFWS, PLAIN, NULL, NULL },
	{ "no a=, c= or q=", SEAL_WHY_OK, GOOD,
	    "DomainKey-Signature: d=a.test; s=s1; b=$B\r\n", SIMPLE, PLAIN,
	    NULL, NULL },
	{ "tags folded, in another order, unknown ones", SEAL_WHY_OK, GOOD,
	    "domainkey-signature:b=$B;\r\n\ts=s1;\r\n x=odd; d=A.Test;\r\n"
	    " c=simple;q=dns;a=rsa-sha1;\r\n", SIMPLE, PLAIN, NULL, NULL },
	{ "fields above are not signed", SEAL_WHY_OK, GOOD, RIGHT, SIMPLE,
	    PLAIN, NULL, "Received: by x\r\nSubject: other\r\n" },
	{ "no body", SEAL_WHY_OK, GOOD, RIGHT, FROM SUBJECT, FROM SUBJECT
	    "\r\n", NULL, NULL },
	{ "a body of empty lines", SEAL_WHY_OK, GOOD, RIGHT, FROM SUBJECT,
	    FROM SUBJECT "\r\n\r\n\r\n", NULL, NULL },
	{ "the body was changed", SEAL_WHY_SIGNATURE, BAD, RIGHT, SIMPLE,
	    FROM SUBJECT "\r\nHello you.\r\n", NULL, NULL },
	{ "a field was changed", SEAL_WHY_SIGNATURE, BAD, RIGHT, SIMPLE,
	    FROM "Subject: Bye\r\n\r\nHello  you.\r\n", NULL, NULL },
	{ "a field was added below", SEAL_WHY_SIGNATURE, BAD, RIGHT, SIMPLE,
	    FROM "X: y\r\n" SUBJECT "\r\nHello  you.\r\n", NULL, NULL },

	/* h= */
	{ "h= in its own order", SEAL_WHY_OK, GOOD,
	    HEAD "c=simple; d=a.test; s=s1; h=subject:FROM; b=$B\r\n",
	    SUBJECT FROM "\r\nHello  you.\r\n",
	    FROM "X: y\r\n" SUBJECT "\r\nHello  you.\r\n", NULL, NULL },
	{ "h= with white space", SEAL_WHY_OK, GOOD,
	    HEAD "c=simple; d=a.test; s=s1; h=From\r\n\t: Subject; b=$B\r\n",
	    SIMPLE, PLAIN, NULL, NULL },
	{ "h= with a name that is not there", SEAL_WHY_OK, GOOD,
	    HEAD "c=simple; d=a.test; s=s1; h=X-No:From:Subject; b=$B\r\n",
	    SIMPLE, PLAIN, NULL, NULL },
	{ "a name in h= brings all fields of it", SEAL_WHY_OK, GOOD,
	    HEAD "c=simple; d=a.test; s=s1; h=x:from; b=$B\r\n",
	    "X: 1\r\nX: 2\r\n" FROM "\r\nb\r\n",
	    "X: 1\r\n" FROM "X: 2\r\n\r\nb\r\n", NULL, "X: 0\r\n" },
	{ "a name in h= as often as the field", SEAL_WHY_OK, GOOD,
	    HEAD "c=simple; d=a.test; s=s1; h=x:from:x; b=$B\r\n",
	    "X: 1\r\n" FROM "X: 2\r\n\r\nb\r\n",
	    "X: 1\r\n" FROM "X: 2\r\n\r\nb\r\n", NULL, "X: 0\r\n" },
	{ "a name in h= twice, for three fields", SEAL_WHY_OK, GOOD,
	    HEAD "c=simple; d=a.test; s=s1; h=x:from:x; b=$B\r\n",
	    "X: 1\r\nX: 2\r\n" FROM "X: 3\r\n\r\nb\r\n",
	    "X: 1\r\nX: 2\r\nX: 3\r\n" FROM "\r\nb\r\n", NULL, "X: 0\r\n" },
	{ "h= without the sender's field", SEAL_WHY_SENDER_NOT_SIGNED,
	    MALFORMED, HEAD "c=simple; d=a.test; s=s1; h=subject; b=$B\r\n",
	    SUBJECT "\r\nHello  you.\r\n", PLAIN, NULL, NULL },
	{ "h= with From, but a Sender", SEAL_WHY_SENDER_NOT_SIGNED, MALFORMED,
	    HEAD "c=simple; d=a.test; s=s1; h=from; b=$B\r\n",
	    FROM "\r\nb\r\n", FROM "Sender: s@a.test\r\n\r\nb\r\n", NULL,
	    NULL },
	{ "an empty h=", SEAL_WHY_SIGNED_HEADERS, MALFORMED,
	    HEAD "c=simple; d=a.test; s=s1; h=; b=$B\r\n", SIMPLE, PLAIN, NULL,
	    NULL },
	{ "h= with an empty name", SEAL_WHY_SIGNED_HEADERS, MALFORMED,
	    HEAD "c=simple; d=a.test; s=s1; h=from::subject; b=$B\r\n", SIMPLE,
	    PLAIN, NULL, NULL },

	/* the sender */
	{ "a domain above the sender's", SEAL_WHY_OK, GOOD, RIGHT,
	    "From: j@sub.a.test\r\n\r\nb\r\n",
	    "From: j@sub.a.test\r\n\r\nb\r\n", NULL, NULL },
	{ "a domain below the sender's", SEAL_WHY_SENDER_DOMAIN, BAD,
	    HEAD "c=simple; d=sub.a.test; s=s1; b=$B\r\n", SIMPLE, PLAIN, NULL,
	    NULL },
	{ "another domain", SEAL_WHY_SENDER_DOMAIN, BAD, RIGHT,
	    "From: j@b.test\r\n\r\nb\r\n", "From: j@b.test\r\n\r\nb\r\n", NULL,
	    NULL },
	{ "a domain with the same end", SEAL_WHY_SENDER_DOMAIN, BAD, RIGHT,
	    "From: j@ba.test\r\n\r\nb\r\n", "From: j@ba.test\r\n\r\nb\r\n",
	    NULL, NULL },
	{ "Sender counts before From", SEAL_WHY_OK, GOOD, RIGHT,
	    "From: j@b.test\r\nSender: s@a.test\r\n\r\nb\r\n",
	    "From: j@b.test\r\nSender: s@a.test\r\n\r\nb\r\n", NULL, NULL },
	{ "Sender of another domain", SEAL_WHY_SENDER_DOMAIN, BAD, RIGHT,
	    FROM "Sender: s@b.test\r\n\r\nb\r\n",
	    FROM "Sender: s@b.test\r\n\r\nb\r\n", NULL, NULL },
	{ "Sender above the signature", SEAL_WHY_SENDER_NOT_SIGNED, MALFORMED,
	    RIGHT, SIMPLE, PLAIN, NULL, "Sender: s@a.test\r\n" },
	{ "From above the signature", SEAL_WHY_SENDER_NOT_SIGNED, MALFORMED,
	    RIGHT, SUBJECT "\r\nb\r\n", SUBJECT "\r\nb\r\n", NULL, FROM },
	{ "two From", SEAL_WHY_SENDER, BAD, RIGHT, FROM SIMPLE, FROM PLAIN,
	    NULL, NULL },
	{ "two Sender", SEAL_WHY_SENDER, BAD, RIGHT,
	    FROM "Sender: s@a.test\r\nSender: t@a.test\r\n\r\nb\r\n",
	    FROM "Sender: s@a.test\r\nSender: t@a.test\r\n\r\nb\r\n", NULL,
	    NULL },
	{ "a Sender without an address", SEAL_WHY_SENDER, BAD, RIGHT,
	    FROM "Sender: nobody\r\n\r\nb\r\n",
	    FROM "Sender: nobody\r\n\r\nb\r\n", NULL, NULL },
	{ "neither", SEAL_WHY_SENDER, BAD, RIGHT, SUBJECT "\r\nb\r\n",
	    SUBJECT "\r\nb\r\n", NULL, NULL },
	{ "several addresses: the first", SEAL_WHY_OK, GOOD, RIGHT,
	    "From: j@a.test, k@b.test\r\n\r\nb\r\n",
	    "From: j@a.test, k@b.test\r\n\r\nb\r\n", NULL, NULL },

	/* malformed */
	{ "no d=", SEAL_WHY_TAG_MISSING, MALFORMED,
	    HEAD "c=simple; s=s1; b=$B\r\n", SIMPLE, PLAIN, NULL, NULL },
	{ "no s=", SEAL_WHY_TAG_MISSING, MALFORMED,
	    HEAD "c=simple; d=a.test; b=$B\r\n", SIMPLE, PLAIN, NULL, NULL },
	{ "no b=", SEAL_WHY_TAG_MISSING, MALFORMED,
	    HEAD "c=simple; d=a.test; s=s1\r\n", SIMPLE, PLAIN, NULL, NULL },
	{ "an empty b=", SEAL_WHY_SIGNATURE_BASE64, MALFORMED,
	    HEAD "c=simple; d=a.test; s=s1; b=\r\n", SIMPLE, PLAIN, NULL,
	    NULL },
	{ "b= that is no base64", SEAL_WHY_SIGNATURE_BASE64, MALFORMED,
	    HEAD "c=simple; d=a.test; s=s1; b=!$B\r\n", SIMPLE, PLAIN, NULL,
	    NULL },
	{ "a bad d=", SEAL_WHY_DOMAIN, MALFORMED,
	    HEAD "c=simple; d=a..test; s=s1; b=$B\r\n", SIMPLE, PLAIN, NULL,
	    NULL },
	{ "an empty d=", SEAL_WHY_DOMAIN, MALFORMED,
	    HEAD "c=simple; d=; s=s1; b=$B\r\n", SIMPLE, PLAIN, NULL, NULL },
	{ "a bad s=", SEAL_WHY_SELECTOR, MALFORMED,
	    HEAD "c=simple; d=a.test; s=s 1; b=$B\r\n", SIMPLE, PLAIN, NULL,
	    NULL },
	{ "rsa-sha256", SEAL_WHY_ALGORITHM, MALFORMED,
	    "DomainKey-Signature: a=rsa-sha256; d=a.test; s=s1; b=$B\r\n",
	    SIMPLE, PLAIN, NULL, NULL },
	{ "c=relaxed", SEAL_WHY_CANONICALIZATION, MALFORMED,
	    HEAD "c=relaxed; d=a.test; s=s1; b=$B\r\n", SIMPLE, PLAIN, NULL,
	    NULL },
	{ "a tag twice", SEAL_WHY_TAG_TWICE, MALFORMED,
	    HEAD "d=a.test; d=a.test; s=s1; b=$B\r\n", SIMPLE, PLAIN, NULL,
	    NULL },
	{ "no tags", SEAL_WHY_TAG_SYNTAX, MALFORMED,
	    "DomainKey-Signature: none\r\n", SIMPLE, PLAIN, NULL, NULL },
	{ "a field too long", SEAL_WHY_FIELD_TOO_LONG, MALFORMED,
	    HEAD "d=a.test; s=s1; b=$B; x=" X5000 X5000 X5000 X5000 "\r\n",
	    SIMPLE, PLAIN, NULL, NULL },
	{ "q= of another kind", SEAL_WHY_QUERY_METHOD,
	    "bad (unsupported query type)", "bad",
	    "DomainKey-Signature: a=rsa-sha1; q=bogus; d=a.test; s=s1; "
	    "b=$B\r\n", SIMPLE, PLAIN, NULL, NULL },
	{ "an empty q=", SEAL_WHY_QUERY_METHOD,
	    "bad (unsupported query type)", "bad",
	    "DomainKey-Signature: a=rsa-sha1; q=; d=a.test; s=s1; b=$B\r\n",
	    SIMPLE, PLAIN, NULL, NULL },

	/* the key */
	{ "a bare key", SEAL_WHY_OK, GOOD, RIGHT, SIMPLE, PLAIN, "p=$K", NULL },
	{ "all tags", SEAL_WHY_OK, GOOD, RIGHT, SIMPLE, PLAIN,
	    "g=; k=rsa; n=a note; t=y; p=$K", NULL },
	{ "a key of DKIM", SEAL_WHY_OK, GOOD, RIGHT, SIMPLE, PLAIN,
	    "v=DKIM1; k=rsa; h=sha1:sha256; s=email; p=$K", NULL },
	{ "g= of the sender", SEAL_WHY_OK, GOOD, RIGHT, SIMPLE, PLAIN,
	    "g=joe; p=$K", NULL },
	{ "g= of another", SEAL_WHY_KEY_GRANULARITY, BAD, RIGHT, SIMPLE, PLAIN,
	    "g=jane; p=$K", NULL },
	{ "g= in another case", SEAL_WHY_KEY_GRANULARITY, BAD, RIGHT, SIMPLE,
	    PLAIN, "g=Joe; p=$K", NULL },
	{ "g= of a part", SEAL_WHY_KEY_GRANULARITY, BAD, RIGHT, SIMPLE, PLAIN,
	    "g=jo; p=$K", NULL },
	{ "an empty g= is for all", SEAL_WHY_OK, GOOD, RIGHT, SIMPLE, PLAIN,
	    "g=; p=$K", NULL },
	{ "g=*", SEAL_WHY_OK, GOOD, RIGHT, SIMPLE, PLAIN, "g=*; p=$K", NULL },
	{ "g=j*e", SEAL_WHY_OK, GOOD, RIGHT, SIMPLE, PLAIN, "g=j*e; p=$K",
	    NULL },
	{ "g=joe*e", SEAL_WHY_KEY_GRANULARITY, BAD, RIGHT, SIMPLE, PLAIN,
	    "g=joe*e; p=$K", NULL },
	{ "g= goes by Sender", SEAL_WHY_KEY_GRANULARITY, BAD, RIGHT,
	    FROM "Sender: s@a.test\r\n\r\nb\r\n",
	    FROM "Sender: s@a.test\r\n\r\nb\r\n", "g=joe; p=$K", NULL },
	{ "no record", SEAL_WHY_KEY_NOT_FOUND, NO_KEY,
	    HEAD "c=simple; d=a.test; s=other; b=$B\r\n", SIMPLE, PLAIN, NULL,
	    NULL },
	{ "revoked", SEAL_WHY_KEY_REVOKED, "bad (key revoked)", "bad", RIGHT,
	    SIMPLE, PLAIN, "k=rsa; p=", NULL },
	{ "k=ed25519", SEAL_WHY_KEY_MISMATCH, "bad (key type)", "bad", RIGHT,
	    SIMPLE, PLAIN,
	    "k=ed25519; p=5Yxd1nYp9Sj0mnq/ro1V0Z/bXZUzHYFDAh8GrUvRw+o=", NULL },
	{ "k=dsa", SEAL_WHY_KEY_TYPE, "bad (key type)", "bad", RIGHT, SIMPLE,
	    PLAIN, "k=dsa; p=$K", NULL },
	{ "no key in p=", SEAL_WHY_KEY_UNUSABLE, PUBLIC_KEY, RIGHT, SIMPLE,
	    PLAIN, "p=QUJD", NULL },
	{ "no p=", SEAL_WHY_KEY_SYNTAX, PUBLIC_KEY, RIGHT, SIMPLE, PLAIN,
	    "k=rsa", NULL },
	{ "v= of something else", SEAL_WHY_KEY_VERSION, PUBLIC_KEY, RIGHT,
	    SIMPLE, PLAIN, "v=DK1; p=$K", NULL },
	{ "h= of the key rules sha1 out", SEAL_WHY_KEY_HASH, BAD, RIGHT,
	    SIMPLE, PLAIN, "h=sha256; p=$K", NULL },
	{ "s= of the key rules email out", SEAL_WHY_KEY_SERVICE, BAD, RIGHT,
	    SIMPLE, PLAIN, "s=tlsrpt; p=$K", NULL },
	{ "t=s and a subdomain", SEAL_WHY_KEY_IDENTITY, BAD, RIGHT,
	    "From: j@sub.a.test\r\n\r\nb\r\n",
	    "From: j@sub.a.test\r\n\r\nb\r\n", "t=s; p=$K", NULL },
	{ "a key in test mode, and wrong", SEAL_WHY_SIGNATURE, NOTHING, RIGHT,
	    SIMPLE, FROM SUBJECT "\r\nother\r\n", "t=y; p=$K", NULL },
	{ "the DNS is late", SEAL_WHY_DNS_TIMEOUT, TROUBLE, RIGHT, SIMPLE,
	    PLAIN, "timeout", NULL },
	{ "the DNS fails", SEAL_WHY_DNS_FAILED, TROUBLE, RIGHT, SIMPLE, PLAIN,
	    "servfail", NULL },
	{ "DNSSEC fails", SEAL_WHY_DNS_BOGUS, TROUBLE, RIGHT, SIMPLE, PLAIN,
	    "bogus", NULL },
};

/* A record's text with the key for "$K". */
static char *
record_of(const char *record, const char *key)
{
	const char *text = record != NULL ? record : "k=rsa; p=$K";
	const char *at = strstr(text, "$K");
	struct buffer out = { 0 };

	if (at == NULL)
		return fixture_join(text, NULL);
	buffer_add(&out, span_of(text, (size_t)(at - text)));
	buffer_add_text(&out, key);
	buffer_add_text(&out, at + 2);
	return buffer_take_text(&out);
}

static void
gives_each_signature_its_reason_and_the_message_its_status(void **state)
{
	struct seal_dk_verify_options options = dk_options();
	struct seal_dk_verifier *verifier = NULL;

	(void)state;
	for (size_t i = 0; i < COUNT(rows); i++) {
		const struct row *row = &rows[i];
		char *field = dk_forge(fixture_rsa1024, row->field,
		    span_of_text(row->signed_text));
		char *message = fixture_join(
		    row->above != NULL ? row->above : "", field, row->message,
		    NULL);
		char *record = record_of(row->record, fixture_rsa1024_p);
		const struct fixture_txt zone[] = { { KEY, record },
			{ "s1._domainkey.sub.a.test", record }, { NULL, NULL } };

		dk_verify(&verifier, &options, span_of_text(message), zone);
		dk_assert_outcome(row->name, verifier, row->reason,
		    row->status, row->header);
		free(field);
		free(message);
		free(record);
	}
	seal_dk_verifier_free(&verifier);
}

/* What a message without a good signature is (RFC 4870 section 3.6). */
static void
lets_the_policy_say_what_no_signature_means(void **state)
{
	static const struct {
		const char *name, *policy, *message, *key;
		const char *status, *header;
		enum seal_reason reason;
	} cases[] = {
		{ "unsigned, no policy", "", PLAIN, "", NOTHING,
		    SEAL_WHY_NO_SIGNATURE },
		{ "unsigned, o=~", "o=~", PLAIN, "", NOTHING,
		    SEAL_WHY_NO_SIGNATURE },
		{ "unsigned, o=-", "o=-", PLAIN, "", BAD, SEAL_WHY_SIGNS_ALL },
		{ "unsigned, o=- in test mode", "o=-; t=y", PLAIN, "", NOTHING,
		    SEAL_WHY_NO_SIGNATURE },
		{ "unsigned, no answer", "timeout", PLAIN, "", "", "error",
		    SEAL_WHY_DNS_TIMEOUT },
		{ "unsigned, nobody's", "o=-", SUBJECT "\r\nb\r\n", "",
		    NOTHING, SEAL_WHY_NO_SIGNATURE },
		{ "the policy is that of Sender", "o=-",
		    FROM "Sender: s@b.test\r\n\r\nb\r\n", "", NOTHING,
		    SEAL_WHY_NO_SIGNATURE },
		{ "a wrong signature by a key in test mode, o=-", "o=-",
		    HEAD "d=a.test; s=s1; b=QUJD\r\n" PLAIN, "t=y; p=$K", BAD,
		    SEAL_WHY_SIGNS_ALL },
		{ "a wrong signature, o=~", "o=~",
		    HEAD "d=a.test; s=s1; b=QUJD\r\n" PLAIN, "p=$K", BAD,
		    SEAL_WHY_SIGNATURE },
		{ "a wrong signature, policy in test mode", "o=-; t=y",
		    HEAD "d=a.test; s=s1; b=QUJD\r\n" PLAIN, "p=$K", BAD,
		    SEAL_WHY_SIGNATURE },
	};
	struct seal_dk_verify_options options = dk_options();
	struct seal_dk_verifier *verifier = NULL;

	(void)state;
	for (size_t i = 0; i < COUNT(cases); i++) {
		char *key = record_of(cases[i].key, fixture_rsa1024_p);
		const struct fixture_txt zone[] = {
			{ "_domainkey.a.test", cases[i].policy },
			{ KEY, key }, { NULL, NULL },
		};
		struct seal_dk_outcome outcome;

		dk_verify(&verifier, &options, span_of_text(cases[i].message),
		    zone);
		outcome = seal_dk_verifier_outcome(verifier);
		if (outcome.reason != cases[i].reason)
			fail_msg("%s: %s", cases[i].name,
			    seal_reason_word(outcome.reason));
		if (seal_dk_verifier_result_count(verifier) == 0)
			dk_assert_outcome(cases[i].name, verifier,
			    cases[i].reason, cases[i].status, cases[i].header);
		else
			dk_assert_outcome(cases[i].name, verifier,
			    SEAL_WHY_SIGNATURE, cases[i].status,
			    cases[i].header);
		free(key);
	}
	seal_dk_verifier_free(&verifier);
}

static void
asks_for_the_policy_and_each_key_once(void **state)
{
	static const char message[] =
	    HEAD "d=a.test; s=one; b=QUJD\r\n"
	    HEAD "d=A.TEST; s=ONE; b=QUJD\r\n"
	    HEAD "d=a.test; s=two; b=QUJD\r\n"
	    HEAD "d=b.test; s=not; b=QUJD\r\n"
	    HEAD "d=a.test; s=bad; q=x; b=QUJD\r\n" PLAIN;
	static const struct fixture_txt zone[] = {
		{ "_domainkey.a.test", "o=-; r=abuse@a.test" }, { NULL, NULL } };
	struct seal_dk_verify_options options = dk_options();
	struct seal_dk_verifier *verifier = NULL;

	(void)state;
	dk_verify(&verifier, &options, span_of_text(message), zone);
	assert_int_equal(seal_dk_verifier_query_count(verifier), 3);
	assert_string_equal(seal_dk_verifier_query(verifier, 0),
	    "_domainkey.a.test");
	assert_string_equal(seal_dk_verifier_query(verifier, 1),
	    "one._domainkey.a.test");
	assert_string_equal(seal_dk_verifier_query(verifier, 2),
	    "two._domainkey.a.test");
	assert_null(seal_dk_verifier_query(verifier, 3));
	assert_true(seal_dk_verifier_policy(verifier)->signs_all);
	assert_true(span_eq(seal_dk_verifier_policy(verifier)->report,
	    SPAN("abuse@a.test")));
	assert_int_equal(seal_dk_verifier_party(verifier)->source,
	    SEAL_DK_FROM);
	assert_true(span_eq(seal_dk_verifier_party(verifier)->local,
	    SPAN("joe")));
	assert_int_equal(seal_dk_verifier_result_count(verifier), 5);
	seal_dk_verifier_free(&verifier);
}

static void
finds_the_message_good_by_any_of_its_signatures(void **state)
{
	char *field = dk_forge(fixture_rsa1024, RIGHT, SPAN(SIMPLE));
	char *message = fixture_join(HEAD "d=a.test; s=s1; b=QUJD\r\n", field,
	    PLAIN, NULL);
	char *record = record_of(NULL, fixture_rsa1024_p);
	const struct fixture_txt zone[] = { { KEY, record }, { NULL, NULL } };
	struct seal_dk_verify_options options = dk_options();
	struct seal_dk_verifier *verifier = NULL;
	struct seal_dk_outcome outcome;

	(void)state;
	dk_verify(&verifier, &options, span_of_text(message), zone);
	assert_int_equal(seal_dk_verifier_result(verifier, 0)->reason,
	    SEAL_WHY_SIGNATURE);
	assert_int_equal(seal_dk_verifier_result(verifier, 1)->reason,
	    SEAL_WHY_OK);
	assert_int_equal(seal_dk_verifier_result(verifier, 1)->key_bits, 1024);
	assert_int_equal(seal_dk_verifier_result(verifier, 1)->field, 1);
	outcome = seal_dk_verifier_outcome(verifier);
	assert_string_equal(outcome.status, "good");
	assert_int_equal(outcome.verdict, SEAL_PASS);
	seal_dk_verifier_free(&verifier);
	free(field);
	free(message);
	free(record);
}

/* Each option changes the outcome of one message. */
static void
heeds_its_options(void **state)
{
	char *field = dk_forge(fixture_rsa512, RIGHT, SPAN(SIMPLE));
	char *message = fixture_join("X: y\r\n", field, PLAIN, NULL);
	char *record = record_of("g=; p=$K", fixture_rsa512_p);
	const struct fixture_txt zone[] = { { KEY, record }, { NULL, NULL } };
	struct seal_dk_verify_options options = dk_options();
	struct seal_dk_verifier *verifier = NULL;

	(void)state;
	dk_verify(&verifier, &options, span_of_text(message), zone);
	dk_assert_outcome("512 bits, allowed", verifier, SEAL_WHY_OK, GOOD);
	options.min_rsa_bits = 1024;
	dk_verify(&verifier, &options, span_of_text(message), zone);
	dk_assert_outcome("min_rsa_bits", verifier, SEAL_WHY_KEY_TOO_SMALL,
	    PUBLIC_KEY);
	options.min_rsa_bits = 256;
	options.max_rsa_bits = 256;
	dk_verify(&verifier, &options, span_of_text(message), zone);
	dk_assert_outcome("max_rsa_bits", verifier, SEAL_WHY_KEY_TOO_LARGE,
	    PUBLIC_KEY);
	options = dk_options();
	options.empty_granularity_is_none = true;
	dk_verify(&verifier, &options, span_of_text(message), zone);
	dk_assert_outcome("empty_granularity_is_none", verifier,
	    SEAL_WHY_KEY_GRANULARITY, BAD);
	options = dk_options();
	options.max_header_bytes = 64;
	dk_verify(&verifier, &options, span_of_text(message), zone);
	dk_assert_outcome("max_header_bytes", verifier,
	    SEAL_WHY_HEADER_TOO_LARGE, BAD);
	/* the signature is taken in, and From not any more */
	options.max_header_bytes = strlen(field) + 16;
	dk_verify(&verifier, &options, span_of_text(message), zone);
	dk_assert_outcome("max_header_bytes in the middle", verifier,
	    SEAL_WHY_HEADER_TOO_LARGE, BAD);
	assert_true(seal_dk_verifier_result(verifier, 0)->domain.n > 0);
	seal_dk_verifier_free(&verifier);
	free(field);
	free(message);
	free(record);
}

static void
verifies_no_more_keys_and_signatures_than_it_says(void **state)
{
	struct seal_dk_verify_options options = dk_options();
	struct seal_dk_verifier *verifier = NULL;
	struct buffer message = { 0 };
	char field[100];
	static const struct fixture_txt zone[] = { { NULL, NULL } };

	(void)state;
	for (int i = 0; i < 22; i++) {
		(void)snprintf(field, sizeof(field),
		    HEAD "d=a.test; s=s%d; b=QUJD\r\n", i);
		buffer_add_text(&message, field);
	}
	buffer_add_text(&message, PLAIN);
	options.max_signatures = 2;
	dk_verify(&verifier, &options, buffer_span(&message), zone);
	assert_int_equal(seal_dk_verifier_query_count(verifier), 3);
	assert_int_equal(seal_dk_verifier_result_count(verifier), 22);
	assert_int_equal(seal_dk_verifier_result(verifier, 1)->reason,
	    SEAL_WHY_KEY_NOT_FOUND);
	assert_int_equal(seal_dk_verifier_result(verifier, 2)->reason,
	    SEAL_WHY_TOO_MANY_SIGNATURES);
	assert_int_equal(seal_dk_verifier_result(verifier, 21)->reason,
	    SEAL_WHY_TOO_MANY_SIGNATURES);
	options.max_signatures = SEAL_MAX_SIGNATURES;
	dk_verify(&verifier, &options, buffer_span(&message), zone);
	assert_int_equal(seal_dk_verifier_query_count(verifier),
	    SEAL_MAX_QUERIES);
	assert_int_equal(seal_dk_verifier_result(verifier, 15)->reason,
	    SEAL_WHY_TOO_MANY_QUERIES);
	seal_dk_verifier_free(&verifier);
	buffer_deinit(&message);
}

static void
refuses_options_and_calls_that_cannot_be(void **state)
{
	struct seal_dk_verify_options options = dk_options();
	struct seal_dk_verifier *verifier = NULL;
	struct seal_answer answer = { .dns = SEAL_DNS_TIMEOUT };

	(void)state;
	options.max_signatures = 0;
	assert_int_equal(seal_dk_verifier_new(&options, &verifier),
	    SEAL_E_OPTION);
	assert_null(verifier);
	options = dk_options();
	assert_int_equal(seal_dk_verifier_new(&options, &verifier), 0);
	assert_int_equal(seal_dk_verifier_answer(verifier, 0, &answer),
	    SEAL_E_ORDER);
	assert_int_equal(seal_dk_verifier_field(verifier,
	    SPAN("From: j@a.test")), 0);
	assert_int_equal(seal_dk_verifier_end_header(verifier), 0);
	assert_int_equal(seal_dk_verifier_field(verifier, SPAN("X: y")),
	    SEAL_E_ORDER);
	assert_int_equal(seal_dk_verifier_answer(verifier, 1, &answer),
	    SEAL_E_OPTION);
	answer.dns = SEAL_DNS_ANSWERED;
	assert_int_equal(seal_dk_verifier_answer(verifier, 0, &answer),
	    SEAL_E_OPTION);
	assert_int_equal(seal_dk_verifier_finish(verifier), 0);
	/* the policy was asked for and nobody answered */
	assert_int_equal(seal_dk_verifier_outcome(verifier).reason,
	    SEAL_WHY_NO_ANSWER);
	seal_dk_verifier_free(&verifier);
}

static void
writes_a_clause_for_each_signature(void **state)
{
	char *field = dk_forge(fixture_rsa1024, RIGHT, SPAN(SIMPLE));
	char *message = fixture_join(field, HEAD "d=a.test; s=s2; b=QUJD\r\n",
	    PLAIN, NULL);
	char *record = record_of("t=y; p=$K", fixture_rsa1024_p);
	const struct fixture_txt zone[] = { { KEY, record }, { NULL, NULL } };
	struct seal_dk_verify_options options = dk_options();
	struct seal_dk_verifier *verifier = NULL;
	struct seal_authres *read = NULL;
	const char *why = NULL;
	char *text = NULL;

	(void)state;
	dk_verify(&verifier, &options, span_of_text(message), zone);
	assert_int_equal(seal_authres_of_dk_verifier(verifier,
	    SPAN("mx.test"), &text), 0);
	assert_int_equal(seal_authres_parse(span_of_text(text), &read, &why),
	    0);
	assert_int_equal(read->n_clauses, 2);
	assert_true(span_eq(read->clauses[0].method, SPAN("domainkeys")));
	/* the field below was not there when this one was signed */
	assert_true(span_eq(read->clauses[0].result, SPAN("fail")));
	assert_true(span_eq(read->clauses[1].result, SPAN("permerror")));
	assert_non_null(strstr(text, "header.d=a.test"));
	assert_non_null(strstr(text, "header.s=s2"));
	assert_non_null(strstr(text, "header.from=joe@a.test"));
	assert_non_null(strstr(text, "(test mode)"));
	seal_authres_free(&read);
	seal_text_free(&text);
	dk_verify(&verifier, &options, SPAN(PLAIN), zone);
	assert_int_equal(seal_authres_of_dk_verifier(verifier,
	    SPAN("mx.test"), &text), 0);
	assert_non_null(strstr(text, "domainkeys=none"));
	seal_text_free(&text);
	seal_dk_verifier_free(&verifier);
	free(field);
	free(message);
	free(record);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(
		    gives_each_signature_its_reason_and_the_message_its_status),
		cmocka_unit_test(lets_the_policy_say_what_no_signature_means),
		cmocka_unit_test(asks_for_the_policy_and_each_key_once),
		cmocka_unit_test(finds_the_message_good_by_any_of_its_signatures),
		cmocka_unit_test(heeds_its_options),
		cmocka_unit_test(
		    verifies_no_more_keys_and_signatures_than_it_says),
		cmocka_unit_test(refuses_options_and_calls_that_cannot_be),
		cmocka_unit_test(writes_a_clause_for_each_signature),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
