/*
 * reader_test.c: a stream of bytes becomes fields and body (RFC 5322 section
 * 2.1), the same for every way of cutting it into pieces.
 *
 * What the reader gives out is written down as text: a field as "[...]", the
 * end of the header as "|", and then the body.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "message/reader.h"

#define COUNT(rows) (sizeof(rows) / sizeof(rows[0]))

static int
note_field(void *arg, struct span field)
{
	buffer_add_byte(arg, '[');
	buffer_add(arg, field);
	buffer_add_byte(arg, ']');
	return 0;
}

static int
note_end_header(void *arg)
{
	buffer_add_byte(arg, '|');
	return 0;
}

static int
note_body(void *arg, struct span chunk)
{
	buffer_add(arg, chunk);
	return 0;
}

static const struct reader_events notes = {
	.field = note_field,
	.end_header = note_end_header,
	.body = note_body,
};

static struct reader reader;
static struct buffer heard;

static struct span
read_in_pieces(struct span message, enum seal_line_ends line_ends,
    const size_t *cuts, size_t n)
{
	size_t at = 0;

	buffer_clear(&heard);
	reader_init(&reader, &notes, &heard, 4096);
	for (size_t i = 0; i < n; i++) {
		assert_int_equal(reader_feed(&reader,
		    span_of(message.p + at, cuts[i] - at), line_ends), 0);
		at = cuts[i];
	}
	assert_int_equal(reader_feed(&reader, span_from(message, at),
	    line_ends), 0);
	assert_int_equal(reader_finish(&reader), 0);
	assert_false(buffer_failed(&heard));
	return buffer_span(&heard);
}

static int
end(void **state)
{
	(void)state;
	reader_deinit(&reader);
	buffer_deinit(&heard);
	return 0;
}

static const struct {
	const char *name;
	enum seal_line_ends line_ends;
	struct span message, want;
} rows[] = {
	{ "fields and a body", SEAL_LINES_CRLF,
	    SPAN_INIT("A: 1\r\nB: 2\r\n\r\nbody\r\n"),
	    SPAN_INIT("[A: 1][B: 2]|body\r\n") },
	{ "folds stay as they are", SEAL_LINES_CRLF,
	    SPAN_INIT("A: 1\r\n\t2\r\n  \r\n 3\r\nB:\r\n\r\n"),
	    SPAN_INIT("[A: 1\r\n\t2\r\n  \r\n 3][B:]|") },
	{ "a header alone, ended", SEAL_LINES_CRLF,
	    SPAN_INIT("A: 1\r\n\r\n"), SPAN_INIT("[A: 1]|") },
	{ "a header alone, not ended", SEAL_LINES_CRLF,
	    SPAN_INIT("A: 1\r\nB: 2\r\n"), SPAN_INIT("[A: 1][B: 2]|") },
	{ "a header alone without a final line end", SEAL_LINES_CRLF,
	    SPAN_INIT("A: 1\r\nB: 2"), SPAN_INIT("[A: 1][B: 2]|") },
	{ "nothing at all", SEAL_LINES_CRLF, SPAN_INIT(""), SPAN_INIT("|") },
	{ "an empty line alone", SEAL_LINES_CRLF, SPAN_INIT("\r\n"),
	    SPAN_INIT("|") },
	{ "a body alone", SEAL_LINES_CRLF, SPAN_INIT("\r\nbody"),
	    SPAN_INIT("|body") },
	{ "a body that begins with empty lines", SEAL_LINES_CRLF,
	    SPAN_INIT("A: 1\r\n\r\n\r\n\r\nbody"),
	    SPAN_INIT("[A: 1]|\r\n\r\nbody") },
	{ "a body that looks like a header", SEAL_LINES_CRLF,
	    SPAN_INIT("A: 1\r\n\r\nB: 2\r\n\r\nC"),
	    SPAN_INIT("[A: 1]|B: 2\r\n\r\nC") },
	{ "a line of white space is no empty line", SEAL_LINES_CRLF,
	    SPAN_INIT("A: 1\r\n \r\nB: 2\r\n\r\n"),
	    SPAN_INIT("[A: 1\r\n ][B: 2]|") },
	{ "a first line of white space is a field, if a bad one",
	    SEAL_LINES_CRLF, SPAN_INIT(" x\r\n y\r\nA: 1\r\n\r\n"),
	    SPAN_INIT("[ x\r\n y][A: 1]|") },
	{ "a line without a colon", SEAL_LINES_CRLF,
	    SPAN_INIT("From a 1 Jan\r\nA: 1\r\nno field\r\n\r\n"),
	    SPAN_INIT("[From a 1 Jan][A: 1][no field]|") },
	{ "CRLF: an LF alone ends no line", SEAL_LINES_CRLF,
	    SPAN_INIT("A: 1\nB: 2\n\nC\r\n\r\nx\ny"),
	    SPAN_INIT("[A: 1\nB: 2\n\nC]|x\ny") },
	{ "CRLF: a CR alone ends no line", SEAL_LINES_CRLF,
	    SPAN_INIT("A: 1\rB: 2\r\r\n\r\nx\ry\r\r\n"),
	    SPAN_INIT("[A: 1\rB: 2\r]|x\ry\r\r\n") },
	{ "CRLF: CR CR LF is a line of one CR", SEAL_LINES_CRLF,
	    SPAN_INIT("A: 1\r\n\r\r\nB: 2\r\n\r\n"),
	    SPAN_INIT("[A: 1][\r][B: 2]|") },
	{ "CRLF: LF CRLF is no empty line", SEAL_LINES_CRLF,
	    SPAN_INIT("A: 1\r\n\n\r\nB: 2\r\n\r\n"),
	    SPAN_INIT("[A: 1][\n][B: 2]|") },
	{ "NUL and 8-bit bytes", SEAL_LINES_CRLF,
	    SPAN_INIT("A\0: \0\xff\r\n\r\n\0\xff"),
	    SPAN_INIT("[A\0: \0\xff]|\0\xff") },
	{ "file: LF becomes CRLF", SEAL_LINES_FILE,
	    SPAN_INIT("A: 1\n 2\nB: 3\n\nx\n\ny\n"),
	    SPAN_INIT("[A: 1\r\n 2][B: 3]|x\r\n\r\ny\r\n") },
	{ "file: the first line decides, LF: CRLF means the same",
	    SEAL_LINES_FILE, SPAN_INIT("A: 1\nB: 2\r\nC: 3\n\r\nx\r\ny\nz"),
	    SPAN_INIT("[A: 1][B: 2][C: 3]|x\r\ny\r\nz") },
	{ "file: the first line decides, CRLF: an LF alone is a byte",
	    SEAL_LINES_FILE, SPAN_INIT("A: 1\r\nB: 2\nC: 3\r\n\r\nx\ny\r\n"),
	    SPAN_INIT("[A: 1][B: 2\nC: 3]|x\ny\r\n") },
	{ "file: CRs in the body that end nothing", SEAL_LINES_FILE,
	    SPAN_INIT("A: 1\n\nx\ry\r\r\nz\r"),
	    SPAN_INIT("[A: 1]|x\ry\r\r\nz\r") },
	{ "file: a body that begins with empty lines", SEAL_LINES_FILE,
	    SPAN_INIT("A: 1\n\n\n\nx"), SPAN_INIT("[A: 1]|\r\n\r\nx") },
	{ "file: no body", SEAL_LINES_FILE, SPAN_INIT("A: 1\nB: 2\n"),
	    SPAN_INIT("[A: 1][B: 2]|") },
	{ "file: no final line end", SEAL_LINES_FILE,
	    SPAN_INIT("A: 1\nB: 2"), SPAN_INIT("[A: 1][B: 2]|") },
	{ "file: one line without an end", SEAL_LINES_FILE,
	    SPAN_INIT("A: 1"), SPAN_INIT("[A: 1]|") },
	{ "file: nothing at all", SEAL_LINES_FILE, SPAN_INIT(""),
	    SPAN_INIT("|") },
	{ "file: an empty line alone", SEAL_LINES_FILE, SPAN_INIT("\n"),
	    SPAN_INIT("|") },
	{ "file: an empty first line decides, too", SEAL_LINES_FILE,
	    SPAN_INIT("\nx\ny"), SPAN_INIT("|x\r\ny") },
	{ "file: an empty first line with CRLF", SEAL_LINES_FILE,
	    SPAN_INIT("\r\nx\ny\r\n"), SPAN_INIT("|x\ny\r\n") },
};

static void
assert_heard(const char *name, struct span got, struct span want)
{
	if (!span_eq(got, want))
		fail_msg("%s: \"%.*s\", \"%.*s\" wanted", name, (int)got.n,
		    (const char *)got.p, (int)want.n, (const char *)want.p);
}

static void
reads_header_and_body(void **state)
{
	(void)state;
	for (size_t i = 0; i < COUNT(rows); i++)
		assert_heard(rows[i].name, read_in_pieces(rows[i].message,
		    rows[i].line_ends, NULL, 0), rows[i].want);
}

static void
reads_the_same_for_every_two_way_and_three_way_cut(void **state)
{
	size_t cuts[2];

	(void)state;
	for (size_t i = 0; i < COUNT(rows); i++) {
		struct span message = rows[i].message;

		for (cuts[0] = 0; cuts[0] <= message.n; cuts[0]++) {
			for (cuts[1] = cuts[0]; cuts[1] <= message.n;
			    cuts[1]++)
				assert_heard(rows[i].name,
				    read_in_pieces(message, rows[i].line_ends,
				    cuts, 2), rows[i].want);
		}
	}
}

static void
reads_the_same_byte_by_byte(void **state)
{
	size_t cuts[64];

	(void)state;
	for (size_t i = 0; i < COUNT(cuts); i++)
		cuts[i] = i;
	for (size_t i = 0; i < COUNT(rows); i++) {
		assert_true(rows[i].message.n <= COUNT(cuts));
		assert_heard(rows[i].name, read_in_pieces(rows[i].message,
		    rows[i].line_ends, cuts, rows[i].message.n), rows[i].want);
	}
}

/* More LFs than fit in one stretch of the copy. */
static void
makes_crlf_of_every_lf_in_a_long_body(void **state)
{
	static unsigned char body[50001];
	struct span got;

	(void)state;
	memset(body, '\n', sizeof(body));
	body[sizeof(body) - 1] = 'x';
	buffer_clear(&heard);
	reader_init(&reader, &notes, &heard, 4096);
	assert_int_equal(reader_feed(&reader, SPAN("\n"), SEAL_LINES_FILE), 0);
	assert_int_equal(reader_feed(&reader, span_of(body, sizeof(body)),
	    SEAL_LINES_FILE), 0);
	assert_int_equal(reader_finish(&reader), 0);
	got = buffer_span(&heard);
	assert_int_equal(got.n, 1 + 2 * 50000 + 1);
	for (size_t i = 1; i < got.n - 1; i += 2)
		assert_true(got.p[i] == '\r' && got.p[i + 1] == '\n');
}

struct totals {
	size_t fields, field_octets, body_octets;
	bool ended;
};

static int
count_field(void *arg, struct span field)
{
	struct totals *totals = arg;

	totals->fields++;
	totals->field_octets += field.n + 2;
	return 0;
}

static int
count_end_header(void *arg)
{
	struct totals *totals = arg;

	totals->ended = true;
	return 0;
}

static int
count_body(void *arg, struct span chunk)
{
	struct totals *totals = arg;

	totals->body_octets += chunk.n;
	return 0;
}

/* seal.h: past max_header_bytes the rest is dropped; whoever counts must see
 * that the limit was passed, and the body is still found. */
static void
keeps_no_more_of_a_header_than_the_limit(void **state)
{
	static const struct reader_events counts = {
		.field = count_field,
		.end_header = count_end_header,
		.body = count_body,
	};
	static const struct {
		size_t fields; /* of 10 octets, CRLF included */
		bool over;
	} sizes[] = { { 9, false }, { 10, false }, { 11, true },
		{ 5000, true } };

	(void)state;
	for (size_t i = 0; i < COUNT(sizes); i++) {
		for (size_t step = 1; step < 12; step += 5) {
			struct buffer message = { 0 };
			struct totals totals = { 0 };

			for (size_t n = 0; n < sizes[i].fields; n++)
				buffer_add_text(&message, "A: 12345\r\n");
			buffer_add_text(&message, "\r\nbody");
			reader_init(&reader, &counts, &totals, 100);
			for (size_t at = 0; at < message.n; at += step)
				assert_int_equal(reader_feed(&reader,
				    span_first(span_from(buffer_span(&message),
				    at), step), SEAL_LINES_CRLF), 0);
			assert_int_equal(reader_finish(&reader), 0);
			assert_true(totals.ended);
			assert_int_equal(totals.body_octets, 4);
			assert_int_equal(totals.field_octets > 100,
			    sizes[i].over);
			assert_true(totals.field_octets <= 103);
			assert_true(reader.head.n <= 101);
			buffer_deinit(&message);
		}
	}
}

static int
refuse_field(void *arg, struct span field)
{
	(void)arg, (void)field;
	return SEAL_E_LIMIT;
}

static int
refuse_end_header(void *arg)
{
	(void)arg;
	return SEAL_E_NO_FROM;
}

static int
refuse_body(void *arg, struct span chunk)
{
	(void)arg, (void)chunk;
	return SEAL_E_NOMEM;
}

static void
passes_on_what_its_listener_returns(void **state)
{
	static const struct {
		struct reader_events events;
		enum seal_line_ends line_ends;
		int want;
	} refusals[] = {
		{ { refuse_field, note_end_header, note_body },
		    SEAL_LINES_CRLF, SEAL_E_LIMIT },
		{ { note_field, refuse_end_header, note_body },
		    SEAL_LINES_CRLF, SEAL_E_NO_FROM },
		{ { note_field, note_end_header, refuse_body },
		    SEAL_LINES_CRLF, SEAL_E_NOMEM },
		{ { note_field, note_end_header, refuse_body },
		    SEAL_LINES_FILE, SEAL_E_NOMEM },
	};

	(void)state;
	for (size_t i = 0; i < COUNT(refusals); i++) {
		buffer_clear(&heard);
		reader_init(&reader, &refusals[i].events, &heard, 100);
		assert_int_equal(reader_feed(&reader, SPAN("A: 1\n\nx\r\n\r\ny"),
		    refusals[i].line_ends), refusals[i].want);
	}
}

static void
reads_one_message_after_another(void **state)
{
	(void)state;
	buffer_clear(&heard);
	reader_init(&reader, &notes, &heard, 4096);
	assert_int_equal(reader_feed(&reader, SPAN("A: left\n over"),
	    SEAL_LINES_FILE), 0);
	assert_heard("the next", read_in_pieces(SPAN("B: 1\r\n\r\nx\n"),
	    SEAL_LINES_CRLF, NULL, 0), SPAN("[B: 1]|x\n"));
}

int
main(void)
{
#define TEST(name) cmocka_unit_test_teardown(name, end)
	const struct CMUnitTest tests[] = {
		TEST(reads_header_and_body),
		TEST(reads_the_same_for_every_two_way_and_three_way_cut),
		TEST(reads_the_same_byte_by_byte),
		TEST(makes_crlf_of_every_lf_in_a_long_body),
		TEST(keeps_no_more_of_a_header_than_the_limit),
		TEST(passes_on_what_its_listener_returns),
		TEST(reads_one_message_after_another),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
