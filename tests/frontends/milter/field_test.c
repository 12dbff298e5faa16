/*
 * field_test.c: a field that is signed must be the one that stands in the mail,
 * octet by octet (RFC 6376 section 3.4.1).
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "frontends/milter/field.h"

static void
gives_a_field_as_it_stood_on_the_wire(void **state)
{
	static const struct {
		const char *value;
		bool leading_space;
		const char *wanted;
	} cases[] = {
		{ " a", true, "N: a" },
		{ "a", true, "N:a" },
		{ "\ta ", true, "N:\ta " },
		{ "", true, "N:" },
		{ " a\n\tb\n c", true, "N: a\r\n\tb\r\n c" },
		{ " a\r\n b", true, "N: a\r\n b" },
		{ "\n b", true, "N:\r\n b" },
		{ " a\rb", true, "N: a\rb" },
		{ " a\n", true, "N: a\r\n" },
		/* one blank was taken by the MTA */
		{ "a", false, "N: a" },
		{ "", false, "N: " },
		{ " a", false, "N:  a" },
		{ "\n b", false, "N: \r\n b" },
	};
	struct buffer buffer = { 0 };

	(void)state;
	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		struct span field = field_from_milter(&buffer, "N",
		    cases[i].value, cases[i].leading_space);

		if (!span_eq(field, span_of_text(cases[i].wanted)))
			fail_msg("'%s': '%.*s' came, '%s' wanted",
			    cases[i].value, (int)field.n,
			    (const char *)field.p, cases[i].wanted);
	}
	buffer_deinit(&buffer);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(gives_a_field_as_it_stood_on_the_wire),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
