/*
 * header_test.c: fields are found by name from the bottom up (RFC 6376 section
 * 5.4.2), whatever the names look like, and only so many are kept.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>

#include <cmocka.h>

#include "message/header.h"
#include "seal.h"

#define COUNT(rows) (sizeof(rows) / sizeof(rows[0]))

static struct arena arena;
static struct header header;

static int
begin(void **state)
{
	(void)state;
	header_init(&header, &arena, 64 * 1024);
	return 0;
}

static int
end(void **state)
{
	(void)state;
	arena_deinit(&arena);
	return 0;
}

static void
add(const char *raw)
{
	assert_int_equal(header_add(&header, span_of_text(raw)), 0);
}

static void
assert_field(const struct header_field *field, const char *raw)
{
	if (raw == NULL) {
		assert_null(field);
		return;
	}
	assert_non_null(field);
	if (!span_eq(field->raw, span_of_text(raw)))
		fail_msg("\"%.*s\", \"%s\" wanted", (int)field->raw.n,
		    (const char *)field->raw.p, raw);
}

static void
finds_the_lowest_first_and_then_upwards(void **state)
{
	struct header_field *field;

	(void)state;
	add("Received: 1");
	add("From: a");
	add("Received: 2"); /* not adjacent to the first */
	add("Subject: x");
	add("Received: 3");
	field = header_last(&header, SPAN("Received"));
	assert_field(field, "Received: 3");
	assert_int_equal(field->index, 4);
	field = header_above(&header, field);
	assert_field(field, "Received: 2");
	field = header_above(&header, field);
	assert_field(field, "Received: 1");
	assert_int_equal(field->index, 0);
	assert_null(header_above(&header, field));
	assert_int_equal(header_count(&header, SPAN("Received")), 3);
	assert_int_equal(header_count(&header, SPAN("Subject")), 1);
}

static void
finds_nothing_for_names_that_do_not_occur(void **state)
{
	(void)state;
	assert_null(header_last(&header, SPAN("From")));
	add("From: a");
	assert_null(header_last(&header, SPAN("Fro")));
	assert_null(header_last(&header, SPAN("From:")));
	assert_null(header_last(&header, SPAN("From ")));
	assert_null(header_last(&header, SPAN("")));
	assert_int_equal(header_count(&header, SPAN("To")), 0);
	assert_null(header_take(&header, header_select(&header), SPAN("To")));
}

static void
compares_names_without_case(void **state)
{
	(void)state;
	add("sUBJECT: 1");
	add("Subject: 2");
	add("SUBJECT: 3");
	assert_int_equal(header_count(&header, SPAN("subject")), 3);
	assert_field(header_last(&header, SPAN("SuBjEcT")), "SUBJECT: 3");
}

/* RFC 6376 section 5.4.2: each instance is signed once, from the bottom. */
static void
takes_each_instance_once_in_a_selection(void **state)
{
	uint32_t first, second;

	(void)state;
	add("A: 1");
	add("B: 1");
	add("A: 2");
	first = header_select(&header);
	assert_field(header_take(&header, first, SPAN("a")), "A: 2");
	assert_field(header_take(&header, first, SPAN("A")), "A: 1");
	assert_field(header_take(&header, first, SPAN("a")), NULL);
	assert_field(header_take(&header, first, SPAN("a")), NULL);
	assert_field(header_take(&header, first, SPAN("b")), "B: 1");
	second = header_select(&header);
	assert_int_not_equal(first, second);
	assert_field(header_take(&header, second, SPAN("A")), "A: 2");
	assert_field(header_take(&header, second, SPAN("A")), "A: 1");
	assert_field(header_take(&header, second, SPAN("A")), NULL);
}

static const struct {
	const char *what;
	struct span raw, name, value;
} splits[] = {
	{ "plain", SPAN_INIT("Subject: x"), SPAN_INIT("Subject"),
	    SPAN_INIT(" x") },
	{ "white space before the colon (RFC 5322 4.5)",
	    SPAN_INIT("Subject \t: x"), SPAN_INIT("Subject"),
	    SPAN_INIT(" x") },
	{ "empty value", SPAN_INIT("Subject:"), SPAN_INIT("Subject"),
	    SPAN_INIT("") },
	{ "further colons", SPAN_INIT("a:b:c"), SPAN_INIT("a"),
	    SPAN_INIT("b:c") },
	{ "folded", SPAN_INIT("a: b\r\n c"), SPAN_INIT("a"),
	    SPAN_INIT(" b\r\n c") },
	{ "NUL in the name", SPAN_INIT("a\0b: c"), SPAN_INIT("a\0b"),
	    SPAN_INIT(" c") },
	{ "no colon", SPAN_INIT("no field at all"), SPAN_INIT(""),
	    SPAN_INIT("no field at all") },
	{ "nothing before the colon", SPAN_INIT(": x"), SPAN_INIT(""),
	    SPAN_INIT(" x") },
	{ "nothing at all", SPAN_INIT(""), SPAN_INIT(""), SPAN_INIT("") },
};

static void
splits_name_and_value_at_the_first_colon(void **state)
{
	(void)state;
	for (size_t i = 0; i < COUNT(splits); i++) {
		const struct header_field *field;

		assert_int_equal(header_add(&header, splits[i].raw), 0);
		field = &header.fields[i];
		if (!span_eq(field->raw, splits[i].raw) ||
		    !span_eq(field->name, splits[i].name) ||
		    !span_eq(field->value, splits[i].value))
			fail_msg("%s: \"%.*s\" and \"%.*s\"", splits[i].what,
			    (int)field->name.n, (const char *)field->name.p,
			    (int)field->value.n,
			    (const char *)field->value.p);
		assert_int_equal(field->index, i);
	}
}

static void
never_finds_a_line_that_is_no_field(void **state)
{
	uint32_t selection;

	(void)state;
	add("no field at all");
	add(": nameless");
	add(" : nameless");
	assert_int_equal(header.n, 3);
	selection = header_select(&header);
	assert_null(header_take(&header, selection, SPAN("")));
	assert_int_equal(header_count(&header, SPAN("")), 0);
}

static void
finds_a_name_with_white_space_before_its_colon(void **state)
{
	(void)state;
	add("Subject\t : x");
	assert_field(header_last(&header, SPAN("subject")), "Subject\t : x");
}

/* Words that FNV-1a gives the same 32 bits, and so the same bucket. */
static void
tells_names_of_equal_hash_apart(void **state)
{
	uint32_t selection;

	(void)state;
	add("costarring: 1");
	add("liquid: 1");
	add("Costarring: 2");
	add("Liquid: 2");
	assert_int_equal(header.fields[0].hash, header.fields[1].hash);
	assert_int_equal(header_count(&header, SPAN("liquid")), 2);
	selection = header_select(&header);
	assert_field(header_take(&header, selection, SPAN("costarring")),
	    "Costarring: 2");
	assert_field(header_take(&header, selection, SPAN("liquid")),
	    "Liquid: 2");
	assert_field(header_take(&header, selection, SPAN("liquid")),
	    "liquid: 1");
	assert_field(header_take(&header, selection, SPAN("liquid")), NULL);
	assert_field(header_take(&header, selection, SPAN("costarring")),
	    "costarring: 1");
}

/* More names than buckets and than the array first has room for. */
static void
finds_each_of_many_names_that_share_buckets(void **state)
{
	char text[32];

	(void)state;
	for (int i = 0; i < 500; i++) {
		(void)snprintf(text, sizeof(text), "X-%d: %d", i, i);
		add(text);
	}
	assert_int_equal(header.n, 500);
	for (int i = 0; i < 500; i++) {
		const struct header_field *field;

		(void)snprintf(text, sizeof(text), "x-%d", i);
		field = header_last(&header, span_of_text(text));
		assert_non_null(field);
		assert_int_equal(field->index, i);
		assert_int_equal(header_count(&header, span_of_text(text)), 1);
	}
}

static void
keeps_a_copy_of_its_own(void **state)
{
	char text[] = "Subject: x";

	(void)state;
	add(text);
	memset(text, '!', sizeof(text) - 1);
	assert_field(header_last(&header, SPAN("Subject")), "Subject: x");
}

static void
takes_so_many_fields_and_no_more(void **state)
{
	(void)state;
	for (int i = 0; i < SEAL_MAX_HEADER_FIELDS; i++)
		add("a: b");
	assert_false(header.over);
	assert_int_equal(header.n, SEAL_MAX_HEADER_FIELDS);
	add("c: d");
	assert_true(header.over);
	assert_int_equal(header.n, SEAL_MAX_HEADER_FIELDS);
	assert_null(header_last(&header, SPAN("c")));
}

/* The limit counts each field with its CRLF: 4 + 2 octets here. */
static void
takes_so_many_octets_and_nothing_behind_them(void **state)
{
	(void)state;
	header_init(&header, &arena, 18);
	add("a: 1");
	add("a: 2");
	add("a: 3");
	assert_false(header.over);
	assert_int_equal(header.octets, 18);

	header_init(&header, &arena, 17);
	add("a: 1");
	add("a: 2");
	add("a: 3");
	assert_true(header.over);
	assert_int_equal(header.n, 2);
	add("b"); /* it would fit, but what came before it is lost */
	assert_int_equal(header.n, 2);
}

int
main(void)
{
#define TEST(name) cmocka_unit_test_setup_teardown(name, begin, end)
	const struct CMUnitTest tests[] = {
		TEST(finds_the_lowest_first_and_then_upwards),
		TEST(finds_nothing_for_names_that_do_not_occur),
		TEST(compares_names_without_case),
		TEST(takes_each_instance_once_in_a_selection),
		TEST(splits_name_and_value_at_the_first_colon),
		TEST(never_finds_a_line_that_is_no_field),
		TEST(finds_a_name_with_white_space_before_its_colon),
		TEST(tells_names_of_equal_hash_apart),
		TEST(finds_each_of_many_names_that_share_buckets),
		TEST(keeps_a_copy_of_its_own),
		TEST(takes_so_many_fields_and_no_more),
		TEST(takes_so_many_octets_and_nothing_behind_them),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
