/*
 * dnsname_test.c: names in text and in the form that is compared.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "keys/dnsname.h"

#define LABEL63 \
	"aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa"

static void
reads_text_and_writes_it_again(void **state)
{
	static const struct {
		const char *text;
		struct span wire;
		const char *again;
	} rows[] = {
		{ "s1._domainkey.a.test",
		    SPAN_INIT("\2s1\12_domainkey\1a\4test\0"),
		    "s1._domainkey.a.test" },
		{ "A.Test.", SPAN_INIT("\1a\4test\0"), "a.test" },
		{ ".", SPAN_INIT("\0"), "." },
		/* only ASCII letters have a case (RFC 4343) */
		{ "\303\204", SPAN_INIT("\2\303\204\0"), "\\195\\132" },
		{ "a b\\;\"(@)$", SPAN_INIT("\12a b\\;\"(@)$\0"),
		    "a\\032b\\\\\\;\\\"\\(\\@\\)\\$" },
		{ "a\tb", SPAN_INIT("\3a\tb\0"), "a\\009b" },
	};
	char text[DNSNAME_MAX_TEXT];
	struct dnsname name;

	(void)state;
	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		assert_true(dnsname_from_text(rows[i].text, &name));
		assert_int_equal(name.n, rows[i].wire.n);
		assert_memory_equal(name.p, rows[i].wire.p, name.n);
		dnsname_format(&name, text);
		assert_string_equal(text, rows[i].again);
	}
}

/* RFC 1035 section 2.3.4 */
static void
holds_names_to_the_limits_of_dns(void **state)
{
	static const struct {
		const char *text;
		bool is_name;
	} rows[] = {
		{ LABEL63, true },
		{ LABEL63 "a", false },
		{ LABEL63 "." LABEL63 "." LABEL63 "."
		  "aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa",
		    true }, /* 255 octets */
		{ LABEL63 "." LABEL63 "." LABEL63 "."
		  "aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa",
		    false },
		{ "", false },
		{ "..", false },
		{ ".a", false },
		{ "a..b", false },
		{ "a..", false },
	};
	struct dnsname name;

	(void)state;
	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++)
		assert_int_equal(dnsname_from_text(rows[i].text, &name),
		    rows[i].is_name);
}

static void
writes_the_longest_name_within_its_room(void **state)
{
	char text[DNSNAME_MAX_TEXT];
	struct dnsname name = { .n = 0 };
	unsigned char label[DNSNAME_MAX_LABEL];

	(void)state;
	memset(label, 0xff, sizeof(label));
	for (int i = 0; i < 3; i++)
		assert_true(dnsname_add_label(&name, label, 63));
	assert_false(dnsname_add_label(&name, label, 62));
	assert_true(dnsname_add_label(&name, label, 61));
	assert_false(dnsname_add_label(&name, label, 1));
	assert_true(dnsname_end(&name));
	assert_int_equal(name.n, DNSNAME_MAX);
	dnsname_format(&name, text);
	assert_int_equal(strlen(text), 250 * 4 + 3);
}

static void
takes_a_whole_name_off_wire_octets(void **state)
{
	static const struct {
		struct span octets;
		size_t length;
	} rows[] = {
		{ SPAN_INIT("\1A\0rest"), 3 },
		{ SPAN_INIT("\0"), 1 },
		{ SPAN_INIT(""), 0 },
		{ SPAN_INIT("\1a"), 0 },
		{ SPAN_INIT("\5a"), 0 },
		{ SPAN_INIT("\300\0"), 0 }, /* a pointer */
	};
	struct dnsname name;

	(void)state;
	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++)
		assert_int_equal(dnsname_from_wire(rows[i].octets, &name),
		    rows[i].length);
	assert_int_equal(dnsname_from_wire(rows[0].octets, &name), 3);
	assert_memory_equal(name.p, "\1a", 3);
}

int
main(void)
{
	static const struct CMUnitTest tests[] = {
		cmocka_unit_test(reads_text_and_writes_it_again),
		cmocka_unit_test(holds_names_to_the_limits_of_dns),
		cmocka_unit_test(writes_the_longest_name_within_its_room),
		cmocka_unit_test(takes_a_whole_name_off_wire_octets),
	};

	return cmocka_run_group_tests_name("dnsname", tests, NULL, NULL);
}
