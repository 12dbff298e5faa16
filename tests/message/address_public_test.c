/*
 * seal_address_domain(): the address parser as callers of libseal have it; what
 * it takes for an address is tested with the parser.
 */
#include "base/span.h"
#include "seal.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdlib.h>

#include <cmocka.h>

#define LABEL_63 "abcdefghijklmnopqrstuvwxyzabcdefghijklmnopqrstuvwxyzabcdefghijk"
#define DOMAIN_253 LABEL_63 "." LABEL_63 "." LABEL_63 "." \
	"abcdefghijklmnopqrstuvwxyzabcdefghijklmnopqrstuvwxyzabcdefghi"

static const struct {
	const char *name;
	struct span value;
	int ret;
	const char *domain;
} rows[] = {
	{ "lower case", SPAN_INIT(" Ann <a@Example.COM>"), 0, "example.com" },
	{ "the first of several", SPAN_INIT("a@b.test, c@d.test"), 0,
	    "b.test" },
	{ "a U-label as an A-label (RFC 8616)",
	    SPAN_INIT("a@b\xc3\xbc" "cher.example"), 0,
	    "xn--bcher-kva.example" },
	{ "as long as names may be (RFC 1035 2.3.4)",
	    SPAN_INIT("a@" DOMAIN_253), 0, DOMAIN_253 },
	{ "longer", SPAN_INIT("a@" DOMAIN_253 "j"), SEAL_E_SYNTAX, "" },
	{ "no address", SPAN_INIT("Ann"), SEAL_E_SYNTAX, "" },
	{ "nothing", SPAN_INIT(""), SEAL_E_SYNTAX, "" },
};

static void
gives_the_domain_or_nothing(void **state)
{
	(void)state;
	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		char domain[SEAL_DOMAIN_BYTES] = "untouched";
		int ret = seal_address_domain(rows[i].value, domain);

		if (ret != rows[i].ret || strcmp(domain, rows[i].domain) != 0)
			fail_msg("%s: %d \"%s\", wanted %d \"%s\"",
			    rows[i].name, ret, domain, rows[i].ret,
			    rows[i].domain);
	}
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(gives_the_domain_or_nothing),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
