/*
 * dk_canon_test.c: simple and nofws, of bodies and of header fields (RFC 4870
 * sections 3.4.2.1 and 3.4.2.2).  Rows are bodies; what is wanted begins with
 * the empty line that parts header and body.
 */
#include "dk_fixture.h"

#include "domainkeys/dk_canon.h"

static const struct row {
	const char *name;
	struct span body, simple, nofws;
} rows[] = {
	{ "no body", SPAN_INIT(""), SPAN_INIT(""), SPAN_INIT("") },
	{ "an empty line", SPAN_INIT("\r\n"), SPAN_INIT(""), SPAN_INIT("") },
	{ "empty lines alone", SPAN_INIT("\r\n\r\n\r\n"), SPAN_INIT(""),
	    SPAN_INIT("") },
	{ "white space alone", SPAN_INIT(" \t\r\n\t\r\n"),
	    SPAN_INIT("\r\n \t\r\n\t\r\n"), SPAN_INIT("") },
	{ "a line", SPAN_INIT("a\r\n"), SPAN_INIT("\r\na\r\n"),
	    SPAN_INIT("\r\na\r\n") },
	{ "no line end", SPAN_INIT("a"), SPAN_INIT("\r\na\r\n"),
	    SPAN_INIT("\r\na\r\n") },
	{ "empty lines at the end", SPAN_INIT("a\r\n\r\n\r\n"),
	    SPAN_INIT("\r\na\r\n"), SPAN_INIT("\r\na\r\n") },
	{ "empty lines first and inside", SPAN_INIT("\r\na\r\n\r\n\r\nb\r\n"),
	    SPAN_INIT("\r\n\r\na\r\n\r\n\r\nb\r\n"),
	    SPAN_INIT("\r\n\r\na\r\n\r\n\r\nb\r\n") },
	{ "white space in lines", SPAN_INIT(" a \tb \r\n\tc\r\n"),
	    SPAN_INIT("\r\n a \tb \r\n\tc\r\n"), SPAN_INIT("\r\nab\r\nc\r\n") },
	{ "lines of white space at the end", SPAN_INIT("a\r\n \r\n\t\r\n\r\n"),
	    SPAN_INIT("\r\na\r\n \r\n\t\r\n"), SPAN_INIT("\r\na\r\n") },
	{ "lines of white space inside", SPAN_INIT("a\r\n \r\nb\r\n"),
	    SPAN_INIT("\r\na\r\n \r\nb\r\n"), SPAN_INIT("\r\na\r\n\r\nb\r\n") },
	{ "CR alone", SPAN_INIT("a\rb\r\n"), SPAN_INIT("\r\na\rb\r\n"),
	    SPAN_INIT("\r\nab\r\n") },
	{ "LF alone", SPAN_INIT("a\nb\r\n"), SPAN_INIT("\r\na\nb\r\n"),
	    SPAN_INIT("\r\nab\r\n") },
	{ "CR CR LF", SPAN_INIT("a\r\r\nb"), SPAN_INIT("\r\na\r\r\nb\r\n"),
	    SPAN_INIT("\r\na\r\nb\r\n") },
	{ "CR at the end", SPAN_INIT("a\r"), SPAN_INIT("\r\na\r\r\n"),
	    SPAN_INIT("\r\na\r\n") },
	{ "CR as all of the body", SPAN_INIT("\r"), SPAN_INIT("\r\n\r\r\n"),
	    SPAN_INIT("") },
	/* the eighth bit stays */
	{ "eight bits and NUL", SPAN_INIT("\xe9\0\xff\x7f\r\n"),
	    SPAN_INIT("\r\n\xe9\0\xff\x7f\r\n"),
	    SPAN_INIT("\r\n\xe9\0\xff\x7f\r\n") },
	/* no white space for DomainKeys */
	{ "form feed", SPAN_INIT("a\f\vb\r\n"), SPAN_INIT("\r\na\f\vb\r\n"),
	    SPAN_INIT("\r\na\f\vb\r\n") },
};

static void
gather(void *arg, struct span run)
{
	buffer_add(arg, run);
}

static void
check(const struct row *row, enum seal_dk_canon canon, struct span want)
{
	struct buffer out = { 0 };
	struct dk_canon body;

	for (size_t step = 1; step <= row->body.n + 1; step++) {
		struct span rest = row->body, piece;

		buffer_clear(&out);
		dk_canon_init(&body, canon, gather, &out);
		for (; rest.n > 0; rest = span_from(rest, piece.n)) {
			piece = span_first(rest, step);
			dk_canon_feed(&body, piece);
		}
		dk_canon_finish(&body);
		if (!span_eq(buffer_span(&out), want))
			fail_msg("%s, %s, by %zu: '%.*s'", row->name,
			    seal_dk_canon_name(canon), step, (int)out.n,
			    (const char *)out.p);
	}
	buffer_deinit(&out);
}

static void
makes_the_same_body_however_it_is_cut(void **state)
{
	(void)state;
	for (size_t i = 0; i < COUNT(rows); i++) {
		check(&rows[i], SEAL_DK_SIMPLE, rows[i].simple);
		check(&rows[i], SEAL_DK_NOFWS, rows[i].nofws);
	}
}

static void
keeps_long_runs_whole(void **state)
{
	size_t n = 3 * DK_CANON_STAGE + 7;
	unsigned char *text = malloc(n);
	struct buffer out = { 0 };
	struct dk_canon body;

	(void)state;
	assert_non_null(text);
	memset(text, 'x', n);
	dk_canon_init(&body, SEAL_DK_NOFWS, gather, &out);
	dk_canon_feed(&body, SPAN("y "));
	dk_canon_feed(&body, span_of(text, n));
	dk_canon_finish(&body);
	assert_int_equal(out.n, n + 5);
	assert_memory_equal(out.p, "\r\nyxx", 5);
	assert_memory_equal(out.p + out.n - 3, "x\r\n", 3);
	free(text);
	buffer_deinit(&out);
}

static void
takes_white_space_out_of_folded_fields(void **state)
{
	static const struct {
		struct span raw, simple, nofws;
	} fields[] = {
		{ SPAN_INIT("Subject: a  b"), SPAN_INIT("Subject: a  b\r\n"),
		    SPAN_INIT("Subject:ab\r\n") },
		{ SPAN_INIT("SUBJECT \t:\ta\r\n b \r\n\t c "),
		    SPAN_INIT("SUBJECT \t:\ta\r\n b \r\n\t c \r\n"),
		    SPAN_INIT("SUBJECT:abc\r\n") },
		{ SPAN_INIT("X:"), SPAN_INIT("X:\r\n"), SPAN_INIT("X:\r\n") },
	};
	struct digest digest = { 0 };
	unsigned char got[DIGEST_MAX_OCTETS], want[DIGEST_MAX_OCTETS];

	(void)state;
	for (size_t i = 0; i < COUNT(fields) * 2; i++) {
		enum seal_dk_canon canon = i % 2 == 0 ? SEAL_DK_SIMPLE :
		    SEAL_DK_NOFWS;

		assert_int_equal(digest_start(&digest, DIGEST_SHA1), 0);
		dk_canon_field(&digest, fields[i / 2].raw, canon);
		assert_int_equal(digest_finish(&digest, got), 0);
		assert_int_equal(digest_start(&digest, DIGEST_SHA1), 0);
		digest_add(&digest, i % 2 == 0 ? fields[i / 2].simple :
		    fields[i / 2].nofws);
		assert_int_equal(digest_finish(&digest, want), 0);
		assert_memory_equal(got, want, 20);
	}
	digest_deinit(&digest);
}

static void
knows_its_two_names(void **state)
{
	enum seal_dk_canon canon = SEAL_DK_SIMPLE;

	(void)state;
	assert_int_equal(seal_dk_canon_parse(SPAN("nofws"), &canon), 0);
	assert_string_equal(seal_dk_canon_name(canon), "nofws");
	assert_int_equal(seal_dk_canon_parse(SPAN("relaxed"), &canon),
	    SEAL_E_SYNTAX);
	assert_int_equal(canon, SEAL_DK_NOFWS);
	assert_int_equal(seal_dk_canon_parse(SPAN("simple"), &canon), 0);
	assert_string_equal(seal_dk_canon_name(canon), "simple");
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(makes_the_same_body_however_it_is_cut),
		cmocka_unit_test(keeps_long_runs_whole),
		cmocka_unit_test(takes_white_space_out_of_folded_fields),
		cmocka_unit_test(knows_its_two_names),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
