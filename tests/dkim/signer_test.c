/*
 * signer_test.c: making signatures (RFC 6376 sections 3.5, 5 and 8.15).
 */
#include "fixture.h"

#include "dkim/tags.h"
#include "message/canon_header.h"

static const struct span message = SPAN_INIT(
    "Received: from a by b\r\n"
    "From: Joe <joe@a.test>\r\n"
    "To: sue@b.test\r\n"
    "Subject: some\r\n\tfolded text\r\n"
    "Date: Tue, 14 Nov 2023 22:13:20 +0000\r\n"
    "Message-ID: <1@a.test>\r\n"
    "\r\n"
    "Hello  you,\r\n \r\nwhite  space. \r\n\r\n\r\n");

static struct seal_key *rsa1024, *rsa2048, *ed25519;

static int
load_keys(void **state)
{
	(void)state;
	rsa1024 = fixture_key(fixture_rsa1024);
	rsa2048 = fixture_key(fixture_rsa2048);
	ed25519 = fixture_key(fixture_ed25519);
	return 0;
}

static int
drop_keys(void **state)
{
	(void)state;
	seal_key_unref(&rsa1024);
	seal_key_unref(&rsa2048);
	seal_key_unref(&ed25519);
	return 0;
}

static struct seal_profile *
new_profile(const struct seal_sign_options *options)
{
	struct seal_profile *profile = NULL;
	const char *why = NULL;

	if (seal_profile_new(options, &profile, &why) != 0)
		fail_msg("profile: %s", why);
	return profile;
}

static struct seal_signer *
new_signer(const struct seal_sign_options *options, size_t n)
{
	struct seal_signer *signer = NULL;

	assert_int_equal(seal_signer_new(FIXTURE_NOW, &signer), 0);
	for (size_t i = 0; i < n; i++) {
		struct seal_profile *profile = new_profile(&options[i]);

		assert_int_equal(seal_signer_add(signer, profile), 0);
		seal_profile_unref(&profile); /* the signer has its own */
	}
	return signer;
}

static void
sign(struct seal_signer *signer, struct span text)
{
	if (seal_signer_feed(signer, text, SEAL_LINES_CRLF) != 0 ||
	    seal_signer_finish(signer) != 0)
		fail_msg("%s", seal_signer_why(signer));
}

/* The value of a tag of a signature field, or an empty span. */
static struct span
tag_of(struct span field, const char *name)
{
	struct tag_list list;
	const struct tag *tag;
	size_t colon = span_find(field, ':');

	assert_true(span_eq(span_first(field, colon), SPAN("DKIM-Signature")));
	assert_int_equal(tag_list_parse(&list, span_from(field, colon + 1)),
	    SEAL_WHY_OK);
	tag = tag_list_find(&list, name);
	return tag == NULL ? span_of(NULL, 0) : tag->value;
}

static void
assert_tag(struct span field, const char *name, const char *want)
{
	struct span got = tag_of(field, name);
	struct buffer unfolded = { 0 };

	for (size_t i = 0; i < got.n; i++) {
		if (!byte_is_fws(got.p[i]))
			buffer_add_byte(&unfolded, got.p[i]);
	}
	if (!span_eq(buffer_span(&unfolded), span_of_text(want)))
		fail_msg("%s=%.*s, %s wanted", name, (int)unfolded.n,
		    (const char *)unfolded.p, want);
	buffer_deinit(&unfolded);
}

static void
assert_no_tag(struct span field, const char *name)
{
	if (tag_of(field, name).p != NULL)
		fail_msg("%s= should not be there", name);
}

static void
writes_the_tags_of_rfc6376_section_3_5(void **state)
{
	struct seal_sign_options options = fixture_sign_options(rsa1024, "s1");
	struct seal_signer *signer = new_signer(&options, 1);
	struct span field;

	(void)state;
	sign(signer, message);
	assert_int_equal(seal_signer_count(signer), 1);
	field = seal_signer_signature(signer, 0);
	assert_tag(field, "v", "1");
	assert_tag(field, "a", "rsa-sha256");
	assert_tag(field, "c", "relaxed/relaxed");
	assert_tag(field, "d", "a.test");
	assert_tag(field, "s", "s1");
	assert_tag(field, "t", "1700000000");
	assert_tag(field, "h", "From:From:Subject:Date:Message-ID:To");
	assert_int_equal(tag_of(field, "bh").n, 44);
	assert_no_tag(field, "x");
	assert_no_tag(field, "l");
	assert_no_tag(field, "i");
	assert_no_tag(field, "z");
	assert_int_not_equal(field.p[field.n - 1], '\n');
	seal_signer_free(&signer);
	assert_null(signer);
}

static void
writes_what_the_options_say(void **state)
{
	struct seal_sign_options options = fixture_sign_options(rsa1024, "s1");
	struct seal_signer *signer;
	struct span field;

	(void)state;
	options.identity = SPAN("joe@x.a.test");
	options.lifetime = 3600;
	options.body_length = true;
	options.header_canon = SEAL_CANON_SIMPLE;
	options.headers = SPAN("from:subject:x-none");
	signer = new_signer(&options, 1);
	sign(signer, message);
	field = seal_signer_signature(signer, 0);
	assert_tag(field, "c", "simple/relaxed");
	assert_tag(field, "i", "joe@x.a.test");
	assert_tag(field, "x", "1700003600");
	/* of the canonical body: the relaxed one is shorter */
	assert_tag(field, "l", "28");
	assert_tag(field, "h", "from:subject:x-none");
	seal_signer_free(&signer);

	options.body_canon = SEAL_CANON_SIMPLE;
	options.lifetime = 0;
	options.no_timestamp = true;
	signer = new_signer(&options, 1);
	sign(signer, message);
	field = seal_signer_signature(signer, 0);
	assert_tag(field, "c", "simple/simple");
	assert_tag(field, "l", "32");
	assert_no_tag(field, "t");
	assert_no_tag(field, "x");
	seal_signer_free(&signer);
}

/* Section 3.5, z=: copies in dkim-quoted-printable, "|" encoded; absent fields
 * have none. */
static void
copies_the_signed_fields_into_z(void **state)
{
	static const struct span text = SPAN_INIT("From: a@a.test\r\n"
	    "Subject: a|b; c=d\r\n e\xc3\xbc\r\n\r\n");
	struct seal_sign_options options = fixture_sign_options(rsa1024, "s1");
	struct seal_signer *signer;
	struct span field;

	(void)state;
	options.copy_headers = true;
	options.headers = SPAN("from:from:subject:to");
	signer = new_signer(&options, 1);
	sign(signer, text);
	field = seal_signer_signature(signer, 0);
	assert_tag(field, "h", "from:from:subject:to");
	assert_tag(field, "z", "From:=20a@a.test|"
	    "Subject:=20a=7Cb=3B=20c=3Dd=0D=0A=20e=C3=BC");
	seal_signer_free(&signer);
}

/* Columns of each line: a tab takes one up to the next eighth.  A line may be
 * longer only if it is one piece without white space. */
static void
assert_lines_fit(const char *name, struct span field)
{
	struct span rest = field, line;
	bool more;

	do {
		size_t column = 0;

		more = span_cut(&rest, '\n', &line);
		if (more) {
			assert_true(line.n > 0 && line.p[line.n - 1] == '\r');
			line.n--;
		}
		for (size_t i = 0; i < line.n; i++)
			column = line.p[i] == '\t' ? column + 8 - column % 8 :
			    column + 1;
		line = span_trim_wsp(line);
		assert_true(line.n > 0); /* no line of white space */
		if (column > 78 && span_find(line, ' ') < line.n)
			fail_msg("%s: %zu columns: %.*s", name, column,
			    (int)line.n, (const char *)line.p);
		assert_true(column <= 998); /* RFC 5322 section 2.1.1 */
	} while (more);
}

/* sig-z-tag-copy = hdr-name [FWS] ":" qp-hdr-value: FWS may stand anywhere in
 * the value, but not inside a name (section 3.5). */
static void
assert_no_fold_in_copied_names(const char *name, struct span z)
{
	struct span copy, field_name;

	while (z.n > 0) {
		(void)span_cut(&z, '|', &copy);
		assert_true(span_cut(&copy, ':', &field_name));
		field_name = span_trim_fws(field_name);
		for (size_t i = 0; i < field_name.n; i++) {
			if (byte_is_fws(field_name.p[i]))
				fail_msg("%s: a fold in the name \"%.*s\"",
				    name, (int)field_name.n,
				    (const char *)field_name.p);
		}
	}
}

#define L30 "abcdefghijklmnopqrstuvwxyz-123"
#define LONG_DOMAIN L30 "." L30 "." L30 "." L30 "." L30 "." L30 ".a.test"

static void
folds_at_78_columns_wherever_it_may(void **state)
{
	static const char *const domains[] = { "a.test", L30 ".a.test",
		L30 "." L30 ".a.test", LONG_DOMAIN };

	(void)state;
	for (size_t i = 0; i < COUNT(domains); i++) {
		for (size_t pad = 0; pad < 90; pad += 3) {
			struct seal_sign_options options =
			    fixture_sign_options(rsa1024, "s1");
			struct buffer text = { 0 };
			struct seal_signer *signer;
			struct span field;

			buffer_add_text(&text, "From: a@a.test\r\nSubject: ");
			for (size_t n = 0; n < pad; n++)
				buffer_add_byte(&text, 'x');
			buffer_add_text(&text, " =?utf-8?q?=C3=BC?= ;;;|||"
			    "\r\nTo:" L30 "," L30 ",\r\n " L30 "," L30 "\r\n"
			    "X-Some-Very-Long-Name-Of-A-Field: x\r\n\r\nbody");
			options.domain = span_of_text(domains[i]);
			options.lifetime = 60;
			options.body_length = true;
			options.copy_headers = true;
			options.headers = SPAN("From*:Subject+:To+:Date:Cc:"
			    "Message-ID:MIME-Version:Content-Type:List-Id:"
			    "X-Some-Very-Long-Name-Of-A-Field*:References");
			signer = new_signer(&options, 1);
			sign(signer, buffer_span(&text));
			field = seal_signer_signature(signer, 0);
			assert_lines_fit(domains[i], field);
			assert_no_fold_in_copied_names(domains[i],
			    tag_of(field, "z"));
			seal_signer_free(&signer);
			buffer_deinit(&text);
		}
	}
}

/* Momentum once broke its own signatures by folding a long identity. */
static void
leaves_a_long_identity_in_one_piece(void **state)
{
	struct seal_sign_options options = fixture_sign_options(rsa1024, "s1");
	struct seal_signer *signer;
	struct span field;

	(void)state;
	options.identity = SPAN("some.very.long.local.part.that.goes.on.and.on"
	    "." L30 "@" L30 ".a.test");
	signer = new_signer(&options, 1);
	sign(signer, message);
	field = seal_signer_signature(signer, 0);
	assert_true(span_eq(tag_of(field, "i"), options.identity));
	assert_lines_fit("a long identity", field);
	seal_signer_free(&signer);
}

/* Relaxed makes nothing of folds: the field unfolded by others on the way has
 * the same canonical value, and h= and b= hold no spaces that were not there. */
static void
folds_without_changing_the_canonical_value(void **state)
{
	struct seal_sign_options options = fixture_sign_options(rsa2048, "s1");
	struct seal_signer *signer = new_signer(&options, 1);
	unsigned char folded[4096], unfolded[4096];
	struct buffer text = { 0 };
	struct span field;
	size_t n;

	(void)state;
	sign(signer, message);
	field = seal_signer_signature(signer, 0);
	assert_true(field.n < 2000);
	for (size_t i = 0; i < field.n; i++) {
		if (field.p[i] == '\t')
			buffer_add_byte(&text, ' ');
		else if (field.p[i] != '\r' && field.p[i] != '\n')
			buffer_add_byte(&text, field.p[i]);
	}
	n = canon_header_relaxed(field, folded);
	assert_int_equal(canon_header_relaxed(buffer_span(&text), unfolded), n);
	assert_memory_equal(folded, unfolded, n);
	buffer_deinit(&text);
	seal_signer_free(&signer);
}

static void
makes_several_in_one_pass_as_it_makes_one(void **state)
{
	struct seal_sign_options options[SEAL_MAX_PROFILES];
	struct seal_signer *all;

	(void)state;
	for (size_t i = 0; i < COUNT(options); i++) {
		struct seal_key *key = i % 3 == 0 ? rsa1024 :
		    i % 3 == 1 ? rsa2048 : ed25519;

		options[i] = fixture_sign_options(key, "s1");
		options[i].header_canon = (enum seal_canon)(i / 2 % 2);
		options[i].body_canon = (enum seal_canon)(i / 4 % 2);
		options[i].body_length = i % 5 == 0;
		options[i].copy_headers = i % 7 == 0;
		options[i].headers = i % 2 == 0 ? SPAN("") :
		    SPAN("subject:from*:received+");
		if (i == 3) {
			options[i].algorithm = SEAL_RSA_SHA1;
			options[i].allow_rsa_sha1 = true;
		}
	}
	all = new_signer(options, COUNT(options));
	sign(all, message);
	assert_int_equal(seal_signer_count(all), COUNT(options));
	for (size_t i = 0; i < COUNT(options); i++) {
		struct seal_signer *one = new_signer(&options[i], 1);
		struct span alone, among = seal_signer_signature(all, i);

		sign(one, message);
		alone = seal_signer_signature(one, 0);
		if (!span_eq(alone, among))
			fail_msg("signature %zu differs:\n%.*s\n%.*s", i,
			    (int)among.n, (const char *)among.p, (int)alone.n,
			    (const char *)alone.p);
		seal_signer_free(&one);
	}
	assert_int_equal(seal_signer_signature(all, COUNT(options)).n, 0);
	seal_signer_free(&all);
}

static void
signs_the_same_for_every_way_of_feeding(void **state)
{
	struct seal_sign_options options = fixture_sign_options(ed25519, "s1");
	struct seal_signer *signer = new_signer(&options, 1), *other;
	struct seal_profile *profile = new_profile(&options);
	struct span want;

	(void)state;
	sign(signer, message);
	want = seal_signer_signature(signer, 0);

	other = new_signer(&options, 1);
	assert_int_equal(seal_signer_field(other,
	    SPAN("Received: from a by b")), 0);
	assert_int_equal(seal_signer_field(other,
	    SPAN("From: Joe <joe@a.test>")), 0);
	assert_int_equal(seal_signer_field(other, SPAN("To: sue@b.test")), 0);
	assert_int_equal(seal_signer_field(other,
	    SPAN("Subject: some\r\n\tfolded text")), 0);
	assert_int_equal(seal_signer_field(other,
	    SPAN("Date: Tue, 14 Nov 2023 22:13:20 +0000")), 0);
	assert_int_equal(seal_signer_field(other,
	    SPAN("Message-ID: <1@a.test>")), 0);
	assert_int_equal(seal_signer_end_header(other), 0);
	assert_int_equal(seal_signer_body(other, SPAN("Hello  you,\r")), 0);
	assert_int_equal(seal_signer_body(other, SPAN("")), 0);
	assert_int_equal(seal_signer_body(other,
	    SPAN("\n \r\nwhite  space. \r\n\r\n\r\n")), 0);
	assert_int_equal(seal_signer_finish(other), 0);
	assert_true(span_eq(seal_signer_signature(other, 0), want));

	assert_int_equal(seal_signer_reset(other, FIXTURE_NOW), 0);
	assert_int_equal(seal_signer_add(other, profile), 0);
	for (size_t i = 0; i < message.n; i++)
		assert_int_equal(seal_signer_feed(other,
		    span_of(message.p + i, 1), SEAL_LINES_CRLF), 0);
	assert_int_equal(seal_signer_finish(other), 0);
	assert_true(span_eq(seal_signer_signature(other, 0), want));

	seal_profile_unref(&profile);
	seal_signer_free(&other);
	seal_signer_free(&signer);
}

static void
reads_a_file_with_bare_lf_as_if_it_were_crlf(void **state)
{
	struct seal_sign_options options = fixture_sign_options(ed25519, "s1");
	struct seal_signer *signer = new_signer(&options, 1);
	struct seal_signer *other = new_signer(&options, 1);

	(void)state;
	sign(signer, SPAN("From: a@a.test\r\nSubject: x\r\n y\r\n\r\na\r\n"));
	assert_int_equal(seal_signer_feed(other,
	    SPAN("From: a@a.test\nSubject: x\n y\n\na\n"), SEAL_LINES_FILE), 0);
	assert_int_equal(seal_signer_finish(other), 0);
	assert_true(span_eq(seal_signer_signature(other, 0),
	    seal_signer_signature(signer, 0)));
	seal_signer_free(&other);
	seal_signer_free(&signer);
}

static const struct {
	const char *name;
	struct span message;
	int error;
	const char *why;
} unsignable[] = {
	{ "RFC 6376 5.4: no From", SPAN_INIT("To: a\r\n\r\nbody"),
	    SEAL_E_NO_FROM, "no From" },
	{ "two From (RFC 6376 8.15)", SPAN_INIT("From: a@a.test\r\nTo: b\r\n"
	    "FROM: b@b.test\r\n\r\n"), SEAL_E_SEVERAL_FROM,
	    "more than one From" },
	{ "From with white space before its colon counts, too",
	    SPAN_INIT("From: a@a.test\r\nFrom : b@b.test\r\n\r\n"),
	    SEAL_E_SEVERAL_FROM, "more than one From" },
	{ "From in the body is none", SPAN_INIT("\r\nFrom: a@a.test\r\n"),
	    SEAL_E_NO_FROM, "no From" },
	{ "nothing at all", SPAN_INIT(""), SEAL_E_NO_FROM, "no From" },
};

static void
refuses_a_message_without_from_or_with_two(void **state)
{
	struct seal_sign_options options = fixture_sign_options(ed25519, "s1");

	(void)state;
	for (size_t i = 0; i < COUNT(unsignable); i++) {
		struct seal_signer *signer = new_signer(&options, 1);
		int ret;

		ret = seal_signer_feed(signer, unsignable[i].message,
		    SEAL_LINES_CRLF);
		if (ret == 0)
			ret = seal_signer_end_header(signer);
		if (ret != unsignable[i].error ||
		    strstr(seal_signer_why(signer), unsignable[i].why) == NULL)
			fail_msg("%s: %s: %s", unsignable[i].name,
			    seal_error_word(ret), seal_signer_why(signer));
		/* it sticks, with its words, and nothing comes out */
		assert_int_equal(seal_signer_body(signer, SPAN("x")), ret);
		assert_int_equal(seal_signer_finish(signer), ret);
		assert_non_null(strstr(seal_signer_why(signer),
		    unsignable[i].why));
		assert_int_equal(seal_signer_signature(signer, 0).n, 0);
		seal_signer_free(&signer);
	}
}

static void
refuses_calls_out_of_order(void **state)
{
	struct seal_sign_options options = fixture_sign_options(ed25519, "s1");
	struct seal_profile *profile = new_profile(&options);
	struct seal_signer *signer = new_signer(&options, 1);

	(void)state;
	assert_null(seal_signer_why(signer));
	assert_int_equal(seal_signer_body(signer, SPAN("x")), SEAL_E_ORDER);
	assert_string_equal(seal_signer_why(signer), "a call out of order");
	assert_int_equal(seal_signer_signature(signer, 0).n, 0);
	assert_int_equal(seal_signer_field(signer, SPAN("From: a@a.test")), 0);
	assert_int_equal(seal_signer_end_header(signer), 0);
	assert_int_equal(seal_signer_end_header(signer), SEAL_E_ORDER);
	assert_int_equal(seal_signer_field(signer, SPAN("To: b")),
	    SEAL_E_ORDER);
	assert_int_equal(seal_signer_add(signer, profile), SEAL_E_ORDER);
	assert_int_equal(seal_signer_count(signer), 1);
	assert_int_equal(seal_signer_signature(signer, 0).n, 0);
	assert_int_equal(seal_signer_body(signer, SPAN("x")), 0);
	assert_int_equal(seal_signer_finish(signer), 0);
	assert_true(seal_signer_signature(signer, 0).n > 0);
	assert_int_equal(seal_signer_body(signer, SPAN("x")), SEAL_E_ORDER);
	assert_int_equal(seal_signer_feed(signer, SPAN("x"), SEAL_LINES_CRLF),
	    SEAL_E_ORDER);
	assert_int_equal(seal_signer_field(signer, SPAN("To: b")),
	    SEAL_E_ORDER);
	/* what is done stays done */
	assert_true(seal_signer_signature(signer, 0).n > 0);
	seal_profile_unref(&profile);
	seal_signer_free(&signer);
}

/* A call out of order changes nothing, so a second finish cannot take back
 * what the first one gave. */
static void
keeps_its_signatures_through_a_second_finish(void **state)
{
	struct seal_sign_options options = fixture_sign_options(ed25519, "s1");
	struct seal_signer *signer = new_signer(&options, 1);
	size_t n;

	(void)state;
	sign(signer, message);
	n = seal_signer_signature(signer, 0).n;
	assert_true(n > 0);
	assert_int_equal(seal_signer_finish(signer), SEAL_E_ORDER);
	assert_int_equal(seal_signer_signature(signer, 0).n, n);
	seal_signer_free(&signer);
}

static void
takes_so_many_profiles_and_no_more(void **state)
{
	struct seal_sign_options options = fixture_sign_options(ed25519, "s1");
	struct seal_profile *profile = new_profile(&options);
	struct seal_signer *signer = NULL;

	(void)state;
	assert_int_equal(seal_signer_new(FIXTURE_NOW, &signer), 0);
	for (int i = 0; i < SEAL_MAX_PROFILES; i++)
		assert_int_equal(seal_signer_add(signer, profile), 0);
	assert_int_equal(seal_signer_add(signer, profile), SEAL_E_LIMIT);
	assert_non_null(strstr(seal_signer_why(signer), "16"));
	assert_int_equal(seal_signer_count(signer), SEAL_MAX_PROFILES);
	seal_profile_unref(&profile);
	seal_signer_free(&signer);
}

static void
refuses_a_header_over_its_limits(void **state)
{
	struct seal_sign_options options = fixture_sign_options(ed25519, "s1");
	struct seal_signer *signer = new_signer(&options, 1);

	(void)state;
	assert_int_equal(seal_signer_field(signer, SPAN("From: a@a.test")), 0);
	for (int i = 0; i < SEAL_MAX_HEADER_FIELDS; i++)
		assert_int_equal(seal_signer_field(signer, SPAN("X: y")), 0);
	assert_int_equal(seal_signer_end_header(signer), SEAL_E_LIMIT);
	assert_non_null(strstr(seal_signer_why(signer), "1000 fields"));
	seal_signer_free(&signer);
}

#define LONG_NAME "X-A-Name-That-Is-As-Long-As-Those-That-Filters-Make-Up-Are"

/* Neither more names than h= may have, nor a field longer than verifiers take:
 * it would be thrown away elsewhere. */
static void
refuses_to_write_what_verifiers_would_not_take(void **state)
{
	struct seal_sign_options options = fixture_sign_options(ed25519, "s1");
	struct seal_signer *signer;
	struct buffer text = { 0 };

	(void)state;
	options.headers = SPAN("From:X+");
	signer = new_signer(&options, 1);
	assert_int_equal(seal_signer_field(signer, SPAN("From: a@a.test")), 0);
	for (int i = 0; i < SEAL_MAX_SIGNED_NAMES; i++)
		assert_int_equal(seal_signer_field(signer, SPAN("X: y")), 0);
	assert_int_equal(seal_signer_end_header(signer), SEAL_E_LIMIT);
	assert_non_null(strstr(seal_signer_why(signer), "h="));
	seal_signer_free(&signer);

	options.headers = SPAN("From:" LONG_NAME "+");
	signer = new_signer(&options, 1);
	buffer_add_text(&text, "From: a@a.test\r\n");
	for (int i = 0; i < SEAL_MAX_SIGNED_NAMES - 8; i++)
		buffer_add_text(&text, LONG_NAME ": x\r\n");
	buffer_add_text(&text, "\r\n");
	assert_int_equal(seal_signer_feed(signer, buffer_span(&text),
	    SEAL_LINES_CRLF), 0);
	assert_int_equal(seal_signer_finish(signer), SEAL_E_LIMIT);
	assert_non_null(strstr(seal_signer_why(signer), "larger"));
	assert_int_equal(seal_signer_signature(signer, 0).n, 0);
	buffer_deinit(&text);
	seal_signer_free(&signer);
}

/* A copy that does not fit is no reason to leave a message unsigned. */
static void
signs_without_copies_where_they_would_be_too_large(void **state)
{
	struct seal_sign_options options = fixture_sign_options(ed25519, "s1");
	struct buffer text = { 0 };
	struct seal_signer *plain, *copying;

	(void)state;
	options.headers = SPAN("From:X");
	plain = new_signer(&options, 1);
	options.copy_headers = true;
	copying = new_signer(&options, 1);
	buffer_add_text(&text, "From: a@a.test\r\nX: ");
	for (int i = 0; i < SEAL_MAX_SIGNATURE_BYTES; i++)
		buffer_add_byte(&text, 'x');
	buffer_add_text(&text, "\r\n\r\n");
	sign(plain, buffer_span(&text));
	sign(copying, buffer_span(&text));
	/* Ed25519 signs the same in the same way (RFC 8032 section 5.1.6) */
	assert_true(span_eq(seal_signer_signature(plain, 0),
	    seal_signer_signature(copying, 0)));
	buffer_deinit(&text);
	seal_signer_free(&plain);
	seal_signer_free(&copying);
}

static void
refuses_a_time_before_1970(void **state)
{
	struct seal_signer *signer = NULL;

	(void)state;
	assert_int_equal(seal_signer_new(-1, &signer), SEAL_E_OPTION);
	assert_null(signer);
	assert_int_equal(seal_signer_new(0, &signer), 0);
	assert_int_equal(seal_signer_reset(signer, -1), SEAL_E_OPTION);
	assert_non_null(strstr(seal_signer_why(signer), "1970"));
	seal_signer_free(&signer);
}

static void
signs_one_message_after_another(void **state)
{
	struct seal_sign_options options = fixture_sign_options(rsa1024, "s1");
	struct seal_profile *profile = new_profile(&options);
	struct seal_signer *signer = new_signer(&options, 1);
	struct seal_signer *fresh = new_signer(&options, 1);

	(void)state;
	sign(fresh, message);
	/* after half a message, after an error, after a whole message */
	for (int i = 0; i < 3; i++) {
		(void)seal_signer_feed(signer, i == 1 ? SPAN("To: x\r\n\r\n") :
		    SPAN("From: x@a.test\r\n\r\nhalf a  \r"), SEAL_LINES_CRLF);
		if (i == 2)
			assert_int_equal(seal_signer_finish(signer), 0);
		assert_int_equal(seal_signer_reset(signer, FIXTURE_NOW), 0);
		assert_int_equal(seal_signer_count(signer), 0);
		assert_null(seal_signer_why(signer));
		assert_int_equal(seal_signer_add(signer, profile), 0);
		sign(signer, message);
		assert_true(span_eq(seal_signer_signature(signer, 0),
		    seal_signer_signature(fresh, 0)));
		assert_int_equal(seal_signer_reset(signer, FIXTURE_NOW), 0);
		assert_int_equal(seal_signer_add(signer, profile), 0);
	}
	seal_profile_unref(&profile);
	seal_signer_free(&signer);
	seal_signer_free(&fresh);
}

static void
needs_no_profile(void **state)
{
	struct seal_signer *signer = NULL;

	(void)state;
	assert_int_equal(seal_signer_new(FIXTURE_NOW, &signer), 0);
	sign(signer, message);
	assert_int_equal(seal_signer_count(signer), 0);
	assert_int_equal(seal_signer_signature(signer, 0).n, 0);
	seal_signer_free(&signer);
	seal_signer_free(&signer); /* NULL is fine */
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(writes_the_tags_of_rfc6376_section_3_5),
		cmocka_unit_test(writes_what_the_options_say),
		cmocka_unit_test(copies_the_signed_fields_into_z),
		cmocka_unit_test(folds_at_78_columns_wherever_it_may),
		cmocka_unit_test(leaves_a_long_identity_in_one_piece),
		cmocka_unit_test(folds_without_changing_the_canonical_value),
		cmocka_unit_test(makes_several_in_one_pass_as_it_makes_one),
		cmocka_unit_test(signs_the_same_for_every_way_of_feeding),
		cmocka_unit_test(reads_a_file_with_bare_lf_as_if_it_were_crlf),
		cmocka_unit_test(refuses_a_message_without_from_or_with_two),
		cmocka_unit_test(refuses_calls_out_of_order),
		cmocka_unit_test(keeps_its_signatures_through_a_second_finish),
		cmocka_unit_test(takes_so_many_profiles_and_no_more),
		cmocka_unit_test(refuses_a_header_over_its_limits),
		cmocka_unit_test(
		    refuses_to_write_what_verifiers_would_not_take),
		cmocka_unit_test(
		    signs_without_copies_where_they_would_be_too_large),
		cmocka_unit_test(refuses_a_time_before_1970),
		cmocka_unit_test(signs_one_message_after_another),
		cmocka_unit_test(needs_no_profile),
	};

	return cmocka_run_group_tests(tests, load_keys, drop_keys);
}
