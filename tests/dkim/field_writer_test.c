/*
 * field_writer_test.c: lines of a signature field stay within 78 columns (RFC
 * 5322 section 2.1.1) and are broken only where the grammar of RFC 6376 allows
 * folding white space.
 */
#include "fixture.h"

#include "dkim/field_writer.h"

static struct buffer out;
static struct field_writer writer;

static int
begin(void **state)
{
	(void)state;
	buffer_clear(&out);
	field_writer_begin(&writer, &out, "DKIM-Signature");
	return 0;
}

static int
end(void **state)
{
	(void)state;
	buffer_deinit(&out);
	return 0;
}

static void
assert_written(const char *want)
{
	if (!span_eq(buffer_span(&out), span_of_text(want)))
		fail_msg("\"%.*s\", \"%s\" wanted", (int)out.n,
		    (const char *)out.p, want);
}

/* n times the letter. */
static struct span
letters(char letter, size_t n)
{
	static char text[4][1024];
	static size_t i;

	i = (i + 1) % COUNT(text);
	assert_true(n <= sizeof(text[i]));
	memset(text[i], letter, n);
	return span_of(text[i], n);
}

/* The columns of the widest line: a tab takes one up to the next eighth. */
static size_t
widest(struct span text)
{
	size_t column = 0, most = 0;

	for (size_t i = 0; i < text.n; i++) {
		if (text.p[i] == '\n')
			column = 0;
		else if (text.p[i] == '\t')
			column += 8 - column % 8;
		else if (text.p[i] != '\r')
			column++;
		if (column > most)
			most = column;
	}
	return most;
}

static void
begins_with_the_name_and_puts_a_space_before_words(void **state)
{
	(void)state;
	field_writer_word(&writer, SPAN("v=1"));
	field_writer_byte(&writer, ';');
	field_writer_word(&writer, SPAN("d=a"));
	field_writer_byte(&writer, ';');
	assert_written("DKIM-Signature: v=1; d=a;");
}

/* "DKIM-Signature:" takes 15 columns, a space and 61 letters reach 77, and the
 * semicolon 78. */
static void
folds_before_a_word_that_would_not_fit(void **state)
{
	(void)state;
	field_writer_word(&writer, letters('a', 61));
	field_writer_byte(&writer, ';');
	assert_null(memchr(out.p, '\n', out.n));
	assert_int_equal(widest(buffer_span(&out)), 78);

	begin(state);
	field_writer_word(&writer, letters('a', 62));
	field_writer_byte(&writer, ';');
	assert_memory_equal(out.p, "DKIM-Signature:\r\n\taaa", 21);
	assert_int_equal(widest(buffer_span(&out)), 8 + 62 + 1);
}

static void
puts_a_word_longer_than_a_line_on_one_of_its_own(void **state)
{
	(void)state;
	field_writer_word(&writer, SPAN("v=1;"));
	field_writer_word(&writer, letters('a', 100));
	field_writer_byte(&writer, ';');
	field_writer_word(&writer, SPAN("b=1"));
	assert_memory_equal(out.p, "DKIM-Signature: v=1;\r\n\taaa", 26);
	assert_int_equal(out.p[22 + 1 + 100], ';');
	assert_memory_equal(out.p + out.n - 6, "\r\n\tb=1", 6);
}

static void
folds_between_parts_and_not_without_need(void **state)
{
	size_t n = 0;

	(void)state;
	for (int i = 0; i < 40; i++)
		field_writer_part(&writer, SPAN("Content-Type:"));
	assert_true(widest(buffer_span(&out)) <= 77);
	for (size_t i = 0; i + 1 < out.n; i++) {
		if (out.p[i] != '\r')
			continue;
		assert_int_equal(out.p[i - 1], ':');
		assert_memory_equal(out.p + i, "\r\n\tContent-Type:", 16);
		n++;
	}
	/* 4 behind the name, then 5 to a line */
	assert_int_equal(n, 8);
}

/* A part that is too long for any line gets one, but no empty line before. */
static void
does_not_fold_twice_for_a_part_longer_than_a_line(void **state)
{
	(void)state;
	field_writer_word(&writer, letters('a', 62));
	field_writer_part(&writer, letters('b', 100));
	field_writer_part(&writer, letters('c', 100));
	buffer_add_byte(&out, '\0');
	assert_null(strstr((const char *)out.p, "\t\r\n"));
}

static void
breaks_a_run_to_the_column(void **state)
{
	(void)state;
	for (size_t n = 1; n < 600; n++) {
		struct buffer unfolded = { 0 };

		begin(state);
		field_writer_word(&writer, SPAN("b="));
		field_writer_run(&writer, letters('x', n));
		field_writer_byte(&writer, ';');
		if (widest(buffer_span(&out)) > FIELD_COLUMNS)
			fail_msg("%zu octets: %zu columns", n,
			    widest(buffer_span(&out)));
		for (size_t i = 0; i < out.n; i++) {
			if (out.p[i] != '\r' && out.p[i] != '\n' &&
			    out.p[i] != '\t')
				buffer_add_byte(&unfolded, out.p[i]);
		}
		assert_int_equal(unfolded.n, 18 + n + 1); /* nothing lost */
		buffer_deinit(&unfolded);
	}
}

/* RFC 6376 section 2.11: FWS may stand between, not inside, encoded octets. */
static void
never_tears_an_encoded_octet(void **state)
{
	static const char *const encoded = "=20=3D=7C=C3=BC=0D=0A=09=20=20=20"
	    "=20=20=20=20=20=20=20=20=20=20=20=20=20=20=20=20=20=20=20=20";

	(void)state;
	for (size_t n = 0; n < 80; n++) {
		begin(state);
		field_writer_run(&writer, letters('x', n));
		field_writer_run(&writer, span_of_text(encoded));
		field_writer_run(&writer, span_of_text(encoded));
		field_writer_byte(&writer, ';');
		assert_true(widest(buffer_span(&out)) <= FIELD_COLUMNS);
		for (size_t i = 0; i < out.n; i++) {
			if (out.p[i] == '=' && (out.p[i + 1] == '\r' ||
			    out.p[i + 2] == '\r'))
				fail_msg("%zu octets: torn at %zu", n, i);
		}
	}
}

static void
does_not_take_base64_padding_for_an_encoded_octet(void **state)
{
	(void)state;
	for (size_t n = 50; n < 80; n++) {
		begin(state);
		field_writer_run(&writer, letters('x', n));
		field_writer_run(&writer, SPAN("AAAAQQ=="));
		field_writer_byte(&writer, ';');
		assert_true(widest(buffer_span(&out)) <= FIELD_COLUMNS);
	}
}

int
main(void)
{
#define TEST(name) cmocka_unit_test_setup_teardown(name, begin, end)
	const struct CMUnitTest tests[] = {
		TEST(begins_with_the_name_and_puts_a_space_before_words),
		TEST(folds_before_a_word_that_would_not_fit),
		TEST(puts_a_word_longer_than_a_line_on_one_of_its_own),
		TEST(folds_between_parts_and_not_without_need),
		TEST(does_not_fold_twice_for_a_part_longer_than_a_line),
		TEST(breaks_a_run_to_the_column),
		TEST(never_tears_an_encoded_octet),
		TEST(does_not_take_base64_padding_for_an_encoded_octet),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
