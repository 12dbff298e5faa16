/*
 * proof_test.c: the exchanges that RFC 2831 and RFC 2195 print.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>

#include <cmocka.h>

#include "host/console/proof.h"

static void
computes_the_exchange_of_rfc_2831_section_4(void **state)
{
	struct proof_exchange exchange = { "OA6MG9tEQGm2hh", "OA6MHXh6VqTrRk",
		"00000001", "imap/elwood.innosoft.com" };
	unsigned char secret[PROOF_BYTES];
	char hex[PROOF_HEX_BYTES];

	(void)state;
	assert_true(proof_secret("chris", "elwood.innosoft.com",
	    SPAN("secret"), secret));
	assert_true(proof_digest(secret, &exchange, false, hex));
	assert_string_equal(hex, "d388dad90d4bbd760a152321f2143af7");
	assert_true(proof_digest(secret, &exchange, true, hex));
	assert_string_equal(hex, "ea40f60335c427b5527b84dbabcdfffd");
}

static void
computes_the_exchange_of_rfc_2195_section_2(void **state)
{
	char hex[PROOF_HEX_BYTES];

	(void)state;
	assert_true(proof_cram(SPAN("tanstaaftanstaaf"),
	    "<1896.697170952@postoffice.reston.mci.net>", hex));
	assert_string_equal(hex, "b913a602c7eda7a495b4e6e7334d3890");
}

static void
hashes_as_htdigest_does(void **state)
{
	unsigned char secret[PROOF_BYTES];
	char hex[PROOF_HEX_BYTES];

	(void)state;
	assert_true(proof_secret("a", "console", SPAN("b"), secret));
	proof_hex(secret, sizeof(secret), hex);
	assert_string_equal(hex, "da0d2adc408c8dbe6effa0b17903517c");
}

static const struct {
	const char *name, *text;
	bool good;
} hexes[] = {
	{ "digits", "00ff7F", true },
	{ "too few", "00ff7", false },
	{ "too many", "00ff7f0", false },
	{ "none of them", "00ff7g", false },
	{ "a blank", "00 f7f", false },
};

static void
reads_hex_digits_and_nothing_else(void **state)
{
	unsigned char octets[3];

	(void)state;
	for (size_t i = 0; i < sizeof(hexes) / sizeof(hexes[0]); i++) {
		if (proof_unhex(span_of_text(hexes[i].text), octets, 3) !=
		    hexes[i].good)
			fail_msg("%s", hexes[i].name);
	}
}

static const struct {
	const char *name, *list;
	int found;
	const char *value;
} lists[] = {
	{ "alone", "realm=a", 1, "a" },
	{ "quoted", "realm=\"a b\"", 1, "a b" },
	{ "with escapes", "realm=\"a\\\"b\\\\c\"", 1, "a\"b\\c" },
	{ "a comma in quotes", "x=\"1,realm=2\",realm=3", 1, "3" },
	{ "blanks and empty ones", ",, x=1 , realm=a ,", 1, "a" },
	{ "another case", "REALM=a", 1, "a" },
	{ "empty", "realm=\"\"", 1, "" },
	{ "absent", "real=a,realms=b", 0, "" },
	{ "nothing", "", 0, "" },
	{ "twice", "realm=a,realm=a", -1, NULL },
	{ "no value", "realm", -1, NULL },
	{ "no name", "=a", -1, NULL },
	{ "a quote that is not closed", "realm=\"a", -1, NULL },
	{ "broken behind it", "realm=a,\"", -1, NULL },
	{ "a control character", "realm=\"a\tb\"", -1, NULL },
	{ "as long as there is room", "realm=1234567", 1, "1234567" },
	{ "longer than that", "realm=12345678", -1, NULL },
};

static void
finds_a_directive_in_a_list(void **state)
{
	(void)state;
	for (size_t i = 0; i < sizeof(lists) / sizeof(lists[0]); i++) {
		char value[8];
		int found = proof_directive(span_of_text(lists[i].list),
		    "realm", value, sizeof(value));

		if (found != lists[i].found || (lists[i].value != NULL &&
		    strcmp(value, lists[i].value) != 0))
			fail_msg("%s: came %d '%s'", lists[i].name, found,
			    value);
	}
}

static void
reads_a_directive_as_it_was_written(void **state)
{
	static const char odd[] = "a \"quoted\\\" name, with=all";
	struct buffer list = { 0 };
	char value[64];

	(void)state;
	proof_add_directive(&list, "username", odd);
	proof_add_directive(&list, "realm", "b");
	assert_int_equal(proof_directive(buffer_span(&list), "username", value,
	    sizeof(value)), 1);
	assert_string_equal(value, odd);
	assert_int_equal(proof_directive(buffer_span(&list), "realm", value,
	    sizeof(value)), 1);
	assert_string_equal(value, "b");
	buffer_deinit(&list);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(computes_the_exchange_of_rfc_2831_section_4),
		cmocka_unit_test(computes_the_exchange_of_rfc_2195_section_2),
		cmocka_unit_test(hashes_as_htdigest_does),
		cmocka_unit_test(reads_hex_digits_and_nothing_else),
		cmocka_unit_test(finds_a_directive_in_a_list),
		cmocka_unit_test(reads_a_directive_as_it_was_written),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
