/*
 * dk_signer_test.c: signatures as RFC 4870 section 3.3 wants them, which hold
 * and cover what they say.
 */
#include "dk_fixture.h"

#define FROM "From: Joe <joe@a.test>\r\n"
#define MESSAGE "Received: by x\r\nX-Tag: 1\r\nReturn-Path: <j@a.test>\r\n" \
    FROM "x-tag: 2\r\nSubject: Hi\r\n you\r\nBcc: z@a.test\r\n\r\nb  c\r\n\r\n"
#define KEY "s1._domainkey.a.test"

static struct seal_key *key;

static int
set_up(void **state)
{
	(void)state;
	key = fixture_key(fixture_rsa1024);
	return 0;
}

static int
tear_down(void **state)
{
	(void)state;
	seal_key_unref(&key);
	return 0;
}

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

/* The h= that results, without folds and white space; "" when there is none. */
static char *
names_of(struct span headers, bool no_list, const char *message)
{
	struct seal_dk_sign_options options = sign_options();
	struct seal_dk_verify_options verify = dk_options();
	struct seal_dk_verifier *verifier = NULL;
	struct buffer names = { 0 };
	struct span list;
	char *record = fixture_join("p=", fixture_rsa1024_p, NULL);
	const struct fixture_txt zone[] = { { KEY, record }, { NULL, NULL } };
	char *text;
	size_t n;
	int error;

	options.headers = headers;
	options.no_list = no_list;
	text = dk_sign(&options, span_of_text(message), &n, &error);
	assert_int_equal(error, 0);
	dk_verify(&verifier, &verify, span_of(text, n), zone);
	dk_assert_outcome("signed", verifier, SEAL_WHY_OK, "good", "good");
	list = seal_dk_verifier_result(verifier, 0)->signed_headers;
	for (size_t i = 0; i < list.n; i++) {
		if (!byte_is_fws(list.p[i]))
			buffer_add_byte(&names, list.p[i]);
	}
	seal_dk_verifier_free(&verifier);
	free(text);
	free(record);
	return buffer_take_text(&names);
}

static void
lists_what_it_signs(void **state)
{
	static const struct {
		const char *name;
		struct span headers;
		bool no_list;
		const char *message, *want;
	} rows[] = {
		{ "all that are suitable, one name's together", SPAN_INIT(""),
		    false, MESSAGE, "X-Tag:x-tag:From:Subject" },
		{ "a list, in its order", SPAN_INIT("subject:from"), false,
		    MESSAGE, "Subject:From" },
		{ "a list that names what is not suitable",
		    SPAN_INIT("Received : From"), false, MESSAGE,
		    "Received:From" },
		{ "the sender's field in any case", SPAN_INIT("Subject"), false,
		    MESSAGE, "Subject:From" },
		{ "Sender, when it is the sender's", SPAN_INIT("From"), false,
		    "Sender: s@a.test\r\nFrom: j@b.test\r\n\r\nb\r\n",
		    "From:Sender" },
		{ "a name twice, a name that is not there",
		    SPAN_INIT("X-Tag:From:X-Tag:X-No"), false, MESSAGE,
		    "X-Tag:x-tag:From" },
		{ "no names that h= cannot carry", SPAN_INIT(""), false,
		    "X\001Y: 1\r\nX;Y: 2\r\nX Y: 3\r\nno colon\r\n" FROM
		    "\r\nb\r\n", "From" },
		{ "no list", SPAN_INIT(""), true, MESSAGE, "" },
	};

	(void)state;
	for (size_t i = 0; i < COUNT(rows); i++) {
		char *names = names_of(rows[i].headers, rows[i].no_list,
		    rows[i].message);

		if (strcmp(names, rows[i].want) != 0)
			fail_msg("%s: '%s'", rows[i].name, names);
		free(names);
	}
}

static void
signs_in_both_forms_and_a_domain_above(void **state)
{
	static const char message[] = "From: j@sub.a.test\r\nSubject: a  b\r\n"
	    "\r\nc \t d\r\n\r\n";
	struct seal_dk_verify_options verify = dk_options();
	struct seal_dk_sign_options options = sign_options();
	struct seal_dk_verifier *verifier = NULL;
	char *record = fixture_join("p=", fixture_rsa1024_p, NULL);
	const struct fixture_txt zone[] = { { KEY, record }, { NULL, NULL } };
	char *text;
	size_t n;
	int error;

	(void)state;
	for (int canon = SEAL_DK_SIMPLE; canon <= SEAL_DK_NOFWS; canon++) {
		options.canon = (enum seal_dk_canon)canon;
		text = dk_sign(&options, span_of_text(message), &n, &error);
		dk_verify(&verifier, &verify, span_of(text, n), zone);
		dk_assert_outcome("signed", verifier, SEAL_WHY_OK, "good",
		    "good");
		/* what is below counts, what is above does not */
		memcpy(strstr(text, "Subject: a  b"), "Subject: ab  ", 13);
		dk_verify(&verifier, &verify, span_of(text, n), zone);
		dk_assert_outcome("spaces moved", verifier,
		    canon == SEAL_DK_NOFWS ? SEAL_WHY_OK : SEAL_WHY_SIGNATURE,
		    canon == SEAL_DK_NOFWS ? "good" : "bad",
		    canon == SEAL_DK_NOFWS ? "good" : "bad");
		free(text);
	}
	seal_dk_verifier_free(&verifier);
	free(record);
}

static void
writes_the_field_folded_with_all_its_tags(void **state)
{
	struct seal_dk_sign_options options = sign_options();
	char *text, *line, *end;
	size_t n;
	int error;

	(void)state;
	text = dk_sign(&options, SPAN(FROM "\r\nb\r\n"), &n, &error);
	assert_memory_equal(text, "DomainKey-Signature: a=rsa-sha1; q=dns; "
	    "c=nofws; d=a.test; s=s1;", 64);
	for (line = text; (end = strstr(line, "\r\n")) != NULL; line = end + 2)
		assert_true(end - line <= 78);
	free(text);
}

static void
refuses_messages_that_nobody_could_verify(void **state)
{
	static const struct {
		const char *message;
		int error;
	} rows[] = {
		{ "Subject: x\r\n\r\nb\r\n", SEAL_E_NO_FROM },
		{ "Sender: j@a.test\r\n\r\nb\r\n", SEAL_E_NO_FROM },
		{ "From: nobody\r\n\r\nb\r\n", SEAL_E_NO_FROM },
		{ FROM FROM "\r\nb\r\n", SEAL_E_SEVERAL_FROM },
		{ FROM "Sender: a@a.test\r\nSender: b@a.test\r\n\r\nb\r\n",
		    SEAL_E_SEVERAL_FROM },
		{ "From: j@b.test\r\n\r\nb\r\n", SEAL_E_OPTION },
		{ FROM "Sender: j@b.test\r\n\r\nb\r\n", SEAL_E_OPTION },
	};
	struct seal_dk_sign_options options = sign_options();
	size_t n;
	int error;

	(void)state;
	for (size_t i = 0; i < COUNT(rows); i++) {
		assert_null(dk_sign(&options, span_of_text(rows[i].message),
		    &n, &error));
		if (error != rows[i].error)
			fail_msg("'%s': %s", rows[i].message,
			    seal_error_word(error));
	}
}

static void
refuses_options_that_cannot_be(void **state)
{
	struct seal_key *weak = fixture_key(fixture_rsa512);
	struct seal_key *other = fixture_key(fixture_ed25519);
	struct seal_dk_profile *profile = NULL;
	const struct {
		struct seal_key *key;
		struct span domain, selector, headers;
		bool no_list;
		int error;
	} rows[] = {
		{ NULL, SPAN("a.test"), SPAN("s"), SPAN(""), false,
		    SEAL_E_OPTION },
		{ other, SPAN("a.test"), SPAN("s"), SPAN(""), false,
		    SEAL_E_KEY },
		{ weak, SPAN("a.test"), SPAN("s"), SPAN(""), false,
		    SEAL_E_KEY },
		{ key, SPAN("a b"), SPAN("s"), SPAN(""), false,
		    SEAL_E_OPTION },
		{ key, SPAN("a.test"), SPAN(""), SPAN(""), false,
		    SEAL_E_OPTION },
		{ key, SPAN("a.test"), SPAN("s"), SPAN("From::To"), false,
		    SEAL_E_OPTION },
		{ key, SPAN("a.test"), SPAN("s"), SPAN("From;b=x"), false,
		    SEAL_E_OPTION },
		{ key, SPAN("a.test"), SPAN("s"), SPAN("From"), true,
		    SEAL_E_OPTION },
	};

	(void)state;
	for (size_t i = 0; i < COUNT(rows); i++) {
		struct seal_dk_sign_options options = sign_options();
		const char *why = NULL;

		options.key = rows[i].key;
		options.domain = rows[i].domain;
		options.selector = rows[i].selector;
		options.headers = rows[i].headers;
		options.no_list = rows[i].no_list;
		if (seal_dk_profile_new(&options, &profile, &why) !=
		    rows[i].error)
			fail_msg("row %zu: %s", i, why);
		assert_non_null(why);
		assert_null(profile);
	}
	seal_key_unref(&weak);
	seal_key_unref(&other);
}

/* One pass, a signature for each profile; every one holds below the others. */
static void
makes_several_signatures_and_starts_anew(void **state)
{
	struct seal_dk_sign_options options = sign_options();
	struct seal_dk_verify_options verify = dk_options();
	struct seal_dk_profile *listed = NULL, *bare = NULL;
	struct seal_dk_verifier *verifier = NULL;
	struct seal_dk_signer *signer = NULL;
	struct buffer out = { 0 };
	char *record = fixture_join("p=", fixture_rsa1024_p, NULL);
	const struct fixture_txt zone[] = { { KEY, record }, { NULL, NULL } };
	const char *why = NULL;

	(void)state;
	assert_int_equal(seal_dk_profile_new(&options, &listed, &why), 0);
	options.canon = SEAL_DK_SIMPLE;
	options.no_list = true;
	assert_int_equal(seal_dk_profile_new(&options, &bare, &why), 0);
	assert_int_equal(seal_dk_signer_new(&signer), 0);
	for (int round = 0; round < 2; round++) {
		seal_dk_signer_reset(signer);
		assert_int_equal(seal_dk_signer_add(signer, listed), 0);
		assert_int_equal(seal_dk_signer_add(signer, bare), 0);
		assert_int_equal(seal_dk_signer_feed(signer, SPAN(MESSAGE),
		    SEAL_LINES_CRLF), 0);
		assert_int_equal(seal_dk_signer_signature(signer, 0).n, 0);
		assert_int_equal(seal_dk_signer_finish(signer), 0);
		buffer_clear(&out);
		for (size_t i = 0; i < seal_dk_signer_count(signer); i++) {
			buffer_add(&out, seal_dk_signer_signature(signer, i));
			buffer_add(&out, SPAN("\r\n"));
		}
		buffer_add(&out, SPAN(MESSAGE));
		dk_verify(&verifier, &verify, buffer_span(&out), zone);
		for (size_t i = 0; i < 2; i++)
			assert_int_equal(seal_dk_verifier_result(verifier,
			    i)->reason, SEAL_WHY_OK);
	}
	/* above another, a signature without h= would not hold */
	seal_dk_signer_reset(signer);
	assert_int_equal(seal_dk_signer_add(signer, bare), 0);
	assert_int_equal(seal_dk_signer_add(signer, listed), 0);
	assert_int_equal(seal_dk_signer_feed(signer, SPAN(MESSAGE),
	    SEAL_LINES_CRLF), SEAL_E_OPTION);
	assert_non_null(seal_dk_signer_why(signer));
	seal_dk_signer_free(&signer);
	seal_dk_verifier_free(&verifier);
	seal_dk_profile_unref(&listed);
	seal_dk_profile_unref(&bare);
	buffer_deinit(&out);
	free(record);
}

static void
names_no_more_fields_than_h_may(void **state)
{
	struct seal_dk_sign_options options = sign_options();
	struct buffer message = { 0 };
	size_t n;
	int error;

	(void)state;
	for (int i = 0; i < SEAL_MAX_SIGNED_NAMES; i++)
		buffer_add_text(&message, "X: y\r\n");
	buffer_add_text(&message, FROM "\r\nb\r\n");
	assert_null(dk_sign(&options, buffer_span(&message), &n, &error));
	assert_int_equal(error, SEAL_E_LIMIT);
	buffer_deinit(&message);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(lists_what_it_signs),
		cmocka_unit_test(signs_in_both_forms_and_a_domain_above),
		cmocka_unit_test(writes_the_field_folded_with_all_its_tags),
		cmocka_unit_test(refuses_messages_that_nobody_could_verify),
		cmocka_unit_test(refuses_options_that_cannot_be),
		cmocka_unit_test(makes_several_signatures_and_starts_anew),
		cmocka_unit_test(names_no_more_fields_than_h_may),
	};

	return cmocka_run_group_tests(tests, set_up, tear_down);
}
