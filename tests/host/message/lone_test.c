/*
 * lone_test.c: CR and LF that stand alone are found and mended, wherever the
 * body is cut into pieces.
 */
#include "fixture.h"

#include "host/message/lone.h"

static const struct {
	struct span text;
	struct span mended;
} rows[] = {
	{ SPAN_INIT(""), SPAN_INIT("") },
	{ SPAN_INIT("a\r\nb\r\n\r\n"), SPAN_INIT("a\r\nb\r\n\r\n") },
	{ SPAN_INIT("a\nb"), SPAN_INIT("a\r\nb") },
	{ SPAN_INIT("a\rb"), SPAN_INIT("a\r\nb") },
	{ SPAN_INIT("\n\r"), SPAN_INIT("\r\n\r\n") },
	{ SPAN_INIT("\r\r\n\n"), SPAN_INIT("\r\n\r\n\r\n") },
	{ SPAN_INIT("a\0\r\n\0\n"), SPAN_INIT("a\0\r\n\0\r\n") },
	{ SPAN_INIT("a\r"), SPAN_INIT("a\r\n") },
};

static void
bodies_are_mended_however_they_are_cut(void **state)
{
	(void)state;
	for (size_t i = 0; i < COUNT(rows); i++) {
		for (size_t cut = 0; cut <= rows[i].text.n; cut++) {
			/* what is in memory is cut in two by another block */
			struct message_storage storage = { cut % 2 == 0 ?
			    1 << 20 : 0, NULL };
			ec_message *msg = message_begin(&storage, NULL, NULL);
			const char *bytes;
			size_t n;

			message_end_header(msg);
			assert_int_equal(message_add_body(msg,
			    span_first(rows[i].text, cut)), 0);
			assert_int_equal(message_add_body(msg,
			    span_from(rows[i].text, cut)), 0);
			assert_int_equal(message_end_body(msg), 0);
			assert_int_equal(lone_in_body(msg),
			    !span_eq(rows[i].text, rows[i].mended));
			assert_int_equal(lone_fix_body(msg), 0);
			assert_false(lone_in_body(msg));
			bytes = ec_message_body(msg, &n);
			assert_bytes("body", span_of(bytes, n),
			    rows[i].mended);
			ec_message_free(msg);
		}
	}
}

/* A CR that ends one block and the LF that begins the next belong together. */
static void
a_line_end_across_blocks_is_whole(void **state)
{
	ec_message *msg = message_begin(&message_storage_default, NULL, NULL);
	char block[16 * 1024];

	(void)state;
	memset(block, 'x', sizeof(block));
	block[sizeof(block) - 1] = '\r';
	message_end_header(msg);
	assert_int_equal(message_add_body(msg, span_of(block, sizeof(block))),
	    0);
	assert_int_equal(message_add_body(msg, SPAN("\ny")), 0);
	assert_int_equal(message_end_body(msg), 0);
	assert_false(lone_in_body(msg));
	assert_int_equal(lone_fix_body(msg), 0);
	assert_int_equal(ec_message_body_size(msg), sizeof(block) + 2);
	assert_edits(msg, ""); /* mending what is whole changes nothing */
	ec_message_free(msg);
}

static void
fields_are_folded_where_they_broke(void **state)
{
	static const char *const fields[] = {
		"A: fine\r\n folded", "B:  x\ny\rz", "no field\nat all",
		"C: x\r", NULL
	};
	ec_message *msg = message_of(fields, "");

	(void)state;
	assert_true(lone_in_header(msg));
	lone_fix_header(msg);
	assert_message(msg, "A: fine\r\n folded\r\nB:  x\r\n\ty\r\n\tz\r\n"
	    "no field\nat all\r\nC: x\r\n\r\n");
	assert_edits(msg, "change C 1: x\nchange B 1:  x\r\n\ty\r\n\tz\n");
	ec_message_free(msg);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(bodies_are_mended_however_they_are_cut),
		cmocka_unit_test(a_line_end_across_blocks_is_whole),
		cmocka_unit_test(fields_are_folded_where_they_broke),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
