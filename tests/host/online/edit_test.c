/*
 * edit_test.c: one place of a text changes, and nothing else.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "host/config/parser.h"
#include "host/online/edit.h"

/* "[" and "]" cannot mark places, for lists have them: "<" and ">" do. */
static char *
unmarked(const char *text, struct config_place *place_r)
{
	char *out = calloc(1, strlen(text) + 1);
	size_t n = 0;

	assert_non_null(out);
	*place_r = (struct config_place){ 0 };
	for (; *text != '\0'; text++) {
		if (*text == '<')
			place_r->start = (uint32_t)n;
		else if (*text == '>')
			place_r->end = (uint32_t)n;
		else
			out[n++] = *text;
	}
	return out;
}

static void
check(const char *before, struct edit edit, const char *text,
    const char *want)
{
	struct buffer out = { 0 };
	char *got;

	edit_apply(span_of_text(text), &edit, 1, &out);
	edit_deinit(&edit);
	got = buffer_take_text(&out);
	if (strcmp(got, want) != 0)
		fail_msg("%s:\ngot    '%s'\nwanted '%s'", before, got, want);
	free(got);
}

static void
a_value_is_replaced_and_of_lists_what_differs(void **state)
{
	static const struct {
		const char *before, *old, *value, *after;
	} rows[] = {
		{ "a # x\n<m   =  1> # one\nb", "1", "2",
		  "a # x\nm   =  2 # one\nb" },
		{ "<m = 'a b'>\n", "'a b'", "\"c\"", "m = \"c\"\n" },
		{ "<m /* = */ = /* why */ 1>;", "1", "2",
		  "m /* = */ = /* why */ 2;" },
		{ "<m = 1>\n", "1", "( a b )", "m = ( a b )\n" },
		{ "<m = ()>\n", "()", "( a b )", "m = ( a b )\n" },
		{ "<m = ( a b )>\n", "( a b )", "()", "m = ( )\n" },
		{ "<m = ( a b c )>\n", "( a b c )", "( a x y c )",
		  "m = ( a x y c )\n" },
		{ "<m = (a, b, c)>\n", "( a b c )", "( a b c d )",
		  "m = (a, b, c, d)\n" },
		{ "<m = (a, b, c)>\n", "( a b c )", "( x a b c )",
		  "m = (x, a, b, c)\n" },
		{ "<m = ( a b c )>\n", "( a b c )", "( a c )",
		  "m = ( a c )\n" },
		{ "<m = (\n\ta # one\n\tb # two\n)>\n", "( a b )", "( a )",
		  "m = (\n\ta # one\n\t# two\n)\n" },
		{ "<m = (\n\ta\n\tb\n\tc\n)>\n", "( a b c )", "( a c )",
		  "m = (\n\ta\n\tc\n)\n" },
		{ "<m = (\n  a # one\n  c # three\n)>\n", "( a c )",
		  "( a b c )", "m = (\n  a # one\n  b\n  c # three\n)\n" },
		{ "<m [ a = 1 b = 2 ]>\n", "[ a = 1 b = 2 ]",
		  "[ a = 1 b = 3 c = 4 ]", "m [ a = 1 b = 3 c = 4 ]\n" },
		{ "<m = [\n  a = 1 # x\n  b = 2\n]>\n", "[ a = 1 b = 2 ]",
		  "[ a = 1 ]", "m = [\n  a = 1 # x\n]\n" },
	};

	(void)state;
	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		struct arena arena = { 0 };
		struct config_place place;
		char *text = unmarked(rows[i].before, &place);
		struct written old = parser_value(rows[i].old, &arena);
		struct written value = parser_value(rows[i].value, &arena);

		check(rows[i].before, edit_value(span_of_text(text), place,
		    &old, &value), text, rows[i].after);
		arena_deinit(&arena);
		free(text);
	}
}

static void
what_is_removed_takes_its_empty_line_along(void **state)
{
	static const struct {
		const char *before, *after;
	} rows[] = {
		{ "a\n  <m = 1>\nb\n", "a\nb\n" },
		{ "a\n  <m = 1>  \r\nb\n", "a\nb\n" },
		{ "a\n<m = 1> # why\nb\n", "a\n # why\nb\n" },
		{ "s { <m = 1> n = 2 }\n", "s {  n = 2 }\n" },
		{ "<m = 1>", "" },
		{ "a\n<s {\n  m = 1\n}>\nb", "a\nb" },
	};

	(void)state;
	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		struct config_place place;
		char *text = unmarked(rows[i].before, &place);

		check(rows[i].before, edit_remove(span_of_text(text), place),
		    text, rows[i].after);
		free(text);
	}
}

static void
lines_are_added_as_the_stanza_is_written(void **state)
{
	static const struct {
		const char *before, *after;
	} rows[] = {
		{ "<s {\n\tm = 1\n}>\n", "s {\n\tm = 1\n\tx = 1\n}\n" },
		{ "<s {\n}>\n", "s {\n  x = 1\n}\n" },
		{ "  <s {\n    m = 1 # y\n\n  }>\n",
		  "  s {\n    m = 1 # y\n\n    x = 1\n  }\n" },
		{ "<s {\r\n  m = 1\r\n}>\r\n",
		  "s {\r\n  m = 1\r\n  x = 1\r\n}\r\n" },
		{ "<s { }>\n", "s { x = 1 }\n" },
		{ "<s {}>\n", "s { x = 1 }\n" },
		{ "<s { m = 1 }> # y\n", "s { m = 1 x = 1 } # y\n" },
	};

	(void)state;
	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		struct config_place place;
		char *text = unmarked(rows[i].before, &place);

		check(rows[i].before, edit_into(span_of_text(text), place,
		    SPAN("x = 1\n")), text, rows[i].after);
		free(text);
	}
}

static void
lines_are_added_behind_and_at_the_end(void **state)
{
	struct config_place place;
	char *text;

	(void)state;
	text = unmarked("s {\n  <a.test [ m = 1 ]>\n  n = 2\n}\n", &place);
	check("behind", edit_behind(span_of_text(text), place,
	    SPAN("x = 1\n")), text,
	    "s {\n  a.test [ m = 1 ]\n  x = 1\n  n = 2\n}\n");
	free(text);
	check("an end without a newline", edit_append(SPAN("m = 1 # y"),
	    SPAN("x = 1\n")), "m = 1 # y", "m = 1 # y\nx = 1\n");
	check("an empty file", edit_append(SPAN(""), SPAN("x = 1\n")), "",
	    "x = 1\n");
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(a_value_is_replaced_and_of_lists_what_differs),
		cmocka_unit_test(what_is_removed_takes_its_empty_line_along),
		cmocka_unit_test(lines_are_added_as_the_stanza_is_written),
		cmocka_unit_test(lines_are_added_behind_and_at_the_end),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
