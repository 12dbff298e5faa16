/*
 * login.c: the client's half of three mechanisms.
 *
 * A server that we cannot trust might name "login" alone, to be told the
 * password: over a network that needs the user's consent.
 */
#include "cli/console/login.h"

#include "base/base64.h"
#include "cli/console/client.h"
#include "host/console/proof.h"

#include <openssl/crypto.h>
#include <openssl/rand.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>

#define TEXT_BYTES 256 /* of a nonce or realm */
#define URI "mailseal/console"
#define COUNT "00000001" /* a nonce is used once */

enum mechanism { /* the best first */
	DIGEST_MD5,
	CRAM_MD5,
	LOGIN,
	NONE
};

static const char *const names[] = { "digest-md5", "cram-md5", "login" };

struct attempt {
	struct console_client *client;
	const char *user, *password;
	char cnonce[2 * PROOF_BYTES + 1];
	char expected[PROOF_HEX_BYTES]; /* the server's own proof; or "" */
	struct buffer text; /* of the latest answer */
	struct buffer *why;
};

static enum console_login_outcome
refuse(struct attempt *attempt, const char *words)
{
	buffer_add_text(attempt->why, words);
	return CONSOLE_LOGIN_REFUSED;
}

static bool
lists(struct span list, const char *name)
{
	struct span word;
	bool more;

	do {
		more = span_cut(&list, ',', &word);
		if (span_ieq(span_trim_fws(word), span_of_text(name)))
			return true;
	} while (more);
	return false;
}

static enum mechanism
choose(const struct attempt *attempt, unsigned flags)
{
	struct span list = buffer_span(&attempt->text);
	bool clear = console_client_is_local(attempt->client) ||
	    (flags & CONSOLE_LOGIN_CLEARTEXT) != 0;
	enum mechanism m = DIGEST_MD5;

	while (m != NONE && (!lists(list, names[m]) ||
	    (m == LOGIN && !clear)))
		m = (enum mechanism)(m + 1);
	return m;
}

/* what is said to a challenge; false: it cannot be answered */

static bool
answer_digest(struct attempt *attempt, struct buffer *response)
{
	struct span list = buffer_span(&attempt->text);
	char realm[TEXT_BYTES], nonce[TEXT_BYTES], proof[PROOF_HEX_BYTES];
	unsigned char secret[PROOF_BYTES], octets[PROOF_BYTES];
	struct proof_exchange said = { nonce, attempt->cnonce, COUNT, URI };
	bool good;

	if (proof_directive(list, "realm", realm, sizeof(realm)) != 1 ||
	    proof_directive(list, "nonce", nonce, sizeof(nonce)) != 1 ||
	    RAND_bytes(octets, sizeof(octets)) != 1)
		return false;
	proof_hex(octets, sizeof(octets), attempt->cnonce);
	good = proof_secret(attempt->user, realm,
	    span_of_text(attempt->password), secret) &&
	    proof_digest(secret, &said, false, proof) &&
	    proof_digest(secret, &said, true, attempt->expected);
	OPENSSL_cleanse(secret, sizeof(secret));
	proof_add_directive(response, "username", attempt->user);
	proof_add_directive(response, "realm", realm);
	proof_add_directive(response, "nonce", nonce);
	proof_add_directive(response, "cnonce", attempt->cnonce);
	buffer_add_text(response, ",nc=" COUNT ",qop=auth");
	proof_add_directive(response, "digest-uri", URI);
	buffer_add_text(response, ",response=");
	buffer_add_text(response, proof);
	return good;
}

static bool
answer_cram(struct attempt *attempt, struct buffer *response)
{
	char challenge[2 * TEXT_BYTES], proof[PROOF_HEX_BYTES];
	struct span text = buffer_span(&attempt->text);

	if (text.n >= sizeof(challenge) || memchr(text.p, '\0', text.n) !=
	    NULL)
		return false;
	memcpy(challenge, text.p, text.n);
	challenge[text.n] = '\0';
	if (!proof_cram(span_of_text(attempt->password), challenge, proof))
		return false;
	buffer_add_text(response, attempt->user);
	buffer_add_text(response, " ");
	buffer_add_text(response, proof);
	return true;
}

static bool
respond(struct attempt *attempt, enum mechanism mechanism,
    struct buffer *response)
{
	if (attempt->text.n == 0)
		return false;
	switch (mechanism) {
	case DIGEST_MD5:
		return answer_digest(attempt, response);
	case CRAM_MD5:
		return answer_cram(attempt, response);
	case LOGIN:
	case NONE:
		break;
	}
	buffer_add_text(response, attempt->password);
	return true;
}

/* A server that knows the password can say so, and one that only pretends to be
 * ours cannot. */
static bool
has_proved(const struct attempt *attempt)
{
	struct span text = span_trim_fws(buffer_span(&attempt->text));
	char proof[PROOF_HEX_BYTES];

	if (attempt->expected[0] == '\0')
		return true;
	return proof_directive(text, "rspauth", proof, sizeof(proof)) == 1 &&
	    CRYPTO_memcmp(proof, attempt->expected, sizeof(proof)) == 0;
}

static int
ask(struct attempt *attempt, const char *request)
{
	buffer_clear(&attempt->text);
	return console_client_ask(attempt->client, request, &attempt->text,
	    attempt->why);
}

static enum console_login_outcome
say(struct attempt *attempt, const char *request, bool is_end)
{
	int status = ask(attempt, request);

	if (status < 0)
		return CONSOLE_LOGIN_LOST;
	if (!is_end && status == CONSOLE_CLIENT_GO_ON)
		return CONSOLE_LOGIN_DONE;
	if (!is_end)
		return refuse(attempt, "the server does not take this user's "
		    "name");
	if (status != CONSOLE_CLIENT_DONE)
		return refuse(attempt, "no such user, or another password");
	if (has_proved(attempt))
		return CONSOLE_LOGIN_DONE;
	/* nothing more to somebody who pretends */
	buffer_add_text(attempt->why, "the server does not know the password: "
	    "it is not ours");
	return CONSOLE_LOGIN_LOST;
}

static enum console_login_outcome
run(struct attempt *attempt, enum mechanism mechanism)
{
	struct buffer begin = { 0 }, response = { 0 };
	enum console_login_outcome outcome;
	char *request, *line = NULL;
	size_t n;

	buffer_add_text(&begin, "auth ");
	buffer_add_text(&begin, names[mechanism]);
	buffer_add_text(&begin, " ");
	buffer_add_text(&begin, attempt->user);
	request = buffer_take_text(&begin);
	outcome = request == NULL ? refuse(attempt, "out of memory") :
	    say(attempt, request, false);
	free(request);
	if (outcome != CONSOLE_LOGIN_DONE)
		return outcome;
	/* what is asked for has to be answered, if by nothing of use */
	if (!respond(attempt, mechanism, &response))
		buffer_clear(&response);
	n = base64_length(response.n);
	line = calloc(1, n + 1);
	if (line != NULL) {
		base64_encode(buffer_span(&response), (unsigned char *)line);
		outcome = say(attempt, line, true);
		OPENSSL_cleanse(line, n);
	} else {
		buffer_add_text(attempt->why, "out of memory");
		outcome = CONSOLE_LOGIN_LOST;
	}
	free(line);
	buffer_deinit(&response);
	return outcome;
}

/* A name is a part of a line. */
static bool
is_name(const char *user)
{
	for (const char *c = user; *c != '\0'; c++) {
		if ((unsigned char)*c < ' ')
			return false;
	}
	return user[0] != '\0';
}

enum console_login_outcome
console_login(struct console_client *client, const char *user,
    const char *password, unsigned flags, struct buffer *why)
{
	struct attempt attempt = { .client = client, .user = user,
		.password = password, .why = why };
	enum console_login_outcome outcome;
	enum mechanism mechanism;

	if (!is_name(user))
		return refuse(&attempt, "that is no name");
	if (ask(&attempt, "auth") < 0) {
		outcome = CONSOLE_LOGIN_LOST;
	} else if ((mechanism = choose(&attempt, flags)) != NONE) {
		outcome = run(&attempt, mechanism);
	} else {
		outcome = refuse(&attempt, lists(buffer_span(&attempt.text),
		    names[LOGIN]) ? "the password would cross the network as "
		    "it is" : "nobody can log in there");
	}
	buffer_deinit(&attempt.text);
	return outcome;
}
