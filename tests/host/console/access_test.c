/*
 * access_test.c: who may come in, by option and place (the documented order:
 * Peer within the Listen, Peer beside it, Listen, Control_Listener).
 */
#include "../config/fixture.h"

#include "host/console/access.h"

#define DIGEST "AuthDigestMD5Parameters = [ uri = \"digest:///d\" ] "
#define LOGIN "AuthLoginParameters = [ uri = \"file:///l\" ] "
#define CRAM "AuthCramMD5Parameters = [ uri = \"file:///c\" ] "
#define DOCUMENTED "Control_Listener { " DIGEST \
	"Enable_Authentication = true Listen \"/tmp/2025\" { " \
	"Enable_Authentication = false } Listen \"127.0.0.1:2025\" { } }"

static const char *const texts[] = {
	[0] = DOCUMENTED,
	[1] = "Control_Listener { Listen \"1\" { " LOGIN DIGEST
	    "Peer \"10.0.0.0/8\" { always_deny = true } "
	    "Peer \"10.1.0.0/16\" { always_deny = false } } "
	    "Peer \"10.1.2.3\" { always_deny = true } "
	    "Peer \"192.0.2.0/24\" { always_deny = true } }",
	[2] = "Control_Listener { Listen \"1\" { " LOGIN "} }",
	[3] = "Control_Listener { Listen \"1\" { enable_authentication = true "
	    "AuthLoginParameters = [ uri = \"file:///l\" "
	    "allow_cleartext = true ] always_allow = true } }",
	[4] = "Control_Listener { Enable_Authorization = true "
	    "AuthorizationParameters = [ uri = \"groups:///g\" ] "
	    "Listen \"1\" { always_allow = true " CRAM "Peer \"127.0.0.2\" "
	    "{ Enable_Authorization = false } } }",
	[5] = "Control_Listener { Enable_Authorization = true "
	    "AuthorizationParameters = [ uri = \"ecauth://\" ] "
	    "Listen \"1\" { } }",
	[6] = "Control_Listener { Listen \"1\" { " DIGEST
	    "enable_authentication = false } }",
};

static const struct {
	const char *name;
	unsigned text;
	const char *listen, *peer;
	bool is_file;
	const char *came; /* see describe(), or a part of the words */
} rows[] = {
	{ "the documented one, by TCP", 0, "127.0.0.1:2025", "127.0.0.1",
	  false, "user digest-md5" },
	{ "the documented one, by a file", 0, "/tmp/2025", "127.0.0.1", true,
	  "" },
	{ "a peer of no block", 1, "1", "203.0.113.1", false,
	  "user digest-md5" },
	{ "a block within the Listen", 1, "1", "10.9.9.9", false, "denied" },
	{ "the smaller one wins", 1, "1", "10.1.9.9", false,
	  "user digest-md5" },
	{ "one within the Listen wins over a smaller one beside it", 1, "1",
	  "10.1.2.3", false, "user digest-md5" },
	{ "one beside the Listen", 1, "1", "192.0.2.9", false, "denied" },
	{ "LOGIN is offered to loopback", 1, "1", "::1", false,
	  "user digest-md5 login" },
	{ "parameters alone turn it on", 2, "1", "127.0.0.1", false,
	  "user login" },
	{ "LOGIN alone is too little for others", 2, "1", "10.0.0.1", false,
	  "passwords cross the network" },
	{ "at a file one may log in", 2, "1", "127.0.0.1", true,
	  "user login" },
	{ "Always_Allow: one may log in", 3, "1", "127.0.0.1", false,
	  "login" },
	{ "Always_Allow is for loopback", 3, "1", "10.0.0.1", false,
	  "open to other machines" },
	{ "and for no block that is more", 3, "1", "127.0.0.0/7", false,
	  "open to other machines" },
	{ "roles", 4, "1", "127.0.0.1", false, "roles:/g cram-md5" },
	{ "no roles", 4, "1", "127.0.0.2", false, "cram-md5" },
	{ "roles that cannot be had", 5, "1", "127.0.0.1", true,
	  "AuthorizationParameters has no uri" },
	{ "said to be off", 6, "1", "127.0.0.1", false, "without a password" },
	{ "a Listen that is gone", 2, "2", "127.0.0.1", false,
	  "without a password" },
};

static void
describe(const struct access *access, char *text_r, size_t room)
{
	size_t n;

	(void)snprintf(text_r, room, "%s%s%s%s", access->is_denied ?
	    " denied" : "", access->wants_user ? " user" : "",
	    access->authorizes ? " roles:" : "",
	    access->groups != NULL ? access->groups : "");
	for (int i = 0; i < ACCESS_MECHANISMS; i++) {
		n = strlen(text_r);
		if (access->sources[i].is_offered)
			(void)snprintf(text_r + n, room - n, " %s",
			    access_mechanism_name((enum access_mechanism)i));
	}
	if (text_r[0] == ' ')
		memmove(text_r, text_r + 1, strlen(text_r));
}

static void
says_who_may_come_in_by_option_and_place(void **state)
{
	struct registry *registry = bare_registry();

	(void)state;
	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		struct config *config = must_load(registry,
		    texts[rows[i].text]);
		struct access_place place = { NULL, rows[i].listen,
			rows[i].peer, rows[i].is_file };
		struct buffer why = { 0 };
		struct access access;
		char came[512], *words;
		bool good = access_read(config, &place, &access, &why);

		words = buffer_take_text(&why);
		describe(&access, came, sizeof(came));
		if (good ? strcmp(came, rows[i].came) != 0 :
		    strstr(words, rows[i].came) == NULL)
			fail_msg("%s: came '%s' (%s)", rows[i].name, came,
			    words);
		free(words);
		config_unref(&config);
	}
	registry_free(&registry);
}

static void
knows_mechanisms_by_their_whole_names(void **state)
{
	(void)state;
	assert_int_equal(access_mechanism_of("digest-md5", 10),
	    ACCESS_DIGEST_MD5);
	assert_int_equal(access_mechanism_of("LOGIN x", 5), ACCESS_LOGIN);
	assert_int_equal(access_mechanism_of("logi", 4), -1);
	assert_int_equal(access_mechanism_of("", 0), -1);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(says_who_may_come_in_by_option_and_place),
		cmocka_unit_test(knows_mechanisms_by_their_whole_names),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
