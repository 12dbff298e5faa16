/*
 * header_list_test.c: which fields a header list signs.  The suffixes are those
 * of Momentum's headerlist; instances are taken from the bottom up (RFC 6376
 * section 5.4.2), and an absence is signed by naming the field once more than
 * it occurs (sections 5.4 and 8.15).
 */
#include "fixture.h"

#include "dkim/header_list.h"
#include "dkim/tags.h"

static struct arena arena;

static int
end(void **state)
{
	(void)state;
	arena_deinit(&arena);
	return 0;
}

/* Fields by the first letter of their name: R is Received, and so on. */
static const char *
field_of_letter(char letter)
{
	static const struct {
		char letter;
		const char *field;
	} fields[] = {
		{ 'R', "Received: r" }, { 'X', "X-Example: x" },
		{ 'F', "From: f" }, { 'S', "Subject: s" }, { 'D', "Date: d" },
		{ 'T', "To: t" }, { 'C', "Content-Type: c" },
		{ 'x', "x-example: y" },
	};

	for (size_t i = 0; i < COUNT(fields); i++) {
		if (fields[i].letter == letter)
			return fields[i].field;
	}
	fail_msg("no field %c", letter);
	return NULL;
}

/* h= and, for each name, the position of the field from the top, or "-" for
 * an absence. */
static char *
choose(const char *list_text, const char *letters)
{
	struct header header;
	struct header_list list;
	struct header_choices choices;
	struct buffer out = { 0 };
	const char *why;

	header_init(&header, &arena, 64 * 1024);
	for (; *letters != '\0'; letters++)
		assert_int_equal(header_add(&header,
		    span_of_text(field_of_letter(*letters))), 0);
	if (header_list_parse(span_of_text(list_text), &arena, &list, &why) != 0)
		fail_msg("%s: %s", list_text, why);
	assert_int_equal(header_list_choose(&list, &header, &choices), 0);
	for (size_t i = 0; i < choices.n; i++) {
		const struct header_field *field = choices.choices[i].field;

		if (i > 0)
			buffer_add_byte(&out, ' ');
		buffer_add(&out, choices.choices[i].name);
		buffer_add_byte(&out, '=');
		buffer_add_byte(&out, field == NULL ? '-' :
		    (unsigned char)('0' + field->index));
	}
	return buffer_take_text(&out);
}

#define EXAMPLE "Received+:X-Example*:From:Subject?:Received"

static const struct {
	const char *name, *list, *header, *want;
} rows[] = {
	{ "Momentum's example, everything there", EXAMPLE, "RRRXXFS",
	    "Received=2 Received=1 Received=0 X-Example=4 X-Example=3 "
	    "X-Example=- From=5 Subject=6 Received=-" },
	{ "Momentum's example, only From there", EXAMPLE, "F",
	    "X-Example=- From=0 Received=-" },
	{ "Momentum's example, nothing there", EXAMPLE, "",
	    "X-Example=- From=- Received=-" },
	{ "Momentum's example of a list without MIME",
	    "From:Subject:Date:To:MIME-Version?:Content-Type?", "FSDC",
	    "From=0 Subject=1 Date=2 To=- Content-Type=3" },

	{ "Name: one, from the bottom", "From:Received", "RRF",
	    "From=2 Received=1" },
	{ "Name: or its absence", "From:To", "F", "From=0 To=-" },
	{ "Name?: one", "From:Received?", "RRF", "From=2 Received=1" },
	{ "Name?: or nothing", "From:Received?", "F", "From=0" },
	{ "Name*: all and no more", "From:Received*", "RFR",
	    "From=1 Received=2 Received=0 Received=-" },
	{ "Name*: or its absence, once", "From:Received*", "F",
	    "From=0 Received=-" },
	{ "Name+: all", "From:Received+", "RFR",
	    "From=1 Received=2 Received=0" },
	{ "Name+: or nothing", "From:Received+", "F", "From=0" },
	{ "what one entry took is gone for the next",
	    "Received:Received?:Received?:Received?:From", "RRF",
	    "Received=1 Received=0 From=2" },
	{ "oversigning by hand: once more than it occurs", "From:From", "F",
	    "From=0 From=-" },
	{ "names compare without case, and are spelled as in the list",
	    "FROM:X-EXAMPLE+", "FxX", "FROM=0 X-EXAMPLE=2 X-EXAMPLE=1" },
	{ "From with a suffix counts as named", "from+", "F", "from=0" },
	{ "white space and folds around names", " From :\r\n\tTo? ", "FT",
	    "From=0 To=1" },
	{ "fields that are apart", "From:Received+", "RFRSR",
	    "From=1 Received=4 Received=2 Received=0" },
};

static void
chooses_the_instances_that_the_list_means(void **state)
{
	(void)state;
	for (size_t i = 0; i < COUNT(rows); i++) {
		char *got = choose(rows[i].list, rows[i].header);

		if (strcmp(got, rows[i].want) != 0)
			fail_msg("%s: %s, %s wanted", rows[i].name, got,
			    rows[i].want);
		free(got);
	}
}

static const struct {
	const char *name;
	struct span list;
	const char *why;
} bad[] = {
	{ "RFC 6376 5.4: From must be signed", SPAN_INIT("To:Subject"),
	    "From" },
	{ "a name that only begins so", SPAN_INIT("From-Me:To"), "From" },
	{ "empty", SPAN_INIT(""), "no field name" },
	{ "an empty name between", SPAN_INIT("From::To"), "no field name" },
	{ "an empty name at the end", SPAN_INIT("From:"), "no field name" },
	{ "a suffix alone", SPAN_INIT("From:*"), "no field name" },
	{ "a space in a name", SPAN_INIT("From:X Y"), "no field name" },
	{ "a semicolon in a name", SPAN_INIT("From:X;Y"), "no field name" },
	{ "a control in a name", SPAN_INIT("From:X\x01"), "no field name" },
	{ "NUL in a name", SPAN_INIT("From:X\0"), "no field name" },
	{ "8-bit in a name", SPAN_INIT("From:\xc3\xbc"), "no field name" },
};

static void
refuses_a_list_that_cannot_be_meant(void **state)
{
	(void)state;
	for (size_t i = 0; i < COUNT(bad); i++) {
		struct header_list list;
		const char *why = NULL;

		assert_int_equal(header_list_parse(bad[i].list, &arena, &list,
		    &why), SEAL_E_OPTION);
		if (strstr(why, bad[i].why) == NULL)
			fail_msg("%s: %s", bad[i].name, why);
	}
}

static void
takes_so_many_names_and_no_more(void **state)
{
	struct buffer text = { 0 };
	struct header_list list;
	const char *why = NULL;

	(void)state;
	buffer_add_text(&text, "From");
	for (int i = 1; i < SEAL_MAX_SIGNED_NAMES; i++)
		buffer_add_text(&text, ":X");
	assert_int_equal(header_list_parse(buffer_span(&text), &arena, &list,
	    &why), 0);
	assert_int_equal(list.n, SEAL_MAX_SIGNED_NAMES);
	buffer_add_text(&text, ":Y");
	assert_int_equal(header_list_parse(buffer_span(&text), &arena, &list,
	    &why), SEAL_E_OPTION);
	assert_non_null(strstr(why, "512"));
	buffer_deinit(&text);
}

static void
refuses_a_message_with_more_to_sign_than_h_may_name(void **state)
{
	struct header header;
	struct header_list list;
	struct header_choices choices;
	const char *why;

	(void)state;
	assert_int_equal(header_list_parse(SPAN("From:Received*"), &arena,
	    &list, &why), 0);
	header_init(&header, &arena, 64 * 1024);
	assert_int_equal(header_add(&header, SPAN("From: f")), 0);
	for (int i = 0; i < SEAL_MAX_SIGNED_NAMES - 2; i++)
		assert_int_equal(header_add(&header, SPAN("Received: r")), 0);
	assert_int_equal(header_list_choose(&list, &header, &choices), 0);
	assert_int_equal(choices.n, SEAL_MAX_SIGNED_NAMES);
	assert_int_equal(header_add(&header, SPAN("Received: r")), 0);
	assert_int_equal(header_list_choose(&list, &header, &choices),
	    SEAL_E_LIMIT);
}

static void
signs_the_same_field_anew_in_each_selection(void **state)
{
	struct header header;
	struct header_list list;
	struct header_choices choices;
	const char *why;

	(void)state;
	assert_int_equal(header_list_parse(SPAN("From"), &arena, &list, &why),
	    0);
	header_init(&header, &arena, 1000);
	assert_int_equal(header_add(&header, SPAN("From: f")), 0);
	for (int i = 0; i < 3; i++) {
		assert_int_equal(header_list_choose(&list, &header, &choices),
		    0);
		assert_int_equal(choices.n, 1);
		assert_non_null(choices.choices[0].field);
	}
}

static bool
default_names(const char *name, const char *suffix)
{
	struct span rest = span_of_text(seal_default_headers()), item;
	char *wanted = fixture_join(name, suffix, NULL);
	bool found = false;

	while (tag_next_item(&rest, &item))
		found = found || span_ieq(item, span_of_text(wanted));
	free(wanted);
	return found;
}

/* RFC 6376 section 5.4.1, and MIME and List fields; not what traces, and not
 * what others add on the way (section 5.4). */
static void
signs_by_default_what_rfc6376_section_5_4_1_recommends(void **state)
{
	static const char *const names[] = { "Reply-To", "Subject", "Date",
		"To", "Cc", "Resent-Date", "Resent-From", "Resent-To",
		"Resent-Cc", "In-Reply-To", "References", "List-Id",
		"List-Help", "List-Unsubscribe", "List-Subscribe", "List-Post",
		"List-Owner", "List-Archive", "MIME-Version", "Content-Type",
		"Content-Transfer-Encoding", "Message-ID",
		"List-Unsubscribe-Post" };
	static const char *const never[] = { "Return-Path", "Received",
		"DKIM-Signature", "Comments", "Keywords", "Bcc",
		"Authentication-Results" };
	struct header_list list;
	const char *why;

	(void)state;
	assert_int_equal(header_list_parse(
	    span_of_text(seal_default_headers()), &arena, &list, &why), 0);
	assert_true(default_names("From", "*")); /* oversigned */
	for (size_t i = 0; i < COUNT(names); i++) {
		if (!default_names(names[i], "+"))
			fail_msg("%s is not signed by default", names[i]);
	}
	for (size_t i = 0; i < list.n; i++) {
		for (size_t j = 0; j < COUNT(never); j++)
			assert_false(span_ieq(list.entries[i].name,
			    span_of_text(never[j])));
	}
}

int
main(void)
{
#define TEST(name) cmocka_unit_test_teardown(name, end)
	const struct CMUnitTest tests[] = {
		TEST(chooses_the_instances_that_the_list_means),
		TEST(refuses_a_list_that_cannot_be_meant),
		TEST(takes_so_many_names_and_no_more),
		TEST(refuses_a_message_with_more_to_sign_than_h_may_name),
		TEST(signs_the_same_field_anew_in_each_selection),
		TEST(signs_by_default_what_rfc6376_section_5_4_1_recommends),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
