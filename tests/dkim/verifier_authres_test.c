/*
 * A verifier's findings as an Authentication-Results field (RFC 8601 section
 * 2.7.1, RFC 6008).  Messages are signed here, with keys made here.
 */
#include "seal.h"

#include "base/span.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>

#include <cmocka.h>

#define NOW 1700000000

static struct seal_key *key;
static struct seal_record *record, *testing;

static int
parse_record(const char *text, struct seal_record **record_r)
{
	struct span one = span_of_text(text);

	return seal_record_parse(&one, 1, record_r);
}

static int
make_key(void **state)
{
	char *text = NULL, test_mode[512];
	const char *why = NULL;
	int ret;

	(void)state;
	if (seal_key_generate(SEAL_ED25519_SHA256, 0, &key, &why) != 0 ||
	    seal_key_to_record(key, &text) != 0)
		return -1;
	(void)snprintf(test_mode, sizeof(test_mode), "%s; t=y", text);
	ret = parse_record(text, &record);
	if (ret == 0)
		ret = parse_record(test_mode, &testing);
	seal_text_free(&text);
	return ret;
}

static int
drop_key(void **state)
{
	(void)state;
	seal_record_unref(&record);
	seal_record_unref(&testing);
	seal_key_unref(&key);
	return 0;
}

/* A signature field over From and the body "body". */
static void
sign(const char *domain, const char *identity, char *field, size_t room)
{
	struct seal_sign_options options;
	struct seal_profile *profile = NULL;
	struct seal_signer *signer = NULL;
	const char *why = NULL;
	struct span signature;

	seal_sign_options_init(&options);
	options.domain = span_of_text(domain);
	options.selector = SPAN("s1");
	options.identity = span_of_text(identity);
	options.key = key;
	options.headers = SPAN("From");
	assert_int_equal(seal_profile_new(&options, &profile, &why), 0);
	assert_int_equal(seal_signer_new(NOW, &signer), 0);
	assert_int_equal(seal_signer_add(signer, profile), 0);
	assert_int_equal(seal_signer_field(signer, SPAN("From: a@b.test")), 0);
	assert_int_equal(seal_signer_end_header(signer), 0);
	assert_int_equal(seal_signer_body(signer, SPAN("body\r\n")), 0);
	assert_int_equal(seal_signer_finish(signer), 0);
	signature = seal_signer_signature(signer, 0);
	assert_true(signature.n < room);
	memcpy(field, signature.p, signature.n);
	field[signature.n] = '\0';
	seal_signer_free(&signer);
	seal_profile_unref(&profile);
}

/* Verify a message of the given signatures, each query answered with answer
 * or not at all if that is NULL. */
static struct seal_verifier *
verify(const char *const *signatures, const char *body,
    struct seal_record *answer)
{
	struct seal_verify_options options;
	struct seal_verifier *verifier = NULL;

	seal_verify_options_init(&options);
	options.now = NOW;
	assert_int_equal(seal_verifier_new(&options, &verifier), 0);
	for (; *signatures != NULL; signatures++)
		assert_int_equal(seal_verifier_field(verifier,
		    span_of_text(*signatures)), 0);
	assert_int_equal(seal_verifier_field(verifier,
	    SPAN("From: a@b.test")), 0);
	assert_int_equal(seal_verifier_end_header(verifier), 0);
	for (size_t i = 0; answer != NULL &&
	    i < seal_verifier_query_count(verifier); i++)
		assert_int_equal(seal_verifier_answer(verifier, i,
		    &(struct seal_answer){ .record = answer }), 0);
	assert_int_equal(seal_verifier_body(verifier, span_of_text(body)), 0);
	assert_int_equal(seal_verifier_finish(verifier), 0);
	return verifier;
}

/* Describe, read again, and free the verifier. */
static struct seal_authres *
described(struct seal_verifier *verifier)
{
	struct seal_authres *authres = NULL;
	const char *why = NULL;
	char *text = NULL;

	assert_int_equal(seal_authres_of_verifier(verifier, SPAN("mx.us.test"),
	    &text), 0);
	assert_int_equal(seal_authres_parse(span_of_text(text), &authres, &why),
	    0);
	assert_true(span_eq(authres->authserv_id, SPAN("mx.us.test")));
	seal_text_free(&text);
	seal_verifier_free(&verifier);
	return authres;
}

static void
assert_span(struct span got, const char *want)
{
	if (!span_eq(got, span_of_text(want)))
		fail_msg("got \"%.*s\", wanted \"%s\"", (int)got.n,
		    (const char *)got.p, want);
}

static void
assert_property(const struct seal_clause *clause, size_t i, const char *name,
    const char *value)
{
	assert_true(i < clause->n_properties);
	assert_span(clause->properties[i].type, "header");
	assert_span(clause->properties[i].name, name);
	assert_span(clause->properties[i].value, value);
}

static void
no_signature_is_none(void **state)
{
	const char *signatures[] = { NULL };
	struct seal_verifier *verifier = verify(signatures, "body\r\n", NULL);
	char *text = NULL;

	(void)state;
	assert_int_equal(seal_authres_of_verifier(verifier, SPAN("mx.us.test"),
	    &text), 0);
	assert_string_equal(text, "mx.us.test;\r\n\tdkim=none");
	seal_text_free(&text);
	assert_int_equal(seal_authres_of_verifier(verifier, SPAN(""), &text),
	    SEAL_E_OPTION);
	assert_null(text);
	seal_verifier_free(&verifier);
}

static void
a_pass_names_the_domain_first(void **state)
{
	char field[2048], text[2048], *got = NULL;
	const char *signatures[] = { field, NULL };
	struct seal_verifier *verifier;
	struct span b;

	(void)state;
	sign("b.test", "\"a b\"@sub.b.test", field, sizeof(field));
	verifier = verify(signatures, "body\r\n", record);
	b = seal_verifier_result(verifier, 0)->signature;
	assert_int_equal(b.n, 88);
	assert_int_equal(seal_authres_of_verifier(verifier, SPAN("mx.us.test"),
	    &got), 0);
	(void)snprintf(text, sizeof(text), "mx.us.test;\r\n"
	    "\tdkim=pass header.d=b.test header.i=\"\\\"a b\\\"@sub.b.test\" "
	    "header.s=s1");
	assert_int_equal(strncmp(got, text, strlen(text)), 0);
	seal_text_free(&got);
	seal_verifier_free(&verifier);
}

static void
the_signature_is_cut_to_eight_characters(void **state)
{
	char field[2048], first[9];
	const char *signatures[] = { field, NULL };
	struct seal_verifier *verifier;
	struct seal_authres *authres;

	(void)state;
	sign("b.test", "", field, sizeof(field));
	verifier = verify(signatures, "body\r\n", record);
	(void)snprintf(first, sizeof(first), "%.8s",
	    (const char *)seal_verifier_result(verifier, 0)->signature.p);
	authres = described(verifier);
	assert_int_equal(authres->n_clauses, 1);
	assert_span(authres->clauses[0].method, "dkim");
	assert_span(authres->clauses[0].result, "pass");
	assert_int_equal(authres->clauses[0].reason.n, 0);
	assert_int_equal(authres->clauses[0].comment.n, 0);
	assert_int_equal(authres->clauses[0].n_properties, 5);
	assert_property(&authres->clauses[0], 0, "d", "b.test");
	assert_property(&authres->clauses[0], 1, "i", "@b.test");
	assert_property(&authres->clauses[0], 2, "s", "s1");
	assert_property(&authres->clauses[0], 3, "a", "ed25519-sha256");
	assert_property(&authres->clauses[0], 4, "b", first);
	seal_authres_free(&authres);
}

static void
all_but_a_pass_has_a_reason(void **state)
{
	char field[2048];
	const char *signatures[] = { "DKIM-Signature: v=1; \"; dkim=pass",
		field, NULL };
	struct seal_authres *authres;

	(void)state;
	sign("b.test", "", field, sizeof(field));
	authres = described(verify(signatures, "another body\r\n", record));
	assert_int_equal(authres->n_clauses, 2);
	assert_span(authres->clauses[0].result, "permerror");
	assert_true(authres->clauses[0].reason.n > 0);
	assert_int_equal(authres->clauses[0].n_properties, 0);
	assert_span(authres->clauses[1].result, "fail");
	assert_span(authres->clauses[1].reason,
	    seal_reason_sentence(SEAL_WHY_BODY_HASH));
	assert_property(&authres->clauses[1], 0, "d", "b.test");
	seal_authres_free(&authres);

	authres = described(verify(signatures + 1, "body\r\n", NULL));
	assert_int_equal(authres->n_clauses, 1);
	assert_span(authres->clauses[0].result, "temperror");
	assert_span(authres->clauses[0].reason,
	    seal_reason_sentence(SEAL_WHY_NO_ANSWER));
	seal_authres_free(&authres);
}

static void
a_key_in_test_mode_is_noted(void **state)
{
	char field[2048];
	const char *signatures[] = { field, NULL };
	struct seal_authres *authres;

	(void)state;
	sign("b.test", "", field, sizeof(field));
	authres = described(verify(signatures, "body\r\n", testing));
	assert_span(authres->clauses[0].result, "pass");
	assert_span(authres->clauses[0].comment, "test mode");
	seal_authres_free(&authres);
}

#define WITH_SIGNATURE(b) "DKIM-Signature: v=1; a=rsa-sha256; d=b.test; s=s1; " \
	"h=From; bh=47DEQpj8HBSa+/TImW+5JCeuQeRkm5NMpJWZG3hSuFU=; b=" b

/* RFC 6008: long enough to tell the results apart */
static void
signatures_that_begin_alike_are_told_apart(void **state)
{
	const char *signatures[] = {
		WITH_SIGNATURE("AAAAAAAAAABB"),
		WITH_SIGNATURE("AAAAAAAAAACC"),
		WITH_SIGNATURE("AAAAAAAADDDD"),
		WITH_SIGNATURE("BAAAAAAAAAAA"),
		WITH_SIGNATURE("CCCCCCCCCCCC"),
		WITH_SIGNATURE("CCCCCCCCCCCC"),
		WITH_SIGNATURE("DDDD"),
		NULL,
	};
	static const char *const want[] = { "AAAAAAAAAAB", "AAAAAAAAAAC",
		"AAAAAAAAD", "BAAAAAAA", "CCCCCCCCCCCC", "CCCCCCCCCCCC", "DDDD" };
	struct seal_authres *authres = described(verify(signatures, "body\r\n",
	    NULL));

	(void)state;
	assert_int_equal(authres->n_clauses, sizeof(want) / sizeof(want[0]));
	for (size_t i = 0; i < authres->n_clauses; i++)
		assert_property(&authres->clauses[i],
		    authres->clauses[i].n_properties - 1, "b", want[i]);
	seal_authres_free(&authres);
}

static void
what_a_sender_wrote_stays_a_value(void **state)
{
	const char *signatures[] = {
		"DKIM-Signature: v=1; a=rsa-sha256; d=b.test; s=s1; h=From; "
		"bh=47DEQpj8HBSa+/TImW+5JCeuQeRkm5NMpJWZG3hSuFU=; b=AAAAAAAA; "
		"i=x=0D=0ABcc:=20y=22=3B=20dkim=3Dpass@b.test",
		NULL,
	};
	struct seal_verifier *verifier = verify(signatures, "body\r\n", NULL);
	struct seal_authres *authres;
	char *text = NULL;

	(void)state;
	assert_int_equal(seal_authres_of_verifier(verifier, SPAN("mx.us.test"),
	    &text), 0);
	assert_null(strstr(text, "\nBcc"));
	seal_text_free(&text);
	authres = described(verifier);
	assert_int_equal(authres->n_clauses, 1);
	assert_span(authres->clauses[0].result, "temperror");
	assert_property(&authres->clauses[0], 1, "i",
	    "x??Bcc: y\"; dkim=pass@b.test");
	seal_authres_free(&authres);
}

static void
signatures_past_every_limit_still_give_a_field(void **state)
{
	const char *signatures[101];
	struct seal_authres *authres;

	(void)state;
	for (size_t i = 0; i < 100; i++)
		signatures[i] = WITH_SIGNATURE("AAAAAAAA");
	signatures[100] = NULL;
	authres = described(verify(signatures, "body\r\n", NULL));
	assert_int_equal(authres->n_clauses, SEAL_MAX_CLAUSES);
	assert_span(authres->clauses[SEAL_MAX_CLAUSES - 1].result, "policy");
	assert_span(authres->clauses[SEAL_MAX_CLAUSES - 1].reason,
	    seal_reason_sentence(SEAL_WHY_TOO_MANY_SIGNATURES));
	seal_authres_free(&authres);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(no_signature_is_none),
		cmocka_unit_test(a_pass_names_the_domain_first),
		cmocka_unit_test(the_signature_is_cut_to_eight_characters),
		cmocka_unit_test(all_but_a_pass_has_a_reason),
		cmocka_unit_test(a_key_in_test_mode_is_noted),
		cmocka_unit_test(signatures_that_begin_alike_are_told_apart),
		cmocka_unit_test(what_a_sender_wrote_stays_a_value),
		cmocka_unit_test(signatures_past_every_limit_still_give_a_field),
	};

	return cmocka_run_group_tests(tests, make_key, drop_key);
}
