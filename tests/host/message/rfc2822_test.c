/*
 * rfc2822_test.c: the header list keeps every byte that came, and gives modules
 * names, lines and the white space between them (rfc2822_parser.h).
 */
#include "fixture.h"

#include "host/message/field.h"

static struct span
bytes_of(ec_message *msg, int index)
{
	size_t n = 0;
	const char *p = ec_message_header_bytes(msg, index, &n);

	assert_non_null(p);
	return span_of(p, n);
}

static const struct span awkward[] = {
	SPAN_INIT("Subject: plain"),
	SPAN_INIT("Subject:no space"),
	SPAN_INIT("Subject:  \t two kinds "),
	SPAN_INIT("Subject : space before the colon"),
	SPAN_INIT("Subject\t \t:tabs before the colon"),
	SPAN_INIT("SuBJeCt: odd case"),
	SPAN_INIT("Subject:"),
	SPAN_INIT("Subject: "),
	SPAN_INIT(": no name"),
	SPAN_INIT(" : white space for a name"),
	SPAN_INIT("no colon at all"),
	SPAN_INIT("   leading white space, no colon"),
	SPAN_INIT("From someone Mon Jan  1 00:00:00 2024"),
	SPAN_INIT("Subject: folded\r\n once\r\n\ttwice\r\n  \t thrice"),
	SPAN_INIT("Subject:\r\n starts on the next line"),
	SPAN_INIT("Subject: a\r\n \r\n\t\r\n b"),
	SPAN_INIT("Subject: line without white space\r\nbehind it"),
	SPAN_INIT("Subject: a\r\n"),
	SPAN_INIT("Subject: a\r\n\r\n b"),
	SPAN_INIT("name folded\r\n : late colon"),
	SPAN_INIT("Subject: lone \n LF and lone \r CR"),
	SPAN_INIT("Subject: CR at the end\r"),
	SPAN_INIT("Subject: \r\r\n two CRs"),
	SPAN_INIT("Subject: NUL \0 inside"),
	SPAN_INIT("Sub\0ject: NUL in the name"),
	SPAN_INIT("Subject: \xc3\xa9\xff raw"),
	SPAN_INIT("a:b:c: d"),
	SPAN_INIT(""),
	SPAN_INIT(":"),
	SPAN_INIT("\r\n"),
};

static void
every_awkward_field_comes_out_as_it_came(void **state)
{
	ec_message *msg = message_begin(&message_storage_default, NULL, NULL);
	rfc2822_field *field;
	string out;

	(void)state;
	for (size_t i = 0; i < COUNT(awkward); i++)
		assert_int_equal(message_add_field(msg, awkward[i]), 0);
	message_end_header(msg);
	assert_int_equal(ec_message_header_count(msg), COUNT(awkward));
	(void)string_init_type(&out, 16, STRING_TYPE_ECSTRING);
	field = headers_of(msg)->headers;
	for (size_t i = 0; i < COUNT(awkward); i++, field = field->next) {
		assert_bytes("bytes", bytes_of(msg, (int)i), awkward[i]);
		string_truncate(&out, 0);
		assert_ptr_equal(rfc2822_header_stringwrite(&out, field), &out);
		assert_int_equal(out.len, awkward[i].n + 2);
		assert_memory_equal(out.buffer, awkward[i].p, awkward[i].n);
	}
	assert_null(field);
	assert_edits(msg, "");
	(void)string_destroy(&out);
	ec_message_free(msg);
}

/* Any text at all, made of what matters in a header. */
static struct span
random_field(unsigned *seed, unsigned char *out, size_t room)
{
	static const char alphabet[] = "aB:: \t\t\r\n\r\n\r\n\0.\xe9";
	size_t n = (size_t)rand_r(seed) % room;

	for (size_t i = 0; i < n; i++)
		out[i] = (unsigned char)
		    alphabet[(size_t)rand_r(seed) % (sizeof(alphabet) - 1)];
	return span_of(out, n);
}

static void
any_bytes_come_out_as_they_came_also_through_a_clone(void **state)
{
	unsigned seed = 1;

	(void)state;
	for (int round = 0; round < 20000; round++) {
		unsigned char raw[40], again[64];
		struct span came = random_field(&seed, raw, sizeof(raw));
		ec_message *msg = message_begin(&message_storage_default,
		    NULL, NULL);
		rfc2822_context *clone;

		assert_int_equal(message_add_field(msg, came), 0);
		message_end_header(msg);
		clone = rfc2822_clone_headers(headers_of(msg));
		assert_bytes("bytes", bytes_of(msg, 0), came);
		ec_message_free(msg);
		assert_int_equal(field_length(clone->headers), came.n);
		field_write(clone->headers, again);
		assert_bytes("clone", span_of(again, came.n), came);
		rfc2822_free_context(clone);
	}
}

static void
a_field_is_its_name_its_lines_and_the_space_before_each(void **state)
{
	static const char *const fields[] = {
		"X-Long \t:  first \r\n\tsecond\r\n   third", NULL
	};
	ec_message *msg = message_of(fields, "");
	rfc2822_field *f = headers_of(msg)->headers;

	(void)state;
	assert_int_equal(f->field_len, 6);
	assert_memory_equal(f->field, "X-Long", 6);
	assert_int_equal(f->body.wsp_pad_len, 2);
	assert_int_equal(f->body.line_len, 6);
	assert_memory_equal(f->body.line, "first ", 6);
	assert_int_equal(f->body.next->wsp_pad_len, 1);
	assert_memory_equal(f->body.next->wsp_pad, "\t", 1);
	assert_memory_equal(f->body.next->line, "second", 6);
	assert_int_equal(f->body.next->next->wsp_pad_len, 3);
	assert_null(f->body.next->next->next);
	ec_message_free(msg);
}

static void
finds_fields_of_a_name_from_the_top_whatever_stands_between(void **state)
{
	static const char *const fields[] = {
		"Received: 1", "no field", "RECEIVED : 2", "To: x",
		"received:3", NULL
	};
	ec_message *msg = message_of(fields, "");
	rfc2822_context *ctx = headers_of(msg);
	rfc2822_field *f = rfc2822_find_first_header(ctx, "received");

	(void)state;
	for (const char *want = "123"; *want != '\0'; want++) {
		assert_non_null(f);
		assert_int_equal(f->body.line_len, 1);
		assert_int_equal(f->body.line[0], *want);
		f = rfc2822_find_next_header(f);
	}
	assert_null(f);
	assert_null(rfc2822_find_first_header(ctx, "no field"));
	assert_null(rfc2822_find_first_header(ctx, "Received "));
	ec_message_free(msg);
}

static void
a_new_field_cannot_become_two_or_end_the_header(void **state)
{
	static const struct {
		const char *name, *value, *wire; /* NULL: refused */
	} rows[] = {
		{ "X", "v", "X: v\r\n" },
		{ "X", "", "X: \r\n" },
		{ "X", " v", "X: v\r\n" },
		{ "X", "\t v", "X:\t v\r\n" },
		{ "X", "a\r\nEvil: b", "X: a\r\n\tEvil: b\r\n" },
		{ "X", "a\nEvil: b", "X: a\r\n\tEvil: b\r\n" },
		{ "X", "a\rEvil: b", "X: a\r\n\tEvil: b\r\n" },
		{ "X", "a\r\n b\r\n\tc", "X: a\r\n b\r\n\tc\r\n" },
		{ "X", "a\r\n\r\nbody", "X: a\r\n\tbody\r\n" },
		{ "X", "a\r\n", "X: a\r\n" },
		{ "X", "\r\n b", "X:\r\n b\r\n" },
		{ "", "v", NULL },
		{ "X:", "v", NULL },
		{ "X Y", "v", NULL },
		{ "X\r\nY", "v", NULL },
		{ "X\xc3\xa9", "v", NULL },
	};

	(void)state;
	for (size_t i = 0; i < COUNT(rows); i++) {
		rfc2822_field *f = rfc2822_new_header(rows[i].name,
		    rows[i].value);
		string out;

		if (rows[i].wire == NULL) {
			assert_null(f);
			continue;
		}
		assert_non_null(f);
		(void)string_init_type(&out, 16, STRING_TYPE_ECSTRING);
		(void)rfc2822_header_stringwrite(&out, f);
		assert_string_equal(out.buffer, rows[i].wire);
		(void)string_destroy(&out);
		rfc2822_free_header(f);
	}
}

static void
writes_a_field_folded_or_in_one_line(void **state)
{
	static const struct {
		int flags;
		const char *wanted;
	} rows[] = {
		{ 0, "a b c" },
		{ RFC2822_HDR_RENDER_NAME, "X: a b c" },
		{ RFC2822_HDR_RENDER_FOLD, "a\r\n\tb\r\n  c" },
		{ RFC2822_HDR_RENDER_FOLD | RFC2822_HDR_RENDER_CRLF,
		  "a\r\n\tb\r\n  c\r\n" },
		{ RFC2822_HDR_RENDER_NAME | RFC2822_HDR_RENDER_CRLF,
		  "X: a b c\r\n" },
	};
	rfc2822_field *f = rfc2822_new_headerf("X", "%s", "a");
	string out;

	(void)state;
	rfc2822_header_append_line(f, "b");
	rfc2822_header_append_line(f, "  c");
	(void)string_init_type(&out, 16, STRING_TYPE_ECSTRING);
	for (size_t i = 0; i < COUNT(rows); i++) {
		string_truncate(&out, 0);
		(void)rfc2822_header_stringwrite_ex(&out, f, rows[i].flags);
		assert_string_equal(out.buffer, rows[i].wanted);
	}
	(void)string_destroy(&out);
	rfc2822_free_header(f);
}

static void
puts_fields_where_it_is_told_and_takes_out_the_first_of_a_name(void **state)
{
	static const char *const fields[] = { "A: 1", "B: 1", "A: 2", NULL };
	ec_message *msg = message_of(fields, "");
	rfc2822_context *ctx = headers_of(msg);

	(void)state;
	rfc2822_prepend_header(ctx, rfc2822_new_header("N", "top"));
	rfc2822_append_header(ctx, rfc2822_new_header("N", "end"));
	rfc2822_insert_header(ctx, rfc2822_new_header("N", "mid"), 2);
	assert_message(msg, "N: top\r\nA: 1\r\nN: mid\r\nB: 1\r\nA: 2\r\n"
	    "N: end\r\n\r\n");
	assert_int_equal(rfc2822_remove_header(ctx, "a"), 1);
	assert_int_equal(rfc2822_remove_header(ctx, "a"), 3);
	assert_int_equal(rfc2822_remove_header(ctx, "a"), -1);
	assert_int_equal(rfc2822_remove_field(ctx,
	    rfc2822_find_first_header(ctx, "B")), 2);
	assert_message(msg, "N: top\r\nN: mid\r\nN: end\r\n\r\n");
	ec_message_free(msg);
}

static void
a_header_stops_at_its_limits(void **state)
{
	ec_message *msg = message_begin(&message_storage_default, NULL, NULL);
	size_t n = MESSAGE_HEADER_BYTES - 2;
	char *long_field = malloc(n);
	int added = 0;

	(void)state;
	assert_non_null(long_field);
	memset(long_field, 'x', n);
	assert_int_equal(message_add_field(msg, span_of(long_field, n)), 0);
	assert_int_equal(message_add_field(msg, SPAN("")), 1);
	ec_message_free(msg);
	msg = message_begin(&message_storage_default, NULL, NULL);
	while (message_add_field(msg, SPAN("A: b")) == 0)
		added++;
	assert_int_equal(added, MESSAGE_FIELDS);
	assert_int_equal(ec_message_header_count(msg), added);
	ec_message_free(msg);
	free(long_field);
}

/* rfc2822_parse_header() makes one field of the very bytes, or none. */
static const struct {
	struct span bytes;
	const char *name; /* NULL: refused */
} parsed[] = {
	{ SPAN_INIT("Subject: plain"), "Subject" },
	{ SPAN_INIT("Subject:"), "Subject" },
	{ SPAN_INIT("SUBject :  two \t"), "SUBject" },
	{ SPAN_INIT("Subject: folded\r\n once\r\n\ttwice"), "Subject" },
	{ SPAN_INIT("Subject: NUL \0 inside \xff"), "Subject" },
	{ SPAN_INIT("a:b:c: d"), "a" },
	{ SPAN_INIT(""), NULL },
	{ SPAN_INIT("no colon"), NULL },
	{ SPAN_INIT(": no name"), NULL },
	{ SPAN_INIT("a name: with a blank"), NULL },
	{ SPAN_INIT("Sub\0ject: NUL in the name"), NULL },
	{ SPAN_INIT("Subject: a\r\nBcc: b"), NULL },
	{ SPAN_INIT("Subject: a\nb"), NULL },
	{ SPAN_INIT("Subject: a\rb"), NULL },
	{ SPAN_INIT("Subject: a\r\n"), NULL },
	{ SPAN_INIT("Subject: a\r"), NULL },
	{ SPAN_INIT("Subject: a\n b"), NULL },
	{ SPAN_INIT("Subject: a\r\n\r\n b"), NULL },
};

static void
a_field_of_given_bytes_is_one_field_or_none(void **state)
{
	ec_message *msg = message_begin(&message_storage_default, NULL, NULL);
	rfc2822_context *ctx = ec_message_get_headers(
	    ec_message_get_first_part(msg, 1), 0);

	(void)state;
	for (size_t i = 0; i < COUNT(parsed); i++) {
		struct span want = parsed[i].bytes, came;
		rfc2822_field *field = rfc2822_parse_header(
		    (const char *)want.p, want.n);

		if ((field != NULL) != (parsed[i].name != NULL))
			fail_msg("row %zu: %s", i, field == NULL ? "refused" :
			    "taken");
		if (field == NULL)
			continue;
		rfc2822_prepend_header(ctx, field);
		assert_ptr_equal(rfc2822_find_first_header(ctx,
		    parsed[i].name), field);
		came = bytes_of(msg, 0);
		assert_int_equal(came.n, want.n);
		assert_memory_equal(came.p, want.p, want.n);
	}
	ec_message_free(msg);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(every_awkward_field_comes_out_as_it_came),
		cmocka_unit_test(
		    any_bytes_come_out_as_they_came_also_through_a_clone),
		cmocka_unit_test(
		    a_field_is_its_name_its_lines_and_the_space_before_each),
		cmocka_unit_test(
		    finds_fields_of_a_name_from_the_top_whatever_stands_between),
		cmocka_unit_test(
		    a_new_field_cannot_become_two_or_end_the_header),
		cmocka_unit_test(writes_a_field_folded_or_in_one_line),
		cmocka_unit_test(a_field_of_given_bytes_is_one_field_or_none),
		cmocka_unit_test(
		    puts_fields_where_it_is_told_and_takes_out_the_first_of_a_name),
		cmocka_unit_test(a_header_stops_at_its_limits),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
