/*
 * canon_body_test.c: the canonical forms of a body (RFC 6376 sections 3.4.3 to
 * 3.4.5, erratum 1384), whatever chunks it comes in.
 *
 * Besides worked examples, everything is compared with a reference that is as
 * naive as the RFC's sentences: it holds the whole body and goes byte by byte.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>

#include <cmocka.h>

#include "base/buffer.h"
#include "message/canon_body.h"

#define COUNT(rows) (sizeof(rows) / sizeof(rows[0]))

static const enum seal_canon canons[] = { SEAL_CANON_SIMPLE,
	SEAL_CANON_RELAXED };

static void
gather(void *arg, struct span run)
{
	buffer_add(arg, run);
}

/* The canonical body of a body cut at the given places, which ascend. */
static struct buffer
canon(enum seal_canon form, struct span body, const size_t *cuts, size_t n)
{
	struct canon_body canon_body;
	struct buffer out = { 0 };
	size_t at = 0;

	canon_body_init(&canon_body, form, gather, &out);
	for (size_t i = 0; i < n; i++) {
		canon_body_feed(&canon_body,
		    span_of(body.p + at, cuts[i] - at));
		at = cuts[i];
	}
	canon_body_feed(&canon_body, span_from(body, at));
	canon_body_finish(&canon_body);
	assert_false(buffer_failed(&out));
	return out;
}

static bool
ends_with(const struct buffer *out, const char *text)
{
	size_t n = strlen(text);

	return out->n >= n && memcmp(out->p + out->n - n, text, n) == 0;
}

/* Section 3.4.4 a): white space in and at the end of one line. */
static void
reduce_line(struct span line, struct buffer *out)
{
	size_t n = line.n;

	while (n > 0 && byte_is_wsp(line.p[n - 1]))
		n--;
	for (size_t i = 0; i < n; i++) {
		if (!byte_is_wsp(line.p[i]))
			buffer_add_byte(out, line.p[i]);
		else if (i == 0 || !byte_is_wsp(line.p[i - 1]))
			buffer_add_byte(out, ' ');
	}
}

static size_t
find_crlf(struct span s)
{
	for (size_t i = 0; i + 1 < s.n; i++) {
		if (s.p[i] == '\r' && s.p[i + 1] == '\n')
			return i;
	}
	return s.n;
}

static struct buffer
reference(enum seal_canon form, struct span body)
{
	struct buffer out = { 0 };
	struct span rest = body;

	while (rest.n > 0) {
		size_t end = find_crlf(rest);

		if (form == SEAL_CANON_RELAXED)
			reduce_line(span_first(rest, end), &out);
		else
			buffer_add(&out, span_first(rest, end));
		if (end < rest.n)
			buffer_add(&out, SPAN("\r\n"));
		rest = span_from(rest, end < rest.n ? end + 2 : end);
	}
	while (ends_with(&out, "\r\n")) /* empty lines, and the last line's end */
		out.n -= 2;
	if (out.n > 0 || form == SEAL_CANON_SIMPLE)
		buffer_add(&out, SPAN("\r\n"));
	assert_false(buffer_failed(&out));
	return out;
}

/* Print a body as C would write it, so that a failure can become a row. */
static void
print_body(const char *what, struct span s)
{
	print_error("%s: \"", what);
	for (size_t i = 0; i < s.n; i++) {
		unsigned char c = s.p[i];

		if (c == '\r' || c == '\n' || c == '\t')
			print_error("%s", c == '\r' ? "\\r" :
			    c == '\n' ? "\\n" : "\\t");
		else if (c < 0x20 || c >= 0x7f)
			print_error("\\%03o", c);
		else
			print_error("%c", c);
	}
	print_error("\"\n");
}

static void
assert_same(const char *name, enum seal_canon form, struct span body,
    struct span got, struct span want)
{
	if (span_eq(got, want))
		return;
	print_error("%s, %s\n", name, seal_canon_name(form));
	if (body.n < 4096) {
		print_body("body", body);
		print_body("got", got);
		print_body("want", want);
	}
	fail_msg("%zu octets, %zu wanted", got.n, want.n);
}

static const struct {
	const char *name;
	struct span body, simple, relaxed;
} examples[] = {
	{ "RFC 6376 3.4.5: the example",
	    SPAN_INIT(" C \r\nD \t E\r\n\r\n\r\n"),
	    SPAN_INIT(" C \r\nD \t E\r\n"), SPAN_INIT(" C\r\nD E\r\n") },
	{ "3.4.3, 3.4.4: an empty body is one CRLF for simple, nothing for relaxed",
	    SPAN_INIT(""), SPAN_INIT("\r\n"), SPAN_INIT("") },
	{ "one CRLF is an empty body", SPAN_INIT("\r\n"), SPAN_INIT("\r\n"),
	    SPAN_INIT("") },
	{ "so are several", SPAN_INIT("\r\n\r\n\r\n"), SPAN_INIT("\r\n"),
	    SPAN_INIT("") },
	{ "a missing final CRLF is added", SPAN_INIT("a"), SPAN_INIT("a\r\n"),
	    SPAN_INIT("a\r\n") },
	{ "one that is there is kept", SPAN_INIT("a\r\n"), SPAN_INIT("a\r\n"),
	    SPAN_INIT("a\r\n") },
	{ "empty lines at the end go", SPAN_INIT("a\r\n\r\n\r\n"),
	    SPAN_INIT("a\r\n"), SPAN_INIT("a\r\n") },
	{ "empty lines elsewhere stay", SPAN_INIT("\r\na\r\n\r\n\r\nb\r\n"),
	    SPAN_INIT("\r\na\r\n\r\n\r\nb\r\n"),
	    SPAN_INIT("\r\na\r\n\r\n\r\nb\r\n") },
	{ "erratum 1384: lines of white space are empty for relaxed",
	    SPAN_INIT("a\r\n \t \r\n\t\r\n"), SPAN_INIT("a\r\n \t \r\n\t\r\n"),
	    SPAN_INIT("a\r\n") },
	{ "erratum 1384: and go before trailing empty lines are counted",
	    SPAN_INIT("a\r\n\r\n \r\n\r\n"), SPAN_INIT("a\r\n\r\n \r\n"),
	    SPAN_INIT("a\r\n") },
	{ "in the middle they become empty lines",
	    SPAN_INIT("a\r\n \t\r\nb\r\n"), SPAN_INIT("a\r\n \t\r\nb\r\n"),
	    SPAN_INIT("a\r\n\r\nb\r\n") },
	{ "white space alone without a line end", SPAN_INIT(" \t "),
	    SPAN_INIT(" \t \r\n"), SPAN_INIT("") },
	{ "white space at the end without a line end", SPAN_INIT("a\t "),
	    SPAN_INIT("a\t \r\n"), SPAN_INIT("a\r\n") },
	{ "3.4.4: white space at the beginning of a line is one space",
	    SPAN_INIT(" \t a\r\n\tb\r\n"), SPAN_INIT(" \t a\r\n\tb\r\n"),
	    SPAN_INIT(" a\r\n b\r\n") },
	{ "a single tab becomes a space", SPAN_INIT("a\tb\r\n"),
	    SPAN_INIT("a\tb\r\n"), SPAN_INIT("a b\r\n") },
	{ "a CR alone is a byte like others", SPAN_INIT("a\rb\r\r\n"),
	    SPAN_INIT("a\rb\r\r\n"), SPAN_INIT("a\rb\r\r\n") },
	{ "an LF alone too", SPAN_INIT("a\nb\n\r\n"),
	    SPAN_INIT("a\nb\n\r\n"), SPAN_INIT("a\nb\n\r\n") },
	{ "white space before either stays, as one space",
	    SPAN_INIT("a \t\nb  \rc\r\n"), SPAN_INIT("a \t\nb  \rc\r\n"),
	    SPAN_INIT("a \nb \rc\r\n") },
	{ "LF CR is no line end", SPAN_INIT("a\n\rb\n\r"),
	    SPAN_INIT("a\n\rb\n\r\r\n"), SPAN_INIT("a\n\rb\n\r\r\n") },
	{ "a CR at the very end", SPAN_INIT("a\r"), SPAN_INIT("a\r\r\n"),
	    SPAN_INIT("a\r\r\n") },
	{ "a CR after empty lines brings them back", SPAN_INIT("a\r\n\r\n\r"),
	    SPAN_INIT("a\r\n\r\n\r\r\n"), SPAN_INIT("a\r\n\r\n\r\r\n") },
	{ "an LF at the very end is text", SPAN_INIT("a\r\n\n"),
	    SPAN_INIT("a\r\n\n\r\n"), SPAN_INIT("a\r\n\n\r\n") },
	{ "NUL is text", SPAN_INIT("a\0 \0\r\n\0"), SPAN_INIT("a\0 \0\r\n\0\r\n"),
	    SPAN_INIT("a\0 \0\r\n\0\r\n") },
	{ "other controls are no white space: only SP and HTAB are WSP",
	    SPAN_INIT("a \f\v\r\n"), SPAN_INIT("a \f\v\r\n"),
	    SPAN_INIT("a \f\v\r\n") },
	{ "8-bit text, a no-break space included", SPAN_INIT("\xc2\xa0 \xff\r\n"),
	    SPAN_INIT("\xc2\xa0 \xff\r\n"), SPAN_INIT("\xc2\xa0 \xff\r\n") },
	{ "dots are as the reader sees them (no SMTP stuffing here)",
	    SPAN_INIT(".\r\n..\r\n"), SPAN_INIT(".\r\n..\r\n"),
	    SPAN_INIT(".\r\n..\r\n") },
};

static void
follows_rfc6376_section_3_4(void **state)
{
	(void)state;
	for (size_t i = 0; i < COUNT(examples); i++) {
		for (size_t c = 0; c < COUNT(canons); c++) {
			struct buffer out = canon(canons[c], examples[i].body,
			    NULL, 0);
			struct buffer naive = reference(canons[c],
			    examples[i].body);
			struct span want = canons[c] == SEAL_CANON_SIMPLE ?
			    examples[i].simple : examples[i].relaxed;

			assert_same(examples[i].name, canons[c],
			    examples[i].body, buffer_span(&out), want);
			assert_same("the reference", canons[c],
			    examples[i].body, buffer_span(&naive), want);
			buffer_deinit(&out);
			buffer_deinit(&naive);
		}
	}
}

/* Everything hard, some of it past the stretches that are looked at at once. */
static const struct span tricky = SPAN_INIT(
    "\r\n\r\n \t\r\nfirst \t line  with\twhite space \t\r\n"
    "a line of more than thirty-two octets without anything in it, and a half\r\n"
    "\tleading tab\r\n \r\n\t\r\n\r\nlone \r CR, lone \n LF, LFCR \n\r, "
    "CRCRLF\r\r\n\r\r\n\n\r\n \n\r\n \r \r\n"
    "NUL \0\0 and 8-bit \xff\xfe\x80 , space at the end of a long enough line \r\n"
    "0123456789abcdef0123456789abcdef \r\n"
    "0123456789abcdef0123456789abcdef\t\r\n"
    "0123456789abcdef0123456789abcde  f\r\n\r\n"
    "trailing white space then nothing \t \r\n \r\n\r\n\t\r\n \t ");

static void
gives_the_same_octets_for_every_two_way_cut(void **state)
{
	(void)state;
	for (size_t c = 0; c < COUNT(canons); c++) {
		struct buffer want = reference(canons[c], tricky);

		for (size_t at = 0; at <= tricky.n; at++) {
			struct buffer out = canon(canons[c], tricky, &at, 1);

			assert_same("cut in two", canons[c], tricky,
			    buffer_span(&out), buffer_span(&want));
			buffer_deinit(&out);
		}
		buffer_deinit(&want);
	}
}

static void
gives_the_same_octets_for_every_three_way_cut_of_its_end(void **state)
{
	struct span body = span_from(tricky, tricky.n - 120);
	size_t cuts[2];

	(void)state;
	for (size_t c = 0; c < COUNT(canons); c++) {
		struct buffer want = reference(canons[c], body);

		for (cuts[0] = 0; cuts[0] <= body.n; cuts[0]++) {
			for (cuts[1] = cuts[0]; cuts[1] <= body.n; cuts[1]++) {
				struct buffer out = canon(canons[c], body,
				    cuts, 2);

				assert_same("cut in three", canons[c], body,
				    buffer_span(&out), buffer_span(&want));
				buffer_deinit(&out);
			}
		}
		buffer_deinit(&want);
	}
}

/* The same numbers in every run: xorshift32. */
static uint32_t
next_random(uint32_t *seed)
{
	*seed ^= *seed << 13;
	*seed ^= *seed >> 17;
	*seed ^= *seed << 5;
	return *seed;
}

static size_t
random_cuts(uint32_t *seed, size_t length, size_t most, size_t *cuts)
{
	size_t n = 0, at = 0;

	while (n < most && at < length) {
		at += next_random(seed) % (2 * length / most + 1);
		if (at <= length)
			cuts[n++] = at;
	}
	return n;
}

static void
gives_the_same_octets_byte_by_byte_and_for_random_cuts(void **state)
{
	size_t cuts[1024], n;
	uint32_t seed = 1384;

	(void)state;
	assert_true(tricky.n <= COUNT(cuts));
	for (size_t c = 0; c < COUNT(canons); c++) {
		struct buffer want = reference(canons[c], tricky);

		for (size_t round = 0; round < 3000; round++) {
			struct buffer out;

			n = random_cuts(&seed, tricky.n,
			    1 + next_random(&seed) % 200, cuts);
			if (round == 0) {
				for (n = 0; n < tricky.n; n++)
					cuts[n] = n;
			}
			out = canon(canons[c], tricky, cuts, n);
			assert_same("random cuts", canons[c], tricky,
			    buffer_span(&out), buffer_span(&want));
			buffer_deinit(&out);
		}
		buffer_deinit(&want);
	}
}

static void
check_against_reference(const char *name, struct span body, uint32_t *seed)
{
	size_t cuts[8], n;

	for (size_t c = 0; c < COUNT(canons); c++) {
		struct buffer want = reference(canons[c], body);
		struct buffer whole = canon(canons[c], body, NULL, 0), cut;

		assert_same(name, canons[c], body, buffer_span(&whole),
		    buffer_span(&want));
		n = random_cuts(seed, body.n, COUNT(cuts), cuts);
		cut = canon(canons[c], body, cuts, n);
		assert_same(name, canons[c], body, buffer_span(&cut),
		    buffer_span(&want));
		buffer_deinit(&want);
		buffer_deinit(&whole);
		buffer_deinit(&cut);
	}
}

/* Each hard piece at each place around multiples of 16 and 32, where octets
 * looked at together meet those looked at one by one.  The body is on the heap
 * in its exact size, so that a sanitizer sees a byte read too far. */
static void
finds_every_hard_place_wherever_it_stands(void **state)
{
	static const struct span pieces[] = { SPAN_INIT(" \r\n"),
		SPAN_INIT("\t"), SPAN_INIT("  "), SPAN_INIT(" \t"),
		SPAN_INIT("\r\n\r\n"), SPAN_INIT("\r\n \r\n"),
		SPAN_INIT("\n\r\n"), SPAN_INIT(" \n"), SPAN_INIT("\r\n "),
		SPAN_INIT("\r"), SPAN_INIT("\r\r\n"), SPAN_INIT(" \0"),
		SPAN_INIT("\r\n\r\n\r\n\t \r\n"), SPAN_INIT("\0"),
		SPAN_INIT(" \xff"), SPAN_INIT(" ") };
	uint32_t seed = 3;

	(void)state;
	for (size_t i = 0; i < COUNT(pieces); i++) {
		for (size_t length = 0; length <= 100; length++) {
			for (size_t at = 0; at <= length; at++) {
				size_t n = length + pieces[i].n;
				unsigned char *body = malloc(n);

				assert_non_null(body);
				memset(body, 'x', n);
				memcpy(body + at, pieces[i].p, pieces[i].n);
				check_against_reference("a hard place",
				    span_of(body, n), &seed);
				free(body);
			}
		}
	}
}

static void
agrees_with_the_reference_on_random_bodies(void **state)
{
	static const char alphabet[] = { '\r', '\n', '\r', '\n', ' ', '\t', 'a',
		'b', '\0' };
	unsigned char body[64];
	uint32_t seed = 6376;

	(void)state;
	for (size_t round = 0; round < 40000; round++) {
		size_t n = next_random(&seed) % sizeof(body);

		for (size_t i = 0; i < n; i++)
			body[i] = (unsigned char)alphabet[
			    next_random(&seed) % sizeof(alphabet)];
		check_against_reference("random", span_of(body, n), &seed);
	}
}

/* Mostly text, so that long runs, the stage and its end are met. */
static void
agrees_with_the_reference_on_random_longer_bodies(void **state)
{
	static const struct span pieces[] = { SPAN_INIT("\r\n"),
		SPAN_INIT("\r\n\r\n"), SPAN_INIT(" "), SPAN_INIT("  "),
		SPAN_INIT("\t"), SPAN_INIT("\r"), SPAN_INIT("\n"),
		SPAN_INIT("word"), SPAN_INIT("a word and another"),
		SPAN_INIT("0123456789012345678901234567890123456789"
		    "0123456789012345678901234567890123456789") };
	uint32_t seed = 8463;

	(void)state;
	for (size_t round = 0; round < 300; round++) {
		struct buffer body = { 0 };
		size_t n = 50 + next_random(&seed) % 3000;

		for (size_t i = 0; i < n; i++)
			buffer_add(&body,
			    pieces[next_random(&seed) % COUNT(pieces)]);
		check_against_reference("random text", buffer_span(&body),
		    &seed);
		buffer_deinit(&body);
	}
}

static void
count(void *arg, struct span run)
{
	*(uint64_t *)arg += run.n;
}

/* Lengths only, for the octets are known. */
static uint64_t
canon_length(enum seal_canon form, struct span chunk, size_t times,
    struct span last)
{
	struct canon_body canon_body;
	uint64_t octets = 0;

	canon_body_init(&canon_body, form, count, &octets);
	for (size_t i = 0; i < times; i++)
		canon_body_feed(&canon_body, chunk);
	canon_body_feed(&canon_body, last);
	canon_body_finish(&canon_body);
	return octets;
}

static void
takes_lines_of_megabytes(void **state)
{
	static unsigned char text[65536];

	(void)state;
	memset(text, 'x', sizeof(text));
	for (size_t c = 0; c < COUNT(canons); c++) {
		assert_int_equal(canon_length(canons[c],
		    span_of(text, sizeof(text)), 128, SPAN("")),
		    128 * sizeof(text) + 2);
	}
	memset(text, ' ', sizeof(text));
	assert_int_equal(canon_length(SEAL_CANON_SIMPLE,
	    span_of(text, sizeof(text)), 128, SPAN("x")),
	    128 * sizeof(text) + 3);
	assert_int_equal(canon_length(SEAL_CANON_RELAXED,
	    span_of(text, sizeof(text)), 128, SPAN("x")), 4);
}

/* Section 3.4.3: all of them go, and if text follows all of them count. */
static void
takes_millions_of_empty_lines(void **state)
{
	const size_t lines = 3000000;

	(void)state;
	for (size_t c = 0; c < COUNT(canons); c++) {
		assert_int_equal(canon_length(canons[c], SPAN("\r\n"), lines,
		    SPAN("")), canons[c] == SEAL_CANON_SIMPLE ? 2 : 0);
		assert_int_equal(canon_length(canons[c], SPAN("\r\n"), lines,
		    SPAN("x")), 2 * lines + 3);
	}
	assert_int_equal(canon_length(SEAL_CANON_RELAXED, SPAN(" \t\r\n"),
	    lines, SPAN("")), 0);
	assert_int_equal(canon_length(SEAL_CANON_RELAXED, SPAN(" \t\r\n"),
	    lines, SPAN("x")), 2 * lines + 3);
}

static void
can_be_used_for_one_body_after_another(void **state)
{
	struct canon_body canon_body;
	struct buffer out = { 0 };

	(void)state;
	canon_body_init(&canon_body, SEAL_CANON_RELAXED, gather, &out);
	canon_body_feed(&canon_body, SPAN("left over \r\n\r\n \r"));
	canon_body_init(&canon_body, SEAL_CANON_RELAXED, gather, &out);
	buffer_clear(&out);
	canon_body_feed(&canon_body, SPAN("next\r\n"));
	canon_body_finish(&canon_body);
	assert_same("second body", SEAL_CANON_RELAXED, SPAN("next\r\n"),
	    buffer_span(&out), SPAN("next\r\n"));
	buffer_deinit(&out);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(follows_rfc6376_section_3_4),
		cmocka_unit_test(gives_the_same_octets_for_every_two_way_cut),
		cmocka_unit_test(
		    gives_the_same_octets_for_every_three_way_cut_of_its_end),
		cmocka_unit_test(
		    gives_the_same_octets_byte_by_byte_and_for_random_cuts),
		cmocka_unit_test(finds_every_hard_place_wherever_it_stands),
		cmocka_unit_test(agrees_with_the_reference_on_random_bodies),
		cmocka_unit_test(
		    agrees_with_the_reference_on_random_longer_bodies),
		cmocka_unit_test(takes_lines_of_megabytes),
		cmocka_unit_test(takes_millions_of_empty_lines),
		cmocka_unit_test(can_be_used_for_one_body_after_another),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
