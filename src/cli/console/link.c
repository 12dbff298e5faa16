/*
 * link.c: open, ask, and open again.
 */
#include "cli/console/link.h"

#include "cli/console/login.h"
#include "cli/console/password.h"
#include "cli/console/printable.h"

#include <pwd.h>
#include <stdlib.h>
#include <strings.h>
#include <sys/resource.h>
#include <sysexits.h>
#include <unistd.h>

#define ATTEMPTS 3 /* to type a password */

/* The one that was named, or this user's own name. */
static const char *
get_user(struct console_link *link, struct buffer *why)
{
	const struct passwd *own;

	if (link->user == NULL && link->endpoint.user != NULL) {
		link->user = strdup(link->endpoint.user);
	} else if (link->user == NULL) {
		own = getpwuid(geteuid());
		link->user = own == NULL ? NULL : strdup(own->pw_name);
	}
	if (link->user == NULL)
		buffer_add_text(why, "say who you are: USER@ENDPOINT");
	return link->user;
}

static int
get_password(struct console_link *link, struct buffer *why)
{
	static const struct rlimit none = { 0 };

	if (link->password != NULL)
		return 0;
	/* a core file would hold it */
	(void)setrlimit(RLIMIT_CORE, &none);
	if (link->password_file != NULL)
		return console_password_read(link->password_file,
		    &link->password, why);
	return console_password_ask(&link->password, why);
}

/* Nobody is asked for a password that must not be sent. */
static bool
is_exposed(const struct console_link *link)
{
	const char *mechanisms = console_client_mechanisms(link->client);

	return mechanisms != NULL && strcmp(mechanisms, "login") == 0 &&
	    !console_client_is_local(link->client) &&
	    (link->login_flags & CONSOLE_LOGIN_CLEARTEXT) == 0;
}

/* Try a password: 0, or an exit status.  *again_r: another one may do. */
static int
try_password(struct console_link *link, bool *again_r, struct buffer *why)
{
	enum console_login_outcome outcome;

	*again_r = false;
	buffer_clear(why);
	if (is_exposed(link)) {
		buffer_add_text(why, "the password would cross the network as "
		    "it is (--cleartext allows that)");
		return EX_NOPERM;
	}
	if (get_user(link, why) == NULL || get_password(link, why) != 0)
		return EX_NOPERM;
	outcome = console_login(link->client, link->user, link->password,
	    link->login_flags, why);
	if (outcome == CONSOLE_LOGIN_DONE)
		return 0;
	if (outcome == CONSOLE_LOGIN_REFUSED) {
		console_password_free(&link->password);
		*again_r = link->password_file == NULL;
		return EX_NOPERM;
	}
	return EX_UNAVAILABLE;
}

static int
log_in(struct console_link *link, struct buffer *why)
{
	bool again;

	for (int i = 1;; i++) {
		int ret = try_password(link, &again, why);
		char *words;

		if (!again || i == ATTEMPTS)
			return ret;
		words = buffer_take_text(why);
		if (words != NULL)
			console_printable_complain(link->endpoint.name, words);
		free(words);
	}
}

int
console_link_open(struct console_link *link, struct buffer *why)
{
	int ret = EX_UNAVAILABLE;

	console_client_free(&link->client);
	link->in_transaction = false;
	if (console_client_open(&link->endpoint, &link->client, why) != 0)
		return ret;
	if (link->endpoint.user == NULL &&
	    console_client_mechanisms(link->client) == NULL)
		ret = 0;
	else
		ret = log_in(link, why);
	if (ret != 0)
		console_client_free(&link->client);
	return ret;
}

/* The first words of a request, without those that ask for another form. */
static bool
begins_with(const char *request, const char *first, const char *second)
{
	static const char blanks[] = " \t";
	const char *wanted[] = { first, second };
	size_t found = 0, n;

	for (; found < 2; request += n) {
		request += strspn(request, blanks);
		n = strcspn(request, blanks);
		if (found == 0 && ((n == 3 && strncasecmp(request, "xml", n) ==
		    0) || (n == 4 && strncasecmp(request, "json", n) == 0)))
			continue;
		if (n != strlen(wanted[found]) ||
		    strncasecmp(request, wanted[found], n) != 0)
			return false;
		found++;
	}
	return true;
}

static void
note_transaction(struct console_link *link, const char *request)
{
	if (begins_with(request, "config", "begin"))
		link->in_transaction = true;
	else if (begins_with(request, "config", "commit") ||
	    begins_with(request, "config", "rollback"))
		link->in_transaction = false;
}

static void
lose(struct console_link *link)
{
	console_client_free(&link->client);
	link->in_transaction = false;
	link->was_lost = true;
}

static int
reopen(struct console_link *link, struct buffer *why)
{
	if (console_link_open(link, why) != 0) {
		link->was_lost = true;
		buffer_add_text(why, "; the command was not sent");
		return CONSOLE_CLIENT_E_NOT_SENT;
	}
	link->came_back = link->was_lost;
	link->was_lost = false;
	return 0;
}

int
console_link_send(struct console_link *link, const char *request,
    struct buffer *why)
{
	int ret = CONSOLE_CLIENT_E_NOT_SENT;

	if (link->client != NULL)
		ret = console_client_send(link->client, request, why);
	if (ret == CONSOLE_CLIENT_E_NOT_SENT && link->in_transaction) {
		lose(link);
		buffer_add_text(why, ", and the transaction ended with it; the "
		    "command was not sent");
		return ret;
	}
	if (ret == CONSOLE_CLIENT_E_NOT_SENT) {
		buffer_clear(why);
		ret = reopen(link, why);
		if (ret == 0)
			ret = console_client_send(link->client, request, why);
	}
	if (ret == CONSOLE_CLIENT_E_LOST || ret == CONSOLE_CLIENT_E_NOT_SENT)
		lose(link);
	else if (ret == CONSOLE_CLIENT_DONE)
		note_transaction(link, request);
	return ret;
}

int
console_link_read(struct console_link *link, struct span *piece_r,
    struct buffer *why)
{
	int ret = console_client_read(link->client, piece_r, why);

	if (ret < 0)
		lose(link);
	return ret;
}

bool
console_link_is_quiet(struct console_link *link)
{
	if (link->client == NULL)
		return false;
	if (!console_client_is_closed(link->client))
		return true;
	return !link->in_transaction &&
	    (link->user == NULL || link->password != NULL);
}

char *
console_link_name(const struct console_link *link)
{
	struct buffer name = { 0 };

	if (link->user != NULL && link->endpoint.user == NULL) {
		console_printable_text(link->user, &name);
		buffer_add_byte(&name, '@');
	}
	console_printable_text(link->endpoint.name, &name);
	return buffer_take_text(&name);
}

void
console_link_deinit(struct console_link *link)
{
	console_client_free(&link->client);
	console_password_free(&link->password);
	free(link->user);
	console_endpoint_deinit(&link->endpoint);
	*link = (struct console_link){ 0 };
}
