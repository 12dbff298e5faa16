/*
 * encoded_word.c: text beyond ASCII in header fields, and back (RFC 2047).
 */
#include "scriptlet/bindings/encoded_word.h"

#include "scriptlet/bindings/charset.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdlib.h>

#include <cmocka.h>

static const struct {
	const char *name;
	struct span in, out;
} decoded[] = {
	{ "plain text", SPAN_INIT("a b"), SPAN_INIT("a b") },
	{ "the examples of RFC 2047 section 8, first",
	    SPAN_INIT("(=?ISO-8859-1?Q?a?=)"), SPAN_INIT("(a)") },
	{ "second", SPAN_INIT("(=?ISO-8859-1?Q?a?= b)"), SPAN_INIT("(a b)") },
	{ "third", SPAN_INIT("(=?ISO-8859-1?Q?a?= =?ISO-8859-1?Q?b?=)"),
	    SPAN_INIT("(ab)") },
	{ "fourth", SPAN_INIT("(=?ISO-8859-1?Q?a?=  =?ISO-8859-1?Q?b?=)"),
	    SPAN_INIT("(ab)") },
	{ "sixth", SPAN_INIT("(=?ISO-8859-1?Q?a_b?=)"), SPAN_INIT("(a b)") },
	{ "seventh", SPAN_INIT("(=?ISO-8859-1?Q?a?= =?ISO-8859-2?Q?_b?=)"),
	    SPAN_INIT("(a b)") },
	{ "a language (RFC 2231 section 5)",
	    SPAN_INIT("=?us-ascii*en?q?a?="), SPAN_INIT("a") },
	{ "blanks inside, as some write them",
	    SPAN_INIT("=?utf-8?Q?a b?="), SPAN_INIT("a b") },
	{ "base64 without padding", SPAN_INIT("=?utf-8?b?YQ?="),
	    SPAN_INIT("a") },
	{ "an empty word", SPAN_INIT("a =?utf-8?q?" "?= b"), SPAN_INIT("a  b") },
	{ "no end", SPAN_INIT("=?utf-8?q?a"), SPAN_INIT("=?utf-8?q?a") },
	{ "no text", SPAN_INIT("=?utf-8?q?"), SPAN_INIT("=?utf-8?q?") },
	{ "no encoding", SPAN_INIT("=?utf-8?a?="), SPAN_INIT("=?utf-8?a?=") },
	{ "an unknown encoding", SPAN_INIT("=?utf-8?z?a?="),
	    SPAN_INIT("=?utf-8?z?a?=") },
	{ "no base64", SPAN_INIT("=?utf-8?b?*?="),
	    SPAN_INIT("=?utf-8?b?*?=") },
	{ "no hexadecimal", SPAN_INIT("=?utf-8?q?=4?="),
	    SPAN_INIT("=?utf-8?q?=4?=") },
	{ "a good word behind a bad one",
	    SPAN_INIT("=?utf-8?b?*?= =?utf-8?q?a?="),
	    SPAN_INIT("=?utf-8?b?*?= a") },
	{ "beginnings of words", SPAN_INIT("=?=?=?utf-8?q?a?=?="),
	    SPAN_INIT("=?=?a?=") },
	{ "NUL", SPAN_INIT("a\0=?utf-8?q?=00?="), SPAN_INIT("a\0\0") },
	{ "what iconv would take for an option",
	    SPAN_INIT("=?utf-16//IGNORE?q?a?="),
	    SPAN_INIT("=?utf-16//IGNORE?q?a?=") },
	{ "nothing", SPAN_INIT(""), SPAN_INIT("") },
};

static void
decodes_what_is_an_encoded_word_and_leaves_the_rest(void **state)
{
	(void)state;
	for (size_t i = 0; i < sizeof(decoded) / sizeof(decoded[0]); i++) {
		struct buffer out = { 0 };

		encoded_word_decode(decoded[i].in, &out);
		if (!span_eq(buffer_span(&out), decoded[i].out))
			fail_msg("%s: came \"%.*s\", wanted \"%.*s\"",
			    decoded[i].name, (int)out.n, (char *)out.p,
			    (int)decoded[i].out.n, decoded[i].out.p);
		buffer_deinit(&out);
	}
}

/* Letters, blanks, specials and characters of two to four bytes. */
static size_t
random_text(unsigned *seed, char *out, size_t room)
{
	static const char *const pieces[] = {
		"a", "B", "7", " ", " ", "=", "?", "_", "\xc3\xa4",
		"\xe6\x97\xa5", "\xf0\x9f\x92\x8c", ",", "<", "@", "(", "\x01",
	};
	size_t n = 0;

	while (n + 4 < room) {
		const char *piece = pieces[(size_t)rand_r(seed) %
		    (sizeof(pieces) / sizeof(pieces[0]))];

		for (; *piece != '\0'; piece++)
			out[n++] = *piece;
	}
	return n;
}

/* Runs of white space next to encoded words are not kept, so texts are
 * compared without it. */
static void
add_without_blanks(struct span s, struct buffer *out)
{
	for (size_t i = 0; i < s.n; i++) {
		if (!byte_is_fws(s.p[i]))
			buffer_add_byte(out, s.p[i]);
	}
}

static void
check_words(struct span s)
{
	while (s.n > 0) {
		size_t n = 0;

		while (n < s.n && !byte_is_fws(s.p[n]))
			n++;
		if (n > 75 && s.p[0] == '=' && s.p[1] == '?')
			fail_msg("a word of %zu: %.*s", n, (int)n, s.p);
		s = span_from(s, n < s.n ? n + 1 : n);
	}
}

static void
what_was_encoded_is_ascii_short_and_decodes_again(void **state)
{
	unsigned seed = 1;

	(void)state;
	for (int i = 0; i < 5000; i++) {
		char text[300];
		size_t n = random_text(&seed, text, 10 + (size_t)i % 290);
		struct buffer encoded = { 0 }, again = { 0 };
		struct buffer want = { 0 }, came = { 0 };

		encoded_word_encode(span_of(text, n), &encoded);
		assert_false(encoded_word_needed(buffer_span(&encoded)));
		check_words(buffer_span(&encoded));
		encoded_word_decode(buffer_span(&encoded), &again);
		add_without_blanks(span_of(text, n), &want);
		add_without_blanks(buffer_span(&again), &came);
		if (!span_eq(buffer_span(&want), buffer_span(&came)))
			fail_msg("\"%.*s\" became \"%.*s\" by way of \"%.*s\"",
			    (int)n, text, (int)again.n, (char *)again.p,
			    (int)encoded.n, (char *)encoded.p);
		buffer_deinit(&encoded);
		buffer_deinit(&again);
		buffer_deinit(&want);
		buffer_deinit(&came);
	}
}

static const struct {
	struct span text;
	size_t length;
} characters[] = {
	{ SPAN_INIT("a"), 1 }, { SPAN_INIT("\xc3\xa4"), 2 },
	{ SPAN_INIT("\xe6\x97\xa5"), 3 }, { SPAN_INIT("\xf4\x8f\xbf\xbf"), 4 },
	{ SPAN_INIT("\xc0\x80"), 0 }, /* too long a form */
	{ SPAN_INIT("\xe0\x80\x80"), 0 }, { SPAN_INIT("\xf0\x80\x80\x80"), 0 },
	{ SPAN_INIT("\xed\xa0\x80"), 0 }, /* a surrogate */
	{ SPAN_INIT("\xf4\x90\x80\x80"), 0 }, /* beyond U+10FFFF */
	{ SPAN_INIT("\x80"), 0 }, { SPAN_INIT("\xc3"), 0 },
	{ SPAN_INIT("\xc3z"), 0 }, { SPAN_INIT("\xff"), 0 },
};

static void
only_good_utf8_is_taken_for_utf8(void **state)
{
	(void)state;
	for (size_t i = 0; i < sizeof(characters) / sizeof(characters[0]);
	    i++) {
		size_t n = charset_utf8_length(characters[i].text);

		if (n != characters[i].length)
			fail_msg("row %zu: %zu", i, n);
	}
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(
		    decodes_what_is_an_encoded_word_and_leaves_the_rest),
		cmocka_unit_test(
		    what_was_encoded_is_ascii_short_and_decodes_again),
		cmocka_unit_test(only_good_utf8_is_taken_for_utf8),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
