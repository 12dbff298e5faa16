/*
 * listen_test.c: spellings of addresses, and mistakes told with file and line.
 */
#include "../../host/config/fixture.h"

#include "frontends/milter/listen.h"
#include "frontends/milter/milter.h"

#include <grp.h>
#include <sys/un.h>

#define COUNT(rows) (sizeof(rows) / sizeof((rows)[0]))

static void
reads_addresses_as_mail_servers_spell_them(void **state)
{
	static const struct {
		const char *text, *wanted;
	} cases[] = {
		{ "unix:/run/m.sock", "unix:/run/m.sock" },
		{ "UNIX:/run/m.sock", "unix:/run/m.sock" },
		{ "local:/run/m.sock", "unix:/run/m.sock" },
		{ "/run/m.sock", "unix:/run/m.sock" },
		{ "/run/a:b@c", "unix:/run/a:b@c" },
		{ "inet:8891@127.0.0.1", "inet:8891@[127.0.0.1]" },
		{ "inet:8891@localhost", "inet:8891@[127.0.0.1]" },
		{ "inet:8891", "inet:8891@[0.0.0.0]" },
		{ "inet:127.0.0.1:8891", "inet:8891@[127.0.0.1]" },
		{ "inet:localhost:8891", "inet:8891@[127.0.0.1]" },
		{ "127.0.0.1:8891", "inet:8891@[127.0.0.1]" },
		{ ":8891", "inet:8891@[0.0.0.0]" },
		{ "inet6:8891@[::1]", "inet6:8891@[::1]" },
		{ "inet6:8891@::1", "inet6:8891@[::1]" },
		{ "inet6:8891@localhost", "inet6:8891@[::1]" },
		{ "inet6:8891", "inet6:8891@[::]" },
		{ "inet6:[::1]:8891", "inet6:8891@[::1]" },
		{ "[2001:db8::1]:1", "inet6:1@[2001:db8::1]" },
		{ "inet:65535@10.0.0.1", "inet:65535@[10.0.0.1]" },
	};

	(void)state;
	for (size_t i = 0; i < COUNT(cases); i++) {
		struct sockaddr_storage address;
		struct buffer why = { 0 };
		char text[LISTEN_CONN_BYTES];

		if (!listen_parse(cases[i].text, &address, &why))
			fail_msg("'%s': %.*s", cases[i].text, (int)why.n,
			    (const char *)why.p);
		listen_format(&address, text);
		assert_string_equal(text, cases[i].wanted);
		buffer_deinit(&why);
	}
}

static void
says_what_is_wrong_with_others(void **state)
{
	static const struct {
		const char *text, *wanted;
	} cases[] = {
		{ "unix:m.sock", "no absolute path" },
		{ "unix:", "no absolute path" },
		{ "inet:", "not an address" },
		{ "inet:0@127.0.0.1", "port 0" },
		{ "inet:65536@127.0.0.1", "not an address" },
		{ "inet:smtp@127.0.0.1", "not an address" },
		{ "inet:8891@mail.example.com", "not an address" },
		{ "inet:8891@::1", "not an address" },
		{ "inet:8891@[::1]", "not an address" },
		{ "inet6:8891@127.0.0.1", "not an address" },
		{ "inet:8891@", "" }, /* any address */
		{ "inet:-1@127.0.0.1", "not an address" },
		{ "inet:@127.0.0.1", "not an address" },
		{ "127.0.0.1", "not an address" },
		{ "8891", "not an address" },
		{ "http:8891", "not an address" },
		{ "", "not an address" },
	};

	(void)state;
	for (size_t i = 0; i < COUNT(cases); i++) {
		struct sockaddr_storage address;
		struct buffer why = { 0 };
		char *text;

		(void)listen_parse(cases[i].text, &address, &why);
		text = buffer_take_text(&why);
		if (strncmp(text, cases[i].wanted,
		    strlen(cases[i].wanted)) != 0)
			fail_msg("'%s': '%s' came, '%s' wanted",
			    cases[i].text, text, cases[i].wanted);
		free(text);
	}
}

/* A socket's path has room for 108 octets with its NUL, and libmilter keeps
 * one more. */
static void
knows_how_long_a_path_can_be(void **state)
{
	char path[sizeof(((struct sockaddr_un *)NULL)->sun_path) + 8];
	struct sockaddr_storage address;
	struct buffer why = { 0 };

	(void)state;
	memset(path, 'p', sizeof(path));
	path[0] = '/';
	path[106] = '\0';
	assert_true(listen_parse(path, &address, &why));
	path[106] = 'p';
	path[107] = '\0';
	assert_false(listen_parse(path, &address, &why));
	buffer_add_byte(&why, '\0');
	assert_string_equal((char *)why.p,
	    "the path is too long (expected at most 106 octets)");
	buffer_deinit(&why);
}

struct loaded_text {
	struct registry *registry;
	struct config *config;
	char *errors; /* of milter_examine() */
};

static struct loaded_text
examine(const char *text)
{
	struct loaded_text loaded = { .registry = bare_registry() };
	struct config_errors errors = { 0 };
	struct buffer out = { 0 };

	loaded.config = must_load(loaded.registry, text);
	milter_examine(loaded.config, &errors);
	errors_format_all(&errors, &out);
	loaded.errors = buffer_take_text(&out);
	errors_deinit(&errors);
	return loaded;
}

static void
forget(struct loaded_text *loaded)
{
	free(loaded->errors);
	config_unref(&loaded->config);
	registry_free(&loaded->registry);
}

static void
tells_mistakes_with_file_and_line(void **state)
{
	static const struct {
		const char *text, *wanted;
	} cases[] = {
		{ "hostname = \"a.test\"\n", "" },
		{ "Milter_Listener {\n\tListen \"unix:/m\" { }\n}\n", "" },
		{ "Milter_Listener {\n\tListen \"unix:m\" { }\n}\n",
		  "t.conf:2: Listen \"unix:m\": no absolute path" },
		{ "Milter_Listener {\n\tListen \"/a\" { }\n"
		  "\tListen \"/b\" { }\n}\n",
		  "t.conf:3: a second Listen (expected one in all of "
		  "Milter_Listener; the first is \"/a\" in line 2)" },
		{ "Milter_Listener a {\n\tListen \"/a\" { }\n}\n"
		  "Milter_Listener b {\n\tListen \"/b\" { }\n}\n",
		  "t.conf:5: a second Listen" },
		{ "Milter_Listener {\n\tListen \"/a\" { enable = false }\n"
		  "\tListen \"/b\" { }\n}\n", "" },
		{ "Milter_Listener {\n\tListen \"/a\" { \n"
		  "\t\tfile_group = \"no-such-group\"\n\t}\n}\n",
		  "t.conf:3: option 'File_Group': there is no group "
		  "'no-such-group'" },
		{ "Milter_Listener {\n\tfile_group = \"no-such-group\"\n"
		  "\tListen \"/a\" { }\n}\n",
		  "t.conf:2: option 'File_Group': there is no group" },
	};

	(void)state;
	for (size_t i = 0; i < COUNT(cases); i++) {
		struct loaded_text loaded = examine(cases[i].text);

		if (strncmp(loaded.errors, cases[i].wanted,
		    strlen(cases[i].wanted)) != 0 ||
		    (cases[i].wanted[0] == '\0') != (loaded.errors[0] == '\0'))
			fail_msg("%s: '%s' came, '%s' wanted", cases[i].text,
			    loaded.errors, cases[i].wanted);
		forget(&loaded);
	}
}

static void
finds_the_listen_that_is_enabled(void **state)
{
	static const struct {
		const char *text;
		enum listen_found wanted;
	} cases[] = {
		{ "", LISTEN_NONE },
		{ "Milter_Listener { }\n", LISTEN_NONE },
		{ "Milter_Listener { Listen \"/a\" { } }\n", LISTEN_ONE },
		{ "Milter_Listener { enable = false Listen \"/a\" { } }\n",
		  LISTEN_NONE },
		{ "Control_Listener { Listen \"/a\" { } }\n", LISTEN_NONE },
		{ "Milter_Listener { Listen \"x\" { } }\n", LISTEN_BAD },
	};

	(void)state;
	for (size_t i = 0; i < COUNT(cases); i++) {
		struct loaded_text loaded = examine(cases[i].text);
		struct listen listen;

		assert_int_equal(listen_find(loaded.config, NULL, &listen),
		    cases[i].wanted);
		assert_int_equal(milter_is_configured(loaded.config),
		    cases[i].wanted != LISTEN_NONE);
		forget(&loaded);
	}
}

static void
options_come_from_the_stanza_or_the_one_around(void **state)
{
	struct loaded_text loaded = examine("Milter_Listener \"x\" {\n"
	    "\tfile_mode = 0600\n\tlisten_backlog = 7\n\ttimeout = 60\n"
	    "\tListen \"/a\" { file_mode = 0666 }\n}\n");
	struct listen listen;

	(void)state;
	assert_int_equal(listen_find(loaded.config, NULL, &listen),
	    LISTEN_ONE);
	assert_int_equal(listen.mode, 0666);
	assert_int_equal(listen.backlog, 7);
	assert_int_equal(listen.timeout, 60);
	assert_null(listen.group);
	assert_string_equal(listen.place.listener, "x");
	assert_string_equal(listen.place.listen, "/a");
	forget(&loaded);
}

static void
a_changed_socket_is_noticed(void **state)
{
	static const struct {
		const char *text;
		bool same;
	} cases[] = {
		{ "Milter_Listener { Listen \"/a\" { } }\n", true },
		{ "Milter_Listener { Listen \"/a\" { file_mode = 0660 } }\n",
		  true },
		{ "Milter_Listener { Listen \"/b\" { } }\n", false },
		{ "Milter_Listener { Listen \"/a\" { file_mode = 0600 } }\n",
		  false },
		{ "Milter_Listener { timeout = 9 Listen \"/a\" { } }\n",
		  false },
		{ "Milter_Listener q { Listen \"/a\" { } }\n", false },
	};
	struct loaded_text first = examine(cases[0].text);
	struct listen a, b;

	(void)state;
	(void)listen_find(first.config, NULL, &a);
	for (size_t i = 0; i < COUNT(cases); i++) {
		struct loaded_text loaded = examine(cases[i].text);

		(void)listen_find(loaded.config, NULL, &b);
		assert_int_equal(listen_same(&a, &b), cases[i].same);
		forget(&loaded);
	}
	forget(&first);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(reads_addresses_as_mail_servers_spell_them),
		cmocka_unit_test(says_what_is_wrong_with_others),
		cmocka_unit_test(knows_how_long_a_path_can_be),
		cmocka_unit_test(tells_mistakes_with_file_and_line),
		cmocka_unit_test(finds_the_listen_that_is_enabled),
		cmocka_unit_test(
		    options_come_from_the_stanza_or_the_one_around),
		cmocka_unit_test(a_changed_socket_is_noticed),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
