/*
 * replay_test.c: in which order edits reach the MTA, and in which form.
 */
#include "fake_milter.h"

#include "frontends/milter/replay.h"

#define COUNT(rows) (sizeof(rows) / sizeof((rows)[0]))
#define EVERYTHING (SMFIF_ADDHDRS | SMFIF_CHGHDRS | SMFIF_CHGBODY | \
	SMFIF_ADDRCPT | SMFIF_DELRCPT | SMFIF_CHGFROM | SMFIF_QUARANTINE)

static SMFICTX context;

static int
tell(const struct edit *steps, size_t count, bool leading_space)
{
	struct connection c = { .actions = EVERYTHING,
	    .leading_space = leading_space };
	struct session_verdict verdict = { .action = SESSION_ACCEPT,
	    .reason = "", .edits = { steps, count } };
	int ret;

	context.said[0] = '\0';
	assert_null(replay_lacks(&c, &verdict));
	ret = replay(&context, &c, &verdict);
	buffer_deinit(&c.text);
	return ret;
}

/* Postfix keeps the order of what is inserted at 0 one after the other, above
 * its own Received. */
static void
inserts_go_from_the_bottom_to_the_top(void **state)
{
	static const struct edit steps[] = {
		{ .type = EDIT_FIELD_DELETE, .nth = 2,
		  .name = SPAN_INIT("B") },
		{ .type = EDIT_FIELD_CHANGE, .nth = 1,
		  .name = SPAN_INIT("A"), .value = SPAN_INIT(" new") },
		{ .type = EDIT_FIELD_INSERT, .index = 0,
		  .name = SPAN_INIT("First"), .value = SPAN_INIT(" 1") },
		{ .type = EDIT_FIELD_INSERT, .index = 1,
		  .name = SPAN_INIT("Second"), .value = SPAN_INIT(" 2") },
		{ .type = EDIT_FIELD_INSERT, .index = 7,
		  .name = SPAN_INIT("Seventh"), .value = SPAN_INIT(" 7") },
	};

	(void)state;
	assert_int_equal(tell(steps, COUNT(steps), true), 0);
	assert_string_equal(context.said,
	    "delheader 2 B\n"
	    "chgheader 1 A: new\n"
	    "insheader 5 Seventh: 7\n"
	    "insheader 0 Second: 2\n"
	    "insheader 0 First: 1\n");
}

static void
values_get_the_form_that_the_mta_knows(void **state)
{
	static const struct {
		struct span value;
		bool leading_space;
		const char *wanted;
	} cases[] = {
		{ SPAN_INIT(" a"), true, " a" },
		{ SPAN_INIT(" a\r\n\tb"), true, " a\n\tb" },
		{ SPAN_INIT("a"), true, "a" },
		{ SPAN_INIT(" a"), false, "a" },
		{ SPAN_INIT("  a"), false, " a" },
		{ SPAN_INIT("\ta"), false, "\ta" },
		{ SPAN_INIT(" a\rb\r"), true, " a\rb\r" },
		/* an empty one would delete the field */
		{ SPAN_INIT(""), true, " " },
		{ SPAN_INIT(" "), false, " " },
	};

	(void)state;
	for (size_t i = 0; i < COUNT(cases); i++) {
		const struct edit step = { .type = EDIT_FIELD_CHANGE,
		    .nth = 1, .name = SPAN("N"), .value = cases[i].value };
		char wanted[64];

		assert_int_equal(tell(&step, 1, cases[i].leading_space), 0);
		(void)snprintf(wanted, sizeof(wanted), "chgheader 1 N:%s\n",
		    cases[i].wanted);
		assert_string_equal(context.said, wanted);
	}
}

static void
addresses_get_their_brackets(void **state)
{
	static const struct edit steps[] = {
		{ .type = EDIT_SENDER, .address = "" },
		{ .type = EDIT_SENDER, .address = "a@b.test" },
		{ .type = EDIT_RCPT_DELETE, .address = "c@d.test" },
		{ .type = EDIT_RCPT_ADD, .address = "e@f.test" },
	};

	(void)state;
	assert_int_equal(tell(steps, COUNT(steps), true), 0);
	assert_string_equal(context.said, "chgfrom <>\nchgfrom <a@b.test>\n"
	    "delrcpt <c@d.test>\naddrcpt <e@f.test>\n");
}

/* A message with half of its edits must not go out. */
static void
the_first_failure_ends_it(void **state)
{
	static const struct edit steps[] = {
		{ .type = EDIT_RCPT_DELETE, .address = "c@d.test" },
		{ .type = EDIT_FIELD_INSERT, .name = SPAN_INIT("N"),
		  .value = SPAN_INIT(" v") },
	};

	(void)state;
	context.fails = "delrcpt";
	assert_int_equal(tell(steps, COUNT(steps), true), -1);
	assert_string_equal(context.said, "delrcpt <c@d.test>\n");
	context.fails = "insheader";
	assert_int_equal(tell(steps, COUNT(steps), true), -1);
	context.fails = NULL;
}

static void
names_what_the_mta_cannot_do(void **state)
{
	static const struct {
		enum edit_type type;
		unsigned long without;
		const char *wanted;
	} cases[] = {
		{ EDIT_FIELD_CHANGE, SMFIF_CHGHDRS, "be changed" },
		{ EDIT_FIELD_DELETE, SMFIF_CHGHDRS, "be deleted" },
		{ EDIT_FIELD_INSERT, SMFIF_ADDHDRS, "be added" },
		{ EDIT_BODY, SMFIF_CHGBODY, "the body" },
		{ EDIT_SENDER, SMFIF_CHGFROM, "the sender" },
		{ EDIT_RCPT_DELETE, SMFIF_DELRCPT, "be removed" },
		{ EDIT_RCPT_ADD, SMFIF_ADDRCPT, "recipients be added" },
	};

	(void)state;
	for (size_t i = 0; i < COUNT(cases); i++) {
		const struct edit step = { .type = cases[i].type,
		    .address = "a@b.test" };
		struct connection c = {
			.actions = EVERYTHING & ~cases[i].without };
		struct session_verdict verdict = {
			.action = SESSION_ACCEPT, .edits = { &step, 1 } };

		assert_non_null(replay_lacks(&c, &verdict));
		assert_non_null(strstr(replay_lacks(&c, &verdict),
		    cases[i].wanted));
		c.actions = cases[i].without;
		assert_null(replay_lacks(&c, &verdict));
		verdict.action = SESSION_QUARANTINE;
		assert_non_null(strstr(replay_lacks(&c, &verdict), "held"));
	}
}

/* One packet of the protocol holds 65535 octets. */
static void
a_field_that_fits_no_packet_is_found_before_anything_is_sent(void **state)
{
	static const unsigned char much[70000];
	const struct edit step = { .type = EDIT_FIELD_INSERT,
	    .name = SPAN("N"), .value = span_of(much, sizeof(much)) };
	struct connection c = { .actions = EVERYTHING };
	struct session_verdict verdict = { .action = SESSION_ACCEPT,
	    .edits = { &step, 1 } };

	(void)state;
	assert_non_null(strstr(replay_lacks(&c, &verdict), "too long"));
}

static void
mail_is_held_with_a_reason(void **state)
{
	struct connection c = { .actions = EVERYTHING };
	struct session_verdict verdict = { .action = SESSION_QUARANTINE,
	    .reason = "looks odd" };

	(void)state;
	context.said[0] = '\0';
	assert_int_equal(replay(&context, &c, &verdict), 0);
	verdict.reason = "";
	assert_int_equal(replay(&context, &c, &verdict), 0);
	assert_string_equal(context.said, "quarantine looks odd\n"
	    "quarantine held by policy\n");
	buffer_deinit(&c.text);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(inserts_go_from_the_bottom_to_the_top),
		cmocka_unit_test(values_get_the_form_that_the_mta_knows),
		cmocka_unit_test(addresses_get_their_brackets),
		cmocka_unit_test(the_first_failure_ends_it),
		cmocka_unit_test(names_what_the_mta_cannot_do),
		cmocka_unit_test(
	  a_field_that_fits_no_packet_is_found_before_anything_is_sent),
		cmocka_unit_test(mail_is_held_with_a_reason),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
