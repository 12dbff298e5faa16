/*
 * nameservers_test.c: addresses that are taken, and resolv.conf(5) files.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "keys/nameservers.h"

#include <errno.h>

#include "folder.h"

static void
takes_addresses_with_and_without_a_port(void **state)
{
	static const struct {
		const char *text;
		bool taken;
	} rows[] = {
		{ "192.0.2.1", true },
		{ "192.0.2.1@53", true },
		{ "192.0.2.1@65535", true },
		{ "::1", true },
		{ "2001:db8::1@5353", true },
		{ "fe80::1%eth0", true },
		{ "", false },
		{ "localhost", false },
		{ "192.0.2.1:53", false },
		{ "192.0.2.1#53", false },
		{ "192.0.2.1@", false },
		{ "192.0.2.1@0", false },
		{ "192.0.2.1@65536", false },
		{ "192.0.2.1@53x", false },
		{ "192.0.2", false },
		{ "@53", false },
		{ "[::1]", false },
	};
	struct nameservers servers;

	(void)state;
	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		print_message("# '%s'\n", rows[i].text);
		servers.n = 0;
		assert_int_equal(nameservers_add(&servers, rows[i].text),
		    rows[i].taken);
		assert_int_equal(servers.n, rows[i].taken);
		if (rows[i].taken)
			assert_string_equal(servers.text[0], rows[i].text);
	}
}

static void
takes_no_more_than_it_has_room_for(void **state)
{
	struct nameservers servers = { .n = 0 };

	(void)state;
	for (int i = 0; i < NAMESERVERS_MAX; i++)
		assert_true(nameservers_add(&servers, "192.0.2.1"));
	assert_false(nameservers_add(&servers, "192.0.2.1"));
}

static void
reads_the_nameserver_lines_of_a_file(void **state)
{
	char path[FOLDER_PATH_BYTES];
	struct nameservers servers = { .n = 0 };
	struct folder folder;

	(void)state;
	folder_make(&folder);
	folder_write(&folder, "conf", SPAN("# nameserver 192.0.2.9\n"
	    "search a.test\nnameserver 192.0.2.1\n\n"
	    "  nameserver\t2001:db8::1 trailing\r\n;nameserver 192.0.2.8\n"
	    "nameserver\nnameserver no.address\nnameservers 192.0.2.7\n"
	    "options edns0\nnameserver 192.0.2.2"), 0644);
	assert_int_equal(nameservers_read(&servers, folder_file(&folder,
	    "conf", path)), 0);
	assert_int_equal(servers.n, 3);
	assert_string_equal(servers.text[0], "192.0.2.1");
	assert_string_equal(servers.text[1], "2001:db8::1");
	assert_string_equal(servers.text[2], "192.0.2.2");
	assert_int_equal(nameservers_read(&servers, folder_file(&folder,
	    "none", path)), ENOENT);
	assert_int_equal(nameservers_read(&servers, folder.path), EIO);
	folder_remove(&folder);
}

int
main(void)
{
	static const struct CMUnitTest tests[] = {
		cmocka_unit_test(takes_addresses_with_and_without_a_port),
		cmocka_unit_test(takes_no_more_than_it_has_room_for),
		cmocka_unit_test(reads_the_nameserver_lines_of_a_file),
	};

	return cmocka_run_group_tests_name("nameservers", tests, NULL, NULL);
}
