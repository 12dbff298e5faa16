/*
 * tags_test.c: the grammar of tag lists (RFC 6376 section 3.2, erratum 5070,
 * RFC 8616 section 5), row by row.
 */
#include "fixture.h"

#include "dkim/tags.h"

#include <stdio.h>

/* What a list holds, written as "name(value)name(value)". */
static const struct {
	const char *name;
	struct span text;
	enum seal_reason reason;
	const char *tags; /* up to a fault, if there is one */
} lists[] = {
	{ "one tag", SPAN_INIT("a=b"), SEAL_WHY_OK, "a(b)" },
	{ "several", SPAN_INIT("v=1; d=a.test; s=b"), SEAL_WHY_OK,
	    "v(1)d(a.test)s(b)" },
	{ "no white space", SPAN_INIT("v=1;d=a;s=b"), SEAL_WHY_OK,
	    "v(1)d(a)s(b)" },
	{ "a trailing semicolon is optional", SPAN_INIT("v=1; d=a;"),
	    SEAL_WHY_OK, "v(1)d(a)" },
	{ "white space behind the trailing semicolon",
	    SPAN_INIT("v=1; d=a; \r\n\t "), SEAL_WHY_OK, "v(1)d(a)" },
	{ "folding white space wherever it may stand",
	    SPAN_INIT("\r\n v \r\n = \t1\r\n\t;\r\n d\t=\r\n a\r\n "),
	    SEAL_WHY_OK, "v(1)d(a)" },
	{ "white space inside a value stays", SPAN_INIT("a= b \r\n\tc  d "),
	    SEAL_WHY_OK, "a(b \r\n\tc  d)" },
	{ "erratum 5070: an empty value", SPAN_INIT("p=; q=a"), SEAL_WHY_OK,
	    "p()q(a)" },
	{ "an empty value at the end", SPAN_INIT("v=1; p="), SEAL_WHY_OK,
	    "v(1)p()" },
	{ "a value of white space is empty", SPAN_INIT("p= \r\n\t ;q=a"),
	    SEAL_WHY_OK, "p()q(a)" },
	{ "equal signs in a value", SPAN_INIT("b=QQ==; c==;d==x="),
	    SEAL_WHY_OK, "b(QQ==)c(=)d(=x=)" },
	{ "names of letters, digits and underscores",
	    SPAN_INIT("A_9z=1; x_=2; Q0=3"), SEAL_WHY_OK,
	    "A_9z(1)x_(2)Q0(3)" },
	{ "names are case-sensitive: these are two", SPAN_INIT("b=1; B=2"),
	    SEAL_WHY_OK, "b(1)B(2)" },
	{ "any VALCHAR", SPAN_INIT("a=!\"#$%&'()*+,-./09:<=>?@AZ[\\]^_`az{|}~"),
	    SEAL_WHY_OK, "a(!\"#$%&'()*+,-./09:<=>?@AZ[\\]^_`az{|}~)" },
	{ "RFC 8616 section 5: UTF-8 in a value",
	    SPAN_INIT("d=b\xc3\xbc" "cher.example"), SEAL_WHY_OK,
	    "d(b\xc3\xbc" "cher.example)" },
	{ "CR and LF alone are folding white space to us",
	    SPAN_INIT("a=1\r;\nb=2\n"), SEAL_WHY_OK, "a(1)b(2)" },

	{ "an empty list", SPAN_INIT(""), SEAL_WHY_TAG_SYNTAX, "" },
	{ "white space alone", SPAN_INIT(" \r\n\t"), SEAL_WHY_TAG_SYNTAX, "" },
	{ "a semicolon alone", SPAN_INIT(";"), SEAL_WHY_TAG_SYNTAX, "" },
	{ "a semicolon in front", SPAN_INIT(";v=1"), SEAL_WHY_TAG_SYNTAX, "" },
	{ "two semicolons", SPAN_INIT("v=1;;d=a"), SEAL_WHY_TAG_SYNTAX,
	    "v(1)" },
	{ "two semicolons with white space", SPAN_INIT("v=1; ;d=a"),
	    SEAL_WHY_TAG_SYNTAX, "v(1)" },
	{ "two semicolons at the end", SPAN_INIT("v=1; ;"),
	    SEAL_WHY_TAG_SYNTAX, "v(1)" },
	{ "a name alone", SPAN_INIT("v=1; d"), SEAL_WHY_TAG_SYNTAX, "v(1)" },
	{ "a name alone in the middle", SPAN_INIT("v; d=a"),
	    SEAL_WHY_TAG_SYNTAX, "" },
	{ "a value alone", SPAN_INIT("=1"), SEAL_WHY_TAG_SYNTAX, "" },
	{ "a name that begins with a digit", SPAN_INIT("1v=1"),
	    SEAL_WHY_TAG_SYNTAX, "" },
	{ "a name that begins with an underscore", SPAN_INIT("_v=1"),
	    SEAL_WHY_TAG_SYNTAX, "" },
	{ "a name with a hyphen", SPAN_INIT("a-b=1"), SEAL_WHY_TAG_SYNTAX,
	    "" },
	{ "a name with a space inside", SPAN_INIT("a b=1"),
	    SEAL_WHY_TAG_SYNTAX, "" },
	{ "an 8-bit name", SPAN_INIT("\xc3\xbc=1"), SEAL_WHY_TAG_SYNTAX, "" },
	{ "NUL in a value", SPAN_INIT("v=1; d=a\0b"), SEAL_WHY_TAG_SYNTAX,
	    "v(1)" },
	{ "NUL behind the last tag", SPAN_INIT("v=1;\0"),
	    SEAL_WHY_TAG_SYNTAX, "v(1)" },
	{ "a control in a value", SPAN_INIT("v=1; d=a\x01"),
	    SEAL_WHY_TAG_SYNTAX, "v(1)" },
	{ "DEL in a value", SPAN_INIT("d=a\x7f"), SEAL_WHY_TAG_SYNTAX, "" },
	{ "a vertical tab is no white space", SPAN_INIT("v=1;\vd=a"),
	    SEAL_WHY_TAG_SYNTAX, "v(1)" },

	{ "a tag twice (section 3.2: invalid)", SPAN_INIT("v=1; d=a; v=1"),
	    SEAL_WHY_TAG_TWICE, "v(1)d(a)" },
	{ "an unknown tag twice", SPAN_INIT("x_=1; v=1; x_=2"),
	    SEAL_WHY_TAG_TWICE, "x_(1)v(1)" },
	{ "an empty tag twice", SPAN_INIT("p=; p="), SEAL_WHY_TAG_TWICE,
	    "p()" },
};

static const char *
describe(const struct tag_list *list)
{
	static char text[1024];
	size_t n = 0;

	text[0] = '\0';
	for (size_t i = 0; i < list->n && n < sizeof(text); i++)
		n += (size_t)snprintf(text + n, sizeof(text) - n,
		    "%.*s(%.*s)", (int)list->tags[i].name.n,
		    (const char *)list->tags[i].name.p,
		    (int)list->tags[i].value.n,
		    (const char *)list->tags[i].value.p);
	return text;
}

static void
follows_the_grammar_of_rfc6376_section_3_2(void **state)
{
	struct tag_list list;

	(void)state;
	for (size_t i = 0; i < COUNT(lists); i++) {
		enum seal_reason reason = tag_list_parse(&list, lists[i].text);

		if (reason != lists[i].reason ||
		    strcmp(describe(&list), lists[i].tags) != 0)
			fail_msg("%s: %s, %s; %s, %s wanted", lists[i].name,
			    seal_reason_word(reason), describe(&list),
			    seal_reason_word(lists[i].reason), lists[i].tags);
	}
}

static void
names_what_is_at_fault(void **state)
{
	static const struct {
		struct span text;
		const char *fault;
	} rows[] = {
		{ SPAN_INIT("v=1; d-x=1; s=b"), "d-x=1" },
		{ SPAN_INIT("v=1; novalue ; s=b"), "novalue" },
		{ SPAN_INIT("v=1;;s=b"), "" },
		{ SPAN_INIT("v=1; s=a; v=2"), "v" },
	};
	struct tag_list list;

	(void)state;
	for (size_t i = 0; i < COUNT(rows); i++) {
		assert_int_not_equal(tag_list_parse(&list, rows[i].text),
		    SEAL_WHY_OK);
		if (!span_eq(list.at_fault, span_of_text(rows[i].fault)))
			fail_msg("\"%.*s\", \"%s\" wanted",
			    (int)list.at_fault.n,
			    (const char *)list.at_fault.p, rows[i].fault);
	}
	assert_int_equal(tag_list_parse(&list, SPAN("v=1")), SEAL_WHY_OK);
	assert_int_equal(list.at_fault.n, 0);
}

/* What a cursor promises: where it stands after a fault. */
static void
stops_on_the_offending_byte(void **state)
{
	static const struct {
		struct span text;
		size_t at;
	} rows[] = { { SPAN_INIT("=1"), 0 }, { SPAN_INIT("  ;"), 2 },
		{ SPAN_INIT("a b=1"), 2 }, { SPAN_INIT("a"), 1 },
		{ SPAN_INIT("a=b\0c"), 3 } };

	(void)state;
	for (size_t i = 0; i < COUNT(rows); i++) {
		struct tag_cursor cursor = tag_first(rows[i].text);
		struct tag tag;

		assert_int_equal(tag_next(&cursor, &tag), -1);
		assert_int_equal(cursor.at - rows[i].text.p, rows[i].at);
	}
}

/* Section 3.7 takes the value of b= out with the white space around it. */
static void
keeps_the_raw_value_with_its_white_space(void **state)
{
	static const struct span text = SPAN_INIT("a=1; b =\r\n x \r\n y ; c=z");
	struct tag_list list;
	const struct tag *b;

	(void)state;
	assert_int_equal(tag_list_parse(&list, text), SEAL_WHY_OK);
	b = tag_list_find(&list, "b");
	assert_non_null(b);
	assert_true(span_eq(b->raw, SPAN("\r\n x \r\n y ")));
	assert_true(b->raw.p == text.p + 8);
	assert_true(span_eq(b->value, SPAN("x \r\n y")));
}

static void
finds_a_tag_by_its_whole_name_and_case(void **state)
{
	struct tag_list list;

	(void)state;
	assert_int_equal(tag_list_parse(&list, SPAN("bh=1; B=2; b_=3")),
	    SEAL_WHY_OK);
	assert_null(tag_list_find(&list, "b"));
	assert_null(tag_list_find(&list, "BH"));
	assert_null(tag_list_find(&list, ""));
	assert_true(span_eq(tag_list_find(&list, "bh")->value, SPAN("1")));
	assert_true(span_eq(tag_list_find(&list, "B")->value, SPAN("2")));
}

static void
takes_so_many_tags_and_no_more(void **state)
{
	struct buffer text = { 0 };
	struct tag_list list;
	char tag[32];

	(void)state;
	for (int i = 0; i < SEAL_MAX_TAGS; i++) {
		(void)snprintf(tag, sizeof(tag), "t%d=%d;", i, i);
		buffer_add_text(&text, tag);
	}
	assert_int_equal(tag_list_parse(&list, buffer_span(&text)),
	    SEAL_WHY_OK);
	assert_int_equal(list.n, SEAL_MAX_TAGS);
	buffer_add_text(&text, "more=1");
	assert_int_equal(tag_list_parse(&list, buffer_span(&text)),
	    SEAL_WHY_TOO_MANY_TAGS);
	assert_true(span_eq(list.at_fault, SPAN("more")));
	buffer_deinit(&text);
}

static const struct {
	const char *name;
	struct span value;
	const char *items; /* each in parentheses */
} item_rows[] = {
	{ "one", SPAN_INIT("From"), "(From)" },
	{ "several", SPAN_INIT("From:To:Cc"), "(From)(To)(Cc)" },
	{ "white space and folds around the colons",
	    SPAN_INIT("From : To\r\n\t:\r\n Cc"), "(From)(To)(Cc)" },
	{ "empty", SPAN_INIT(""), "()" },
	{ "empty ones between", SPAN_INIT("a::b"), "(a)()(b)" },
	{ "empty ones at the ends", SPAN_INIT(":a:"), "()(a)()" },
	{ "white space inside stays", SPAN_INIT("a b:c"), "(a b)(c)" },
};

static void
walks_lists_with_colons(void **state)
{
	(void)state;
	for (size_t i = 0; i < COUNT(item_rows); i++) {
		struct span rest = item_rows[i].value, item;
		struct buffer got = { 0 };
		char *text;

		while (tag_next_item(&rest, &item)) {
			buffer_add_byte(&got, '(');
			buffer_add(&got, item);
			buffer_add_byte(&got, ')');
		}
		text = buffer_take_text(&got);
		if (strcmp(text, item_rows[i].items) != 0)
			fail_msg("%s: %s, %s wanted", item_rows[i].name, text,
			    item_rows[i].items);
		free(text);
	}
}

static void
says_whether_a_list_holds_an_item(void **state)
{
	(void)state;
	assert_true(tag_value_lists(SPAN("y"), SPAN("y")));
	assert_true(tag_value_lists(SPAN("a : y : b"), SPAN("y")));
	assert_true(tag_value_lists(SPAN("*"), SPAN("*")));
	assert_false(tag_value_lists(SPAN("Y"), SPAN("y")));
	assert_false(tag_value_lists(SPAN("yes"), SPAN("y")));
	assert_false(tag_value_lists(SPAN("ya:ay"), SPAN("y")));
	assert_false(tag_value_lists(SPAN(""), SPAN("y")));
}

#define D10 "1234567890"
#define D70 D10 D10 D10 D10 D10 D10 D10

static const struct {
	const char *name;
	struct span value;
	size_t max_digits;
	bool is_number;
	uint64_t number;
} number_rows[] = {
	{ "zero", SPAN_INIT("0"), 76, true, 0 },
	{ "plain", SPAN_INIT("1700000000"), 76, true, 1700000000 },
	{ "leading zeros", SPAN_INIT("007"), 76, true, 7 },
	{ "the largest", SPAN_INIT("18446744073709551615"), 76, true,
	    UINT64_MAX },
	{ "one more stops there", SPAN_INIT("18446744073709551616"), 76, true,
	    UINT64_MAX },
	{ "ten times more stops there", SPAN_INIT("184467440737095516150"),
	    76, true, UINT64_MAX },
	{ "76 digits", SPAN_INIT(D70 "123456"), 76, true, UINT64_MAX },
	{ "76 zeros are none", SPAN_INIT("0000000000000000000000000000000000"
	    "000000000000000000000000000000000000000009"), 76, true, 9 },
	{ "77 digits are too many (section 3.5, l=)",
	    SPAN_INIT(D70 "1234567"), 76, false, 0 },
	{ "empty", SPAN_INIT(""), 76, false, 0 },
	{ "negative", SPAN_INIT("-1"), 76, false, 0 },
	{ "signed", SPAN_INIT("+1"), 76, false, 0 },
	{ "hexadecimal", SPAN_INIT("0x10"), 76, false, 0 },
	{ "a fraction", SPAN_INIT("1.5"), 76, false, 0 },
	{ "white space inside", SPAN_INIT("1 0"), 76, false, 0 },
	{ "a word", SPAN_INIT("now"), 76, false, 0 },
	{ "more digits than asked for", SPAN_INIT("123"), 2, false, 0 },
};

static void
reads_numbers_and_stops_at_the_largest(void **state)
{
	(void)state;
	for (size_t i = 0; i < COUNT(number_rows); i++) {
		uint64_t number = 0;
		bool is_number = tag_value_number(number_rows[i].value,
		    number_rows[i].max_digits, &number);

		if (is_number != number_rows[i].is_number ||
		    number != number_rows[i].number)
			fail_msg("%s: %d, %llu", number_rows[i].name,
			    is_number, (unsigned long long)number);
	}
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(follows_the_grammar_of_rfc6376_section_3_2),
		cmocka_unit_test(names_what_is_at_fault),
		cmocka_unit_test(stops_on_the_offending_byte),
		cmocka_unit_test(keeps_the_raw_value_with_its_white_space),
		cmocka_unit_test(finds_a_tag_by_its_whole_name_and_case),
		cmocka_unit_test(takes_so_many_tags_and_no_more),
		cmocka_unit_test(walks_lists_with_colons),
		cmocka_unit_test(says_whether_a_list_holds_an_item),
		cmocka_unit_test(reads_numbers_and_stops_at_the_largest),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
