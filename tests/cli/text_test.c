/*
 * text_test.c: strangers' bytes on a terminal and in JSON.
 */
#include "cli/text.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>

#include <cmocka.h>

#define REPLACED "\xef\xbf\xbd"

static const struct row {
	const char *name;
	struct span text;
	const char *shown; /* on a terminal */
	struct span string; /* in JSON, read back */
} rows[] = {
	{ "plain text", SPAN_INIT("d=a.test"), "d=a.test", SPAN_INIT("d=a.test") },
	{ "nothing", SPAN_INIT(""), "", SPAN_INIT("") },
	{ "two octets", SPAN_INIT("\xc3\xa4"), "\xc3\xa4", SPAN_INIT("\xc3\xa4") },
	{ "three octets", SPAN_INIT("\xe2\x82\xac"), "\xe2\x82\xac",
	    SPAN_INIT("\xe2\x82\xac") },
	{ "four octets", SPAN_INIT("\xf0\x9f\x94\x91"), "\xf0\x9f\x94\x91",
	    SPAN_INIT("\xf0\x9f\x94\x91") },
	{ "NUL", SPAN_INIT("a\0b"), "a\\x00b", SPAN_INIT("a\0b") },
	{ "escape", SPAN_INIT("\x1b[2J"), "\\x1b[2J", SPAN_INIT("\x1b[2J") },
	{ "line end", SPAN_INIT("a\r\nb"), "a\\x0d\\x0ab", SPAN_INIT("a\r\nb") },
	{ "delete", SPAN_INIT("\x7f"), "\\x7f", SPAN_INIT("\x7f") },
	{ "C1 control", SPAN_INIT("\xc2\x9b"), "\\xc2\\x9b",
	    SPAN_INIT("\xc2\x9b") },
	{ "right to left", SPAN_INIT("\xe2\x80\xae"), "\\xe2\\x80\\xae",
	    SPAN_INIT("\xe2\x80\xae") },
	/* RFC 3629 section 10: spellings that decoders have let through */
	{ "lone lead", SPAN_INIT("\xc3"), "\\xc3", SPAN_INIT(REPLACED) },
	{ "lone trail", SPAN_INIT("\x80z"), "\\x80z", SPAN_INIT(REPLACED "z") },
	{ "lead before a letter", SPAN_INIT("\xe2\x82z"), "\\xe2\\x82z",
	    SPAN_INIT(REPLACED REPLACED "z") },
	{ "overlong slash", SPAN_INIT("\xc0\xaf"), "\\xc0\\xaf",
	    SPAN_INIT(REPLACED REPLACED) },
	{ "surrogate", SPAN_INIT("\xed\xa0\x80"), "\\xed\\xa0\\x80",
	    SPAN_INIT(REPLACED REPLACED REPLACED) },
	{ "past the last character", SPAN_INIT("\xf4\x90\x80\x80"),
	    "\\xf4\\x90\\x80\\x80",
	    SPAN_INIT(REPLACED REPLACED REPLACED REPLACED) },
	{ "never an octet of UTF-8", SPAN_INIT("\xff"), "\\xff",
	    SPAN_INIT(REPLACED) },
};
#define N_ROWS (sizeof(rows) / sizeof(rows[0]))

static void
assert_text(const char *name, const char *came, const char *wanted)
{
	if (came != NULL && strcmp(came, wanted) == 0)
		return;
	fail_msg("%s: came '%s', wanted '%s'", name,
	    came != NULL ? came : "nothing", wanted);
}

static void
keeps_controls_and_broken_text_from_the_terminal(void **state)
{
	(void)state;
	for (size_t i = 0; i < N_ROWS; i++) {
		struct buffer out = { 0 };
		char *text;

		text_show(&out, rows[i].text);
		text = buffer_take_text(&out);
		assert_text(rows[i].name, text, rows[i].shown);
		free(text);
	}
}

static void
makes_json_of_any_bytes(void **state)
{
	(void)state;
	for (size_t i = 0; i < N_ROWS; i++) {
		struct span wanted = rows[i].string;
		json_t *made = text_json(rows[i].text);
		char *text = json_dumps(made, JSON_ENCODE_ANY);
		json_t *read = text == NULL ? NULL :
		    json_loads(text, JSON_DECODE_ANY | JSON_ALLOW_NUL, NULL);

		if (!json_is_string(read) || !span_eq(wanted,
		    span_of(json_string_value(read), json_string_length(read))))
			fail_msg("%s: came %s", rows[i].name,
			    text != NULL ? text : "nothing");
		json_decref(read);
		free(text);
		json_decref(made);
	}
}

static void
tells_nothing_from_empty_text(void **state)
{
	json_t *empty = text_json_or_null(SPAN(""));
	json_t *nothing = text_json_or_null(span_of(NULL, 0));

	(void)state;
	assert_true(json_is_string(empty));
	assert_true(json_is_null(nothing));
	json_decref(empty);
	json_decref(nothing);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(
		    keeps_controls_and_broken_text_from_the_terminal),
		cmocka_unit_test(makes_json_of_any_bytes),
		cmocka_unit_test(tells_nothing_from_empty_text),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
