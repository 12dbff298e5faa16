/*
 * message_test.c: the message as modules see it through ec_message.h: contexts,
 * envelope, code, objects, rendering, copies.
 */
#include "fixture.h"

#include "spool.h"

static const char *const mail[] = {
	"From: f@a.test", "Subject : odd", NULL
};

static void
keeps_variables_in_two_contexts(void **state)
{
	ec_message *msg = message_of(mail, "");
	const char *value = NULL, *key;
	int keys = 0;

	(void)state;
	assert_string_equal(ec_message_context_get(msg, ECMESS_CTX_MESS, "k"),
	    "");
	assert_int_equal(ec_message_context_set(msg, ECMESS_CTX_MESS, "k",
	    "v"), 1);
	assert_int_equal(ec_message_context_set(msg, ECMESS_CTX_MESS, "k2",
	    ""), 1);
	assert_int_equal(ec_message_context_set(msg, ECMESS_CTX_MESS, NULL,
	    "v"), 0);
	assert_int_equal(ec_message_context_set(msg, ECMESS_CTX_MESS, "k",
	    NULL), 0);
	assert_int_equal(ec_message_context_exists(msg, ECMESS_CTX_CONN, "k"),
	    0);
	assert_int_equal(ec_message_context_exists_and_get(msg,
	    ECMESS_CTX_MESS, "k", &value), 1);
	assert_string_equal(value, "v");
	assert_int_equal(ec_message_context_exists(msg, ECMESS_CTX_MESS,
	    "k2"), 1);
	assert_int_equal(ec_message_context_size(msg, ECMESS_CTX_MESS), 2);
	key = ec_message_context_firstkey(msg, ECMESS_CTX_MESS);
	for (; key != NULL;
	    key = ec_message_context_nextkey(msg, ECMESS_CTX_MESS, key))
		keys++;
	assert_int_equal(keys, 2);
	assert_int_equal(ec_message_context_delete(msg, ECMESS_CTX_MESS, "k"),
	    1);
	assert_int_equal(ec_message_context_delete(msg, ECMESS_CTX_MESS, "k"),
	    0);
	ec_message_context_discard(msg);
	assert_int_equal(ec_message_context_size(msg, ECMESS_CTX_MESS), 0);
	ec_message_free(msg);
}

static void
gives_envelope_lines_and_parts_of_addresses(void **state)
{
	ec_message *msg = message_of(mail, "");
	char local[64], domain[64];
	string l, d;
	int isnull = -1;

	(void)state;
	assert_string_equal(ec_message_get_mailfrom(msg),
	    "MAIL FROM:<from@a.test>\r\n");
	assert_string_equal(ec_message_get_rcptto(msg),
	    "RCPT TO:<to@b.test>\r\n");
	assert_int_equal(ec_message_get_envelope(msg, EC_MSG_ENV_FROM, local,
	    sizeof(local), domain, sizeof(domain), &isnull), 1);
	assert_string_equal(local, "from");
	assert_string_equal(domain, "a.test");
	assert_int_equal(isnull, 0);
	assert_int_equal(ec_message_get_envelope(msg, EC_MSG_ENV_FROM, local,
	    4, NULL, 0, NULL), 0); /* no room */
	(void)string_init_type(&l, 8, STRING_TYPE_ECSTRING);
	(void)string_init_type(&d, 8, STRING_TYPE_ECSTRING);
	assert_int_equal(ec_message_get_envelope2(msg,
	    EC_MSG_ENV_TO | EC_MSG_ENV_COMPLETE, &l, NULL, NULL), 1);
	assert_string_equal(l.buffer, "to@b.test");
	assert_int_equal(ec_message_get_envelope2(msg, EC_MSG_ENV_TO, &l, &d,
	    NULL), 1);
	assert_string_equal(l.buffer, "to");
	assert_string_equal(d.buffer, "b.test");
	assert_int_equal(ec_message_get_envelope2(msg,
	    EC_MSG_ENV_FROM | EC_MSG_ENV_TO, &l, &d, NULL), 0);
	assert_int_equal(ec_message_set_envelope(msg, EC_MSG_ENV_FROM, NULL, 0,
	    NULL, 0), 1);
	assert_int_equal(ec_message_get_envelope2(msg, EC_MSG_ENV_FROM, &l, &d,
	    &isnull), 1);
	assert_int_equal(isnull, 1);
	assert_string_equal(ec_message_get_mailfrom(msg), "MAIL FROM:<>\r\n");
	(void)string_destroy(&l);
	(void)string_destroy(&d);
	ec_message_free(msg);
}

static void
takes_an_address_in_any_dress_and_refuses_what_breaks_a_command(void **state)
{
	static const struct {
		const char *text;
		const char *line; /* NULL: refused */
	} rows[] = {
		{ "a@b.test", "MAIL FROM:<a@b.test>\r\n" },
		{ "<a@b.test>", "MAIL FROM:<a@b.test>\r\n" },
		{ "MAIL FROM:<a@b.test>\r\n", "MAIL FROM:<a@b.test>\r\n" },
		{ "MAIL FROM: a@b.test\r\n", "MAIL FROM:<a@b.test>\r\n" },
		{ "MAIL FROM:<a@b.test> SIZE=1", "MAIL FROM:<a@b.test>\r\n" },
		{ "<>", "MAIL FROM:<>\r\n" },
		{ "<a@b>\r\nRCPT TO:<c@d>", "MAIL FROM:<a@b>\r\n" },
		{ "a@b\r\nRCPT TO:c@d", NULL },
		{ "<a b@c>", NULL },
		{ "<a@b\r\n>", NULL },
	};

	(void)state;
	for (size_t i = 0; i < COUNT(rows); i++) {
		ec_message *msg = message_of(mail, "");
		int ok = ec_message_set_mailfrom(msg, rows[i].text, -1, 0);

		assert_int_equal(ok, rows[i].line != NULL);
		assert_string_equal(ec_message_get_mailfrom(msg),
		    rows[i].line != NULL ? rows[i].line :
		    "MAIL FROM:<from@a.test>\r\n");
		ec_message_free(msg);
	}
}

static void
a_message_without_envelope_says_so(void **state)
{
	ec_message *msg = ec_message_new(NULL);
	string s;

	(void)state;
	(void)string_init_type(&s, 8, STRING_TYPE_ECSTRING);
	assert_null(ec_message_get_mailfrom(msg));
	assert_null(ec_message_get_rcptto(msg));
	assert_int_equal(ec_message_get_routing_domain2(msg, &s), 0);
	assert_int_equal(ec_message_get_envelope2(msg, EC_MSG_ENV_TO, &s, NULL,
	    NULL), 0);
	(void)string_destroy(&s);
	ec_message_free(msg);
}

static void
the_routing_domain_is_that_of_the_recipient_unless_set(void **state)
{
	ec_message *msg = message_of(mail, "");
	char domain[32];

	(void)state;
	assert_int_equal(message_came_to(msg, "x@UPPER.test"), 0);
	assert_int_equal(ec_message_get_routing_domain(msg, domain,
	    sizeof(domain)), 1);
	assert_string_equal(domain, "b.test");
	assert_string_equal(ec_message_rcpt_domain(msg, 1), "upper.test");
	message_choose_rcpt(msg, 1);
	assert_int_equal(ec_message_get_routing_domain(msg, domain,
	    sizeof(domain)), 1);
	assert_string_equal(domain, "upper.test");
	assert_int_equal(ec_message_set_routing_domain(msg, "R.test"), 1);
	assert_int_equal(ec_message_get_routing_domain(msg, domain,
	    sizeof(domain)), 1);
	assert_string_equal(domain, "r.test");
	assert_int_equal(ec_message_get_routing_domain(msg, domain, 6), 0);
	ec_message_free(msg);
}

static void
the_code_is_set_with_its_number_or_from_the_text(void **state)
{
	ec_message *msg = message_of(mail, "");

	(void)state;
	assert_null(ec_message_get_code(msg));
	ec_message_lock(msg);
	assert_int_equal(ec_message_set_code(msg, 0, "554 5.1.2 no"), 0);
	assert_string_equal(ec_message_get_code(msg), "554 5.1.2 no");
	assert_int_equal(ec_message_set_code(msg, 250, "ok"), 554);
	assert_string_equal(ec_message_get_code(msg), "250 ok");
	assert_int_equal(ec_message_set_code(msg, 1000, "x"), -1);
	assert_int_equal(ec_message_set_code(msg, 0, "x"), -1);
	assert_string_equal(ec_message_get_code(msg), "250 ok");
	ec_message_unlock(msg);
	ec_message_free(msg);
}

static int ended;

static void
count_end(void *self)
{
	(void)self;
	ended++;
}

static void
objects_live_as_long_as_the_message(void **state)
{
	static ec_blobject_class cls = { "test:object", count_end, NULL };
	ec_message *msg = message_of(mail, "");
	ec_blobject *one = ec_blobject_wrap(&cls, &ended);
	ec_blobject *two = ec_blobject_wrap(&cls, &ended);
	ec_message *copy;

	(void)state;
	ended = 0;
	ec_message_blobject_store(msg, "k", one);
	ec_blobject_delref(one);
	assert_ptr_equal(ec_message_blobject_get(msg, "k"), one);
	ec_message_blobject_store(msg, "k", two); /* replaces */
	ec_blobject_delref(two);
	assert_int_equal(ended, 1);
	assert_int_equal(ec_message_blobject_remove(msg, "none"), 0);
	copy = ec_message_copy(msg);
	ec_message_free(msg);
	assert_int_equal(ended, 1);
	ec_message_free(copy);
	assert_int_equal(ended, 2);
}

static void
renders_as_on_the_wire_or_as_in_a_file(void **state)
{
	static const struct {
		const char *body;
		int flags;
		const char *wanted; /* behind "A: b" */
	} rows[] = {
		{ "x\r\n", 0, "\r\n\r\nx\r\n.\r\n" },
		{ "x", 0, "\r\n\r\nx\r\n.\r\n" },
		{ "", 0, "\r\n\r\n.\r\n" },
		{ ".\r\n..a\r\nb.\r\n", 0,
		  "\r\n\r\n..\r\n...a\r\nb.\r\n.\r\n" },
		{ "a\n.b\r\n", 0, "\r\n\r\na\n.b\r\n.\r\n" },
		{ "a\r\n", EC_MSG_RENDER_OMIT_DOT, "\r\n\r\na\r\n" },
		{ "a\r\n", EC_MSG_RENDER_HEADERS_ONLY, "\r\n\r\n" },
		{ ".a\r\n\r\nb\r\r\nc\r", EC_MSG_RENDER_UNSTUFFED,
		  "\n\n.a\n\nb\r\nc\r" },
	};

	(void)state;
	for (size_t i = 0; i < COUNT(rows); i++) {
		static const char *const fields[] = { "A: b", NULL };
		ec_message *msg = message_of(fields, rows[i].body);
		string out;
		int n;

		(void)string_init_type(&out, 1, STRING_TYPE_ECSTRING);
		n = ec_message_render_to_string(msg, &out, rows[i].flags);
		assert_int_equal(n, out.len);
		assert_int_equal(n, ec_message_render_to_string(msg, NULL,
		    rows[i].flags | EC_MSG_RENDER_CALCULATE_LENGTH_ONLY));
		assert_memory_equal(out.buffer, "A: b", 4);
		assert_string_equal(out.buffer + 4, rows[i].wanted);
		(void)string_destroy(&out);
		ec_message_free(msg);
	}
}

/* Every way to cut the body into chunks gives the same dots. */
static void
dots_are_doubled_across_any_chunks(void **state)
{
	static const char text[] = ".\r\n..\r\n\r\n.a\r\n.";
	size_t n = sizeof(text) - 1;

	(void)state;
	for (size_t cut = 0; cut <= n; cut++) {
		struct message_storage tiny = { 0, NULL };
		ec_message *msg = message_begin(&tiny, NULL, NULL);
		string out;

		message_end_header(msg);
		assert_int_equal(message_add_body(msg, span_of(text, cut)), 0);
		assert_int_equal(message_add_body(msg,
		    span_of(text + cut, n - cut)), 0);
		assert_int_equal(message_end_body(msg), 0);
		(void)string_init_type(&out, 1, STRING_TYPE_ECSTRING);
		(void)ec_message_render_to_string(msg, &out, 0);
		assert_string_equal(out.buffer,
		    "\r\n..\r\n...\r\n\r\n..a\r\n..\r\n.\r\n");
		(void)string_destroy(&out);
		ec_message_free(msg);
	}
}

static void
a_reader_gives_the_wire_form_and_can_be_moved(void **state)
{
	static const char *const fields[] = { "A: b", NULL };
	ec_message *msg = message_of(fields, ".x\r\n");
	io_object *io = ec_message_get_body_io_object(msg);
	char text[64] = "";

	(void)state;
	assert_non_null(io);
	assert_int_equal(io_wrapper_read(io, text, 5), 5);
	assert_int_equal(io_wrapper_read(io, text + 5, 50), 11);
	assert_string_equal(text, "A: b\r\n\r\n..x\r\n.\r\n");
	assert_int_equal(io_wrapper_read(io, text, 1), 0);
	assert_int_equal(io_wrapper_lseek(io, -5, SEEK_END), 11);
	assert_int_equal(io_wrapper_lseek(io, 6, SEEK_CUR), -1);
	assert_int_equal(io_wrapper_lseek(io, -1, SEEK_SET), -1);
	assert_int_equal(io_wrapper_read(io, text, 2), 2);
	assert_memory_equal(text, "\r\n", 2);
	(void)io_wrapper_addref(io);
	ec_message_release_body_io_object(msg);
	assert_int_equal(io_wrapper_read(io, text, 2), -1); /* it is over */
	io_wrapper_delref(io);
	prepend(msg, "N", "v");
	assert_memory_equal(ec_message_get_message_memory(msg),
	    "N: v\r\nA: b\r\n\r\n..x\r\n.\r\n", 22);
	ec_message_free(msg);
}

static void
a_large_body_lives_in_a_file_and_reads_the_same(void **state)
{
	struct message_storage storage = { 1000, "/tmp" };
	ec_message *msg = message_begin(&storage, NULL, NULL);
	size_t offset = 0, len, total = 0;
	const char *bytes;

	(void)state;
	assert_int_equal(message_add_field(msg, SPAN("A: b")), 0);
	message_end_header(msg);
	for (int i = 0; i < 200; i++)
		assert_int_equal(message_add_body(msg, SPAN("0123456789")), 0);
	assert_int_equal(message_end_body(msg), 0);
	assert_int_equal(ec_message_is_large(msg), 1);
	assert_true(ec_message_get_body_fd_for_mmap(msg) > 0);
	while (ec_message_body_next(msg, &offset, &bytes, &len) != 0) {
		for (size_t i = 0; i < len; i++)
			assert_int_equal(bytes[i],
			    '0' + (int)((total + i) % 10));
		total += len;
	}
	assert_int_equal(total, 2000);
	assert_int_equal(ec_message_get_message_size(msg), 2000 + 8);
	assert_int_equal(ec_message_set_body(msg, "small", 5), 1);
	assert_int_equal(ec_message_is_large(msg), 0);
	assert_edits(msg, "body\n");
	ec_message_free(msg);
}

static void
a_copy_is_independent_and_has_no_edits(void **state)
{
	ec_message *msg = message_of(mail, "body"), *copy;

	(void)state;
	prepend(msg, "X", "1");
	(void)ec_message_context_set(msg, ECMESS_CTX_MESS, "k", "v");
	(void)ec_message_rcpt_add(msg, "more@b.test");
	copy = ec_message_copy(msg);
	assert_non_null(copy);
	assert_string_not_equal(ec_message_id_text(copy),
	    ec_message_id_text(msg));
	(void)ec_message_context_set(msg, ECMESS_CTX_MESS, "k", "other");
	prepend(msg, "X", "2");
	ec_message_free(msg);
	assert_string_equal(ec_message_context_get(copy, ECMESS_CTX_MESS,
	    "k"), "v");
	assert_int_equal(ec_message_rcpt_count(copy), 2);
	assert_edits(copy, "");
	assert_message(copy, "X: 1\r\nFrom: f@a.test\r\nSubject : odd\r\n\r\n"
	    "body");
	ec_message_free(copy);
}

static void
a_kept_message_survives_its_connection(void **state)
{
	ECDict connection = dict_blank();
	ec_message *msg = message_begin(&message_storage_default, NULL,
	    connection);

	(void)state;
	dict_add_key_value(connection, "k", "then");
	(void)ec_message_addref(msg);
	message_detach(msg);
	ec_message_free(msg);
	dict_add_key_value(connection, "k", "later");
	dict_drop(connection);
	assert_string_equal(ec_message_context_get(msg, ECMESS_CTX_CONN, "k"),
	    "then");
	ec_message_free(msg);
}

static void
ids_differ_and_a_queue_id_is_taken_if_it_fits_a_log_line(void **state)
{
	ec_message *one = message_of(mail, ""), *two = message_of(mail, "");
	char text[MESSAGE_ID_TEXT];

	(void)state;
	assert_string_not_equal(ec_message_id_text(one),
	    ec_message_id_text(two));
	assert_string_equal(ec_message_id_text(one),
	    message_id_text(&one->id, text));
	message_set_id(one, "4Vx1aB2cD3z1");
	assert_string_equal(ec_message_id_text(one), "4Vx1aB2cD3z1");
	message_set_id(one, "forged\nline");
	message_set_id(one, "");
	assert_string_equal(ec_message_id_text(one), "4Vx1aB2cD3z1");
	ec_message_free(one);
	ec_message_free(two);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(keeps_variables_in_two_contexts),
		cmocka_unit_test(gives_envelope_lines_and_parts_of_addresses),
		cmocka_unit_test(
		    takes_an_address_in_any_dress_and_refuses_what_breaks_a_command),
		cmocka_unit_test(a_message_without_envelope_says_so),
		cmocka_unit_test(
		    the_routing_domain_is_that_of_the_recipient_unless_set),
		cmocka_unit_test(
		    the_code_is_set_with_its_number_or_from_the_text),
		cmocka_unit_test(objects_live_as_long_as_the_message),
		cmocka_unit_test(renders_as_on_the_wire_or_as_in_a_file),
		cmocka_unit_test(dots_are_doubled_across_any_chunks),
		cmocka_unit_test(a_reader_gives_the_wire_form_and_can_be_moved),
		cmocka_unit_test(
		    a_large_body_lives_in_a_file_and_reads_the_same),
		cmocka_unit_test(a_copy_is_independent_and_has_no_edits),
		cmocka_unit_test(a_kept_message_survives_its_connection),
		cmocka_unit_test(
		    ids_differ_and_a_queue_id_is_taken_if_it_fits_a_log_line),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
