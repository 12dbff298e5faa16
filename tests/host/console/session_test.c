/*
 * session_test.c: whole conversations: what a console sends, all at once, and
 * what it is told until the server hangs up.
 */
#include "../config/fixture.h"

#include <pthread.h>
#include <sys/socket.h>
#include <unistd.h>

#include "folder.h"
#include "host/console/session.h"
#include "host/control/commands.h"
#include "host/generation.h"

#define HELLO "mailseal " MAILSEAL_VERSION
#define WANTED "3 43\nAuthorization required for console session\n"
#define FAILED "3 22\nAuthentication failed\n"
#define DENIED "3 29\nConsoles from here are denied\n"
#define NOT_AUTHORIZED "3 32\nNot Authorized for this command\n"
#define NO_MECHANISM "2 62\nThat is no mechanism of this listener, or the " \
	"user is missing\n"
#define ROLES(name) "0 37\n<Roles>\n <Role name=\"" name "\"/>\n</Roles>\n"
#define REPLY_BYTES 8192

#define LONG_LINE_BYTES 9000 /* more than is read before a user is known */

static struct folder folder;
static struct registry *registry;
static char text[4096]; /* of the configuration */

/* Everybody's configurations; %s is the file of passwords. */
static const char *const texts[] = {
	[0] = "Control_Listener { Listen \"1\" { } }\n"
	    "Authorization { Role \"ann\" { allow = \"^authz\" } }",
	[1] = "Control_Listener { Listen \"1\" { "
	    "AuthLoginParameters = [ uri = \"file://%s\" ] } }\n"
	    "Authorization { Role \"ann\" { allow = \"^authz\" } }",
	[2] = "Control_Listener { Listen \"1\" { Always_Deny = true } }",
	[3] = "Control_Listener { Enable_Authorization = true "
	    "Listen \"1\" { } }\n"
	    "Authorization { Role \"bob\" { allow = \"^authz\" } }",
	[4] = "Control_Listener { Timeout = 1 Listen \"1\" { "
	    "AuthLoginParameters = [ uri = \"file://%s\" ] } }",
};

static const struct {
	const char *name;
	unsigned text;
	bool is_file;
	const char *user, *sent;
	size_t n; /* of sent; 0: a text */
	const char *told;
} rows[] = {
	{ "a command", 0, true, "ann", "authz roles list\n", 0,
	  HELLO "\n" ROLES("ann") },
	{ "commands that come together", 0, true, "ann",
	  "authz roles list\nauthz roles list\r\nquit\nauthz roles list\n", 0,
	  HELLO "\n" ROLES("ann") ROLES("ann") },
	{ "quit with CR", 0, true, "ann", "QUIT\r\nauthz roles list\n", 0,
	  HELLO "\n" },
	{ "a line without an end", 0, true, "ann", "authz roles list", 0,
	  HELLO "\n" },
	{ "a NUL in a line", 0, true, "ann", "authz roles list\0x\nhelp\n",
	  24, HELLO "\n" },
	{ "TCP without a password", 0, false, "", "authz roles list\n", 0,
	  "" },
	{ "no command before a user is known", 1, false, "",
	  "authz roles list\n\nhelp\nauthz roles list\n", 0,
	  HELLO " auth login\n" WANTED WANTED WANTED },
	{ "which mechanisms there are", 1, false, "", "auth\n AUTH \nauth\n", 0,
	  HELLO " auth login\n0 6\nlogin\n" WANTED "0 6\nlogin\n" },
	{ "the password", 1, false, "",
	  "auth login ann\nc2VzYW1l\nauthz roles list\n", 0,
	  HELLO " auth login\n4 9\nPassword:0 0\n" ROLES("ann") },
	{ "the password with CR", 1, false, "",
	  "AUTH LOGIN ann\nc2VzYW1l\r\n", 0,
	  HELLO " auth login\n4 9\nPassword:0 0\n" },
	{ "another one", 1, false, "",
	  "auth login ann\nc2VzYW1m\nauthz roles list\n", 0,
	  HELLO " auth login\n4 9\nPassword:" FAILED },
	{ "what is no base64", 1, false, "", "auth login ann\nc2VzYW1l=\n", 0,
	  HELLO " auth login\n4 9\nPassword:" FAILED },
	{ "nothing", 1, false, "", "auth login ann\n\n", 0,
	  HELLO " auth login\n4 9\nPassword:" FAILED },
	{ "no response", 1, false, "", "auth login ann\n", 0,
	  HELLO " auth login\n4 9\nPassword:" },
	{ "a mechanism that is not offered", 1, false, "",
	  "auth cram-md5 ann\nauth logins ann\nauth login\n", 0,
	  HELLO " auth login\n" NO_MECHANISM NO_MECHANISM NO_MECHANISM },
	{ "at a file one is known, and may be somebody else", 1, true, "bob",
	  "authz roles list\nauth login ann\nc2VzYW1l\n", 0,
	  HELLO "\n" ROLES("ann") "4 9\nPassword:0 0\n" },
	{ "at a file one may be nobody: then one has to log in", 1, true, "",
	  "authz roles list\nauth login ann\nc2VzYW1l\n", 0,
	  HELLO " auth login\n" WANTED "4 9\nPassword:0 0\n" },
	{ "denied", 2, true, "ann", "help\n", 0, "" },
	{ "a user with a role", 3, true, "bob", "authz roles list\n", 0,
	  HELLO "\n" ROLES("bob") },
	{ "a user without one", 3, true, "ann", "authz roles list\n", 0,
	  HELLO "\n" NOT_AUTHORIZED },
	{ "nobody has none", 3, true, "", "authz roles list\n", 0,
	  HELLO "\n" NOT_AUTHORIZED },
};

static void
use(const char *words)
{
	struct generation *generation = generation_new();

	generation->config = must_load(registry, words);
	generation_commit(generation);
}

static int
begin(void **state)
{
	(void)state;
	folder_make(&folder);
	folder_write(&folder, "words", SPAN("ann:sesame\n"), 0600);
	registry = bare_registry();
	commands_add_builtin();
	return 0;
}

static int
end(void **state)
{
	(void)state;
	generation_commit(NULL);
	registry_free(&registry);
	folder_remove(&folder);
	return 0;
}

struct call {
	struct session session;
	int theirs;
};

static void *
serve(void *closure)
{
	struct call *call = closure;

	session_run(&call->session);
	(void)close(call->session.fd);
	return NULL;
}

/* Say it all, then listen. */
static void
converse(struct session session, const char *sent, size_t n,
    char told_r[static REPLY_BYTES])
{
	struct call call = { .session = session };
	pthread_t thread;
	int fds[2];
	size_t got = 0;
	ssize_t more;

	assert_int_equal(socketpair(AF_UNIX, SOCK_STREAM, 0, fds), 0);
	call.session.fd = fds[0];
	assert_int_equal(send(fds[1], sent, n, MSG_NOSIGNAL), (ssize_t)n);
	assert_int_equal(shutdown(fds[1], SHUT_WR), 0);
	assert_int_equal(pthread_create(&thread, NULL, serve, &call), 0);
	while ((more = recv(fds[1], told_r + got, REPLY_BYTES - 1 - got,
	    0)) > 0)
		got += (size_t)more;
	told_r[got] = '\0';
	(void)pthread_join(thread, NULL);
	(void)close(fds[1]);
}

static void
answers_what_it_is_asked_and_no_more(void **state)
{
	char path[FOLDER_PATH_BYTES], told[REPLY_BYTES];

	(void)state;
	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		struct session session = { .listen = "1",
			.is_file = rows[i].is_file, .peer = "127.0.0.1" };

		(void)snprintf(text, sizeof(text), texts[rows[i].text],
		    folder_file(&folder, "words", path));
		use(text);
		(void)strcpy(session.user, rows[i].user);
		converse(session, rows[i].sent, rows[i].n > 0 ? rows[i].n :
		    strlen(rows[i].sent), told);
		if (strcmp(told, rows[i].told) != 0)
			fail_msg("%s: came '%s'", rows[i].name, told);
	}
}

static void
reads_no_long_line_before_a_user_is_known(void **state)
{
	static char line[LONG_LINE_BYTES];
	struct session session = { .listen = "1", .peer = "127.0.0.1" };
	char path[FOLDER_PATH_BYTES], told[REPLY_BYTES];

	(void)state;
	(void)snprintf(text, sizeof(text), texts[1],
	    folder_file(&folder, "words", path));
	use(text);
	memset(line, 'x', sizeof(line));
	converse(session, line, sizeof(line), told);
	assert_string_equal(told, HELLO " auth login\n");
}

/* Who asks a thousand times, and takes the answers one by one. */
static void
gives_nobody_more_time_to_log_in_who_reads_slowly(void **state)
{
	struct call call = { .session = { .listen = "1",
		.peer = "127.0.0.1" } };
	char path[FOLDER_PATH_BYTES], octets[8], asked[5000];
	int fds[2], least = 1, reads = 0;
	pthread_t thread;

	(void)state;
	(void)snprintf(text, sizeof(text), texts[4],
	    folder_file(&folder, "words", path));
	use(text);
	assert_int_equal(socketpair(AF_UNIX, SOCK_STREAM, 0, fds), 0);
	assert_int_equal(setsockopt(fds[0], SOL_SOCKET, SO_SNDBUF, &least,
	    sizeof(least)), 0);
	for (size_t i = 0; i < sizeof(asked); i++)
		asked[i] = "auth\n"[i % 5];
	assert_int_equal(send(fds[1], asked, sizeof(asked), 0),
	    sizeof(asked));
	call.session.fd = fds[0];
	assert_int_equal(pthread_create(&thread, NULL, serve, &call), 0);
	while (recv(fds[1], octets, sizeof(octets), 0) > 0) {
		(void)usleep(50000); /* by far less than Timeout */
		assert_true(++reads < 500);
	}
	(void)pthread_join(thread, NULL);
	(void)close(fds[1]);
}

/* While the process stops. */
static void
says_nothing_when_no_configuration_is_in_use(void **state)
{
	struct session session = { .listen = "1", .is_file = true,
		.peer = "127.0.0.1" };
	char told[REPLY_BYTES];

	(void)state;
	generation_commit(NULL);
	converse(session, "help\n", 5, told);
	assert_string_equal(told, "");
}

/* The last one: there is no way back. */
static void
takes_no_command_when_the_process_stops(void **state)
{
	struct session session = { .listen = "1", .is_file = true,
		.peer = "127.0.0.1" };
	char told[REPLY_BYTES];

	(void)state;
	use(texts[0]);
	session_stop_all();
	converse(session, "help\n", 5, told);
	assert_string_equal(told, HELLO "\n");
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(answers_what_it_is_asked_and_no_more),
		cmocka_unit_test(reads_no_long_line_before_a_user_is_known),
		cmocka_unit_test(
		    gives_nobody_more_time_to_log_in_who_reads_slowly),
		cmocka_unit_test(says_nothing_when_no_configuration_is_in_use),
		cmocka_unit_test(takes_no_command_when_the_process_stops),
	};

	return cmocka_run_group_tests(tests, begin, end);
}
