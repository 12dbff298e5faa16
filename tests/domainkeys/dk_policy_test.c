/*
 * dk_policy_test.c: the policy record of a domain (RFC 4870 section 3.6).
 */
#include "dk_fixture.h"

static const struct {
	const char *text;
	bool found, signs_all, testing;
	const char *report, *notes;
} rows[] = {
	{ "o=-", true, true, false, "", "" },
	{ "o=~", true, false, false, "", "" },
	{ "o=-; t=y", true, true, true, "", "" },
	{ "t=y; o=-; r=abuse@a.test; n=see http://a.test/ for more;", true,
	    true, true, "abuse@a.test", "see http://a.test/ for more" },
	{ " o = - ", true, true, false, "", "" },
	{ "t=y", true, false, true, "", "" },
	{ "r=abuse@a.test", true, false, false, "abuse@a.test", "" },
	{ "n=a note", true, false, false, "", "a note" },
	/* what is not known is not "all" */
	{ "o=!", true, false, false, "", "" },
	{ "o=", true, false, false, "", "" },
	{ "o=--", true, false, false, "", "" },
	/* t=n is illegal, and so no test mode */
	{ "o=-; t=n", true, true, false, "", "" },
	{ "o=-; x=unknown", true, true, false, "", "" },
	/* no policies */
	{ "", false, false, false, "", "" },
	{ "v=spf1 -all", false, false, false, "", "" },
	{ "o=-; o=~", false, false, false, "", "" },
	{ "o", false, false, false, "", "" },
	{ "o=-; p=MIGf", false, false, false, "", "" },
	{ "v=DKIM1; n=x; o=-", false, false, false, "", "" },
	{ "dkim=all", false, false, false, "", "" },
};

static void
reads_each_tag_and_falls_back_on_the_default(void **state)
{
	struct seal_dk_policy policy;

	(void)state;
	for (size_t i = 0; i < COUNT(rows); i++) {
		seal_dk_policy_parse(span_of_text(rows[i].text), &policy);
		if (policy.found != rows[i].found ||
		    policy.signs_all != rows[i].signs_all ||
		    policy.testing != rows[i].testing ||
		    !span_eq(policy.report, span_of_text(rows[i].report)) ||
		    !span_eq(policy.notes, span_of_text(rows[i].notes)))
			fail_msg("'%s': found %d, all %d, testing %d",
			    rows[i].text, policy.found, policy.signs_all,
			    policy.testing);
	}
}

static void
takes_no_record_that_is_too_long(void **state)
{
	static char text[SEAL_MAX_RECORD_BYTES + 2];
	struct seal_dk_policy policy;

	(void)state;
	memset(text, 'x', sizeof(text) - 1);
	memcpy(text, "o=-;n=", 6);
	seal_dk_policy_parse(span_of_text(text), &policy);
	assert_false(policy.found);
	text[SEAL_MAX_RECORD_BYTES] = '\0';
	seal_dk_policy_parse(span_of_text(text), &policy);
	assert_true(policy.signs_all);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(reads_each_tag_and_falls_back_on_the_default),
		cmocka_unit_test(takes_no_record_that_is_too_long),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
