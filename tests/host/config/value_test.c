/*
 * value_test.c: texts to values, type by type, and networks.
 */
#include "fixture.h"

#include "host/config/parser.h"
#include "host/config/sockaddr.h"

#include <arpa/inet.h>
#include <sys/un.h>

static const struct config_choice colours[] = {
	{ "Red", 3 }, { "green", 5 }, { NULL, 0 },
};

#define ARRAY CONFIG_OPTION_ARRAY

static const struct {
	struct config_option option;
	const char *text;
	const char *want; /* NULL: refused */
} rows[] = {
	{ { .type = CONFIG_INT }, "-5", "-5" },
	{ { .type = CONFIG_INT }, "010", "10" },
	{ { .type = CONFIG_INT }, "2147483647", "2147483647" },
	{ { .type = CONFIG_INT }, "2147483648", NULL },
	{ { .type = CONFIG_INT }, "-2147483649", NULL },
	{ { .type = CONFIG_INT }, "99999999999999999999", NULL },
	{ { .type = CONFIG_INT }, "1.5", NULL },
	{ { .type = CONFIG_INT }, "0x10", NULL },
	{ { .type = CONFIG_INT }, "\" 5\"", NULL },
	{ { .type = CONFIG_INT }, "-", NULL },
	{ { .type = CONFIG_INT }, "\"\"", NULL },
	{ { .type = CONFIG_UINT64 }, "18446744073709551615",
	  "18446744073709551615" },
	{ { .type = CONFIG_UINT64 }, "18446744073709551616", NULL },
	{ { .type = CONFIG_UINT64 }, "-1", NULL },
	{ { .type = CONFIG_SIZE }, "1048576", "1048576" },
	{ { .type = CONFIG_SIZE }, "1M", NULL },
	/* L13 */
	{ { .type = CONFIG_PERMS }, "0660", "0660" },
	{ { .type = CONFIG_PERMS }, "666", "0666" },
	{ { .type = CONFIG_PERMS }, "0888", NULL },
	{ { .type = CONFIG_PERMS }, "10000", NULL },
	/* L12: the union of all lists, in any case, quoted or bare */
	{ { .type = CONFIG_BOOL }, "True", "1" },
	{ { .type = CONFIG_BOOL }, "\"false\"", "0" },
	{ { .type = CONFIG_BOOL }, "YES", "1" },
	{ { .type = CONFIG_BOOL }, "no", "0" },
	{ { .type = CONFIG_BOOL }, "on", "1" },
	{ { .type = CONFIG_BOOL }, "Off", "0" },
	{ { .type = CONFIG_BOOL }, "enabled", "1" },
	{ { .type = CONFIG_BOOL }, "disabled", "0" },
	{ { .type = CONFIG_BOOL }, "1", "1" },
	{ { .type = CONFIG_BOOL }, "0", "0" },
	{ { .type = CONFIG_BOOL }, "2", NULL },
	{ { .type = CONFIG_BOOL }, "\"\"", NULL },
	{ { .type = CONFIG_FLOAT }, "-1.5e2", "-150" },
	{ { .type = CONFIG_FLOAT }, "inf", NULL },
	{ { .type = CONFIG_FLOAT }, "1e999", NULL },
	{ { .type = CONFIG_FLOAT }, "1.5x", NULL },
	{ { .type = CONFIG_REGEX }, "\"^a.*b$\"", "regex" },
	{ { .type = CONFIG_REGEX }, "\"/^a/\"", "regex" },
	{ { .type = CONFIG_REGEX }, "\"(\"", NULL },
	{ { .type = CONFIG_NETWORK }, "10.0.0.0/8", "/104" },
	{ { .type = CONFIG_NETWORK }, "\"2001:db8::/32\"", "/32" },
	{ { .type = CONFIG_NETWORK }, "\"[::1]\"", "/128" },
	{ { .type = CONFIG_NETWORK }, "10.0.0.0/", NULL },
	{ { .type = CONFIG_NETWORK }, "10.0.0", NULL },
	{ { .type = CONFIG_NETWORK }, "example.com", NULL },
	{ { .type = CONFIG_STRING }, "\"\"", "" },
	{ { .type = CONFIG_STRING, .map = colours }, "RED", "Red" },
	{ { .type = CONFIG_STRING, .map = colours }, "blue", NULL },
	{ { .type = CONFIG_STRING, .map = colours }, "3", NULL },
	{ { .type = CONFIG_INT, .map = colours }, "green", "5" },
	{ { .type = CONFIG_INT, .map = colours }, "3", "3" },
	{ { .type = CONFIG_INT, .map = colours }, "4", NULL },
	{ { .type = CONFIG_INT, .flags = ARRAY }, "( 1 2 3 )", "1,2,3" },
	{ { .type = CONFIG_INT, .flags = ARRAY }, "( 1 x )", NULL },
	{ { .type = CONFIG_INT, .flags = ARRAY }, "7", "7" },
	{ { .type = CONFIG_STRING, .flags = ARRAY, .separator = ':' },
	  "\"a: b::c\"", "a,b,c" },
	{ { .type = CONFIG_STRING, .flags = ARRAY, .separator = ':' },
	  "( \"a:b\" )", "a:b" },
	{ { .type = CONFIG_STRING, .separator = ':' }, "( a b )", "a:b" },
	{ { .type = CONFIG_STRING, .separator = ':' }, "()", "" },
	{ { .type = CONFIG_DICT }, "[ a = b c = \"d e\" ]", "a=b,c=d e" },
	{ { .type = CONFIG_DICT }, "[]", "" },
	{ { .type = CONFIG_DICT }, "( a b )", NULL },
};

static void
reads_each_type_and_nothing_that_is_not_of_it(void **state)
{
	(void)state;
	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		struct arena arena = { 0 };
		struct buffer why = { 0 };
		struct written written = parser_value(rows[i].text, &arena);
		struct config_value value;
		bool ok = value_read(&rows[i].option, &written, &arena, &value,
		    &why);

		if (ok != (rows[i].want != NULL))
			fail_msg("%s: %s", rows[i].text, ok ? "was taken" :
			    "was refused");
		if (ok)
			assert_text(rows[i].text, value_text(&value),
			    rows[i].want);
		else
			assert_true(why.n > 0);
		buffer_deinit(&why);
		arena_deinit(&arena);
	}
}

/* L14, and the socket paths that listeners take as well */
static const struct {
	const char *text;
	bool with_port;
	const char *want; /* NULL: refused */
} addresses[] = {
	{ "192.0.2.1:25", true, "192.0.2.1 25" },
	{ "2001:db8::1.25", true, "2001:db8::1 25" },
	{ "[2001:DB8::1]:25", true, "2001:db8::1 25" },
	{ ":25", true, "0.0.0.0 25" },
	{ "*:25", true, "0.0.0.0 25" },
	{ "[*]:25", true, ":: 25" },
	{ "[::]:25", true, ":: 25" },
	{ "/tmp/2025", true, "/tmp/2025" },
	{ "192.0.2.1", false, "192.0.2.1 0" },
	{ "2001:db8::1", false, "2001:db8::1 0" },
	{ "[2001:db8::1]", false, "2001:db8::1 0" },
	{ "192.0.2.1", true, NULL },
	{ "192.0.2.1:65536", true, NULL },
	{ "192.0.2.1:", true, NULL },
	{ "192.0.2:25", true, NULL },
	{ "[2001:db8::1]", true, NULL },
	{ "[2001:db8::1]25", true, NULL },
	{ "[2001:db8::1:25", true, NULL },
	{ "2001::db8::1.25", true, NULL },
	{ "2001:db8::1", true, NULL },
	{ "localhost:25", true, NULL },
	{ "", true, NULL },
	{ "", false, NULL },
};

static void
format_address(const struct sockaddr_storage *address, char *text, size_t n)
{
	const struct sockaddr_in *v4 = (const void *)address;
	const struct sockaddr_in6 *v6 = (const void *)address;
	const struct sockaddr_un *un = (const void *)address;
	char host[INET6_ADDRSTRLEN];

	if (address->ss_family == AF_UNIX)
		(void)snprintf(text, n, "%s", un->sun_path);
	else if (address->ss_family == AF_INET)
		(void)snprintf(text, n, "%s %d", inet_ntop(AF_INET,
		    &v4->sin_addr, host, sizeof(host)), ntohs(v4->sin_port));
	else
		(void)snprintf(text, n, "%s %d", inet_ntop(AF_INET6,
		    &v6->sin6_addr, host, sizeof(host)),
		    ntohs(v6->sin6_port));
}

static void
reads_socket_addresses(void **state)
{
	struct sockaddr_storage address;
	char text[256];
	bool ok;

	(void)state;
	for (size_t i = 0; i < sizeof(addresses) / sizeof(addresses[0]); i++) {
		ok = sockaddr_parse(addresses[i].text, addresses[i].with_port,
		    &address);
		if (ok != (addresses[i].want != NULL))
			fail_msg("'%s' %s", addresses[i].text, ok ?
			    "was taken" : "was refused");
		if (!ok)
			continue;
		format_address(&address, text, sizeof(text));
		assert_string_equal(text, addresses[i].want);
	}
}

static void
knows_which_addresses_a_network_holds(void **state)
{
	static const struct {
		const char *outer, *inner;
		bool holds;
	} cases[] = {
		{ "10.0.0.0/8", "10.255.0.1", true },
		{ "10.1.2.3/8", "10.255.0.1", true },
		{ "10.0.0.0/8", "11.0.0.1", false },
		{ "10.0.0.0/9", "10.127.0.1", true },
		{ "10.0.0.0/9", "10.128.0.1", false },
		{ "10.0.0.0/16", "10.0.0.0/24", true },
		{ "10.0.0.0/24", "10.0.0.0/16", false },
		{ "192.0.2.1", "192.0.2.1", true },
		{ "192.0.2.1", "192.0.2.2", false },
		{ "2001:db8::/32", "2001:DB8:1::5", true },
		{ "2001:db8::/32", "2001:db9::5", false },
		{ "10.0.0.0/8", "2001:db8::1", false },
		{ "0.0.0.0/0", "192.0.2.1", true },
		{ "0.0.0.0/0", "2001:db8::1", true }, /* everyone */
		{ "::/0", "192.0.2.1", true },
		{ "10.0.0.0/8", "::ffff:10.0.0.1", true },
	};

	(void)state;
	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		struct cidr outer, inner;

		assert_true(cidr_parse(cases[i].outer, &outer));
		assert_true(cidr_parse(cases[i].inner, &inner));
		if (cidr_contains(&outer, &inner) != cases[i].holds)
			fail_msg("%s in %s", cases[i].inner, cases[i].outer);
	}
}

static void
matches_with_a_bound_on_the_work(void **state)
{
	struct arena arena = { 0 };
	struct buffer why = { 0 };
	const struct regex *regex = regex_new("^(a+)+$", false, &arena, &why);

	(void)state;
	assert_non_null(regex);
	assert_true(regex_matches(regex, "aaaa"));
	assert_false(regex_matches(regex, "A"));
	/* exponential: it gives up, and that is no match */
	assert_false(regex_matches(regex,
	    "aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa!"));
	buffer_deinit(&why);
	arena_deinit(&arena);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(
		    reads_each_type_and_nothing_that_is_not_of_it),
		cmocka_unit_test(reads_socket_addresses),
		cmocka_unit_test(knows_which_addresses_a_network_holds),
		cmocka_unit_test(matches_with_a_bound_on_the_work),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
