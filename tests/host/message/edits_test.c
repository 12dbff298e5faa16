/*
 * edits_test.c: the edits are the fewest steps that make the message as it is
 * now out of the one that came, in the order in which a mail server can take
 * them.
 */
#include "fixture.h"

static const char *const mail[] = {
	"Received: by a", "Authentication-Results: a.test; x=1",
	"From: f@a.test", "Authentication-Results: b.test; x=2",
	"To: t@b.test", "authentication-results : a.test; x=3",
	"Subject: s", NULL
};

static void
remove_nth(ec_message *msg, const char *name, int nth)
{
	rfc2822_field *f = rfc2822_find_first_header(headers_of(msg), name);

	while (--nth > 0)
		f = rfc2822_find_next_header(f);
	assert_true(rfc2822_remove_field(headers_of(msg), f) >= 0);
}

static void
nothing(ec_message *msg)
{
	(void)msg;
}

static void
sign(ec_message *msg)
{
	prepend(msg, "DKIM-Signature", "v=1;\r\n b=x");
}

static void
sign_twice(ec_message *msg)
{
	prepend(msg, "DKIM-Signature", "one");
	prepend(msg, "DKIM-Signature", "two");
}

static void
remove_all_results(ec_message *msg)
{
	while (rfc2822_remove_header(headers_of(msg),
	    "Authentication-Results") >= 0)
		continue;
}

static void
remove_outer_results(ec_message *msg)
{
	remove_nth(msg, "Authentication-Results", 3);
	remove_nth(msg, "Authentication-Results", 1);
}

static void
remove_results_and_judge(ec_message *msg)
{
	remove_all_results(msg);
	prepend(msg, "Authentication-Results", "a.test; dkim=pass");
}

static void
add_then_remove(ec_message *msg)
{
	prepend(msg, "X", "y");
	assert_int_equal(rfc2822_remove_header(headers_of(msg), "X"), 0);
}

static void
remove_and_put_back(ec_message *msg)
{
	assert_int_equal(rfc2822_remove_header(headers_of(msg), "Received"), 0);
	prepend(msg, "Received", "by a");
}

static void
remove_and_put_another_on_top(ec_message *msg)
{
	assert_int_equal(rfc2822_remove_header(headers_of(msg), "Received"), 0);
	prepend(msg, "Received", "by b");
}

static void
change_subject(ec_message *msg)
{
	int at = rfc2822_remove_header(headers_of(msg), "Subject");

	rfc2822_insert_header(headers_of(msg),
	    rfc2822_new_header("subject", "[spam] s"), at);
}

static void
append_to_subject(ec_message *msg)
{
	rfc2822_header_append_line(rfc2822_find_first_header(headers_of(msg),
	    "Subject"), "more");
}

static void
move_to_the_end(ec_message *msg)
{
	assert_int_equal(rfc2822_remove_header(headers_of(msg), "From"), 2);
	rfc2822_append_header(headers_of(msg),
	    rfc2822_new_header("From", "f@a.test"));
}

static void
change_second_result(ec_message *msg)
{
	remove_nth(msg, "Authentication-Results", 2);
	rfc2822_insert_header(headers_of(msg),
	    rfc2822_new_header("Authentication-Results", "new"), 3);
}

static void
replace_body(ec_message *msg)
{
	assert_int_equal(ec_message_set_body(msg, "other\r\n", 7), 1);
}

static void
replace_body_and_back(ec_message *msg)
{
	replace_body(msg);
	assert_int_equal(ec_message_set_body(msg, "body\r\n", 6), 1);
}

static void
change_envelope(ec_message *msg)
{
	assert_int_equal(ec_message_set_mailfrom(msg, "MAIL FROM:<n@c.test>",
	    -1, 0), 1);
	assert_int_equal(ec_message_rcpt_add(msg, "<new@d.test>"), 1);
	assert_int_equal(ec_message_rcpt_remove(msg, "to@B.TEST"), 1);
}

static void
change_envelope_and_back(ec_message *msg)
{
	change_envelope(msg);
	assert_int_equal(ec_message_set_mailfrom(msg, "from@a.test", -1, 0), 1);
	assert_int_equal(ec_message_rcpt_remove(msg, "new@d.test"), 1);
	assert_int_equal(ec_message_rcpt_add(msg, "to@b.test"), 1);
}

static void
change_the_recipient(ec_message *msg)
{
	assert_int_equal(ec_message_set_envelope(msg, EC_MSG_ENV_TO, "other",
	    -1, NULL, 0), 1);
}

static const struct {
	const char *name;
	void (*edit)(ec_message *msg);
	const char *wanted;
} rows[] = {
	{ "nothing", nothing, "" },
	{ "sign", sign, "insert 0 DKIM-Signature: v=1;\r\n b=x\n" },
	{ "sign twice", sign_twice, "insert 0 DKIM-Signature: two\n"
	  "insert 1 DKIM-Signature: one\n" },
	/* OD#148: positions must not move while deleting */
	{ "remove all results", remove_all_results,
	  "delete authentication-results 3\n"
	  "delete Authentication-Results 2\n"
	  "delete Authentication-Results 1\n" },
	{ "remove outer results", remove_outer_results,
	  "delete authentication-results 3\n"
	  "delete Authentication-Results 1\n" },
	{ "remove results and judge", remove_results_and_judge,
	  "delete authentication-results 3\n"
	  "delete Authentication-Results 2\n"
	  "delete Authentication-Results 1\n"
	  "insert 0 Authentication-Results: a.test; dkim=pass\n" },
	{ "add then remove", add_then_remove, "" },
	{ "remove and put back", remove_and_put_back, "" },
	/* the mail server's own fields may stand above the one that came */
	{ "remove and put another on top", remove_and_put_another_on_top,
	  "delete Received 1\ninsert 0 Received: by b\n" },
	{ "change subject", change_subject, "change subject 1: [spam] s\n" },
	{ "append to subject", append_to_subject,
	  "change Subject 1: s\r\n\tmore\n" },
	{ "move to the end", move_to_the_end,
	  "delete From 1\ninsert 6 From: f@a.test\n" },
	{ "change second result", change_second_result,
	  "change Authentication-Results 2: new\n" },
	{ "body", replace_body, "body\n" },
	{ "body and back", replace_body_and_back, "" },
	{ "envelope", change_envelope, "sender n@c.test\n"
	  "rcpt-delete to@b.test\nrcpt-add new@d.test\n" },
	{ "envelope and back", change_envelope_and_back, "" },
	{ "recipient", change_the_recipient,
	  "rcpt-delete to@b.test\nrcpt-add other@b.test\n" },
};

static void
edits_are_the_fewest_and_in_order(void **state)
{
	(void)state;
	for (size_t i = 0; i < COUNT(rows); i++) {
		ec_message *msg = message_of(mail, "body\r\n");
		struct buffer out = { 0 };

		rows[i].edit(msg);
		format_edits(msg, &out);
		assert_bytes(rows[i].name, buffer_span(&out),
		    span_of_text(rows[i].wanted));
		/* asking twice gives the same */
		buffer_clear(&out);
		format_edits(msg, &out);
		assert_bytes(rows[i].name, buffer_span(&out),
		    span_of_text(rows[i].wanted));
		buffer_deinit(&out);
		ec_message_free(msg);
	}
}

/* A mail server that takes steps: fields as texts. */
struct server {
	char *fields[64];
	size_t n;
};

static struct span
name_of(const char *field)
{
	struct span s = span_of_text(field);

	return span_trim_wsp(span_first(s, span_find(s, ':')));
}

static size_t
find_nth(const struct server *server, struct span name, size_t nth)
{
	for (size_t i = 0; i < server->n; i++) {
		if (span_ieq(name_of(server->fields[i]), name) && --nth == 0)
			return i;
	}
	fail_msg("no such field");
	return 0;
}

static char *
text_of(const struct edit *e)
{
	char *text = NULL;

	assert_true(asprintf(&text, "%.*s:%.*s", (int)e->name.n,
	    (const char *)e->name.p, (int)e->value.n,
	    (const char *)e->value.p) > 0);
	return text;
}

static void
take_step(struct server *server, const struct edit *e)
{
	size_t at = e->index;

	if (e->type != EDIT_FIELD_INSERT) {
		at = find_nth(server, e->name, e->nth);
		free(server->fields[at]);
	}
	if (e->type == EDIT_FIELD_CHANGE) {
		server->fields[at] = text_of(e);
	} else if (e->type == EDIT_FIELD_DELETE) {
		server->n--;
		memmove(&server->fields[at], &server->fields[at + 1],
		    (server->n - at) * sizeof(char *));
	} else {
		assert_true(at <= server->n && server->n < 64);
		memmove(&server->fields[at + 1], &server->fields[at],
		    (server->n - at) * sizeof(char *));
		server->fields[at] = text_of(e);
		server->n++;
	}
}

static const char *const names[] = { "A", "B", "a", "C" };

static void
random_change(ec_message *msg, unsigned *seed)
{
	rfc2822_context *ctx = headers_of(msg);
	const char *name = names[(size_t)rand_r(seed) % COUNT(names)];
	char value[2] = { (char)('x' + rand_r(seed) % 2), '\0' };

	if (rand_r(seed) % 2 == 0)
		(void)rfc2822_remove_header(ctx, name);
	else
		rfc2822_insert_header(ctx, rfc2822_new_header(name, value),
		    rand_r(seed) % 8);
}

static void
server_begin(struct server *server, ec_message *msg)
{
	server->n = message_fields_came(msg);
	for (size_t i = 0; i < server->n; i++) {
		struct span s = message_field_came(msg, i);

		server->fields[i] = strndup((const char *)s.p, s.n);
	}
}

static void
assert_same(const struct server *server, ec_message *msg)
{
	assert_int_equal(server->n, ec_message_header_count(msg));
	for (size_t i = 0; i < server->n; i++) {
		size_t n;
		const char *p = ec_message_header_bytes(msg, (int)i, &n);

		assert_bytes("field", span_of_text(server->fields[i]),
		    span_of(p, n));
	}
}

static void
taking_the_steps_gives_the_message_whatever_was_done(void **state)
{
	unsigned seed = 7;

	(void)state;
	for (int round = 0; round < 5000; round++) {
		static const char *const fields[] = {
			"A: x", "B: x", "a: y", "A: x", "C: y", "B: y", NULL
		};
		ec_message *msg = message_of(fields, "");
		struct server server;
		struct edits edits;
		size_t changes = (size_t)rand_r(&seed) % 8;

		server_begin(&server, msg);
		for (size_t i = 0; i < changes; i++)
			random_change(msg, &seed);
		edits = message_edits(msg);
		assert_true(edits.count <= changes);
		for (size_t i = 0; i < edits.count; i++)
			take_step(&server, &edits.steps[i]);
		assert_same(&server, msg);
		for (size_t i = 0; i < server.n; i++)
			free(server.fields[i]);
		ec_message_free(msg);
	}
}

/* 5000 fields turned around pass the limit of the exact method. */
static void
a_giant_header_turned_around_still_comes_out_right(void **state)
{
	ec_message *msg = message_begin(&message_storage_default, NULL, NULL);
	rfc2822_context *ctx;
	struct edits edits;
	char field[32];

	(void)state;
	for (int i = 0; i < 5000; i++) {
		int n = snprintf(field, sizeof(field), "X-%d: y", i);

		assert_int_equal(message_add_field(msg,
		    span_of(field, (size_t)n)), 0);
	}
	message_end_header(msg);
	ctx = headers_of(msg);
	assert_int_equal(rfc2822_remove_header(ctx, "X-0"), 0);
	assert_int_equal(rfc2822_remove_header(ctx, "X-4999"), 4998);
	rfc2822_prepend_header(ctx, rfc2822_new_header("Y", "top"));
	rfc2822_append_header(ctx, rfc2822_new_header("Y", "end"));
	edits = message_edits(msg);
	assert_int_equal(edits.count, 4);
	assert_int_equal(edits.steps[3].index, 4999);
	ec_message_free(msg);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(edits_are_the_fewest_and_in_order),
		cmocka_unit_test(
		    taking_the_steps_gives_the_message_whatever_was_done),
		cmocka_unit_test(
		    a_giant_header_turned_around_still_comes_out_right),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
