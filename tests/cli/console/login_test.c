/*
 * login_test.c: what a client says to servers of all kinds, its own and those
 * that only pretend.  The connection is a script here.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>

#include <cmocka.h>

#include "base/arena.h"
#include "base/base64.h"
#include "cli/console/client.h"
#include "cli/console/login.h"
#include "host/console/proof.h"

struct console_client { /* a server */
	const char *mechanisms; /* what "auth" is answered with; NULL: lost */
	const char *challenge; /* NULL: "auth MECHANISM USER" is refused */
	const char *password; /* that it knows */
	bool is_local;
	bool is_impostor; /* takes whatever comes */
	char begun[128]; /* the request that began the exchange */
	char said[1024]; /* the response, decoded */
};

bool
console_client_is_local(const struct console_client *client)
{
	return client->is_local;
}

static int
answer(struct buffer *text, int status, const char *words)
{
	buffer_clear(text);
	buffer_add_text(text, words);
	return status;
}

/* As the server would, by what it knows. */
static int
judge(struct console_client *client, struct buffer *text)
{
	struct span said = span_of_text(client->said);
	char cnonce[64] = "", response[64] = "", wanted[PROOF_HEX_BYTES];
	struct proof_exchange exchange = { "n1", cnonce, "00000001",
		"mailseal/console" };
	unsigned char secret[PROOF_BYTES];
	char proof[64];

	if (strncmp(client->begun, "auth digest-md5 ", 16) != 0)
		return answer(text, client->is_impostor ? 0 : 3, "");
	if (proof_directive(said, "cnonce", cnonce, sizeof(cnonce)) != 1 ||
	    proof_directive(said, "response", response,
	    sizeof(response)) != 1)
		return answer(text, CONSOLE_CLIENT_DENIED, "no\n");
	assert_true(proof_secret("ann", "a \"b\"",
	    span_of_text(client->password), secret));
	assert_true(proof_digest(secret, &exchange, false, wanted));
	if (strcmp(wanted, response) != 0 && !client->is_impostor)
		return answer(text, CONSOLE_CLIENT_DENIED, "no\n");
	assert_true(proof_digest(secret, &exchange, true, wanted));
	(void)snprintf(proof, sizeof(proof), "rspauth=%s\n", wanted);
	return answer(text, CONSOLE_CLIENT_DONE, proof);
}

int
console_client_ask(struct console_client *client, const char *request,
    struct buffer *text, struct buffer *why)
{
	struct arena arena = { 0 };
	struct span octets;

	if (client->mechanisms == NULL) {
		buffer_add_text(why, "lost");
		return CONSOLE_CLIENT_E_LOST;
	}
	if (strcmp(request, "auth") == 0)
		return answer(text, CONSOLE_CLIENT_DONE, client->mechanisms);
	if (client->begun[0] == '\0') {
		(void)snprintf(client->begun, sizeof(client->begun), "%s",
		    request);
		return client->challenge == NULL ?
		    answer(text, CONSOLE_CLIENT_FAILED, "") :
		    answer(text, CONSOLE_CLIENT_GO_ON, client->challenge);
	}
	assert_int_equal(base64_decode(span_of_text(request), &arena, &octets),
	    0);
	(void)snprintf(client->said, sizeof(client->said), "%.*s",
	    (int)octets.n, octets.n > 0 ? (const char *)octets.p : "");
	arena_deinit(&arena);
	return judge(client, text);
}

#define CHALLENGE "realm=\"a \\\"b\\\"\",nonce=\"n1\",qop=\"auth\"," \
	"algorithm=md5-sess"

static const struct {
	const char *name;
	struct console_client server;
	const char *user;
	unsigned flags;
	enum console_login_outcome outcome;
	const char *begun, *why;
} rows[] = {
	{ "the best of all", { "login,digest-md5,cram-md5\n", CHALLENGE,
	  "word", true, false, "", "" }, "ann", 0, CONSOLE_LOGIN_DONE,
	  "auth digest-md5 ann", "" },
	{ "another password", { "digest-md5\n", CHALLENGE, "other", true,
	  false, "", "" }, "ann", 0, CONSOLE_LOGIN_REFUSED,
	  "auth digest-md5 ann", "another password" },
	{ "who takes any password is not ours", { "digest-md5\n", CHALLENGE,
	  "other", true, true, "", "" }, "ann", 0, CONSOLE_LOGIN_LOST,
	  "auth digest-md5 ann", "does not know the password" },
	{ "a challenge that is none", { "digest-md5\n", "nonce", "word", true,
	  false, "", "" }, "ann", 0, CONSOLE_LOGIN_REFUSED,
	  "auth digest-md5 ann", "" },
	{ "CRAM-MD5", { "login,cram-md5\n", "<1.2@a.test>", "word", false,
	  true, "", "" }, "ann", 0, CONSOLE_LOGIN_DONE, "auth cram-md5 ann",
	  "" },
	{ "LOGIN where it is no network", { "login\n", "Password:", "word",
	  true, true, "", "" }, "ann", 0, CONSOLE_LOGIN_DONE,
	  "auth login ann", "" },
	{ "LOGIN over a network", { "login\n", "Password:", "word", false,
	  true, "", "" }, "ann", 0, CONSOLE_LOGIN_REFUSED, "",
	  "cross the network" },
	{ "LOGIN over a network, if it has to be", { "login\n", "Password:",
	  "word", false, true, "", "" }, "ann", CONSOLE_LOGIN_CLEARTEXT,
	  CONSOLE_LOGIN_DONE, "auth login ann", "" },
	{ "no mechanism that is known", { "kerberos,digest-md\n", "", "word",
	  true, true, "", "" }, "ann", 0, CONSOLE_LOGIN_REFUSED, "",
	  "nobody can log in" },
	{ "none at all", { "\n", "", "word", true, true, "", "" }, "ann", 0,
	  CONSOLE_LOGIN_REFUSED, "", "nobody can log in" },
	{ "a name that would be a line", { "login\n", "", "word", true, true,
	  "", "" }, "ann\nshutdown", 0, CONSOLE_LOGIN_REFUSED, "",
	  "no name" },
	{ "a name that is refused", { "login\n", NULL, "word", true, true, "",
	  "" }, "ann", 0, CONSOLE_LOGIN_REFUSED, "auth login ann",
	  "this user's name" },
	{ "nobody there", { NULL, NULL, "word", true, true, "", "" }, "ann", 0,
	  CONSOLE_LOGIN_LOST, "", "lost" },
};

static void
proves_the_password_and_wants_proof_of_the_server(void **state)
{
	(void)state;
	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		struct console_client server = rows[i].server;
		struct buffer words = { 0 };
		enum console_login_outcome outcome = console_login(&server,
		    rows[i].user, "word", rows[i].flags, &words);
		char *why = buffer_take_text(&words);

		if (outcome != rows[i].outcome ||
		    strcmp(server.begun, rows[i].begun) != 0 ||
		    strstr(why, rows[i].why) == NULL ||
		    (outcome == CONSOLE_LOGIN_DONE) != (why[0] == '\0'))
			fail_msg("%s: came %d, '%s', '%s'", rows[i].name,
			    (int)outcome, server.begun, why);
		/* only LOGIN says the word */
		if ((strstr(server.said, "word") != NULL) !=
		    (strncmp(server.begun, "auth login", 10) == 0 &&
		    server.challenge != NULL))
			fail_msg("%s: said '%s'", rows[i].name, server.said);
		free(why);
	}
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(
		    proves_the_password_and_wants_proof_of_the_server),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
